package openvino

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"

	"datum/openvino/internal/capi"
)

// version is what the version of the runtime has to begin with. The C API, and what
// datum knows of the runtime's ways, are those of this version.
const version = "2026.4."

var (
	loading sync.Mutex
	loaded  atomic.Pointer[library]
)

// A library is the runtime that was loaded.
type library struct{ path, version string }

// Load opens the runtime in dir, which is the folder with libopenvino_c in it, after
// looking at what is there. A process has one runtime: to load it again does nothing,
// and to load another is an error.
func Load(dir string) error {
	if capi.Missing != "" {
		return fmt.Errorf("%w: %s", ErrUnavailable, capi.Missing)
	}
	loading.Lock()
	defer loading.Unlock()
	path, err := find(dir)
	if err != nil {
		return err
	}
	if now := loaded.Load(); now != nil {
		if now.path != path && !sameFolder(now.path, path) {
			return fmt.Errorf("OpenVINO is loaded from %s already, and cannot be loaded from %s too", filepath.Dir(now.path), dir)
		}
		return nil
	}
	if err := checkLibraries(filepath.Dir(path)); err != nil {
		return err
	}
	found, err := open(path)
	if err != nil {
		return err
	}
	loaded.Store(&library{path, found})
	return nil
}

// sameFolder reports whether two files lie in one folder, by whatever path it was called.
func sameFolder(a, b string) bool {
	one, err1 := os.Stat(filepath.Dir(a))
	other, err2 := os.Stat(filepath.Dir(b))
	return err1 == nil && err2 == nil && os.SameFile(one, other)
}

// open opens a library and returns its version.
func open(path string) (string, error) {
	function, problem := capi.Open(path)
	switch {
	case problem != "":
		return "", fmt.Errorf("%w: %s", ErrDamaged, cleaned(problem))
	case function != "":
		return "", fmt.Errorf("%w: %s has no %s", ErrVersion, path, function)
	}
	capi.Silence()
	found, status := capi.Version()
	if status != capi.OK {
		return "", fmt.Errorf("%w: %s does not tell its version", ErrVersion, path)
	}
	if !strings.HasPrefix(found, version) {
		return "", fmt.Errorf("%w: %s is %s", ErrVersion, path, found)
	}
	return found, nil
}

// Version returns the version of the runtime that was loaded, with its build, or "".
func Version() string {
	if now := loaded.Load(); now != nil {
		return now.version
	}
	return ""
}
