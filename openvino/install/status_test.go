package install

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"datum/formats"
)

// withRuntime installs the fake one and returns its folder and surroundings.
func (f *fake) withRuntime(t *testing.T, frontends ...string) (dir string, getenv func(string) string) {
	t.Helper()
	o := f.options(private(t))
	o.FindLinks = []string{write(t, filepath.Join(private(t), fakeWheel), f.wheel)}
	o.Frontends = frontends
	r, err := Install(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r.Path, o.Getenv
}

func TestLook(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	size := f.release.choose(nil)
	var bytes int64
	for _, file := range size {
		bytes += file.Size
	}
	flip := func(dir string) { // the size stays
		content := append([]byte(nil), f.content["openvino/libs/libbig.so"]...)
		content[9] ^= 1
		write(t, filepath.Join(dir, "libbig.so"), content)
	}
	for name, test := range map[string]struct {
		frontends []string
		change    func(dir string)
		deep      bool
		want      Status
		is        error
		hint      string
	}{
		"sound":              {nil, nil, false, Status{Installed: true, Files: 4, Bytes: bytes}, nil, ""},
		"sound, read":        {nil, nil, true, Status{Installed: true, Files: 4, Bytes: bytes, Checked: true}, nil, ""},
		"with a frontend":    {[]string{"tensorflow"}, nil, true, Status{Installed: true, Files: 5, Bytes: bytes + 90_000, Checked: true, Frontends: []string{"tensorflow"}}, nil, ""},
		"a changed byte":     {nil, flip, false, Status{Installed: true, Files: 4, Bytes: bytes}, nil, ""},
		"a changed byte too": {nil, flip, true, Status{Installed: true, Files: 4, Bytes: bytes, Checked: true, Damaged: []string{"libbig.so"}}, formats.ErrCorrupt, Command},
		"another size": {nil, func(dir string) { write(t, filepath.Join(dir, "libbig.so"), []byte("x")) }, false,
			Status{Installed: true, Files: 4, Bytes: bytes - 700_000 + 1, Damaged: []string{"libbig.so"}}, formats.ErrCorrupt, Command},
		"a file is gone": {nil, func(dir string) { os.Remove(filepath.Join(dir, "licenses", "LICENSE")) }, false,
			Status{Installed: true, Files: 4, Bytes: bytes - 7, Damaged: []string{"licenses/LICENSE"}}, formats.ErrCorrupt, Command},
		"not there": {nil, func(dir string) { os.RemoveAll(dir) }, true, Status{}, ErrNotInstalled, Command},
	} {
		dir, getenv := f.withRuntime(t, test.frontends...)
		if test.change != nil {
			test.change(dir)
		}
		s, err := f.release.look(t.Context(), getenv, test.deep)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		test.want.Path, test.want.CPU = dir, s.CPU
		if test.want.Installed {
			test.want.Version = Version
		}
		if !reflect.DeepEqual(*s, test.want) {
			t.Errorf("%s: %+v, want %+v", name, *s, test.want)
		}
		if err := s.Err(); !errors.Is(err, test.is) || formats.Hint(err) != test.hint {
			t.Errorf("%s: %v, hint %q", name, err, formats.Hint(err))
		}
	}
}

// A folder that the user names is one of somebody else's making.
func TestLookAtANamedFolder(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	packages := private(t)
	for _, file := range f.release.choose(nil) {
		write(t, filepath.Join(packages, file.Member), f.content[file.Member])
	}
	libs := filepath.Join(packages, "openvino", "libs")
	s, err := f.release.look(t.Context(), env(Env, libs), true)
	if err != nil || s.Err() != nil || !s.Installed || !s.Named || s.Path != libs || s.Files != 2 {
		t.Errorf("%+v, %v, %v", s, err, s.Err())
	}
	write(t, filepath.Join(libs, library), []byte("of another version"))
	s, err = f.release.look(t.Context(), env(Env, libs, "HOME", packages), false)
	if err != nil || !errors.Is(s.Err(), formats.ErrCorrupt) {
		t.Errorf("%+v, %v", s, err)
	}
	s, err = f.release.look(t.Context(), env(Env, packages), false)
	if err != nil || s.Installed || s.Path != packages || !errors.Is(s.Err(), ErrNotInstalled) {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestRemoveTakesOnlyWhatInstallMade(t *testing.T) {
	t.Parallel()
	f := fakeRuntime()
	dir, getenv := f.withRuntime(t, "tensorflow")
	mine := write(t, filepath.Join(dir, "notes.txt"), []byte("mine"))
	write(t, filepath.Join(dir, "libbig.so"), []byte("damaged"))
	beside := write(t, filepath.Join(filepath.Dir(dir), "other", "x"), []byte("x"))
	r, err := f.release.remove(getenv)
	if err != nil || r.Files != 5 || !reflect.DeepEqual(r.Left, []string{"notes.txt"}) {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := Find(getenv); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("%v", err)
	}
	for _, path := range []string{mine, beside} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	os.Remove(mine)
	os.RemoveAll(filepath.Dir(beside))
	if r, err = f.release.remove(getenv); err != nil || r.Files != 0 || r.Left != nil {
		t.Errorf("an empty folder: %+v, %v", r, err)
	}
	if _, err := os.Stat(filepath.Dir(dir)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty folder stays: %v", err)
	}
	if _, err := f.release.remove(getenv); !errors.Is(err, ErrNotInstalled) {
		t.Errorf("%v", err)
	}
}

// What a link leads to was not made by Install, whatever it holds.
func TestRemoveFollowsNoLinks(t *testing.T) {
	t.Parallel()
	for _, linked := range []string{".", "licenses"} {
		f := fakeRuntime()
		dir, getenv := f.withRuntime(t)
		link := filepath.Join(dir, linked)
		elsewhere := filepath.Join(t.TempDir(), "elsewhere")
		if err := os.Rename(link, elsewhere); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(elsewhere, link); err != nil {
			t.Fatal(err)
		}
		before, _ := os.ReadDir(elsewhere)
		if r, err := f.release.remove(getenv); !errors.Is(err, formats.ErrUsage) {
			t.Errorf("%s: %+v, %v", linked, r, err)
		}
		if after, _ := os.ReadDir(elsewhere); len(after) != len(before) {
			t.Errorf("%s: of %d files behind the link %d are left", linked, len(before), len(after))
		}
	}
}

func TestParseCPU(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]CPU{
		"": {},
		"processor\t: 0\nmodel name\t: Some CPU @ 1: 2\nflags\t\t: fpu avx2 xavx2 avx512f\n\nprocessor\t: 1\nmodel name\t: Other\n": {"Some CPU @ 1: 2", []string{"avx2", "avx512f"}},
		"processor\t: 0\nFeatures\t: fp asimddp bf16\n\n": {"", []string{"asimddp", "bf16"}},
		"flags": {},
	} {
		if got := parseCPU(text); !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestPinned(t *testing.T) {
	t.Parallel()
	for platform, r := range releases {
		names := map[string]bool{}
		for _, f := range r.all() {
			if names[f.Name] || !filepath.IsLocal(f.Name) || len(f.SHA256) != 64 || f.Size <= 0 {
				t.Errorf("%s: %+v", platform, f)
			}
			names[f.Name] = true
		}
		needed, _ := split(r.choose(nil))
		if !names[library] || len(needed) != 6+4 || !reflect.DeepEqual(r.Frontends(), []string{"paddle", "tensorflow", "tensorflow-lite"}) {
			t.Errorf("%s: %v", platform, names)
		}
	}
}
