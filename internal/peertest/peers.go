package peertest

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// What the folder DATUM_PEERS holds.
const (
	// Old is the last Datumaro that encrypts.
	Old = "datumaro-1.11.1"
	// New is the last Datumaro that there is.
	New = "datumaro-1.13.12"
	// Collected are datasets that people made, out of a published package.
	Collected = "otx-1.4.3"
	// CollectedLater are such datasets out of a later version of it.
	CollectedLater = "otx-2.6.0"
	// Torch is PyTorch, where the machine that prepared the peers has a C
	// compiler: see [RequireTorch].
	Torch = "torch-2.15.0"
)

// RequireTorch skips the test where there is no [Torch] among the peers.
func RequireTorch(t testing.TB) {
	t.Helper()
	peers := os.Getenv("DATUM_PEERS")
	if peers == "" {
		Dir(t, Torch)
	}
	if _, err := os.Stat(filepath.Join(peers, Torch)); err != nil {
		t.Skipf("SKIPPED, NOT PASSED: nothing was compared with %s: make peers makes it where there are gcc and readelf", Torch)
	}
}

// Dir returns the folder called name among the peers, or skips the test.
func Dir(t testing.TB, name string) string {
	t.Helper()
	peers := os.Getenv("DATUM_PEERS")
	if peers == "" {
		t.Skipf("SKIPPED, NOT PASSED: nothing was compared with %s: run make test, or set DATUM_PEERS to the folder that make peers prints", name)
	}
	dir := filepath.Join(peers, name)
	if _, err := os.Stat(dir); err != nil {
		t.Fatalf("DATUM_PEERS is set, but has no %s: %v", name, err)
	}
	return dir
}

// Python returns the path of a peer's interpreter, or skips the test.
func Python(t testing.TB, peer string) string {
	t.Helper()
	return filepath.Join(Dir(t, peer), "bin", "python")
}

// Root returns the root folder of the module.
func Root(t testing.TB) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		if dir == filepath.Dir(dir) {
			t.Fatal("no go.mod above the working directory")
		}
		dir = filepath.Dir(dir)
	}
}

// CommandLine runs the command line program of a peer and returns its output;
// the test ends if it fails.
func CommandLine(t testing.TB, peer string, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), Python(t, peer), append([]string{"-m", "datumaro"}, args...)...)
	cmd.Dir = t.TempDir()
	cmd.Env = environment()
	var out, diagnosis bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &diagnosis
	if err := cmd.Run(); err != nil {
		t.Fatalf("%s %s: %v\n%s", peer, strings.Join(args, " "), err, tail(diagnosis.String(), 30))
	}
	return out.Bytes()
}

// environment is that of the tests, without leaving compiled files beside the
// scripts.
func environment() []string {
	return append(os.Environ(), "PYTHONDONTWRITEBYTECODE=1", "PYTHONIOENCODING=utf-8")
}

// tail returns the last lines of text.
func tail(text string, lines int) string {
	all := strings.Split(strings.TrimRight(text, "\n"), "\n")
	return strings.Join(all[max(0, len(all)-lines):], "\n")
}
