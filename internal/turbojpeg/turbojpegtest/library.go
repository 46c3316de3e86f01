// Package turbojpegtest finds libturbojpeg for tests: that of the machine, or
// the one among the peers that make peers prepares.
package turbojpegtest

import (
	"os"
	"path/filepath"
	"testing"

	"datum/internal/turbojpeg"
)

// Library opens the library, or skips the test.
func Library(t testing.TB) *turbojpeg.Library {
	t.Helper()
	l, err := turbojpeg.Open("")
	if err == nil {
		return l
	}
	if peers := os.Getenv("DATUM_PEERS"); peers != "" {
		path := filepath.Join(peers, "turbojpeg", "libturbojpeg.so.0")
		if l, err := turbojpeg.Open(path); err == nil {
			return l
		}
	}
	t.Skipf("SKIPPED, NOT PASSED: %v", err)
	return nil
}
