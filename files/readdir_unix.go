//go:build unix

package files

import (
	"io/fs"
	"os"
	"syscall"
)

// readDir lists an open folder of an [os.Root]. A file of a root asks the system
// about each entry, a million times in a large folder; a plain one takes what
// the listing says.
func readDir(dir *os.File) ([]fs.DirEntry, error) {
	fd, err := syscall.Dup(int(dir.Fd()))
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(fd)
	plain := os.NewFile(uintptr(fd), dir.Name())
	defer plain.Close()
	return plain.ReadDir(-1)
}
