package faulttest

import (
	"fmt"
	"math/rand/v2"
	"sync/atomic"
	"testing"
	"time"
)

// tried counts faults, for those who run the thorough tests.
var tried atomic.Int64

// TestKilledAtEachCall kills the program before the nth call that changes a file,
// for every n.
func TestKilledAtEachCall(t *testing.T) {
	needStrace(t)
	for _, s := range scenarios {
		for call, apart := range map[string]int{
			"write": 2, "pwrite64": 1, "copy_file_range": 1, "fsync": 3, "renameat": 1, "renameat2": 1, "mkdirat": 2, "unlinkat": 2, "openat": 23, "close": 23,
		} {
			t.Run(s.name+"/"+call, func(t *testing.T) {
				t.Parallel()
				tr := newTrial(t, s)
				first, step := every(t, apart)
				for n := first; ; n += step {
					tr.what = fmt.Sprintf("killed at %s %d", call, n)
					if !tr.killed(tr.inject(call, "signal=KILL", n).Run) {
						break
					}
				}
			})
		}
	}
}

// TestKilledAtRandom kills the program at random moments.
func TestKilledAtRandom(t *testing.T) {
	times := 25
	if thorough {
		times = 400
	}
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tr := newTrial(t, s)
			usual := tr.duration()
			for range times {
				wait := time.Duration(rand.Int64N(int64(usual)))
				tr.what = fmt.Sprintf("killed after %s", wait)
				tr.killed(func() error {
					cmd := tr.command()
					if err := cmd.Start(); err != nil {
						return err
					}
					timer := time.AfterFunc(wait, func() { cmd.Process.Kill() })
					defer timer.Stop()
					return cmd.Wait()
				})
			}
		})
	}
}

// killed runs a command that is killed, and reports whether it was.
func (t *trial) killed(run func() error) bool {
	t.Helper()
	t.reset()
	err := run()
	if err == nil {
		if s := t.state(); s != "new" {
			t.Errorf("%s: it says that it is done, and the target is %s", t.what, s)
		}
		return false
	}
	tried.Add(1)
	t.nothingInPlain()
	t.settle()
	state := t.oldOrNew()
	t.again(state)
	return true
}
