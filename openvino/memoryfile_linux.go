package openvino

import (
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// memoryFile makes a file in memory, and the path under which this process can open it.
func memoryFile() (*os.File, string, error) {
	fd, err := unix.MemfdCreate("model", unix.MFD_CLOEXEC)
	if err != nil {
		return nil, "", os.NewSyscallError("memfd_create", err)
	}
	return os.NewFile(uintptr(fd), "a file in memory"), fmt.Sprintf("/proc/self/fd/%d", fd), nil
}
