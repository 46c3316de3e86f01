package scratch

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"testing"
)

func create(t *testing.T) (*File, *os.Root) {
	t.Helper()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { root.Close() })
	f, err := Create(root, ".x")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Remove() })
	return f, root
}

// TestPieces requires that pieces come back in any order, also between writes.
func TestPieces(t *testing.T) {
	f, _ := create(t)
	type piece struct {
		at   int64
		text []byte
	}
	r := rand.New(rand.NewPCG(1, 2))
	var all []piece
	check := func(p piece) {
		if got, err := f.Piece(p.at, int32(len(p.text))); err != nil || !bytes.Equal(got, p.text) {
			t.Fatalf("%d bytes at %d: %d bytes, %v", len(p.text), p.at, len(got), err)
		}
	}
	for i := range 400 {
		text := bytes.Repeat([]byte{byte(i)}, r.IntN(4000))
		if i == 100 {
			text = bytes.Repeat([]byte("long"), windowSize)
		}
		at, err := f.Add(text)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, piece{at, text})
		if i%50 == 0 {
			check(all[r.IntN(len(all))])
		}
	}
	for _, p := range all {
		check(p)
	}
	for range 200 {
		check(all[r.IntN(len(all))])
	}
	if _, err := f.Piece(f.size-1, 2); err == nil {
		t.Error("more is read than there is")
	}
	if _, err := f.Piece(f.size, 1); err == nil {
		t.Error("more is read than there is")
	}
}

func TestCopyTo(t *testing.T) {
	f, _ := create(t)
	for _, s := range []string{"one", "", "two"} {
		if _, err := io.WriteString(f, s); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := f.CopyTo(&b); err != nil || b.String() != "onetwo" {
		t.Errorf("%q, %v", b.String(), err)
	}
	if at, err := f.Add([]byte("!")); at != 6 || err != nil {
		t.Errorf("%d, %v", at, err)
	}
}

func TestRemove(t *testing.T) {
	f, root := create(t)
	if _, err := Create(root, ".x"); !errors.Is(err, fs.ErrExist) {
		t.Errorf("a second file of the name: %v", err)
	}
	for range 2 {
		if err := f.Remove(); err != nil {
			t.Error(err)
		}
	}
	if _, err := root.Stat(".x"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the file is still there: %v", err)
	}
	if err := (*File)(nil).Remove(); err != nil {
		t.Error(err)
	}
}
