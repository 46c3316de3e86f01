package newfiles

import (
	"os"
	"runtime"
	"syscall"
)

// exclusive makes a new file, and follows no link in its place.
const exclusive = syscall.O_WRONLY | syscall.O_CREAT | syscall.O_EXCL | syscall.O_CLOEXEC

// write makes a file without any of what package os keeps about one: it is
// closed when this returns.
func write(dir *os.File, base string, content []byte) error {
	fd, err := open(dir, base)
	if err != nil {
		return err
	}
	for len(content) > 0 {
		n, err := syscall.Write(fd, content)
		if err == syscall.EINTR {
			continue
		}
		if err == nil && n == 0 {
			err = syscall.EIO
		}
		if err != nil {
			syscall.Close(fd)
			return err
		}
		content = content[n:]
	}
	return syscall.Close(fd)
}

func create(dir *os.File, base string) (*os.File, error) {
	fd, err := open(dir, base)
	if err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), base), nil
}

func open(dir *os.File, base string) (fd int, err error) {
	for {
		fd, err = syscall.Openat(int(dir.Fd()), base, exclusive, 0o666)
		runtime.KeepAlive(dir)
		if err != syscall.EINTR {
			return fd, err
		}
	}
}
