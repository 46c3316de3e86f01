package binary

import (
	"bytes"
	"errors"
	"runtime"
	"sync/atomic"
	"testing"

	"datum/crypto/fernet"
	"datum/internal/workers"
)

// Files that come, are too large to wait for others, fail or panic, in every
// order: each gets its own result, and nobody waits for ever.
func TestTables(t *testing.T) {
	t.Parallel()
	kinds := []string{"small", "empty", "large", "unknown", "fails", "fails late", "panics"}
	for _, a := range kinds {
		for _, b := range kinds {
			testTables(t, []string{a, b, "small"})
		}
	}
}

func testTables(t *testing.T, kinds []string) {
	t.Helper()
	cipher := fernet.New(&[32]byte{1})
	pool := workers.NewPool(1)
	defer pool.Close()
	filling := tables{cipher: cipher, pool: pool}
	var files []*workers.Future[[]byte]
	var large atomic.Int32
	for i, kind := range kinds {
		files = append(files, filling.add(func(s *seat) ([]byte, error) { return sealKind(t, cipher, kind, plainOf(kind, i), &large, s) }))
	}
	filling.flush()
	filling.flush() // which has nothing to do
	for i, kind := range kinds {
		token, err, panicked := outcome(files[i])
		if panicked != (kind == "panics") || (err != nil) != (kind == "fails" || kind == "fails late") {
			t.Fatalf("%v: file %d: %v, panicked: %t", kinds, i, err, panicked)
		}
		if err != nil || panicked {
			continue
		}
		plain, err := cipher.AppendDecrypt(nil, token)
		if err != nil || !bytes.Equal(plain, plainOf(kind, i)) {
			t.Fatalf("%v: file %d: the token has %d bytes, %v", kinds, i, len(plain), err)
		}
	}
}

func plainOf(kind string, i int) []byte {
	size := map[string]int{"small": 5000 + 1000*i, "large": maxShared + 1}[kind]
	return bytes.Repeat([]byte{byte(i)}, size)
}

func sealKind(t *testing.T, cipher *fernet.Cipher, kind string, plain []byte, large *atomic.Int32, s *seat) ([]byte, error) {
	size := int64(len(plain))
	switch kind {
	case "fails":
		return nil, errors.New("no such file")
	case "panics":
		panic("a bug")
	case "unknown":
		size = -1
	}
	defer s.begin(size)()
	if kind == "large" || kind == "unknown" {
		if large.Add(1) > 1 {
			t.Error("two large files are in memory")
		}
		defer large.Add(-1)
		runtime.Gosched()
	}
	token := s.encrypt(cipher, nil, plain)
	if kind == "fails late" {
		return nil, errors.New("disk full")
	}
	return token, nil
}

func outcome(f *workers.Future[[]byte]) (token []byte, err error, panicked bool) {
	defer func() { panicked = recover() != nil }()
	token, err = f.Wait()
	return token, err, false
}

// Without a table nobody is waited for.
func TestSeatAlone(t *testing.T) {
	t.Parallel()
	cipher := fernet.New(&[32]byte{1})
	s := new(seat)
	a, b := s.encrypt(cipher, []byte("kept"), []byte("one")), s.encrypt(cipher, nil, []byte("two"))
	for i, want := range []string{"one", "two"} {
		token := [][]byte{bytes.TrimPrefix(a, []byte("kept")), b}[i]
		if got, err := cipher.AppendDecrypt(nil, token); err != nil || string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
	}
	s.leave()
}
