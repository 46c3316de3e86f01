package atomicdir

import (
	"os"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// disk is the file system that a folder is on.
type disk struct{ folder *os.File }

// flushable are the file systems of which syncfs(2) is known to write all data
// and to report what could not be written. Others, such as overlays and those
// that are served over a network, may answer for themselves only.
var flushable = []int64{
	unix.EXT4_SUPER_MAGIC, // ext2 and ext3 too
	unix.XFS_SUPER_MAGIC,
	unix.BTRFS_SUPER_MAGIC,
	unix.F2FS_SUPER_MAGIC,
	unix.TMPFS_MAGIC,
}

// openDisk returns the file system under a folder, nil where its files have to
// be flushed one by one. It is opened before anything is written: errors of
// writing back are reported to those who had the file system open then.
func openDisk(path string) *disk {
	if !syncfsReports() {
		return nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil
	}
	var st unix.Statfs_t
	if err := unix.Fstatfs(int(f.Fd()), &st); err != nil || !slices.Contains(flushable, int64(st.Type)) {
		f.Close()
		return nil
	}
	return &disk{f}
}

// syncfsReports reports whether syncfs tells of errors, as it does since Linux
// 5.8.
func syncfsReports() bool {
	var u unix.Utsname
	if err := unix.Uname(&u); err != nil {
		return false
	}
	major, rest, _ := strings.Cut(unix.ByteSliceToString(u.Release[:]), ".")
	minor, _, _ := strings.Cut(rest, ".")
	a, err1 := strconv.Atoi(major)
	b, err2 := strconv.Atoi(minor)
	return err1 == nil && err2 == nil && (a > 5 || a == 5 && b >= 8)
}

// sync flushes the whole file system.
func (d *disk) sync() error {
	return os.NewSyscallError("syncfs", ignoringEINTR(func() error { return unix.Syncfs(int(d.folder.Fd())) }))
}

func ignoringEINTR(call func() error) error {
	for {
		if err := call(); err != unix.EINTR {
			return err
		}
	}
}

func (d *disk) close() {
	if d != nil {
		d.folder.Close()
	}
}

// exchange swaps two folders in one step.
func exchange(a, b string) error {
	err := ignoringEINTR(func() error {
		return unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE)
	})
	if err != nil {
		return &os.LinkError{Op: "exchange", Old: a, New: b, Err: err}
	}
	return nil
}
