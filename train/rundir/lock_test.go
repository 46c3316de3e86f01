package rundir

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"datum/formats"
)

// One training at a time writes into a folder.
func TestTwoTrainings(t *testing.T) {
	t.Parallel()
	first := &Dir{Path: filepath.Join(t.TempDir(), "run")}
	if err := first.Begin(false); err != nil {
		t.Fatal(err)
	}
	if err := first.SaveCheckpoint(t.Context(), writes("one")); err != nil {
		t.Fatal(err)
	}
	second := &Dir{Path: first.Path}
	for name, begin := range map[string]func() error{
		"a new one":          func() error { return second.Begin(true) },
		"one that goes on":   func() error { return second.Continue(t.Context()) },
		"one without a plan": func() error { return second.Begin(false) },
	} {
		if err := begin(); !errors.Is(err, formats.ErrExists) || !strings.Contains(err.Error(), "another training") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := errors.Join(first.Close(), first.Close()); err != nil {
		t.Fatal(err)
	}
	if err := second.Continue(t.Context()); err != nil {
		t.Errorf("after its end: %v", err)
	}
}
