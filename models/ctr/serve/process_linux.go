package serve

import (
	"fmt"
	"os"
	"syscall"
	"time"
)

// processorTime is how long this process has computed.
func processorTime() (time.Duration, bool) {
	var u syscall.Rusage
	err := syscall.Getrusage(syscall.RUSAGE_SELF, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()), err == nil
}

// residentMemory is how many bytes of memory this process has.
func residentMemory() (int64, bool) {
	text, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0, false
	}
	var all, resident int64
	_, err = fmt.Sscan(string(text), &all, &resident)
	return resident * int64(os.Getpagesize()), err == nil
}
