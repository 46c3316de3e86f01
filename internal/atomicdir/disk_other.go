//go:build !linux

package atomicdir

import "syscall"

// disk is the file system that a folder is on. Outside of Linux there is no call
// that flushes one and tells what went wrong.
type disk struct{}

func openDisk(string) *disk { return nil }
func (*disk) sync() error   { return syscall.ENOSYS }
func (*disk) close()        {}

// exchange is a step that only Linux has.
func exchange(_, _ string) error { return syscall.ENOSYS }
