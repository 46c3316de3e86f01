//go:build cgo && linux

package capi_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino/internal/capi"
)

// stressVariable makes the test program create and free cores out of the library that
// it names. That happens in a process of its own, since the mistake that it looks for
// kills the process.
const stressVariable = "CAPI_TEST_STRESS"

func TestMain(m *testing.M) {
	if library := os.Getenv(stressVariable); library != "" {
		if err := stress(library); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// TestSignalStacksAreKept makes plugins be constructed on one thread and destroyed on
// another, while Go sends signals to all its threads. Without the guard this process
// dies in a second.
func TestSignalStacksAreKept(t *testing.T) {
	library := filepath.Join(openvinotest.Dir(t), "libopenvino_c.so.2641")
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), stressVariable+"="+library)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Errorf("%v\n%.2000s", err, out)
	}
}

func stress(library string) error {
	if function, problem := capi.Open(library); function != "" || problem != "" {
		return fmt.Errorf("%s%s", function, problem)
	}
	var over atomic.Bool
	for range 3 {
		go busy(&over)
	}
	var group sync.WaitGroup
	problems := make(chan error, 4)
	for range 4 {
		group.Go(func() { problems <- cores(12) })
	}
	group.Wait()
	over.Store(true)
	close(problems)
	var all error
	for problem := range problems {
		all = errors.Join(all, problem)
	}
	return all
}

// cores creates and frees cores with their plugins.
func cores(times int) error {
	for range times {
		core, status := capi.CoreCreate()
		if status != capi.OK {
			return fmt.Errorf("no core: %s", capi.LastError())
		}
		if name, status := capi.CoreProperty(core, "CPU", "FULL_DEVICE_NAME"); status != capi.OK || name == "" {
			return fmt.Errorf("no plugin: %s", capi.LastError())
		}
		runtime.Gosched() // to another thread, perhaps
		capi.CoreFree(core)
	}
	return nil
}

// busy makes garbage and runs without a pause, so that Go has to interrupt it.
func busy(over *atomic.Bool) {
	for !over.Load() {
		keep := make([][]byte, 1000)
		for i := range keep {
			keep[i] = make([]byte, 1000)
		}
		runtime.Gosched()
	}
}
