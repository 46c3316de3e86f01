package atomicdir

import (
	"context"
	"errors"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"datum/internal/workers"
)

const (
	// flushers is how many files are flushed at once. It is not bound to the
	// cores: all of them wait for the disk, which serves many together as fast
	// as one.
	flushers = 16
	// few is how many files are flushed one by one. Of more than that the whole
	// file system is flushed, in one call: to other programs that write to the
	// same disk this may be a hiccup, to us it is a tenth of the time.
	few = 256
)

// operations are the calls that can fail between filling and committing; tests
// make each of them fail.
type operations struct {
	sync     func(path string) error
	rename   func(from, to string) error
	exchange func(a, b string) error
}

var system = operations{sync: SyncPath, rename: os.Rename, exchange: exchange}

// flush brings all that was staged to the disk. When it returns nil, every byte
// and every name in the folder outlasts a loss of power, as far as the disk
// keeps its promises.
func (d *Dir) flush(ctx context.Context) (err error) {
	begun := time.Now()
	defer func() {
		d.flushed = time.Since(begun)
		if err != nil && ctx.Err() == nil {
			d.broken = err
		}
	}()
	if d.disk != nil && d.hasMany() {
		if err := d.disk.sync(); !unsupported(err) {
			return err
		}
	}
	flush := func(path string) (struct{}, error) { return struct{}{}, d.ops.sync(path) }
	for _, err := range workers.Map(ctx, flushers, d.paths(), flush) {
		if err != nil {
			return err
		}
	}
	return nil
}

// FlushFiles flushes some of the files in the folder before Commit, so that they
// are there after a loss of power. When something could not be flushed it says
// so to the end: the system tells of an error once, and the next call would
// succeed although the data are lost.
func (d *Dir) FlushFiles(paths []string) error {
	if d.broken == nil {
		d.broken = d.flushFiles(paths)
	}
	return d.broken
}

func (d *Dir) flushFiles(paths []string) error {
	if d.disk != nil && len(paths) > few/4 {
		if err := d.disk.sync(); !unsupported(err) {
			return err
		}
	}
	for _, path := range paths {
		if err := d.ops.sync(path); err != nil {
			return err
		}
	}
	return nil
}

// FlushTime is how long Commit waited for the disk before it gave the folder
// its name.
func (d *Dir) FlushTime() time.Duration { return d.flushed }

func (d *Dir) hasMany() bool {
	n := 0
	for range d.paths() {
		if n++; n > few {
			return true
		}
	}
	return false
}

// unsupported reports whether an error says that the system, or the file system,
// does not know the call, and nothing of the state of the disk.
func unsupported(err error) bool {
	for _, e := range []error{syscall.ENOSYS, syscall.EINVAL, syscall.ENOTTY, syscall.EOPNOTSUPP, syscall.EPERM} {
		if errors.Is(err, e) {
			return true
		}
	}
	return false
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
