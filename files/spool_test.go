package files

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

func TestSpool(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	for _, n := range []int{0, 1, 15, 16, 17, spoolInMemory - 1, spoolInMemory, spoolInMemory + 1, 2*spoolInMemory + 7} {
		want := text(n, n)
		s, err := spoolAll(bytes.NewReader(want))
		if err != nil {
			t.Fatal(err)
		}
		if inFile := s.file != nil; inFile != (n > spoolInMemory) || s.size != int64(n) {
			t.Errorf("%d bytes: in a file: %v, size %d", n, inFile, s.size)
		}
		if got, err := io.ReadAll(io.NewSectionReader(s, 0, s.size+10)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes: other ones: %v", n, err)
		}
		for _, at := range []int{0, 1, 16, 31, n / 2, n - 5} {
			b := make([]byte, 33)
			if at < 0 || at > n {
				continue
			}
			got, err := s.ReadAt(b, int64(at))
			if !bytes.Equal(b[:got], want[at:min(at+33, n)]) || err != nil && err != io.EOF {
				t.Errorf("%d bytes: other ones at %d: %v", n, at, err)
			}
		}
		if _, err := s.ReadAt(make([]byte, 1), -1); err == nil || err == io.EOF {
			t.Error("read in front of the content")
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}

// What is in the file says nothing, and the file has no name.
func TestSpoolIsEncrypted(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("TMPDIR", dir)
	secret := bytes.Repeat([]byte("a secret picture"), spoolInMemory/8)
	var before []byte
	for range 2 {
		s, err := spoolAll(bytes.NewReader(secret))
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		raw, err := io.ReadAll(io.NewSectionReader(s.file, 0, s.size+1))
		if err != nil || len(raw) != len(secret) {
			t.Fatal(len(raw), err)
		}
		if bytes.Contains(raw, []byte("secret")) || bytes.Equal(raw[:64], raw[64:128]) {
			t.Error("the content is in the file")
		}
		if bytes.Equal(raw, before) {
			t.Error("the key was used twice")
		}
		before = raw
		st, err := s.file.Stat()
		if err != nil || runtime.GOOS != "windows" && st.Mode().Perm() != 0o600 {
			t.Error(st.Mode(), err)
		}
		if left, _ := filepath.Glob(filepath.Join(dir, "*")); (len(left) > 0) != (s.remove != "") {
			t.Errorf("%q", left)
		}
	}
}

// Where an open file keeps its name, it goes at closing.
func TestSpoolRemoves(t *testing.T) {
	f, err := os.CreateTemp(t.TempDir(), "")
	if err != nil {
		t.Fatal(err)
	}
	s := &spool{file: f, remove: f.Name()}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if _, err := os.Stat(f.Name()); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func TestSpoolFails(t *testing.T) {
	t.Setenv("TMPDIR", filepath.Join(t.TempDir(), "none"))
	if s, err := spoolAll(bytes.NewReader(make([]byte, 2*spoolInMemory))); err == nil || s != nil || errors.Is(err, os.ErrNotExist) {
		t.Error("a folder for temporary files that is not there")
	}
	broken := errors.New("broken")
	if s, err := spoolAll(brokenReader{bytes.NewReader(nil), broken}); !errors.Is(err, broken) || s != nil {
		t.Error(err)
	}
	f := mustOpen(t, "x.zip", rawZip(packed("big", make([]byte, 2*spoolInMemory))))
	in, err := f.OpenFile("big")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if _, err := in.ReadAt(make([]byte, 1), 0); err == nil || errors.Is(err, ErrArchive) {
		t.Error(err)
	}
}
