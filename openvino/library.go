package openvino

import (
	"debug/elf"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
)

// libraryName has the version in it: 2641 is 2026.4.1.
var libraryName = regexp.MustCompile(`^libopenvino_c\.so\.(\d\d)(\d)(\d)$`)

// find returns the path of the library in dir that is to be opened.
func find(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	usable, other := "", ""
	for _, entry := range entries {
		parts := libraryName.FindStringSubmatch(entry.Name())
		if parts == nil {
			continue
		}
		found := fmt.Sprintf("20%s.%s.%s", parts[1], parts[2], parts[3])
		if strings.HasPrefix(found, version) {
			usable = filepath.Join(dir, entry.Name())
		} else {
			other = found
		}
	}
	switch {
	case usable != "":
		return usable, nil
	case other != "":
		return "", fmt.Errorf("%w: %s has %s", ErrVersion, dir, other)
	}
	return "", fmt.Errorf("%w: %s has no libopenvino_c.so.264*", ErrNotInstalled, dir)
}

// checkLibraries looks whether the libraries of the runtime are complete and for this
// machine. The system's loader does not: it maps a file that was cut off, and the
// program dies when it touches what is not there. The folder may be the system's, which
// has other libraries too, and texts for the linker under such names.
func checkLibraries(dir string) error {
	for _, pattern := range []string{"libopenvino*.so*", "libtbb*.so*", "libhwloc*.so*"} {
		paths, err := filepath.Glob(filepath.Join(globEscaper.Replace(dir), pattern))
		if err != nil {
			return err
		}
		for _, path := range paths {
			if err := checkLibrary(path); err != nil {
				return err
			}
		}
	}
	return nil
}

var globEscaper = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`)

// machines are the processors for which there is a runtime.
var machines = map[string]elf.Machine{"amd64": elf.EM_X86_64, "arm64": elf.EM_AARCH64}

func checkLibrary(path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	if !info.Mode().IsRegular() {
		return fmt.Errorf("%w: %s is not a file", ErrDamaged, path)
	}
	file, err := elf.Open(path)
	if err != nil {
		return fmt.Errorf("%w: %s is incomplete or not a library", ErrDamaged, path)
	}
	defer file.Close()
	if file.Machine != machines[runtime.GOARCH] {
		return fmt.Errorf("%w: %s is for another kind of machine (%v)", ErrDamaged, path, file.Machine)
	}
	end := uint64(info.Size())
	for _, part := range file.Progs {
		if part.Filesz > end || part.Off > end-part.Filesz {
			return fmt.Errorf("%w: %s is incomplete", ErrDamaged, path)
		}
	}
	for _, part := range file.Sections {
		if part.Type != elf.SHT_NOBITS && (part.FileSize > end || part.Offset > end-part.FileSize) {
			return fmt.Errorf("%w: %s is incomplete", ErrDamaged, path)
		}
	}
	return nil
}
