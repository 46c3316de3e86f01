package sealed

import (
	"bytes"
	"compress/zlib"
	"crypto/aes"
	"crypto/cipher"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"datum/internal/peertest"
)

// hexBytes are bytes that JSON has as hexadecimal digits.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

// A vector is one that the authors of Python's cryptography publish. They are of
// the scheme's form with SHA-256, where ours has SHA-512: so they begin where the
// key of the chunks is known. How that is derived, the tests with Python compare.
type vector struct {
	Name, AEAD, Expect string
	Key                hexBytes
	// AEADKey and BaseNonce are those of the chunks. They are missing where the
	// fault is in what stands before these.
	AEADKey    hexBytes `json:"aead_key"`
	BaseNonce  hexBytes `json:"base_nonce"`
	Ciphertext []byte
	Compressed bool
	// Payload is what was sealed, or how much of it can be read before the
	// fault; nil if that is nothing.
	Payload       *int     `json:"payload_length"`
	PayloadSHA256 hexBytes `json:"payload_sha256"`
}

// message is what our derivation would have made.
func (v *vector) message(t *testing.T) *message {
	t.Helper()
	block, err := aes.NewCipher(v.AEADKey)
	if err != nil {
		t.Fatal(err)
	}
	m := &message{nonce: [nonceLen]byte(v.BaseNonce)}
	if m.aead, err = cipher.NewGCM(block); err != nil {
		t.Fatal(err)
	}
	return m
}

func (v *vector) valid() bool { return v.Expect == "success" }

// endIsRight are the vectors that are wrong, but not in their last chunk, so
// that their size is authentic.
var endIsRight = []string{"bad_tag_first_chunk", "bad_tag_second_chunk_full", "swapped_chunks", "duplicated_chunk"}

// vectors reads those of our scheme from where the peer's Python has them.
func vectors(t *testing.T) (ours []vector) {
	t.Helper()
	text, err := exec.CommandContext(t.Context(), peertest.Python(t, "openvino-2026.4.1"), "-c",
		"import cryptography_vectors, sys; sys.stdout.write(cryptography_vectors.open_vector_file('chunked-encryption/vectors.json', 'r').read())").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Vectors []vector }
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	for _, v := range all.Vectors {
		name, is := strings.CutPrefix(v.Name, "aes128gcm_")
		if is != (v.AEAD == "AEAD_AES_128_GCM") || !v.valid() && v.Expect != "failure" {
			t.Fatalf("%s: %s, %s", v.Name, v.AEAD, v.Expect)
		}
		if is {
			v.Name = name
			ours = append(ours, v.decompressed(t))
		}
	}
	if len(ours) < 30 {
		t.Fatalf("%d vectors", len(ours))
	}
	return ours
}

func (v vector) decompressed(t *testing.T) vector {
	t.Helper()
	if !v.Compressed {
		return v
	}
	r, err := zlib.NewReader(bytes.NewReader(v.Ciphertext))
	if err != nil {
		t.Fatal(err)
	}
	if v.Ciphertext, err = io.ReadAll(r); err != nil {
		t.Fatal(err)
	}
	return v
}

// The published vectors, read as a stream.
func TestPublishedStream(t *testing.T) {
	for _, v := range vectors(t) {
		if v.AEADKey == nil {
			if _, err := newMessageReader(bytes.NewReader(v.Ciphertext), v.Key, nil); err == nil {
				t.Errorf("%s: what stands before the chunks was taken", v.Name)
			}
			continue
		}
		r := &Reader{r: bytes.NewReader(v.Ciphertext[prefixLen:]), message: v.message(t)}
		plain, err := io.ReadAll(r)
		v.check(t, plain, err)
		if _, again := r.Read(make([]byte, 1)); !v.valid() && !errors.Is(again, ErrCorrupt) {
			t.Errorf("%s: reading on after %v gives %v", v.Name, err, again)
		}
	}
}

// check compares what was read with what the vector says.
func (v *vector) check(t *testing.T, plain []byte, err error) {
	t.Helper()
	if v.valid() != (err == nil) || err != nil && !errors.Is(err, ErrCorrupt) {
		t.Errorf("%s: the error is %v", v.Name, err)
	}
	sum := sha256.Sum256(plain)
	switch {
	case v.Payload == nil && len(plain) > 0:
		t.Errorf("%s: %d bytes came out", v.Name, len(plain))
	case v.Payload != nil && (len(plain) != *v.Payload || !bytes.Equal(sum[:], v.PayloadSHA256)):
		t.Errorf("%s: %d bytes came out, not the %d that were sealed", v.Name, len(plain), *v.Payload)
	}
}

// The published vectors, read at random.
func TestPublishedFile(t *testing.T) {
	met := 0
	for _, v := range vectors(t) {
		if v.AEADKey == nil {
			continue
		}
		f, err := newMessageFile(bytes.NewReader(v.Ciphertext), prefixLen, int64(len(v.Ciphertext)), v.message(t))
		if !v.valid() && !slices.Contains(endIsRight, v.Name) {
			if !errors.Is(err, ErrCorrupt) {
				t.Errorf("%s: its size was believed: %v", v.Name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", v.Name, err)
			continue
		}
		met++
		plain := make([]byte, f.Size())
		n, err := f.ReadAt(plain, 0)
		v.check(t, plain[:n], err)
	}
	if met < len(endIsRight)+9 {
		t.Errorf("%d vectors were read", met)
	}
}

// Of what was sealed, we make the same bytes again.
func TestPublishedSealing(t *testing.T) {
	for _, v := range vectors(t) {
		if !v.valid() {
			continue
		}
		m, sealed := v.message(t), v.Ciphertext[prefixLen:]
		var out bytes.Buffer
		w := &Writer{w: &out, message: m}
		if _, err := io.Copy(w, &Reader{r: bytes.NewReader(sealed), message: m}); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil || !bytes.Equal(out.Bytes(), sealed) {
			t.Errorf("%s: %d bytes, not the %d that are published: %v", v.Name, out.Len(), len(sealed), err)
		}
	}
}
