package atomicdir

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// Commit makes the folder appear as the target. When ctx ends before that, the
// folder is gone and the target as it was.
func (d *Dir) Commit(ctx context.Context) error {
	return d.commit(ctx, d.swap)
}

// CommitFile makes the file called name, in the folder, appear as the target.
// An existing one is replaced, unless check, which is called just before, has
// something against it.
func (d *Dir) CommitFile(ctx context.Context, name string, check func() error) error {
	return d.commit(ctx, func() error {
		if err := check(); err != nil {
			return err
		}
		if err := d.ops.rename(filepath.Join(d.staging, name), d.target); err != nil {
			return err
		}
		os.RemoveAll(d.staging)
		return nil
	})
}

func (d *Dir) commit(ctx context.Context, place func() error) error {
	err := d.flush(ctx)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = place()
	}
	if err != nil {
		d.Abort()
		return err
	}
	d.placed = true
	os.RemoveAll(beside(d.target, keptSuffix)) // nothing is to be resumed
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

// swap gives the folder its name. Where an old one has it, the two are exchanged
// in one step, or the old one is moved aside first where the system cannot.
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
	if d.Check != nil {
		if err := d.Check(); err != nil {
			return err
		}
	}
	old := d.staging
	if err := d.ops.exchange(d.staging, d.target); unsupported(err) {
		if err := d.swapAside(); err != nil {
			return err
		}
		old = d.aside()
	} else if err != nil {
		return err
	}
	// The new folder is in place; what is left of the old one only wastes room.
	os.RemoveAll(old)
	return nil
}

func (d *Dir) swapAside() error {
	if err := d.ops.rename(d.target, d.aside()); err != nil {
		return err
	}
	if err := d.ops.rename(d.staging, d.target); err != nil {
		return errors.Join(err, os.Rename(d.aside(), d.target))
	}
	return nil
}
