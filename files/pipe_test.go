//go:build unix

package files

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func makePipe(t *testing.T, name string) {
	t.Helper()
	if err := syscall.Mkfifo(name, 0o600); err != nil {
		t.Skipf("no pipes here: %v", err)
	}
}

// A pipe in a dataset would be waited for without end.
func TestPipeInAFolder(t *testing.T) {
	f, dir := openDirOf(t, "x.json")
	makePipe(t, filepath.Join(dir, "a.json"))
	if _, err := f.OpenFile("a.json"); err == nil || f.Has("a.json") {
		t.Error("a pipe was opened")
	}
	w, err := NewWriter(&bytes.Buffer{}, "zip")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.AddFolder(dir); err == nil {
		t.Error("a pipe was archived")
	}
}

func TestOpenPipe(t *testing.T) {
	name := filepath.Join(t.TempDir(), "pipe")
	makePipe(t, name)
	written := make(chan error)
	go func() {
		out, err := os.OpenFile(name, os.O_WRONLY, 0)
		if err == nil {
			_, err = out.Write(pack(t, "tar.zst", map[string][]byte{"a.txt": []byte("a")}))
			err = errors.Join(err, out.Close())
		}
		written <- err
	}()
	f, err := Open(name, Limits{})
	if err := errors.Join(err, <-written); err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if !f.Has("a.txt") {
		t.Error("not read")
	}
}
