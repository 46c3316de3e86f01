package detect

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

// named is a format that is sure of folders which hold a file of its name.
func named(name string, c formats.Confidence) *formats.Format {
	return &formats.Format{Name: name, Probe: func(_ context.Context, f *files.Folder) formats.Verdict {
		if !f.Has(name) {
			return formats.Verdict{Met: []string{"a folder"}, Unmet: []string{"a file called " + name}}
		}
		return formats.Verdict{Confidence: c}
	}}
}

func registry(t *testing.T) *formats.Registry {
	t.Helper()
	never := &formats.Format{Name: "never", Probe: func(context.Context, *files.Folder) formats.Verdict {
		return formats.Verdict{Unmet: []string{"a miracle"}}
	}}
	r, err := formats.NewRegistry(never, named("a", formats.High), named("b", formats.High), named("c", formats.Low))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRun(t *testing.T) {
	for _, test := range []struct {
		files, want string
		sentinel    error
	}{
		{"a", "a", nil},
		{"c", "c", nil},
		{"a c", "a", nil},
		{"a b", "", formats.ErrAmbiguous},
		{"x", "", formats.ErrUnknownFormat},
		{"in/a", "a", nil},
		{"in/in/in/a .hidden", "a", nil},
		{"in/in/in/in/a", "", formats.ErrUnknownFormat},
		{"in/a other/a", "", formats.ErrUnknownFormat},
	} {
		dir := t.TempDir()
		for _, f := range strings.Fields(test.files) {
			p := filepath.Join(dir, f)
			if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p, nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		m, err := One(t.Context(), registry(t), formatstest.Folder(t, dir), Depth)
		if !errors.Is(err, test.sentinel) {
			t.Errorf("%s: %v, want %v", test.files, err, test.sentinel)
		}
		if err == nil && m.Format.Name != test.want {
			t.Errorf("%s: %s, want %s", test.files, m.Format.Name, test.want)
		}
		if err != nil && formats.Hint(err) == "" {
			t.Errorf("%s: %v has no hint", test.files, err)
		}
	}
}

func TestNearestMissComesFirst(t *testing.T) {
	res, err := Run(t.Context(), registry(t), formatstest.Folder(t, t.TempDir()), Depth)
	if err != nil || len(res.Matches) != 0 || len(res.Rejected) != 4 {
		t.Fatalf("%+v, %v", res, err)
	}
	if first, last := res.Rejected[0].Format.Name, res.Rejected[3].Format.Name; first != "a" || last != "never" {
		t.Errorf("first %s, last %s", first, last)
	}
}

// counting is a format that fits nothing and counts how often it is asked.
func counting(n *int) *formats.Format {
	return &formats.Format{Name: "counting", Probe: func(context.Context, *files.Folder) formats.Verdict {
		*n++
		return formats.Verdict{Unmet: []string{"this", "that"}}
	}}
}

func TestWorkIsBounded(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, strings.Repeat("in/", 50)), 0o777); err != nil {
		t.Fatal(err)
	}
	for depth := range 5 {
		asked := 0
		r, err := formats.NewRegistry(counting(&asked))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Run(t.Context(), r, formatstest.Folder(t, dir), depth); err != nil || asked != depth+1 {
			t.Errorf("depth %d: asked %d times, %v", depth, asked, err)
		}
	}
	asked := 0
	r, err := formats.NewRegistry(counting(&asked))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, r, formatstest.Folder(t, dir), 3); !errors.Is(err, context.Canceled) || asked > 0 {
		t.Errorf("interrupted: asked %d times, %v", asked, err)
	}
}

func TestWhatCountsAsTheOnlyFolder(t *testing.T) {
	for _, test := range []struct {
		make func(dir string) error
		want bool
	}{
		{func(dir string) error { return os.Mkdir(filepath.Join(dir, "in"), 0o777) }, true},
		{func(dir string) error {
			return errors.Join(os.Mkdir(filepath.Join(dir, "in"), 0o777), os.Mkdir(filepath.Join(dir, "__MACOSX"), 0o777), os.Mkdir(filepath.Join(dir, ".git"), 0o777))
		}, true},
		{func(dir string) error {
			return errors.Join(os.Mkdir(filepath.Join(dir, "in"), 0o777), os.WriteFile(filepath.Join(dir, "readme"), nil, 0o666))
		}, false},
		{func(dir string) error { return os.Symlink(os.TempDir(), filepath.Join(dir, "in")) }, false},
		{func(dir string) error { return os.Mkdir(filepath.Join(dir, ".in"), 0o777) }, false},
		{func(dir string) error {
			err := os.Mkdir(filepath.Join(dir, "in"), 0o777)
			for i := range 100 {
				err = errors.Join(err, os.WriteFile(filepath.Join(dir, "."+strings.Repeat("x", i+1)), nil, 0o666))
			}
			return err
		}, true},
	} {
		dir := t.TempDir()
		if err := test.make(dir); err != nil {
			t.Fatal(err)
		}
		in, got := onlyFolder(formatstest.Folder(t, dir))
		if got != test.want || got && in.Path(".") != filepath.Join(dir, "in") {
			entries, _ := os.ReadDir(dir)
			t.Errorf("%d entries, first %s: %v, %t", len(entries), entries[0].Name(), in, got)
		}
	}
}

func TestHintNamesTheNearestMiss(t *testing.T) {
	n := 0
	r, err := formats.NewRegistry(counting(&n))
	if err != nil {
		t.Fatal(err)
	}
	_, err = One(t.Context(), r, formatstest.Folder(t, t.TempDir()), 0)
	if got := formats.Hint(err); got != "the nearest is counting, which needs this and that" {
		t.Errorf("hint %q", got)
	}
	r, err = formats.NewRegistry()
	if err != nil {
		t.Fatal(err)
	}
	if _, err = One(t.Context(), r, formatstest.Folder(t, t.TempDir()), 0); formats.Hint(err) == "" {
		t.Error("no hint where there are no formats")
	}
}

func TestAFileIsAskedAboutToo(t *testing.T) {
	file := filepath.Join(t.TempDir(), "x.json")
	if err := os.WriteFile(file, nil, 0o666); err != nil {
		t.Fatal(err)
	}
	asked := 0
	r, err := formats.NewRegistry(counting(&asked))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Run(t.Context(), r, formatstest.Folder(t, file), 3); err != nil || asked != 1 {
		t.Errorf("asked %d times, %v", asked, err)
	}
}

// TestDeeperContentBeatsNames: a guess from names alone does not hide a dataset
// further down.
func TestDeeperContentBeatsNames(t *testing.T) {
	names := &formats.Format{Name: "names", Probe: func(_ context.Context, f *files.Folder) formats.Verdict {
		return formats.Verdict{Confidence: formats.Low}
	}}
	r, err := formats.NewRegistry(names, named("a", formats.High))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "in", "in"), 0o777); err != nil {
		t.Fatal(err)
	}
	if m, err := One(t.Context(), r, formatstest.Folder(t, dir), Depth); err != nil || m.Format.Name != "names" || m.Path() != dir {
		t.Errorf("%s at %s, %v", m.Format.Name, m.Path(), err)
	}
	if err := os.WriteFile(filepath.Join(dir, "in", "in", "a"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	if m, err := One(t.Context(), r, formatstest.Folder(t, dir), Depth); err != nil || m.Format.Name != "a" || m.Path() != filepath.Join(dir, "in", "in") {
		t.Errorf("%s at %s, %v", m.Format.Name, m.Path(), err)
	}
}
