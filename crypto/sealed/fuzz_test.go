package sealed

import (
	"bytes"
	"errors"
	"slices"
	"testing"

	"datum/crypto/key"
)

// isOurs reports whether an error is one that the package promises.
func isOurs(err error) bool {
	return slices.ContainsFunc([]error{ErrNotSealed, ErrVersion, ErrPurpose, ErrKey, ErrCorrupt, ErrTooLong}, func(e error) bool { return errors.Is(err, e) })
}

// Whatever the bytes are, both ways say the same and neither panics.
func FuzzOpen(f *testing.F) {
	k := testKey(f)
	good := sealWith(f, k, "model", []byte("some content"))
	f.Add(good)
	f.Add(good[:40])
	f.Add(sealWith(f, k, "other", nil))
	f.Add([]byte(magic))
	f.Add(append([]byte(magic), 1, 255))
	f.Add(append([]byte(magic), 1, 0))
	f.Fuzz(func(t *testing.T, sealed []byte) {
		streamed, err1 := stream(sealed, k, "model")
		read, err2 := random(sealed, k, "model")
		if (err1 == nil) != (err2 == nil) || err1 == nil && !bytes.Equal(streamed, read) {
			t.Fatalf("stream: %d bytes, %v; at random: %d bytes, %v", len(streamed), err1, len(read), err2)
		}
		if err1 != nil && (!isOurs(err1) || !isOurs(err2)) {
			t.Fatalf("%v and %v are no errors of ours", err1, err2)
		}
		if err1 == nil && !bytes.Equal(sealed, good) {
			t.Fatalf("somebody without the key made a file of %d bytes", len(sealed))
		}
	})
}

// However a file is changed, nothing comes out that was not sealed at that place,
// and the change is noticed.
func FuzzChanged(f *testing.F) {
	k := testKey(f)
	plain := content(2*chunkLen + 50)
	sealed := sealWith(f, k, "model", plain)
	f.Add(uint32(0), uint32(1), []byte{0})
	f.Add(uint32(headerLen+prefixLen), uint32(sealedChunk), []byte{})
	f.Add(uint32(headerLen+prefixLen), uint32(0), sealed[headerLen+prefixLen:headerLen+prefixLen+sealedChunk])
	f.Add(uint32(len(sealed)), uint32(0), make([]byte, 16))
	f.Fuzz(func(t *testing.T, at, cut uint32, put []byte) {
		from := min(int(at), len(sealed))
		to := min(from+int(cut), len(sealed))
		changed := slices.Concat(sealed[:from], put, sealed[to:])
		for name, open := range map[string]func([]byte, *key.Key, string) ([]byte, error){"stream": stream, "random": random} {
			got, err := open(changed, k, "model")
			same := bytes.Equal(changed, sealed)
			if same != (err == nil) || !bytes.HasPrefix(plain, got) {
				t.Fatalf("%s: [%d:%d] replaced with %d bytes: %d bytes come out, %v", name, from, to, len(put), len(got), err)
			}
		}
	})
}

// However it is written, it comes back.
func FuzzRoundTrip(f *testing.F) {
	k := testKey(f)
	f.Add([]byte("abc"), uint16(1))
	f.Add(content(chunkLen), uint16(1000))
	f.Add(content(chunkLen+1), uint16(chunkLen))
	f.Fuzz(func(t *testing.T, plain []byte, piece uint16) {
		var out bytes.Buffer
		w, err := NewWriter(&out, k, "model")
		if err != nil {
			t.Fatal(err)
		}
		for part := range slices.Chunk(plain, int(piece)+1) {
			if _, err := w.Write(part); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		for name, open := range ways {
			if got, err := open(out.Bytes(), k, "model"); err != nil || !bytes.Equal(got, plain) {
				t.Fatalf("%s: %d bytes come back of %d, %v", name, len(got), len(plain), err)
			}
		}
	})
}
