//go:build unix

package key_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"datum/crypto/key"
)

// The umask belongs to the process, so this test must not run in parallel with
// others.
func TestWriteFileUnderAnyUmask(t *testing.T) {
	for _, mask := range []int{0, 0o022, 0o077, 0o277, 0o777} {
		path := filepath.Join(t.TempDir(), "k.txt")
		before := syscall.Umask(mask)
		err := mustNew(t).WriteFile(path)
		syscall.Umask(before)
		if err != nil {
			t.Fatalf("umask %03o: %v", mask, err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != 0o600 {
			t.Errorf("umask %03o: mode %o", mask, got)
		}
		if open, err := key.WorldReadable(path); open || err != nil {
			t.Errorf("umask %03o: open to all: %v, %v", mask, open, err)
		}
	}
}

// A full disk must leave nothing: half a key opens nothing and stands in the
// way of the next attempt.
func TestWriteFileThatCannotBeFinished(t *testing.T) {
	var limit syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &limit); err != nil {
		t.Skip(err)
	}
	path := filepath.Join(t.TempDir(), "k.txt")
	small := limit
	small.Cur = 20
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Skip(err)
	}
	err := mustNew(t).WriteFile(path)
	if back := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &limit); back != nil {
		t.Fatal(back)
	}
	if err == nil {
		t.Fatal("half a key was written without an error")
	}
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("half a key is left: %v", err)
	}
}

// The key may come through a pipe, as from a password manager.
func TestReadFileOfAPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	done := make(chan error, 1)
	go func() { done <- os.WriteFile(path, []byte(publishedText+"\n"), 0) }()
	k, err := key.ReadFile(path)
	if err != nil || !k.Equal(mustParse(t, publishedText)) {
		t.Errorf("from a pipe: %v", err)
	}
	if err := <-done; err != nil {
		t.Error(err)
	}
}
