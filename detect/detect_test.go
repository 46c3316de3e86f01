package detect

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/formats"
)

// named is a format that is sure of folders which hold a file of its name.
func named(name string, c formats.Confidence) *formats.Format {
	return &formats.Format{Name: name, Probe: func(_ context.Context, path string) formats.Verdict {
		if _, err := os.Stat(filepath.Join(path, name)); err != nil {
			return formats.Verdict{Met: []string{"a folder"}, Unmet: []string{"a file called " + name}}
		}
		return formats.Verdict{Confidence: c}
	}}
}

func registry(t *testing.T) *formats.Registry {
	t.Helper()
	never := &formats.Format{Name: "never", Probe: func(context.Context, string) formats.Verdict {
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
		m, err := One(t.Context(), registry(t), dir, Depth)
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
	res, err := Run(t.Context(), registry(t), t.TempDir(), Depth)
	if err != nil || len(res.Matches) != 0 || len(res.Rejected) != 4 {
		t.Fatalf("%+v, %v", res, err)
	}
	if first, last := res.Rejected[0].Format.Name, res.Rejected[3].Format.Name; first != "a" || last != "never" {
		t.Errorf("first %s, last %s", first, last)
	}
}

func TestNoSuchPath(t *testing.T) {
	if _, err := One(t.Context(), registry(t), filepath.Join(t.TempDir(), "no"), Depth); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Errorf("%v", err)
	}
}
