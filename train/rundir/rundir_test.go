package rundir

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/formats"
	"datum/graph"
	"datum/models/modelfile"
)

func newKey(t *testing.T) *key.Key {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// dirs are a plain and a sealed folder of a training that has begun.
func dirs(t *testing.T) []*Dir {
	t.Helper()
	list := []*Dir{{Path: filepath.Join(t.TempDir(), "plain")}, {Path: filepath.Join(t.TempDir(), "sealed"), Key: newKey(t)}}
	for _, d := range list {
		if err := d.Begin(false); err != nil {
			t.Fatal(err)
		}
	}
	return list
}

func writes(text string) func(io.Writer) error {
	return func(w io.Writer) error { _, err := io.WriteString(w, text); return err }
}

// checkpointOf reads what the checkpoint is.
func checkpointOf(t *testing.T, d *Dir) (string, error) {
	t.Helper()
	r, err := d.OpenCheckpoint(t.Context())
	if err != nil {
		return "", err
	}
	defer r.Close()
	text, err := io.ReadAll(r)
	return string(text), err
}

// model is a model of one weight.
func model(t *testing.T, weight float32) *graph.Model {
	t.Helper()
	b := graph.NewBuilder("secret-model")
	x := b.Parameter("x", graph.F32, 1)
	b.Result(b.Mul(x, b.Float32s("", graph.Shape{1}, weight)), "y")
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// filesOf names what is in a folder.
func filesOf(t *testing.T, d *Dir) []string {
	t.Helper()
	entries, err := os.ReadDir(d.Path)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestCheckpoint(t *testing.T) {
	for _, d := range dirs(t) {
		if _, err := checkpointOf(t, d); !errors.Is(err, formats.ErrUsage) {
			t.Errorf("without one: %v", err)
		}
		if err := d.Continue(t.Context()); !errors.Is(err, formats.ErrUsage) {
			t.Errorf("going on without one: %v", err)
		}
		for _, text := range []string{"secret one", "", strings.Repeat("secret", 1<<17)} {
			if err := d.SaveCheckpoint(t.Context(), writes(text)); err != nil {
				t.Fatal(err)
			}
			if got, err := checkpointOf(t, d); err != nil || got != text {
				t.Errorf("%d bytes instead of %d, %v", len(got), len(text), err)
			}
		}
		data, err := os.ReadFile(d.Checkpoint())
		if err != nil {
			t.Fatal(err)
		}
		if there := bytes.Contains(data, []byte("secret")); there != (d.Key == nil) {
			t.Errorf("%s: the plaintext is there: %v", d.Checkpoint(), there)
		}
		if st, err := os.Stat(d.Checkpoint()); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("the checkpoint is open to others: %v", st.Mode())
		}
	}
}

// A checkpoint within the first epoch takes the place of that of an older training, whose
// model stays until there is another; it is not taken back, nor replaced with the model.
func TestCheckpointBeforeModel(t *testing.T) {
	for _, d := range dirs(t) {
		if err := errors.Join(d.SaveModel(t.Context(), model(t, 1)), d.SaveCheckpoint(t.Context(), writes("older")), d.Close()); err != nil {
			t.Fatal(err)
		}
		holds := func(wantModel, wantCheckpoint bool) {
			t.Helper()
			if m, c := d.Holds(); m != wantModel || c != wantCheckpoint {
				t.Errorf("it has a model: %t, a checkpoint: %t", m, c)
			}
		}
		if err := d.Begin(true); err != nil {
			t.Fatal(err)
		}
		holds(false, false)
		if err := d.SaveCheckpoint(t.Context(), writes("newer")); err != nil {
			t.Fatal(err)
		}
		holds(false, true)
		if before := filesOf(t, d); d.Withdraw() || !slices.Equal(filesOf(t, d), before) {
			t.Errorf("it was taken back: %v became %v", before, filesOf(t, d))
		}
		if err := d.SaveModel(t.Context(), model(t, 2)); err != nil {
			t.Fatal(err)
		}
		holds(true, true)
		if got, err := checkpointOf(t, d); got != "newer" || err != nil {
			t.Errorf("the checkpoint is %q, %v", got, err)
		}
	}
}

// What cannot be written whole leaves what was there, and nothing beside it.
func TestNoHalves(t *testing.T) {
	broken := errors.New("the disk is full")
	for _, d := range dirs(t) {
		if err := d.SaveCheckpoint(t.Context(), writes("whole")); err != nil {
			t.Fatal(err)
		}
		before := filesOf(t, d)
		err := d.SaveCheckpoint(t.Context(), func(w io.Writer) error {
			return errors.Join(writes(strings.Repeat("half", 1<<18))(w), broken)
		})
		if !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
		if err := d.WriteFile(t.Context(), Curves, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("%v", err)
		}
		if got, err := checkpointOf(t, d); got != "whole" || err != nil {
			t.Errorf("the checkpoint is %d bytes, %v", len(got), err)
		}
		if after := filesOf(t, d); !slices.Equal(after, before) {
			t.Errorf("%v became %v", before, after)
		}
	}
}

// A sealed checkpoint is opened by its key alone, and only as long as nobody has
// changed or cut it, or put a sealed model in its place.
func TestSealedCheckpoint(t *testing.T) {
	d := dirs(t)[1]
	if err := d.SaveCheckpoint(t.Context(), writes(strings.Repeat("x", 1<<18))); err != nil {
		t.Fatal(err)
	}
	other := &Dir{Path: d.Path, Key: newKey(t)}
	if err := other.Continue(t.Context()); !errors.Is(err, formats.ErrKey) {
		t.Errorf("going on with another key: %v", err)
	}
	if _, err := checkpointOf(t, other); !errors.Is(err, formats.ErrKey) {
		t.Errorf("another key: %v", err)
	}
	good, err := os.ReadFile(d.Checkpoint())
	if err != nil {
		t.Fatal(err)
	}
	flipped := bytes.Clone(good)
	flipped[len(good)/2] ^= 1
	for name, bad := range map[string][]byte{"changed": flipped, "cut": good[:len(good)-40], "more": append(bytes.Clone(good), good[len(good)-40:]...), "empty": nil, "plain": []byte("datum checkpoint 1\n")} {
		if err := os.WriteFile(d.Checkpoint(), bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := checkpointOf(t, d); err == nil {
			t.Errorf("%s: it is read", name)
		}
	}
	if err := d.SaveModel(t.Context(), model(t, 1)); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(d.Model(), d.Checkpoint()); err != nil {
		t.Fatal(err)
	}
	if _, err := checkpointOf(t, d); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("a model as a checkpoint: %v", err)
	}
}

// The model is replaced as a whole: its graph and its weights.
func TestModel(t *testing.T) {
	for _, d := range dirs(t) {
		for _, weight := range []float32{1, 2} {
			m := model(t, weight)
			if err := d.SaveModel(t.Context(), m); err != nil {
				t.Fatal(err)
			}
			f, err := modelfile.Open(d.Model(), d.Key)
			if err != nil {
				t.Fatal(err)
			}
			var parts bytes.Buffer
			for i := range f.Parts {
				if err := f.Extract(t.Context(), &parts, i); err != nil {
					t.Fatal(err)
				}
			}
			f.Close()
			if want := append(m.XML(), m.Weights().Bytes()...); !bytes.Equal(parts.Bytes(), want) {
				t.Errorf("%s: what is read is not what was written", d.Model())
			}
		}
		want := []string{"model.bin", "model.xml"}
		if d.Key != nil {
			want = []string{"model.sealed"}
			if data, err := os.ReadFile(d.Model()); err != nil || bytes.Contains(data, []byte("secret-model")) {
				t.Errorf("the model is there in plain, %v", err)
			}
		}
		if got := filesOf(t, d); !slices.Equal(got, want) {
			t.Errorf("%v, want %v", got, want)
		}
	}
}

// A new training takes an empty folder, one in which a training came to nothing, or
// one of another training where that may be replaced: that goes with the first model,
// and nothing else is ever removed.
func TestBegin(t *testing.T) {
	t.Parallel()
	const begun = "events.out.tfevents.1.datum.2"
	for i, x := range []struct {
		files     []string
		overwrite bool
		err       error
		left      []string // beside the new model
	}{
		{nil, false, nil, nil},
		{[]string{begun}, false, nil, nil},
		{[]string{begun, "notes.txt"}, false, formats.ErrExists, nil},
		{[]string{"events.out.tfevents.1.other"}, false, formats.ErrExists, nil},
		{[]string{"events.out.tfevents.1.other"}, true, formats.ErrExists, nil},
		{[]string{"model.sealed"}, false, formats.ErrExists, nil},
		{[]string{"notes.txt"}, false, formats.ErrExists, nil},
		{[]string{"notes.txt"}, true, formats.ErrExists, nil},
		{[]string{"checkpoint", "checkpoint.sealed", "curves.html", begun, "model.sealed", "notes.txt"}, true, nil, []string{"notes.txt"}},
		{[]string{"model.bin", "model.xml"}, true, nil, nil},
	} {
		d := &Dir{Path: filepath.Join(t.TempDir(), "a [b]", fmt.Sprint(i))}
		if err := os.MkdirAll(d.Path, 0o777); err != nil {
			t.Fatal(err)
		}
		for _, name := range x.files {
			touch(t, d, name)
		}
		err := d.Begin(x.overwrite)
		if !errors.Is(err, x.err) {
			t.Errorf("%v, overwrite %v: %v", x.files, x.overwrite, err)
		}
		if left := filesOf(t, d); !slices.Equal(left, x.files) {
			t.Errorf("%v became %v before there is another training", x.files, left)
		}
		if err != nil {
			continue
		}
		if err := d.SaveModel(t.Context(), model(t, 1)); err != nil {
			t.Fatal(err)
		}
		if left := filesOf(t, d); !slices.Equal(left, append([]string{"model.bin", "model.xml"}, x.left...)) {
			t.Errorf("%v became %v", x.files, left)
		}
	}
}

func touch(t *testing.T, d *Dir, name string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(d.Path, name), nil, 0o666); err != nil {
		t.Fatal(err)
	}
}

// A training that came to nothing leaves everything as it was; one that has a model
// keeps it.
func TestWithdraw(t *testing.T) {
	t.Parallel()
	const begun = "events.out.tfevents.3.datum.4"
	fresh := &Dir{Path: filepath.Join(t.TempDir(), "fresh")}
	if err := fresh.Begin(false); err != nil {
		t.Fatal(err)
	}
	touch(t, fresh, begun)
	if !fresh.Withdraw() {
		t.Error("it is not taken back")
	}
	if _, err := os.Stat(fresh.Path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the folder is still there: %v", err)
	}
	older := &Dir{Path: t.TempDir()}
	was := []string{"checkpoint", "curves.html", "events.out.tfevents.1.datum.2", "model.bin", "model.xml", "notes.txt"}
	for _, name := range was {
		touch(t, older, name)
	}
	if err := older.Begin(true); err != nil {
		t.Fatal(err)
	}
	touch(t, older, begun)
	if !older.Withdraw() || !slices.Equal(filesOf(t, older), was) {
		t.Errorf("%v became %v", was, filesOf(t, older))
	}
	touch(t, older, begun)
	if err := older.SaveModel(t.Context(), model(t, 1)); err != nil {
		t.Fatal(err)
	}
	if left := filesOf(t, older); older.Withdraw() || !slices.Equal(left, []string{begun, "model.bin", "model.xml", "notes.txt"}) {
		t.Errorf("with a model there is %v", left)
	}
}

// A checkpoint that comes before the first model takes the place of the older one alone,
// and is not taken for the older training's afterwards.
func TestCheckpointFirst(t *testing.T) {
	t.Parallel()
	const begun = "events.out.tfevents.3.datum.4"
	d := &Dir{Path: t.TempDir(), Clicks: true}
	for _, name := range []string{"checkpoint", "checkpoint.sealed", "model.datumctr", "model.sealed", "notes.txt"} {
		touch(t, d, name)
	}
	if err := d.Begin(true); err != nil {
		t.Fatal(err)
	}
	touch(t, d, begun)
	for _, text := range []string{"one", "two"} {
		if err := d.SaveCheckpoint(t.Context(), writes(text)); err != nil {
			t.Fatal(err)
		}
	}
	if left := filesOf(t, d); d.Withdraw() || !slices.Equal(left, []string{"checkpoint", "checkpoint.sealed", begun, "model.datumctr", "model.sealed", "notes.txt"}) {
		t.Errorf("with a checkpoint there is %v", left)
	}
	if text, err := checkpointOf(t, d); text != "two" || err != nil {
		t.Errorf("the checkpoint is %q, %v", text, err)
	}
}
