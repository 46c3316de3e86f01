package coredump

import (
	"errors"

	"golang.org/x/sys/unix"
)

// Off sees to it that a crash writes no memory to the disk, and that only root
// can attach to the process or read its memory. It is for programs; a library
// has no business to change its process like this. On systems other than Linux
// it sets the limit of core dumps to nothing and does no more.
func Off() error {
	// The limit alone is not enough: the kernel ignores it where core dumps are
	// piped to a program.
	return errors.Join(noCore(), unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0))
}
