// Package turbojpegtest finds libturbojpeg for tests: that of the machine, or
// the one among the peers that make peers prepares.
package turbojpegtest

import (
	"os"
	"path/filepath"
	"testing"

	"datum/internal/turbojpeg"
)

// Find opens the library.
func Find() (*turbojpeg.Library, error) {
	l, err := turbojpeg.Open("")
	if err == nil {
		return l, nil
	}
	if dir := Dir(); dir != "" {
		return turbojpeg.Open(filepath.Join(dir, "libturbojpeg.so.0"))
	}
	return nil, err
}

// Dir is the folder among the peers that has the library, for the
// LD_LIBRARY_PATH of a program that is to find it; empty where there are no
// peers.
func Dir() string {
	if peers := os.Getenv("DATUM_PEERS"); peers != "" {
		return filepath.Join(peers, "turbojpeg")
	}
	return ""
}

// Library opens the library, or skips the test.
func Library(t testing.TB) *turbojpeg.Library {
	t.Helper()
	l, err := Find()
	if err != nil {
		t.Skipf("SKIPPED, NOT PASSED: %v", err)
	}
	return l
}
