// Package atomicdir makes a folder appear under its name at once, complete and
// on disk, or not at all.
//
// The folder is filled under another name beside its final one. Commit flushes
// every file and folder in it once, renames it, and flushes the parent. Until
// then, and after a crash, the target is as it was. What a crashed process left
// is found by the next one and removed; a lock tells it from the staging folder
// of a process that is still at work.
package atomicdir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"datum/internal/workers"
)

// Errors that callers act on.
var (
	// ErrExists: the target is there already and may not be replaced.
	ErrExists = errors.New("exists already")
	// ErrLocked: another process is writing the same target.
	ErrLocked = errors.New("another process is writing it")
)

// Dir is a folder being filled.
type Dir struct {
	name            string // the target as the caller calls it
	target, staging string
	overwrite       bool
	placed          bool
	made            []string // folders above the target that were not there, the uppermost first
	lock            *os.File
	ops             operations
}

// operations are the calls that can fail between filling and committing; tests
// make each of them fail.
type operations struct {
	sync   func(path string) error
	rename func(from, to string) error
}

var system = operations{sync: SyncPath, rename: os.Rename}

// Stage prepares a folder that will become target. An existing target is an
// error that matches [ErrExists], unless overwrite is set or it is an empty
// folder.
func Stage(target string, overwrite bool) (*Dir, error) {
	if err := Check(target, overwrite); err != nil {
		return nil, err
	}
	name := target
	target, err := resolve(target)
	if err != nil {
		return nil, err
	}
	parent := filepath.Dir(target)
	d := &Dir{name: name, target: target, staging: filepath.Join(parent, "."+filepath.Base(target)+".partial"), overwrite: overwrite, ops: system}
	if err := d.makeParents(parent); err != nil {
		d.removeParents()
		return nil, err
	}
	if err := d.takeLock(); err != nil {
		d.removeParents()
		return nil, err
	}
	if err := d.start(); err != nil {
		d.release()
		d.removeParents()
		return nil, err
	}
	return d, nil
}

// makeParents makes the folders above the target that are not there.
func (d *Dir) makeParents(path string) error {
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := d.makeParents(filepath.Dir(path)); err != nil {
		return err
	}
	err := os.Mkdir(path, 0o777)
	if errors.Is(err, fs.ErrExist) {
		return nil // another process was faster
	}
	if err == nil {
		d.made = append(d.made, path)
	}
	return err
}

// removeParents removes what makeParents made, as far as it is empty.
func (d *Dir) removeParents() {
	for _, path := range slices.Backward(d.made) {
		os.Remove(path)
	}
}

// start clears away what a crashed process left and makes the folder.
func (d *Dir) start() error {
	if err := d.recover(); err != nil {
		return err
	}
	if err := Check(d.name, d.overwrite); err != nil {
		return err
	}
	return os.Mkdir(d.staging, 0o777)
}

// resolve makes target absolute. Where it is a link, the folder that the link
// leads to is the target, so that the link stays.
func resolve(target string) (string, error) {
	if real, err := filepath.EvalSymlinks(target); err == nil {
		target = real
	}
	return filepath.Abs(target)
}

// Check returns the error that [Stage] would return for an existing target.
func Check(target string, overwrite bool) error {
	entries, err := os.ReadDir(target)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("%s: a file of this name %w", target, ErrExists)
	case err != nil:
		return err
	case len(entries) > 0 && !overwrite:
		return fmt.Errorf("%s: %w", target, ErrExists)
	}
	return nil
}

// Path is the folder to fill. It is empty at first.
func (d *Dir) Path() string { return d.staging }

func (d *Dir) lockPath() string { return d.staging + ".lock" }

// aside is where the old folder stands while the new one takes its place.
func (d *Dir) aside() string { return strings.TrimSuffix(d.staging, ".partial") + ".old" }

func (d *Dir) takeLock() error {
	f, err := os.OpenFile(d.lockPath(), os.O_RDWR|os.O_CREATE, 0o666)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil || !isAt(f, d.lockPath()) {
		f.Close()
		return fmt.Errorf("%s: %w", d.name, ErrLocked)
	}
	d.lock = f
	return nil
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
	if d.lock != nil {
		os.Remove(d.lockPath())
		d.lock.Close()
		d.lock = nil
	}
}

// recover removes what a crashed process left, and puts the old folder back
// where it crashed between the two renames.
func (d *Dir) recover() error {
	if _, err := os.Stat(d.aside()); err == nil {
		if _, err := os.Stat(d.target); errors.Is(err, fs.ErrNotExist) {
			if err := os.Rename(d.aside(), d.target); err != nil {
				return err
			}
		} else if err := os.RemoveAll(d.aside()); err != nil {
			return err
		}
	}
	return os.RemoveAll(d.staging)
}

// Commit makes the folder appear as the target.
func (d *Dir) Commit() error {
	err := d.syncAll()
	if err == nil {
		err = d.swap()
	}
	if err != nil {
		d.Abort()
		return err
	}
	d.placed = true
	d.release()
	for _, path := range slices.Backward(d.made) {
		if err := d.ops.sync(path); err != nil {
			return err
		}
	}
	return d.ops.sync(filepath.Dir(append(d.made, d.target)[0]))
}

// Placed reports whether the folder has its final name. It may have it even
// though Commit failed, where only the flushing of the parent went wrong.
func (d *Dir) Placed() bool { return d.placed }

// swap renames the folder into place, moving an old one aside first.
func (d *Dir) swap() error {
	if err := Check(d.name, d.overwrite); err != nil {
		return err
	}
	_, err := os.Lstat(d.target)
	if errors.Is(err, fs.ErrNotExist) {
		return d.ops.rename(d.staging, d.target)
	}
	if err != nil {
		return err
	}
	if err := d.ops.rename(d.target, d.aside()); err != nil {
		return err
	}
	if err := d.ops.rename(d.staging, d.target); err != nil {
		return errors.Join(err, os.Rename(d.aside(), d.target))
	}
	// The new folder is in place; what is left of the old one only wastes room.
	os.RemoveAll(d.aside())
	return nil
}

// Abort removes the folder and leaves the target as it was. It may be called
// after Commit, and does nothing then.
func (d *Dir) Abort() {
	if d.lock != nil {
		os.RemoveAll(d.staging)
		d.release()
		d.removeParents()
	}
}

// flushers is how many files are flushed at once. It is not bound to the cores:
// all of them wait for the disk, which serves many together as fast as one.
const flushers = 16

func (d *Dir) syncAll() error {
	flush := func(path string) (struct{}, error) { return struct{}{}, d.ops.sync(path) }
	for _, err := range workers.Map(context.Background(), flushers, d.paths(), flush) {
		if err != nil {
			return err
		}
	}
	return nil
}

// paths yields every file and folder that was staged, links left out.
func (d *Dir) paths() iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		err := filepath.WalkDir(d.staging, func(path string, e fs.DirEntry, err error) error {
			if err != nil || e.Type()&fs.ModeSymlink != 0 {
				return err
			}
			if !yield(path, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield("", err)
		}
	}
}

// SyncPath flushes a file, or the names in a folder, to the disk.
func SyncPath(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}
