package atomicdir

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"
)

// TestManyFilesAreFlushedAtOnce requires one call for the whole file system
// where it can do that, and one for each file where it cannot or there are few.
func TestManyFilesAreFlushedAtOnce(t *testing.T) {
	for _, test := range []struct {
		files  int
		broken bool
		want   int32 // least number of single calls, before that of the parent
	}{
		{few - 10, false, few - 10},
		{few + 10, true, few + 10},
		{few + 10, false, 0},
	} {
		d, err := Stage(filepath.Join(t.TempDir(), "out"), false)
		if err != nil {
			t.Fatal(err)
		}
		if d.disk == nil && !test.broken && test.want == 0 {
			t.Skip("SKIPPED: this file system is flushed file by file")
		}
		if test.broken {
			d.disk.close()
			d.disk = nil
		}
		for i := range test.files {
			if err := os.WriteFile(filepath.Join(d.Path(), fmt.Sprint(i)), nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		var calls atomic.Int32
		d.ops.sync = func(path string) error {
			calls.Add(1)
			return SyncPath(path)
		}
		if err := d.Commit(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := calls.Load(); got < test.want+1 || test.want == 0 && got != 1 {
			t.Errorf("%d files, %t: %d calls", test.files, test.broken, got)
		}
		if d.FlushTime() <= 0 {
			t.Error("the flush took no time")
		}
	}
}

func TestUnsupported(t *testing.T) {
	for err, want := range map[error]bool{
		nil: false, syscall.EIO: false, syscall.ENOSPC: false, syscall.EDQUOT: false,
		syscall.ENOSYS: true, syscall.EOPNOTSUPP: true, os.NewSyscallError("syncfs", syscall.EINVAL): true,
	} {
		if got := unsupported(err); got != want {
			t.Errorf("%v: %t", err, got)
		}
	}
}

// TestInterruptedCommit leaves the target as it was.
func TestInterruptedCommit(t *testing.T) {
	parent := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	d, err := Stage(filepath.Join(parent, "out"), false)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, d.Path(), "new")
	d.ops.sync = func(string) error { // the signal comes while the disk is busy
		cancel()
		return nil
	}
	if err := d.Commit(ctx); !errors.Is(err, context.Canceled) || d.Placed() {
		t.Errorf("%v, placed: %t", err, d.Placed())
	}
	if got := tree(t, parent); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

func TestCommitFile(t *testing.T) {
	parent := t.TempDir()
	target := filepath.Join(parent, "deep/out.zip")
	write := func(content string, check error) error {
		t.Helper()
		d, err := StageFile(target)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := StageFile(target); !errors.Is(err, ErrLocked) {
			t.Errorf("a second writer: %v", err)
		}
		if err := os.WriteFile(filepath.Join(d.Path(), "archive"), []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
		return d.CommitFile(t.Context(), "archive", func() error { return check })
	}
	is := func(want string) {
		t.Helper()
		if got, err := os.ReadFile(target); string(got) != want {
			t.Errorf("%q, %v", got, err)
		}
		if got := tree(t, parent); got != "deep/out.zip" {
			t.Errorf("left behind: %s", got)
		}
	}
	if err := write("old", nil); err != nil {
		t.Error(err)
	}
	is("old")
	if err := write("bad", ErrExists); !errors.Is(err, ErrExists) {
		t.Error(err)
	}
	is("old")
	fill(t, filepath.Join(parent, "deep/.out.zip.partial"), "debris")
	if err := write("new", nil); err != nil {
		t.Error(err)
	}
	is("new")
}

// TestNote is what a killed process tells the next one.
func TestNote(t *testing.T) {
	target := filepath.Join(t.TempDir(), "out")
	d, err := Stage(target, false)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(d.Note("a longer text"), d.Note("the key is elsewhere")); err != nil {
		t.Fatal(err)
	}
	if got := left(target); got != "" {
		t.Errorf("while it is at work: %q", got)
	}
	d.lock.Close() // killed
	if got := left(target); got != "the key is elsewhere" {
		t.Errorf("%q", got)
	}
	if d, err = Stage(target, false); err != nil {
		t.Fatal(err)
	}
	d.KeepNote()
	d.Abort()
	if got := left(target); got != "the key is elsewhere" {
		t.Errorf("after the next one gave up: %q", got)
	}
	if d, err = Stage(target, false); err != nil {
		t.Fatal(err)
	}
	d.KeepNote()
	if err := d.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := left(target); got != "" {
		t.Errorf("after a commit: %q", got)
	}
}

// TestSalvage hands what an interrupted run left to the next one.
func TestSalvage(t *testing.T) {
	target := filepath.Join(t.TempDir(), "out")
	d, err := Stage(target, false)
	if err != nil {
		t.Fatal(err)
	}
	fill(t, d.Path(), "half")
	d.Keeps = func() bool { return true }
	d.Abort()
	var found string
	d, err = Resume(target, false, func(left, kept string) error {
		found = tree(t, left)
		return os.Rename(left, kept)
	})
	if err != nil {
		t.Fatal(err)
	}
	kept, err := KeptPath(target)
	if err != nil || found != "sub/half" || tree(t, kept) != "sub/half" || tree(t, d.Path()) != "" {
		t.Errorf("%v, found %q, kept %q, staged %q", err, found, tree(t, kept), tree(t, d.Path()))
	}
	d.Abort()
	if d, err = Stage(target, false); err != nil { // does not resume
		t.Fatal(err)
	}
	d.Abort()
	if got := tree(t, filepath.Dir(target)); got != "" {
		t.Errorf("left behind: %s", got)
	}
}

// left returns the note that a killed process left.
func left(target string) (note string) {
	Left(target, func(text string) { note = text })
	return note
}

// TestErrorsOfFlushingStay: the system tells of an error once, and what was lost
// then stays lost.
func TestErrorsOfFlushingStay(t *testing.T) {
	broken := errors.New("broken")
	for _, early := range []bool{true, false} {
		d, err := Stage(filepath.Join(t.TempDir(), "out"), false)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Abort()
		fill(t, d.Path(), "new")
		var calls atomic.Int32
		d.ops.sync = func(string) error { // by several goroutines
			if calls.Add(1) == 1 {
				return broken
			}
			return nil
		}
		paths := []string{filepath.Join(d.Path(), "sub/new")}
		d.Keeps = func() bool {
			if err := d.FlushFiles(paths); !errors.Is(err, broken) {
				t.Errorf("early %t: %v", early, err)
			}
			return false
		}
		if early {
			err = d.FlushFiles(paths)
			d.Abort()
		} else {
			err = d.Commit(t.Context())
		}
		if !errors.Is(err, broken) {
			t.Error(err)
		}
	}
}
