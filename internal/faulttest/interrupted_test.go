package faulttest

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// TestInterrupted sends Ctrl-C, or what a scheduler sends, at random moments:
// nothing is left, and the exit code says it.
func TestInterrupted(t *testing.T) {
	times := 8
	if thorough {
		times = 100
	}
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tr := newTrial(t, s)
			usual := tr.duration()
			for i := range times {
				signal := []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}[i%2]
				wait := time.Duration(rand.Int64N(int64(usual)))
				tr.what = fmt.Sprintf("%s after %s", signal, wait)
				tr.interrupted(signal, wait)
			}
		})
	}
}

// duration is how long the program takes when nothing happens to it.
func (t *trial) duration() time.Duration {
	t.Helper()
	begun := time.Now()
	t.run(t.command())
	return time.Since(begun)
}

func (t *trial) interrupted(signal syscall.Signal, wait time.Duration) {
	t.Helper()
	t.reset()
	cmd := t.command()
	var said bytes.Buffer
	cmd.Stderr = &said
	must(t.T, cmd.Start())
	time.AfterFunc(wait, func() { cmd.Process.Signal(signal) })
	cmd.Wait()
	code := cmd.ProcessState.ExitCode()
	if code == -1 { // before the program was there to listen
		return
	}
	tried.Add(1)
	state := t.oldOrNew()
	if code != 130 && code != 0 || (code == 0) != (state == "new") {
		t.Errorf("%s: exit code %d, and the target is %s\n%s", t.what, code, state, said.String())
	}
	if code == 130 && !strings.Contains(said.String(), "interrupted, the output is as it was before") {
		t.Errorf("%s: %s", t.what, said.String())
	}
	t.nothingLeft()
}

// slow starts the command with a disk that takes its time for each flush, and
// returns the process id of the program once it waits for it.
func (t *trial) slow(delay time.Duration) (cmd *exec.Cmd, pid int) {
	t.Helper()
	cmd = t.inject("fsync", fmt.Sprintf("delay_enter=%d", delay.Microseconds()), 1)
	must(t.T, cmd.Start())
	for range 3000 {
		time.Sleep(10 * time.Millisecond)
		// The annotations are written last, and then everything is flushed.
		if log, err := os.ReadFile(t.path("../strace.log")); err != nil || !strings.Contains(string(log), "fsync(") {
			continue
		}
		children, err := os.ReadFile(fmt.Sprintf("/proc/%d/task/%d/children", cmd.Process.Pid, cmd.Process.Pid))
		must(t.T, err)
		pid, err := strconv.Atoi(strings.Fields(string(children))[0])
		must(t.T, err)
		return cmd, pid
	}
	t.Fatal("it does not come to the flush")
	return nil, 0
}

// TestInterruptedFlush sends the signal while everything waits for the disk.
func TestInterruptedFlush(t *testing.T) {
	needStrace(t)
	tr := newTrial(t, scenarios[1])
	tr.what = "Ctrl-C during the flush"
	cmd, pid := tr.slow(300 * time.Millisecond)
	must(t, syscall.Kill(pid, syscall.SIGINT))
	cmd.Wait()
	if code := cmd.ProcessState.ExitCode(); code != 130 {
		t.Errorf("exit code %d", code)
	}
	if state := tr.oldOrNew(); state != "old" {
		t.Errorf("the target is %s", state)
	}
	tr.nothingLeft()
	tried.Add(1)
}

// TestInterruptedTwice has a process that waits for whoever reads its output, and
// nobody does: the first signal asks it to end, the second ends it.
func TestInterruptedTwice(t *testing.T) {
	makeMany(t)
	tr := newTrial(t, scenario{name: "stream", args: "convert {many} - -f coco --save-media", target: "out"})
	cmd := tr.command()
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	first := make([]byte, 1)
	_, err = out.Read(first) // it is at work
	must(t, err)
	time.Sleep(300 * time.Millisecond)
	begun := time.Now()
	must(t, cmd.Process.Signal(syscall.SIGINT))
	time.Sleep(300 * time.Millisecond)
	must(t, cmd.Process.Signal(syscall.SIGINT))
	cmd.Wait()
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("it took %s", took)
	}
	if code := cmd.ProcessState.ExitCode(); code != -1 && code != 130 {
		t.Errorf("exit code %d", code)
	}
	tried.Add(1)
}

// TestTwoWriters starts several processes that write the same output: some do it,
// the others say that they are not alone.
func TestTwoWriters(t *testing.T) {
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			tr := newTrial(t, s)
			var all sync.WaitGroup
			codes := make([]int, 6)
			said := make([]bytes.Buffer, len(codes))
			for i := range codes {
				all.Go(func() {
					cmd := tr.command()
					cmd.Stderr = &said[i]
					cmd.Run()
					codes[i] = cmd.ProcessState.ExitCode()
				})
			}
			all.Wait()
			done := 0
			for i, code := range codes {
				if code == 0 {
					done++
				} else if code != 11 {
					t.Errorf("exit code %d\n%s", code, said[i].String())
				}
			}
			if state := tr.state(); done == 0 || state != "new" {
				t.Errorf("%d of them did it, and the target is %s", done, state)
			}
			tr.nothingLeft()
		})
	}
}
