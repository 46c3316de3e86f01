package shard

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"datum/internal/atomicdir"
)

// attempt is the folder in which a part is made, beside its final place. Each
// process has one of its own, since two may be at work on one part, on machines
// that know nothing of each other's locks.
type attempt struct {
	path string
	lock *os.File
}

const lockName = "lock"

// attemptName is what the folders of attempts are called, and what an attempt
// has moved aside.
var attemptName = regexp.MustCompile(`^\.(0|[1-9][0-9]{0,4})-of-[1-9][0-9]{0,4}\.[0-9a-z]+-[0-9a-f]{16}(\.old)?$`)

// begin makes a folder for a part in the folder of all parts, and clears away
// those of processes of this machine that ended half-way.
func begin(parts, name string) (*attempt, error) {
	prefix := "." + name + "." + machine() + "-"
	clearDead(parts, prefix)
	var random [8]byte
	rand.Read(random[:])
	a := &attempt{path: filepath.Join(parts, prefix+hex.EncodeToString(random[:]))}
	if err := os.Mkdir(a.path, 0o777); err != nil {
		return nil, err
	}
	var err error
	if a.lock, err = os.OpenFile(filepath.Join(a.path, lockName), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666); err != nil {
		return nil, errors.Join(err, os.RemoveAll(a.path))
	}
	if err := syscall.Flock(int(a.lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); errors.Is(err, syscall.EWOULDBLOCK) {
		a.lock.Close()
		return begin(parts, name) // taken for dead in the moment before it had its lock
	}
	if _, err := os.Lstat(a.lock.Name()); errors.Is(err, fs.ErrNotExist) {
		a.lock.Close()
		return begin(parts, name) // it has been removed already
	}
	// A file system without locks is no reason to stop: nobody can take this
	// attempt for dead there.
	return a, nil
}

// machine tells apart the kernels whose locks do not hold for each other.
func machine() string {
	if id, err := os.ReadFile("/proc/sys/kernel/random/boot_id"); err == nil && len(id) >= 8 {
		return string(id[:8])
	}
	host, err := os.Hostname()
	if err != nil {
		return "unknown"
	}
	return hex.EncodeToString([]byte(host))
}

// clearDead removes the attempts whose lock nobody holds. What cannot be removed
// stays until the merge.
func clearDead(parts, prefix string) {
	entries, err := os.ReadDir(parts)
	if err != nil {
		return
	}
	for _, e := range entries {
		path := filepath.Join(parts, e.Name())
		if !strings.HasPrefix(e.Name(), prefix) {
			continue
		}
		f, err := os.Open(filepath.Join(path, lockName))
		if err != nil {
			continue // it is being made this very moment, or it is nothing of ours
		}
		if syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			os.RemoveAll(path)
		}
		f.Close()
	}
}

// place gives the attempt its final name. Where another process has placed the
// part meanwhile, replace decides whether its part goes; if it stays, placed is
// false.
func (a *attempt) place(final string, replace func() bool) (placed bool, err error) {
	if err := errors.Join(os.Remove(filepath.Join(a.path, lockName)), atomicdir.SyncPath(a.path)); err != nil {
		return false, err
	}
	for {
		err := os.Rename(a.path, final)
		if err == nil {
			break
		}
		if !errors.Is(err, fs.ErrExist) && !errors.Is(err, syscall.ENOTEMPTY) {
			return false, err
		}
		if !replace() {
			return false, nil
		}
		aside := a.path + ".old"
		if err := os.Rename(final, aside); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return false, err
		}
		if err := os.RemoveAll(aside); err != nil {
			return false, err
		}
	}
	a.path = ""
	return true, atomicdir.SyncPath(filepath.Dir(final))
}

// end gives up the lock, and removes what was not placed.
func (a *attempt) end() {
	if a.path != "" {
		os.RemoveAll(a.path)
	}
	a.lock.Close()
}
