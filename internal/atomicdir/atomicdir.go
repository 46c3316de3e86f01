// Package atomicdir makes a folder appear under its name at once, complete and
// on disk, or not at all.
//
// The folder is filled under another name beside its final one. Commit flushes
// every file and folder in it once, gives it its name in one step, and flushes
// the parent. Until then, and after a crash, the target is as it was. What a
// crashed process left is found by the next one and removed; a lock tells it from
// the staging folder of a process that is still at work. The same is done for a
// single file, such as an archive.
package atomicdir

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"time"
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
	// Keeps reports, where it is not nil, whether Abort leaves the folder where
	// it is, for a later process that salvages it.
	Keeps func() bool
	// Check is called, where it is not nil, just before the folder takes the
	// place of an old one. Its error keeps the old one where it is.
	Check func() error

	name            string // the target as the caller calls it
	target, staging string
	overwrite       bool
	placed          bool
	keepsNote       bool
	together        []string // the names of files that are placed together
	made            []string // folders above the target that were not there, the uppermost first
	lock            *os.File
	disk            *disk // nil where files are flushed one by one
	flushed         time.Duration
	broken          error // what kept something from being flushed
	ops             operations
}

// Stage prepares a folder that will become target. An existing target is an
// error that matches [ErrExists], unless overwrite is set or it is an empty
// folder.
func Stage(target string, overwrite bool) (*Dir, error) {
	return Resume(target, overwrite, nil)
}

// Resume is Stage for a run that goes on where an earlier one was interrupted.
// It calls salvage, where that is not nil, when nobody else can write the target
// any more, with the folder that the earlier run filled, which is removed
// afterwards, and the one that outlasts runs, [KeptPath]. Neither need be there.
func Resume(target string, overwrite bool, salvage func(left, kept string) error) (*Dir, error) {
	if err := Check(target, overwrite); err != nil {
		return nil, err
	}
	d, err := newDir(target)
	if err != nil {
		return nil, err
	}
	d.overwrite = overwrite
	return d, d.begin(func() error {
		if err := d.recover(salvage); err != nil {
			return err
		}
		if err := Check(d.name, d.overwrite); err != nil {
			return err
		}
		return os.Mkdir(d.staging, 0o777)
	})
}

// StageFile prepares a folder, for its owner only, of which one file will become
// target; see [Dir.CommitFile].
func StageFile(target string) (*Dir, error) {
	d, err := newDir(target)
	if err != nil {
		return nil, err
	}
	return d, d.begin(func() error {
		if err := d.putFilesBack(); err != nil {
			return err
		}
		if err := os.RemoveAll(d.staging); err != nil {
			return err
		}
		return os.Mkdir(d.staging, 0o700)
	})
}

func newDir(target string) (*Dir, error) {
	name := target
	target, err := Resolve(target)
	if err != nil {
		return nil, err
	}
	return &Dir{name: name, target: target, staging: beside(target, ".partial"), ops: system}, nil
}

// beside returns the path beside a target for what belongs to it.
func beside(target, suffix string) string {
	return filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+suffix)
}

const keptSuffix = ".resume"

// KeptPath is the folder beside a target in which a run that can be resumed
// keeps what it needs for that. A run that does not resume removes it.
func KeptPath(target string) (string, error) {
	target, err := Resolve(target)
	return beside(target, keptSuffix), err
}

// begin locks the target and prepares the folder.
func (d *Dir) begin(prepare func() error) error {
	err := d.makeParents(filepath.Dir(d.target))
	if err == nil {
		err = d.takeLock()
	}
	if err == nil {
		err = prepare()
	}
	if err != nil {
		d.release()
		d.removeParents()
		return err
	}
	d.disk = openDisk(d.staging)
	return nil
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

// Resolve makes a path absolute and follows links as far as they lead, be what
// they lead to there or not: where a target is a link, the folder behind it is
// what is written, and the link stays.
func Resolve(path string) (string, error) {
	const mostLinks = 40
	path, err := filepath.Abs(path)
	return follow(path, mostLinks), err
}

// Inside reports whether a is b or lies below it, links followed.
func Inside(a, b string) bool {
	a, err1 := Resolve(a)
	b, err2 := Resolve(b)
	rel, err3 := filepath.Rel(b, a)
	return errors.Join(err1, err2, err3) == nil && filepath.IsLocal(rel)
}

func follow(path string, links int) string {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		return real
	}
	above := filepath.Dir(path)
	if above == path || links == 0 {
		return path
	}
	above = follow(above, links)
	path = filepath.Join(above, filepath.Base(path))
	to, err := os.Readlink(path)
	if err != nil {
		return path
	}
	if !filepath.IsAbs(to) {
		to = filepath.Join(above, to)
	}
	return follow(to, links-1)
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

// aside is where the old folder stands while the new one takes its place.
func (d *Dir) aside() string { return beside(d.target, ".old") }

// recover removes what a crashed process left, and puts the old folder back
// where it crashed between the two renames.
func (d *Dir) recover(salvage func(left, kept string) error) error {
	if _, err := os.Lstat(d.aside()); err == nil {
		if _, err := os.Lstat(d.target); errors.Is(err, fs.ErrNotExist) {
			if err := os.Rename(d.aside(), d.target); err != nil {
				return err
			}
		} else if err := os.RemoveAll(d.aside()); err != nil {
			return err
		}
	}
	kept := beside(d.target, keptSuffix)
	if salvage == nil {
		salvage = func(_, kept string) error { return os.RemoveAll(kept) }
	}
	if err := salvage(d.staging, kept); err != nil {
		return err
	}
	return os.RemoveAll(d.staging)
}

// PutBack gives an old folder its name again where a process was killed between
// moving it aside and giving the new one its name. [Stage] does so too; this is
// for those who look at the old folder before.
func PutBack(target string) error {
	d, err := newDir(target)
	if err != nil {
		return err
	}
	if _, err := os.Lstat(d.aside()); err != nil {
		return nil
	}
	if err := d.takeLock(); errors.Is(err, ErrLocked) {
		return nil // another process is at work on it, as Stage will say
	} else if err != nil {
		return err
	}
	defer d.release()
	d.keepsNote = true
	if _, err := os.Lstat(d.target); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return os.Rename(d.aside(), d.target)
}

// Clean clears away what a process left that was killed when the target had its
// name already. It does nothing where one is at work, or where something may be
// resumed.
func Clean(target string) {
	d, err := newDir(target)
	if err != nil {
		return
	}
	_, err1 := os.Lstat(d.lockPath())
	_, err2 := os.Lstat(d.staging)
	if err1 != nil || !errors.Is(err2, fs.ErrNotExist) || d.takeLock() != nil {
		return
	}
	if _, err := os.Lstat(d.staging); errors.Is(err, fs.ErrNotExist) {
		os.RemoveAll(beside(d.target, keptSuffix))
	}
	d.release()
}

// Abort removes the folder, unless Keeps says otherwise, and leaves the target
// as it was. It may be called after Commit, and does nothing then.
func (d *Dir) Abort() {
	if d.lock == nil {
		return
	}
	if d.Keeps != nil && d.Keeps() {
		d.release()
		return
	}
	os.RemoveAll(d.staging)
	os.RemoveAll(beside(d.target, keptSuffix))
	d.release()
	d.removeParents()
}
