package install

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/formats"
)

// env returns a getenv of the pairs.
func env(pairs ...string) func(string) string {
	return func(name string) string {
		for i := 0; i < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1]
			}
		}
		return ""
	}
}

// withLibrary makes dir look like a runtime.
func withLibrary(t *testing.T, dir string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, library), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// private returns a folder that only we can write to, all the way up.
func private(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "data")
	if err := os.Mkdir(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestFind(t *testing.T) {
	data := private(t)
	home := private(t)
	chosen := withLibrary(t, filepath.Join(private(t), "libs"))
	empty := private(t)
	installed := withLibrary(t, filepath.Join(data, "datum", "openvino-"+Version))
	atHome := withLibrary(t, filepath.Join(home, ".local/share/datum/openvino-"+Version))
	for name, test := range map[string]struct {
		env  []string
		want string
		is   error
		hint string
	}{
		"the folder that is named":         {[]string{Env, chosen, "XDG_DATA_HOME", data}, chosen, nil, ""},
		"the data folder":                  {[]string{"XDG_DATA_HOME", data, "HOME", home}, installed, nil, ""},
		"the usual data folder":            {[]string{"HOME", home}, atHome, nil, ""},
		"a relative data folder":           {[]string{"XDG_DATA_HOME", "data", "HOME", home}, atHome, nil, ""},
		"nothing there":                    {[]string{"XDG_DATA_HOME", empty}, "", ErrNotInstalled, "datum runtime install"},
		"nothing where it was named":       {[]string{Env, empty, "XDG_DATA_HOME", data}, "", ErrNotInstalled, "name the folder of that library, or unset DATUM_OPENVINO and: datum runtime install"},
		"a folder in place of the library": {[]string{Env, filepath.Dir(chosen)}, "", ErrNotInstalled, "name the folder of that library, or unset DATUM_OPENVINO and: datum runtime install"},
	} {
		got, err := Find(env(test.env...))
		if got != test.want || !errors.Is(err, test.is) || formats.Hint(err) != test.hint {
			t.Errorf("%s: %q, %v, hint %q", name, got, err, formats.Hint(err))
		}
	}
	if _, err := Find(env()); err == nil || formats.Hint(err) == "" {
		t.Errorf("without a home: %v", err)
	}
}

func TestFindRefusesWhatOthersCanWriteTo(t *testing.T) {
	for name, test := range map[string]struct {
		path string // below the data folder
		mode fs.FileMode
		ok   bool
	}{
		"as it is made":                     {"datum", 0o755, true},
		"the folder for everybody":          {"datum/openvino-" + Version, 0o777, false},
		"a folder above for everybody":      {"datum", 0o757, false},
		"one above for everybody, sticky":   {"datum", 0o777 | fs.ModeSticky, true},
		"the data folder itself":            {".", 0o777, false},
		"for the group of one user only":    {"datum", 0o775, os.Getegid() == os.Geteuid()},
		"the libraries for the owner alone": {"datum/openvino-" + Version, 0o700, true},
	} {
		data := private(t)
		dir := withLibrary(t, filepath.Join(data, "datum", "openvino-"+Version))
		if err := os.Chmod(filepath.Join(data, test.path), test.mode); err != nil {
			t.Fatal(err)
		}
		_, err := Find(env("XDG_DATA_HOME", data))
		if (err == nil) != test.ok || err != nil && !errors.Is(err, ErrUnsafe) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && !strings.HasPrefix(formats.Hint(err), "chmod go-w "+filepath.Dir(data)) {
			t.Errorf("%s: hint %q for %s", name, formats.Hint(err), dir)
		}
	}
}

// A link is judged by where it lies, too: whoever can replace it chooses the libraries.
func TestFindLooksWhereLinksLie(t *testing.T) {
	data, open := private(t), private(t)
	withLibrary(t, filepath.Join(data, "datum", "openvino-"+Version))
	for path, to := range map[string]string{"link": data, "nested": filepath.Join(open, "link")} {
		if err := os.Symlink(to, filepath.Join(open, path)); err != nil {
			t.Fatal(err)
		}
	}
	elsewhere := filepath.Join(private(t), "link")
	if err := os.Symlink(filepath.Join(open, "nested"), elsewhere); err != nil {
		t.Fatal(err)
	}
	for _, mode := range []fs.FileMode{0o755, 0o777} {
		if err := os.Chmod(open, mode); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{filepath.Join(open, "link"), elsewhere} {
			if _, err := Find(env("XDG_DATA_HOME", path)); errors.Is(err, ErrUnsafe) != (mode == 0o777) || mode == 0o755 && err != nil {
				t.Errorf("%v: %v", mode, err)
			}
		}
	}
}

// A link to the folder is judged by where it leads.
func TestFindFollowsLinks(t *testing.T) {
	data, open := private(t), private(t)
	withLibrary(t, open)
	if err := os.Chmod(open, 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(data, "datum"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(open, filepath.Join(data, "datum", "openvino-"+Version)); err != nil {
		t.Fatal(err)
	}
	if _, err := Find(env("XDG_DATA_HOME", data)); !errors.Is(err, ErrUnsafe) {
		t.Errorf("%v", err)
	}
}

func TestCheckFrontend(t *testing.T) {
	release, err := Pinned()
	if err != nil {
		t.Skip(err)
	}
	dir := withLibrary(t, private(t))
	err = CheckFrontend(env(Env, dir), "tensorflow")
	if !errors.Is(err, ErrNotInstalled) || formats.Hint(err) != "unset DATUM_OPENVINO and: datum runtime install --with tensorflow" {
		t.Errorf("%v, %q", err, formats.Hint(err))
	}
	for _, f := range release.Files {
		if f.Frontend == "tensorflow" {
			if err := os.WriteFile(filepath.Join(dir, f.Name), nil, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := CheckFrontend(env(Env, dir), "tensorflow"); err != nil {
		t.Error(err)
	}
	data := private(t)
	withLibrary(t, filepath.Join(data, "datum", "openvino-"+Version))
	if err := CheckFrontend(env("XDG_DATA_HOME", data), "paddle"); formats.Hint(err) != "datum runtime install --with paddle" {
		t.Errorf("%v, %q", err, formats.Hint(err))
	}
	if err := CheckFrontend(env("XDG_DATA_HOME", private(t)), "paddle"); formats.Hint(err) != Command {
		t.Errorf("%v, %q", err, formats.Hint(err))
	}
}
