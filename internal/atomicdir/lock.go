package atomicdir

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
)

func (d *Dir) lockPath() string { return d.staging + ".lock" }

func (d *Dir) takeLock() error {
	f, err := os.OpenFile(d.lockPath(), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
	if err == nil && isAt(f, d.lockPath()) {
		d.lock = f
		return nil
	}
	f.Close()
	if err != nil && !errors.Is(err, syscall.EWOULDBLOCK) {
		return &os.PathError{Op: "lock", Path: d.lockPath(), Err: err}
	}
	return fmt.Errorf("%s: %w", d.name, ErrLocked)
}

// isAt reports whether f still has its name. Its owner may have given the lock
// up, and removed the file, between our opening and locking it; the lock is
// worth nothing then.
func isAt(f *os.File, path string) bool {
	mine, err1 := f.Stat()
	named, err2 := os.Stat(path)
	return err1 == nil && err2 == nil && os.SameFile(mine, named)
}

// release gives the lock up. The file is removed while the lock is held, and
// takeLock looks whether its file is still there, so that no two processes can
// believe to hold the lock.
func (d *Dir) release() {
	d.disk.close()
	d.disk = nil
	if d.lock != nil {
		if !d.keepsNote || d.placed {
			os.Remove(d.lockPath())
		}
		d.lock.Close()
		d.lock = nil
	}
}

// Note leaves a short text for the next process, should this one be killed
// before it has committed or given up; it is read with [Left].
func (d *Dir) Note(text string) error {
	err := d.lock.Truncate(0)
	if err == nil {
		_, err = d.lock.WriteAt([]byte(text), 0)
	}
	if err == nil {
		err = d.lock.Sync()
	}
	return err
}

// KeepNote leaves the note of a killed process where it is, unless Commit
// succeeds.
func (d *Dir) KeepNote() { d.keepsNote = true }

// Left calls use with the note of a process that was killed while it wrote
// target. Nobody can write the target meanwhile. Where a process is at work, or
// there is no note, use is not called.
func Left(target string, use func(note string)) {
	const longest = 4096
	d, err := newDir(target)
	if err != nil {
		return
	}
	f, err := os.OpenFile(d.lockPath(), os.O_RDWR, 0)
	if err != nil {
		return
	}
	defer f.Close() // which gives the lock up
	if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) != nil || !isAt(f, d.lockPath()) {
		return
	}
	if text, err := io.ReadAll(io.LimitReader(f, longest)); err == nil && len(text) > 0 {
		use(string(text))
	}
}
