package faulttest

import (
	"context"
	"fmt"
	"hash/fnv"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

var background = context.Background()

// needStrace skips a test where system calls cannot be made to fail.
func needStrace(t *testing.T) {
	t.Helper()
	straceOnce.Do(func() {
		straceErr = exec.Command("strace", "-f", "-qq", "-o", os.DevNull, "-e", "inject=fsync:error=EIO:when=1", "true").Run()
	})
	if straceErr != nil {
		t.Skipf("SKIPPED: strace cannot be used here: %v", straceErr)
	}
}

var (
	straceOnce sync.Once
	straceErr  error
)

// inject returns the command under strace, which does something to the nth call
// of a kind that a thread makes.
func (t *trial) inject(call, fault string, n int) *exec.Cmd {
	log := t.path("../strace.log")
	cmd := t.command("strace", "-f", "-qq", "-y", "-o", log, "-e", "trace="+call, "-e", "signal=none",
		"-e", fmt.Sprintf("inject=%s:%s:when=%d", call, fault, n))
	if !t.model { // whose commands have one worker
		cmd.Args = append(cmd.Args, "-j", "1")
	}
	cmd.Env = append(cmd.Env, "GOMAXPROCS=1") // few threads, whose calls come in nearly the same order each time
	return cmd
}

// injected reports whether the last command under strace met its fault.
func (t *trial) injected() bool { return t.struck("(INJECTED)") }

// struck reports whether the fault met a call in which strace shows a text.
func (t *trial) struck(what string) bool {
	t.Helper()
	log, err := os.ReadFile(t.path("../strace.log"))
	must(t.T, err)
	for line := range strings.Lines(string(log)) {
		if strings.Contains(line, "(INJECTED)") && strings.Contains(line, what) {
			return true
		}
	}
	return false
}

// every is how far apart the calls are that a test tries, and first where it
// begins, so that in some days all have been tried.
func every(t *testing.T, apart int) (first, step int) {
	if thorough {
		return 1, 1
	}
	h := fnv.New32a()
	h.Write([]byte(t.Name()))
	return 1 + (int(h.Sum32()%1000)+time.Now().YearDay())%apart, apart
}
