package faulttest

import (
	"fmt"
	"testing"
)

// failures are the system calls that are made to fail, how, and how many of
// them a short test leaves out.
var failures = []struct {
	call, fault string
	apart       int
	// cleaning says that the call is also one of those that clear away, so that
	// something may be left when it fails.
	cleaning bool
}{
	{"write", "error=ENOSPC", 2, false},
	{"write", "error=EIO", 5, false},
	{"pwrite64", "error=ENOSPC", 1, false},
	{"copy_file_range", "error=EIO", 1, false},
	{"sendfile", "error=EIO", 1, false},
	{"ftruncate", "error=EIO", 1, false},
	{"fsync", "error=EIO", 3, false},
	{"syncfs", "error=EIO", 1, false},
	{"renameat", "error=EIO", 1, false},
	{"renameat2", "error=EIO", 1, false},
	{"mkdirat", "error=ENOSPC", 2, false},
	{"fchmod", "error=EPERM", 1, false},
	{"flock", "error=EIO", 1, true},
	{"unlinkat", "error=EIO", 2, true},
	{"openat", "error=EIO", 23, true},
	{"openat", "error=EMFILE", 41, true},
	{"read", "error=EIO", 7, false},
	{"pread64", "error=EIO", 7, false},
	{"getdents64", "error=EIO", 11, true},
	{"newfstatat", "error=EIO", 29, true},
	{"fstat", "error=EIO", 7, true},
	{"close", "error=EIO", 29, false},
}

// TestFailingCalls makes the nth call fail, for every n until a run meets no
// fault any more.
func TestFailingCalls(t *testing.T) {
	needStrace(t)
	for _, s := range scenarios {
		for _, f := range failures {
			t.Run(s.name+"/"+f.call+"/"+f.fault, func(t *testing.T) {
				t.Parallel()
				tr := newTrial(t, s)
				first, step := every(t, f.apart)
				for n := first; ; n += step {
					tr.what = fmt.Sprintf("%s %d: %s", f.call, n, f.fault)
					if !tr.fails(f.call, f.fault, n, f.cleaning) {
						break
					}
				}
			})
		}
	}
}

// fails runs the scenario with a call that fails, and reports whether there was
// one.
func (t *trial) fails(call, fault string, n int, cleaning bool) bool {
	t.Helper()
	t.reset()
	code, said := t.run(t.inject(call, fault, n))
	if !t.injected() {
		if code != 0 || t.state() != "new" {
			t.Errorf("%s: no fault: exit code %d, the target is %s\n%s", t.what, code, t.state(), said)
		}
		return false
	}
	if t.struck("anon_inode:") {
		return true // by which the Go runtime wakes itself up: no program outlives that
	}
	tried.Add(1)
	state := t.oldOrNew()
	if !t.struck("pipe:") { // which takes the words themselves
		t.plainWords(code, said)
	}
	if code == 0 && state != "new" {
		t.Errorf("%s: it says that it is done, and the target is %s", t.what, state)
	}
	if !cleaning {
		t.nothingLeft()
	}
	t.nothingInPlain()
	t.again(state)
	return true
}
