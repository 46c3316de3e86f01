// Package openvinotest gives tests OpenVINO's runtime, models that people trained and
// the Python package to compare with, all out of the peers that package peertest
// describes. Without them, tests are skipped and say so.
package openvinotest

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"datum/internal/peertest"
	"datum/openvino"
)

// Peer is the name of the peer.
const Peer = "openvino-2026.4.1"

// Dir returns the folder of the runtime's libraries, or skips the test.
func Dir(t testing.TB) string {
	t.Helper()
	found, _ := filepath.Glob(filepath.Join(peertest.Dir(t, Peer), "lib", "python3.*", "site-packages", "openvino", "libs"))
	if len(found) != 1 {
		t.Fatalf("the peer %s has %d folders of libraries", Peer, len(found))
	}
	return found[0]
}

// Core returns the core, or skips the test.
func Core(t testing.TB) *openvino.Core {
	t.Helper()
	err := openvino.Load(Dir(t))
	if errors.Is(err, openvino.ErrUnavailable) {
		t.Skipf("SKIPPED, NOT PASSED: nothing was run: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	core, err := openvino.Default()
	if err != nil {
		t.Fatal(err)
	}
	return core
}

// Model returns the path of a model or picture of the peers, or skips the test.
func Model(t testing.TB, name string) string {
	t.Helper()
	path := filepath.Join(peertest.Dir(t, "models"), name)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("the peers have no such model: %v", err)
	}
	return path
}

// Compiled compiles a model of the peers and closes it when the test ends.
func Compiled(t testing.TB, name string, options openvino.CompileOptions) *openvino.Compiled {
	t.Helper()
	core := Core(t)
	model, err := core.ReadFile(Model(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	compiled, err := core.Compile(model, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(compiled.Close)
	return compiled
}

// Ready compiles a model, given as an IR and its weights, and makes a request of it. Both
// are closed when the test ends.
func Ready(t testing.TB, xml, weights []byte, options openvino.CompileOptions) *openvino.Request {
	t.Helper()
	core := Core(t)
	model, err := core.Read(xml, weights)
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	compiled, err := core.Compile(model, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(compiled.Close)
	return Request(t, compiled)
}

// Request makes a request and closes it when the test ends.
func Request(t testing.TB, compiled *openvino.Compiled) *openvino.Request {
	t.Helper()
	request, err := compiled.NewRequest()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(request.Close)
	return request
}

// Python runs a script with the Python that has OpenVINO, and returns what it prints;
// the test is skipped without it and ends if the script fails.
func Python(t testing.TB, script string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), peertest.Python(t, Peer), append([]string{"-c", script}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "OPENVINO_TELEMETRY=0")
	var out, diagnosis bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diagnosis
	if err := cmd.Run(); err != nil {
		t.Fatalf("Python: %v\n%s", err, diagnosis.Bytes()[max(0, diagnosis.Len()-3000):])
	}
	return out.Bytes()
}
