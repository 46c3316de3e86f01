package sealed

import (
	"bytes"
	"compress/zlib"
	"crypto/sha512"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"slices"
	"testing"
)

// hexBytes are bytes that JSON has as hexadecimal digits.
type hexBytes []byte

func (h *hexBytes) UnmarshalText(text []byte) (err error) {
	*h, err = hex.DecodeString(string(text))
	return err
}

type wycheproofTest struct {
	TcID      int
	Comment   string
	Key       hexBytes
	Ctx       hexBytes
	Ct        hexBytes // compressed
	MsgLength int
	MsgSha512 hexBytes
	Result    string
	Flags     []string
}

func (w *wycheproofTest) has(flag string) bool { return slices.Contains(w.Flags, flag) }

func wycheproofTests(t *testing.T) []wycheproofTest {
	t.Helper()
	text, err := os.ReadFile("testdata/wycheproof/c2sp_chunked_encryption_aes_128_gcm_test.json")
	if err != nil {
		t.Fatal(err)
	}
	var all struct {
		NumberOfTests int
		TestGroups    []struct{ Tests []wycheproofTest }
	}
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	tests := all.TestGroups[0].Tests
	if len(all.TestGroups) != 1 || len(tests) != all.NumberOfTests || len(tests) < 30 {
		t.Fatalf("%d groups, %d tests of %d", len(all.TestGroups), len(tests), all.NumberOfTests)
	}
	for i := range tests {
		r, err := zlib.NewReader(bytes.NewReader(tests[i].Ct))
		if err != nil {
			t.Fatal(err)
		}
		if tests[i].Ct, err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
	return tests
}

// The published vectors, read as a stream.
func TestWycheproofStream(t *testing.T) {
	for _, test := range wycheproofTests(t) {
		r, err := newMessageReader(bytes.NewReader(test.Ct), test.Key, test.Ctx)
		if test.has("HeaderFailure") {
			if err == nil {
				t.Errorf("%d, %s: the header was taken", test.TcID, test.Comment)
			}
			continue
		}
		if err != nil {
			t.Errorf("%d, %s: %v", test.TcID, test.Comment, err)
			continue
		}
		plain, err := io.ReadAll(r)
		checkPlain(t, &test, plain, err)
		if test.Result == "valid" {
			continue
		}
		if _, again := r.Read(make([]byte, 1)); !errors.Is(again, ErrCorrupt) {
			t.Errorf("%d, %s: reading on after %v gives %v", test.TcID, test.Comment, err, again)
		}
	}
}

func checkPlain(t *testing.T, test *wycheproofTest, plain []byte, err error) {
	t.Helper()
	sum := sha512.Sum512(plain)
	switch {
	case test.Result == "valid" && (err != nil || len(plain) != test.MsgLength || !bytes.Equal(sum[:], test.MsgSha512)):
		t.Errorf("%d, %s: %d bytes, %v", test.TcID, test.Comment, len(plain), err)
	case test.Result == "invalid" && !errors.Is(err, ErrCorrupt):
		t.Errorf("%d, %s: the error is %v", test.TcID, test.Comment, err)
	case test.has("PartialPlaintext") && (len(plain) != test.MsgLength || !bytes.Equal(sum[:], test.MsgSha512)):
		t.Errorf("%d, %s: %d bytes came out, not %d", test.TcID, test.Comment, len(plain), test.MsgLength)
	case test.Result == "invalid" && !test.has("PartialPlaintext") && len(plain) > 0:
		t.Errorf("%d, %s: %d bytes came out", test.TcID, test.Comment, len(plain))
	}
}

// The published vectors, read at random.
func TestWycheproofFile(t *testing.T) {
	for _, test := range wycheproofTests(t) {
		m, err := readPrefix(bytes.NewReader(test.Ct), test.Key, test.Ctx)
		if failed := err != nil; failed || test.has("HeaderFailure") {
			if failed != test.has("HeaderFailure") {
				t.Errorf("%d, %s: header: %v", test.TcID, test.Comment, err)
			}
			continue
		}
		f, err := newMessageFile(bytes.NewReader(test.Ct), prefixLen, int64(len(test.Ct)), m)
		if test.Result == "invalid" && !test.has("ValidFinalChunk") {
			if !errors.Is(err, ErrCorrupt) {
				t.Errorf("%d, %s: its size was believed: %v", test.TcID, test.Comment, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%d, %s: %v", test.TcID, test.Comment, err)
			continue
		}
		plain := make([]byte, f.Size())
		n, err := f.ReadAt(plain, 0)
		checkPlain(t, &test, plain[:n], err)
	}
}

// With the salt of a published vector, we make the same bytes.
func TestWycheproofSealing(t *testing.T) {
	for _, test := range wycheproofTests(t) {
		if test.Result != "valid" {
			continue
		}
		r, err := newMessageReader(bytes.NewReader(test.Ct), test.Key, test.Ctx)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		w, err := newMessageWriter(&out, test.Key, test.Ctx, nil, [saltLen]byte(test.Ct))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, r); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil || !bytes.Equal(out.Bytes(), test.Ct) {
			t.Errorf("%d, %s: %d bytes, not the %d that are published: %v", test.TcID, test.Comment, out.Len(), len(test.Ct), err)
		}
	}
}
