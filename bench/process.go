package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// usage is what a process and its children took.
type usage struct {
	// CPU is user and system time, Wall the time from start to end, both in
	// seconds.
	CPU  float64 `json:"cpu_s"`
	Wall float64 `json:"wall_s"`
	// Peak is the resident memory of the process at its largest or, where that
	// is more, of its largest child.
	Peak int64 `json:"peak_bytes"`
	// Load is the load average of one minute before the start. Others is how
	// much of the machine other processes used meanwhile, from 0 to 1.
	Load   float64 `json:"load"`
	Others float64 `json:"others"`
}

// runLimit is how long a measured process may take.
const runLimit = 40 * time.Minute

// measure runs a program to its end and returns what it took and what it wrote
// on standard output. The file system is flushed before, so that nobody pays
// for what another has left behind.
func measure(ctx context.Context, name string, args ...string) (usage, []byte, error) {
	ctx, cancel := context.WithTimeout(ctx, runLimit)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr, cmd.Env = &stdout, &stderr, environment()
	syscall.Sync()
	var u usage
	u.Load = loadAverage()
	busy, start := busyTime(), time.Now()
	err := cmd.Run()
	u.Wall = time.Since(start).Seconds()
	if cmd.ProcessState != nil {
		u.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
		u.Others = min(1, max(0, (busyTime()-busy-u.CPU)/(u.Wall*cores())))
		if r, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			u.Peak = r.Maxrss << 10
		}
	}
	if err != nil {
		err = fmt.Errorf("%s: %w\n%s", strings.Join(append([]string{name}, args...), " "), errors.Join(err, context.Cause(ctx)), lastLines(stderr.Bytes()))
	}
	return u, stdout.Bytes(), err
}

// environment returns ours without what would change what is measured.
func environment() []string {
	var kept []string
	for _, e := range os.Environ() {
		name, _, _ := strings.Cut(e, "=")
		if !strings.HasPrefix(name, "DATUM_") && name != "ENCRYPTION_KEY" && name != "GOGC" && name != "GOMEMLIMIT" && name != "GODEBUG" {
			kept = append(kept, e)
		}
	}
	return kept
}

func lastLines(text []byte) []byte {
	const most = 2000
	text = bytes.TrimSpace(text)
	return text[max(0, len(text)-most):]
}
