package coredump

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// TestMain lets the test start itself as a process that crashes.
func TestMain(m *testing.M) {
	switch os.Getenv("COREDUMP_TEST") {
	case "off":
		if err := Off(); err != nil {
			panic(err)
		}
		fallthrough
	case "on":
		panic("a crash, as the test wants it")
	}
	os.Exit(m.Run())
}

// TestNoCore crashes a process for real. Only where the kernel writes a file
// named core without Off does it show something that there is none with it.
func TestNoCore(t *testing.T) {
	run := func(mode string) (dumped bool) {
		dir := t.TempDir()
		cmd := exec.Command("/bin/sh", "-c", `ulimit -c "$(ulimit -H -c)"; exec "$0"`, os.Args[0])
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "COREDUMP_TEST="+mode, "GOTRACEBACK=crash") // which ends the process by a signal
		cmd.Run()
		status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
		if !status.Signaled() {
			t.Fatalf("%s: the process did not crash: %v", mode, cmd.ProcessState)
		}
		files, _ := filepath.Glob(filepath.Join(dir, "core*"))
		return status.CoreDump() || len(files) > 0
	}
	if run("off") {
		t.Error("core was dumped")
	}
	if !run("on") {
		pattern, _ := os.ReadFile("/proc/sys/kernel/core_pattern")
		t.Skipf("SKIPPED: this system dumps no core at all (core_pattern %q)", strings.TrimSpace(string(pattern)))
	}
}

// TestOffIsSet comes last: what Off sets is inherited by whatever is started later.
func TestOffIsSet(t *testing.T) {
	if err := Off(); err != nil {
		t.Fatal(err)
	}
	if on, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0); err != nil || on != 0 {
		t.Errorf("the process can be dumped: %d, %v", on, err)
	}
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &limit); err != nil || limit.Cur != 0 || limit.Max != 0 {
		t.Errorf("the limit of core dumps is %+v, %v", limit, err)
	}
}
