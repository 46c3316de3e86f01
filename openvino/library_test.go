package openvino

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// library is a file that the tests have at hand and that is like a library: the program
// itself.
func someBinary(t *testing.T) []byte {
	t.Helper()
	path, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestFindsTheLibrary(t *testing.T) {
	for _, test := range []struct {
		name  string
		files []string
		want  string
		err   error
	}{
		{"nothing", nil, "", ErrNotInstalled},
		{"other files", []string{"libopenvino.so.2641", "libopenvino_c.so", "libopenvino_c.so.26411"}, "", ErrNotInstalled},
		{"the right one", []string{"libopenvino_c.so.2641"}, "libopenvino_c.so.2641", nil},
		{"its predecessor", []string{"libopenvino_c.so.2640"}, "libopenvino_c.so.2640", nil},
		{"the later of two", []string{"libopenvino_c.so.2640", "libopenvino_c.so.2641"}, "libopenvino_c.so.2641", nil},
		{"beside another version", []string{"libopenvino_c.so.2530", "libopenvino_c.so.2641", "libopenvino_c.so.2701"}, "libopenvino_c.so.2641", nil},
		{"an older version", []string{"libopenvino_c.so.2530"}, "", ErrVersion},
		{"a later version", []string{"libopenvino_c.so.2700"}, "", ErrVersion},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			for _, name := range test.files {
				if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			path, err := find(dir)
			if !errors.Is(err, test.err) {
				t.Fatalf("%v, want %v", err, test.err)
			}
			if test.err == nil && path != filepath.Join(dir, test.want) {
				t.Errorf("%s, want %s", path, test.want)
			}
		})
	}
}

func TestVersionErrorsNameTheVersion(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "libopenvino_c.so.2530"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := find(dir); err == nil || !strings.Contains(err.Error(), "2025.3.0") || !strings.Contains(err.Error(), "2026.4") {
		t.Errorf("%v", err)
	}
}

func TestDamagedLibraries(t *testing.T) {
	whole := someBinary(t)
	foreign := append([]byte(nil), whole...)
	foreign[18], foreign[19] = 0xf3, 0 // RISC-V
	for _, test := range []struct {
		name string
		data []byte
		good bool
	}{
		{"whole", whole, true},
		{"empty", nil, false},
		{"text", []byte("this is no library"), false},
		{"the header only", whole[:64], false},
		{"the first page only", whole[:4096], false},
		{"half", whole[:len(whole)/2], false},
		{"all but the last byte", whole[:len(whole)-1], false},
		{"of another machine", foreign, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a [folder] * with \\ signs?")
			if err := os.Mkdir(dir, 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(dir, "libopenvino.so.2641"), test.data, 0o600); err != nil {
				t.Fatal(err)
			}
			err := checkLibraries(dir)
			if test.good && err != nil {
				t.Error(err)
			}
			if !test.good && (!errors.Is(err, ErrDamaged) || strings.Contains(err.Error(), "\n")) {
				t.Errorf("not refused: %v", err)
			}
		})
	}
}

func TestLibrariesThatAreNoFiles(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "libopenvino.so.2641"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := checkLibraries(dir); !errors.Is(err, ErrDamaged) {
		t.Errorf("a folder: %v", err)
	}
	dir = t.TempDir()
	if err := os.Symlink("nowhere", filepath.Join(dir, "libopenvino.so.2641")); err != nil {
		t.Fatal(err)
	}
	if err := checkLibraries(dir); !errors.Is(err, ErrDamaged) {
		t.Errorf("a link that leads nowhere: %v", err)
	}
}

func TestOtherLibrariesOfTheSystem(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "libm.so"), []byte("/* GNU ld script */\nGROUP ( /lib/libm.so.6 )\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := checkLibraries(dir); err != nil {
		t.Error(err)
	}
}

func FuzzCheckLibrary(f *testing.F) {
	path, err := os.Executable()
	if err != nil {
		f.Fatal(err)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data[:1024])
	f.Add([]byte("\x7fELF\x02\x01\x01"))
	f.Fuzz(func(t *testing.T, data []byte) {
		path := filepath.Join(t.TempDir(), "lib.so")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := checkLibrary(path); err != nil && !errors.Is(err, ErrDamaged) {
			t.Error(err)
		}
	})
}
