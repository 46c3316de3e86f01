package atomicdir

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// What lies in the staging folder of files that belong together. The names of
// the files are those that they get, so that any later process knows what
// to do with them.
const (
	newFiles = ".new"  // to be placed
	oldFiles = ".old"  // moved aside for them
	noFiles  = ".none" // a folder for each name under which there was nothing
)

// StageFiles prepares a folder, for its owner only, of which several files will become
// the targets; see [Dir.CommitFiles]. The targets lie in one folder, and the first is
// the one without which the others are nothing. Where a process was killed while
// it gave them their names, all is as it was before that afterwards.
func StageFiles(targets ...string) (*Dir, error) {
	d, err := StageFile(targets[0])
	if err != nil {
		return nil, err
	}
	for _, t := range targets {
		d.together = append(d.together, filepath.Base(t))
	}
	d.together[0] = filepath.Base(d.target)
	for _, what := range []string{newFiles, oldFiles, noFiles} {
		if err := os.Mkdir(d.part(what), 0o700); err != nil {
			d.Abort()
			return nil, err
		}
	}
	return d, nil
}

// FilePath is where the file is to be written that becomes target i.
func (d *Dir) FilePath(i int) string { return d.part(newFiles, d.together[i]) }

func (d *Dir) part(names ...string) string {
	return filepath.Join(append([]string{d.staging}, names...)...)
}

func (d *Dir) sibling(name string) string { return filepath.Join(filepath.Dir(d.target), name) }

// CommitFiles makes the files appear as the targets, unless check, which is called
// just before, has something against it. Several names cannot be given in one
// step, so the old files are moved aside first, and kept until the first target has its
// new file: whatever happens meanwhile, there are never some old files and some
// new ones under the names of all.
func (d *Dir) CommitFiles(ctx context.Context, check func() error) error {
	return d.commit(ctx, func() error {
		if err := check(); err != nil {
			return err
		}
		if err := d.placeFiles(); err != nil {
			return d.undo(err)
		}
		os.RemoveAll(d.staging)
		return nil
	})
}

// undo puts the old files back. Where that fails too they stay where they are,
// and the next process does it. The error is none of a kind then that callers
// know: they would say that nothing was left behind.
func (d *Dir) undo(cause error) error {
	if err := d.putFilesBack(); err != nil {
		d.Keeps = func() bool { return true }
		return fmt.Errorf("%v; the old files lie in %s: %v", cause, d.part(oldFiles), err)
	}
	return cause
}

func (d *Dir) placeFiles() error {
	for _, name := range d.together {
		err := d.ops.rename(d.sibling(name), d.part(oldFiles, name))
		if errors.Is(err, fs.ErrNotExist) {
			err = os.Mkdir(d.part(noFiles, name), 0o700)
		}
		if err != nil {
			return err
		}
	}
	for _, path := range []string{d.part(oldFiles), d.part(noFiles), d.staging, filepath.Dir(d.target)} {
		if err := d.ops.sync(path); err != nil {
			return err
		}
	}
	for _, name := range slices.Backward(d.together) {
		if err := d.ops.rename(d.part(newFiles, name), d.sibling(name)); err != nil {
			return err
		}
	}
	return nil
}

// putFilesBack gives the old files their names again where the first target has
// not got its new file. It may be broken off at any point, and done again.
func (d *Dir) putFilesBack() error {
	first := filepath.Base(d.target)
	waits := d.part(newFiles, first)
	if !exists(waits) {
		return nil // all was done, or nothing was begun
	}
	none, err1 := entries(d.part(noFiles))
	old, err2 := entries(d.part(oldFiles))
	if err := errors.Join(err1, err2); err != nil {
		return err
	}
	for _, name := range none {
		if exists(d.part(newFiles, name)) {
			continue // it was not placed
		}
		if err := os.Remove(d.sibling(name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if i := slices.Index(old, first); i >= 0 {
		old = append(slices.Delete(old, i, i+1), first) // the last: with it the others are something
	}
	for _, name := range old {
		if exists(d.part(newFiles, name)) && exists(d.sibling(name)) {
			return fmt.Errorf("%s: it %w, and so does the file that an interrupted run moved aside, in %s", d.sibling(name), ErrExists, d.part(oldFiles))
		}
		if err := d.ops.rename(d.part(oldFiles, name), d.sibling(name)); err != nil {
			return err
		}
	}
	return os.Remove(waits)
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return !errors.Is(err, fs.ErrNotExist)
}

// entries returns the names in a folder, none where it is not there.
func entries(path string) (names []string, err error) {
	list, err := os.ReadDir(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names, err
}
