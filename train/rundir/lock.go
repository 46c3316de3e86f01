package rundir

import (
	"errors"
	"os"
	"syscall"

	"datum/formats"
)

// lock keeps other trainings out of the folder until Close, or the end of the
// process. It is the folder itself that is locked, so that nothing has to be put
// into it. A file system without locks is no reason not to train.
func (d *Dir) lock() error {
	if d.locked != nil {
		return nil
	}
	f, err := os.Open(d.Path)
	if err != nil {
		return err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		f.Close()
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s: another training is writing into it", d.Path), "wait for its end, or name another folder with -o")
	}
	mine, err1 := f.Stat()
	there, err2 := os.Stat(d.Path)
	if err := errors.Join(err1, err2); err != nil || !os.SameFile(mine, there) {
		f.Close()
		return errors.Join(formats.Reason(formats.ErrExists, "%s: another training has just removed it", d.Path), err)
	}
	d.locked = f
	return nil
}

// Close lets other trainings into the folder. It may be called more than once, and
// without a training that has begun.
func (d *Dir) Close() error {
	if d.locked == nil {
		return nil
	}
	err := d.locked.Close()
	d.locked = nil
	return err
}
