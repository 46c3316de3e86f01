package files

import (
	"os"
	"runtime"
	"slices"
	"syscall"
)

// appendFrom reads a file in four calls: open, what it is, read, close.
func appendFrom(dst []byte, dir *os.File, base string, most int64) ([]byte, bool) {
	const plain = syscall.O_RDONLY | syscall.O_NOFOLLOW | syscall.O_NONBLOCK | syscall.O_CLOEXEC
	fd, err := syscall.Openat(int(dir.Fd()), base, plain, 0)
	runtime.KeepAlive(dir)
	if err != nil {
		return dst, false
	}
	defer syscall.Close(fd)
	var st syscall.Stat_t
	if err := syscall.Fstat(fd, &st); err != nil || st.Mode&syscall.S_IFMT != syscall.S_IFREG || st.Size > most || st.Size > 1<<30 {
		return dst, false
	}
	from := len(dst)
	dst = slices.Grow(dst, int(st.Size)+1) // of which one stays free, so that the end is seen
	for {
		n, err := syscall.Read(fd, dst[len(dst):from+int(st.Size)+1])
		if err != nil || n < 0 {
			return dst[:from], false
		}
		dst = dst[:len(dst)+n]
		switch {
		case len(dst)-from > int(st.Size):
			return dst[:from], false // it grows
		case n == 0 || len(dst)-from == int(st.Size):
			return dst, true
		}
	}
}
