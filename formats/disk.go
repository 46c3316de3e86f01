package formats

import (
	"errors"
	"syscall"
)

// DiskHint adds advice to an error of writing where the system's own words do not
// lead further.
func DiskHint(err error) error {
	switch {
	case err == nil:
	case IsFull(err):
		return WithHint(err, "the disk is full; make room or write elsewhere, nothing was left behind")
	case errors.Is(err, syscall.EROFS), errors.Is(err, syscall.EACCES):
		return WithHint(err, "name an output in a folder that you may write to")
	case errors.Is(err, syscall.EIO):
		return WithHint(err, "the disk could not read or write; look at the system's log, nothing was left behind")
	case errors.Is(err, syscall.EFBIG):
		return WithHint(err, "files cannot be that large here: ulimit -f, or the file system")
	}
	return err
}

// IsFull reports whether an error says that there is no room on a disk.
func IsFull(err error) bool { return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) }
