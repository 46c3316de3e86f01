package sealed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/iotest"

	"datum/crypto/key"
)

const testKeyText = "datum-MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func testKey(t testing.TB) *key.Key {
	t.Helper()
	k, err := key.Parse([]byte(testKeyText))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// content is n bytes that look random and are always the same.
func content(n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{1}).Read(b)
	return b
}

// lengths are those at which something begins or ends.
var lengths = []int{0, 1, 15, 16, 17, chunkLen - 1, chunkLen, chunkLen + 1, 2*chunkLen - 1, 2 * chunkLen, 3*chunkLen + 100,
	batch*chunkLen - 1, batch * chunkLen, batch*chunkLen + 1, 2 * batch * chunkLen, 2*batch*chunkLen + 5}

// sealWith returns the sealed form of plain, whose salt is all zero so that it
// is always the same.
func sealWith(t testing.TB, k *key.Key, purpose string, plain []byte) []byte {
	t.Helper()
	return sealSalted(t, k, purpose, [saltLen]byte{}, plain)
}

func sealSalted(t testing.TB, k *key.Key, purpose string, salt [saltLen]byte, plain []byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := newWriter(&out, k, purpose, salt)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(plain); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// stream opens a sealed file from front to back.
func stream(sealed []byte, k *key.Key, purpose string) ([]byte, error) {
	r, err := NewReader(bytes.NewReader(sealed), k, purpose)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(r)
}

// random opens a sealed file at random, and reads all of it.
func random(sealed []byte, k *key.Key, purpose string) ([]byte, error) {
	f, err := Open(bytes.NewReader(sealed), int64(len(sealed)), k, purpose)
	if err != nil {
		return nil, err
	}
	plain := make([]byte, f.Size())
	n, err := f.ReadAt(plain, 0)
	return plain[:n], err
}

var ways = map[string]func([]byte, *key.Key, string) ([]byte, error){"stream": stream, "random": random}

func TestRoundTrip(t *testing.T) {
	k := testKey(t)
	for _, n := range lengths {
		plain := content(n)
		sealed := sealWith(t, k, "model", plain)
		if want := Size(int64(n), "model"); int64(len(sealed)) != want {
			t.Errorf("%d bytes: sealed are %d, not %d", n, len(sealed), want)
		}
		if !Sniff(sealed) {
			t.Errorf("%d bytes: not known as sealed", n)
		}
		for name, open := range ways {
			if got, err := open(sealed, k, "model"); err != nil || !bytes.Equal(got, plain) {
				t.Errorf("%d bytes, %s: %d bytes come back, %v", n, name, len(got), err)
			}
		}
	}
}

// However it is written, it is the same file.
func TestWritesOfAnySize(t *testing.T) {
	t.Parallel()
	k, plain := testKey(t), content(2*batch*chunkLen+5)
	want := sealWith(t, k, "model", plain)
	for _, size := range []int{1, 7, 4096, chunkLen - 1, chunkLen, chunkLen + 1, 100_000} {
		var out bytes.Buffer
		w, err := newWriter(&out, k, "model", [saltLen]byte{})
		if err != nil {
			t.Fatal(err)
		}
		for rest := plain; len(rest) > 0; {
			n := min(size, len(rest))
			if got, err := w.Write(rest[:n]); got != n || err != nil {
				t.Fatalf("%d of %d, %v", got, n, err)
			}
			rest = rest[n:]
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Errorf("closed twice: %v", err)
		}
		if _, err := w.Write(plain); err == nil {
			t.Error("written to after Close")
		}
		if !bytes.Equal(out.Bytes(), want) {
			t.Errorf("in pieces of %d bytes it is another file", size)
		}
	}
}

// However the bytes arrive, the same come out.
func TestReadsOfAnySize(t *testing.T) {
	t.Parallel()
	k, plain := testKey(t), content(batch*chunkLen+chunkLen+9)
	sealed := sealWith(t, k, "model", plain)
	for name, r := range map[string]io.Reader{
		"whole":      bytes.NewReader(sealed),
		"one byte":   iotest.OneByteReader(bytes.NewReader(sealed)),
		"half":       iotest.HalfReader(bytes.NewReader(sealed)),
		"with error": iotest.DataErrReader(bytes.NewReader(sealed)),
	} {
		r, err := NewReader(r, k, "model")
		if err != nil {
			t.Fatal(err)
		}
		if err := iotest.TestReader(r, plain); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	r, err := NewReader(bytes.NewReader(sealed), k, "model")
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if n, err := io.Copy(&out, r); n != int64(len(plain)) || err != nil || !bytes.Equal(out.Bytes(), plain) {
		t.Errorf("copied: %d bytes, %v", n, err)
	}
}

func TestReadAt(t *testing.T) {
	t.Parallel()
	k, plain := testKey(t), content(3*chunkLen+100)
	sealed := sealWith(t, k, "model", plain)
	f, err := Open(bytes.NewReader(sealed), int64(len(sealed)), k, "model")
	if err != nil {
		t.Fatal(err)
	}
	if err := iotest.TestReader(io.NewSectionReader(f, 0, f.Size()), plain); err != nil {
		t.Error(err)
	}
	var readers sync.WaitGroup
	for i := range 8 {
		readers.Go(func() {
			random := rand.New(rand.NewPCG(uint64(i), 0))
			for range 200 {
				from := random.IntN(len(plain) + 1)
				n := random.IntN(len(plain) - from + 1)
				got := make([]byte, n)
				if n, err := f.ReadAt(got, int64(from)); err != nil || !bytes.Equal(got, plain[from:from+n]) {
					t.Errorf("%d bytes from %d: %v", n, from, err)
				}
			}
		})
	}
	readers.Wait()
	for _, test := range []struct {
		off     int64
		n, want int
		err     error
	}{{f.Size(), 1, 0, io.EOF}, {f.Size() - 1, 2, 1, io.EOF}, {f.Size() + 1<<40, 5, 0, io.EOF}, {0, 0, 0, nil}, {f.Size(), 0, 0, nil}} {
		if n, err := f.ReadAt(make([]byte, test.n), test.off); n != test.want || err != test.err {
			t.Errorf("%d bytes from %d: %d, %v", test.n, test.off, n, err)
		}
	}
	if _, err := f.ReadAt(make([]byte, 1), -1); err == nil || err == io.EOF {
		t.Errorf("before the start: %v", err)
	}
}

func TestTwoFilesDiffer(t *testing.T) {
	k := testKey(t)
	var a, b bytes.Buffer
	for _, out := range []*bytes.Buffer{&a, &b} {
		w, err := NewWriter(out, k, "model")
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same content is sealed to the same bytes")
	}
}

func TestPurposes(t *testing.T) {
	k := testKey(t)
	for purpose, good := range map[string]bool{
		"model": true, "compiled-model": true, "x": true, strings.Repeat("a", 64): true,
		"": false, strings.Repeat("a", 65): false, "Model": false, "a b": false, "a\n": false, "ü": false, "a/b": false,
	} {
		_, err := NewWriter(io.Discard, k, purpose)
		if (err == nil) != good {
			t.Errorf("%q: %v", purpose, err)
		}
		if _, err := NewReader(strings.NewReader(""), k, purpose); errors.Is(err, ErrNotSealed) != good {
			t.Errorf("%q: reading: %v", purpose, err)
		}
	}
	sealed := sealWith(t, k, "model", nil)
	if got, err := Purpose(bytes.NewReader(sealed)); got != "model" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
}

func TestDestroyedKey(t *testing.T) {
	k := testKey(t)
	sealed := sealWith(t, k, "model", []byte("x"))
	k.Destroy()
	if _, err := NewWriter(io.Discard, k, "model"); !errors.Is(err, key.ErrDestroyed) {
		t.Errorf("sealing: %v", err)
	}
	for name, open := range ways {
		if _, err := open(sealed, k, "model"); !errors.Is(err, key.ErrDestroyed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// What the writer and the reader below say, comes through.
func TestErrorsBelow(t *testing.T) {
	k, broken := testKey(t), errors.New("the disk is broken")
	sealed := sealWith(t, k, "model", content(2*batch*chunkLen))
	for at := 0; at < len(sealed); at += len(sealed)/7 + 1 {
		below := io.MultiReader(bytes.NewReader(sealed[:at]), iotest.ErrReader(broken))
		r, err := NewReader(below, k, "model")
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		if !errors.Is(err, broken) || errors.Is(err, ErrCorrupt) {
			t.Errorf("after %d bytes: %v", at, err)
		}
	}
	w, err := NewWriter(&failing{after: 300_000, err: broken}, k, "model")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content(900_000)); !errors.Is(err, broken) {
		t.Errorf("writing: %v", err)
	}
	if err := w.Close(); !errors.Is(err, broken) {
		t.Errorf("closing: %v", err)
	}
}

// failing is a writer that takes only so many bytes.
type failing struct {
	after int
	err   error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.after -= len(p); f.after < 0 {
		return 0, f.err
	}
	return len(p), nil
}

func TestTooLong(t *testing.T) {
	k := testKey(t)
	w, err := NewWriter(io.Discard, k, "model")
	if err != nil {
		t.Fatal(err)
	}
	w.chunks = maxChunks - 1
	if _, err := w.Write(content(chunkLen)); err != nil {
		t.Errorf("the last chunk: %v", err)
	}
	if err := w.Close(); !errors.Is(err, ErrTooLong) {
		t.Errorf("one more: %v", err)
	}
	sealed := sealWith(t, k, "model", content(100))
	for _, size := range []int64{1 << 62, maxChunks * sealedChunk, 1 << 40} {
		if _, err := Open(bytes.NewReader(sealed), size, k, "model"); !errors.Is(err, ErrTooLong) && !errors.Is(err, ErrCorrupt) {
			t.Errorf("said to have %d bytes: %v", size, err)
		}
	}
}

func ExampleNewWriter() {
	k, err := key.New()
	if err != nil {
		panic(err)
	}
	var file bytes.Buffer
	w, err := NewWriter(&file, k, "notes")
	if err != nil {
		panic(err)
	}
	fmt.Fprint(w, "nobody reads this without the key")
	if err := w.Close(); err != nil { // without it, the file is not whole
		panic(err)
	}

	r, err := NewReader(&file, k, "notes")
	if err != nil {
		panic(err)
	}
	text, err := io.ReadAll(r)
	fmt.Println(string(text), err)
	// Output: nobody reads this without the key <nil>
}
