//go:build unix

package coredump

import "golang.org/x/sys/unix"

func noCore() error { return unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}) }
