package rundir

import (
	"errors"
	"slices"
	"testing"
)

// A training that was to replace an older one, and goes on before its first model, does
// not take the older model for its own, and clears away what is in its own model's place.
func TestGoingOnBeforeTheFirstModel(t *testing.T) {
	t.Parallel()
	d := &Dir{Path: t.TempDir(), Clicks: true, Key: newKey(t)}
	for _, name := range []string{"checkpoint", "model.datumctr", "model.sealed"} {
		touch(t, d, name)
	}
	if err := errors.Join(d.Begin(true), d.SaveCheckpoint(t.Context(), writes("newer")), d.Close()); err != nil {
		t.Fatal(err)
	}
	again := &Dir{Path: d.Path, Clicks: true, Key: d.Key}
	if err := again.Continue(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer again.Close()
	again.NoModelYet()
	if m, c := again.Holds(); m || !c {
		t.Errorf("it has a model: %t, a checkpoint: %t", m, c)
	}
	if left := filesOf(t, again); again.Withdraw() || len(left) != 4 {
		t.Errorf("there is %v", left)
	}
	if err := again.SaveModel(t.Context(), model(t, 1)); err != nil {
		t.Fatal(err)
	}
	if left := filesOf(t, again); !slices.Equal(left, []string{"checkpoint.sealed", "model.sealed"}) {
		t.Errorf("with a model there is %v", left)
	}
	if m, c := again.Holds(); !m || !c {
		t.Errorf("it has a model of its own: %t, a checkpoint: %t", m, c)
	}
}
