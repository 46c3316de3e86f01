package install

import "syscall"

func withUmask(mask int, do func()) {
	defer syscall.Umask(syscall.Umask(mask))
	do()
}
