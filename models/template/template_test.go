package template

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"datum/formats"
	"datum/models/network"
)

func TestList(t *testing.T) {
	t.Parallel()
	all, err := List("")
	if err != nil {
		t.Fatal(err)
	}
	if len(all) != len(network.Architectures("")) {
		t.Errorf("there are %d templates", len(all))
	}
	for _, tp := range all {
		if tp.About == "" || tp.Task() == "" {
			t.Errorf("%s does not say what it is for", tp.Name)
		}
		if again, err := Load(tp.Name); err != nil || !reflect.DeepEqual(again, tp) {
			t.Errorf("%s: %+v, %v", tp.Name, again, err)
		}
	}
	detectors, err := List(network.Detection)
	if err != nil || len(detectors) != 2 || detectors[0].Name != "detection-nano" {
		t.Errorf("%+v, %v", detectors, err)
	}
}

func TestLoadFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "my own.yaml")
	if err := os.WriteFile(path, []byte("architecture: resnet18\ninput: {width: 64, height: 96}\nsmoothing: 0.2\nschedule: {steps: [1, 2]}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	want := usual()
	want.Name, want.Architecture, want.Input, want.Smoothing, want.Schedule.Steps = "my own", "resnet18", Input{64, 96}, 0.2, []int{1, 2}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if c := got.Network(7); c.Classes != 7 || c.Width != 64 || c.Height != 96 || c.Batch != 16 || c.Smoothing != 0.2 {
		t.Errorf("%+v", c)
	}
	if _, err := Load(filepath.Join(t.TempDir(), "none.yaml")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}

// Mistakes are reported where they are, and with what was meant.
func TestMistakes(t *testing.T) {
	t.Parallel()
	const head = "architecture: detection-nano\n"
	for _, c := range []struct{ text, want, hint string }{
		{"", "t.yaml: it is empty", ""},
		{"# nothing\n", "t.yaml: it is empty", ""},
		{"batch: 3\n", "t.yaml: it has no architecture", "there are detection-nano, "},
		{"- 1\n", "t.yaml:1: the file has no keys", ""},
		{"architecture: detection-nona\n", `t.yaml:1: architecture is "detection-nona"`, "did you mean detection-nano?"},
		{head + "bacth: 3\n", `t.yaml:2: there is no key "bacth"`, "did you mean batch?"},
		{head + "schedule:\n  epochs: 3\n  patince: 4\n", `t.yaml:4: there is no key "schedule.patince"`, "did you mean schedule.patience?"},
		{head + "xyzzy: 3\n", `t.yaml:2: there is no key "xyzzy"`, "there are about, "},
		{head + "{a: b}: 3\n", "t.yaml:2: there is no key", ""},
		{head + "batch: 3\nbatch: 4\n", "t.yaml:3: batch is in line 2, too", ""},
		{head + "batch: many\n", `t.yaml:2: batch is "many", which is no whole number`, ""},
		{head + "batch: 1.5\n", `t.yaml:2: batch is "1.5", which is no whole number`, ""},
		{head + "batch: 0\n", "t.yaml:2: batch is 0, and not from 1 to 4096", ""},
		{head + "batch: 99999999999999999999\n", "t.yaml:2: batch", ""},
		{head + "batch: [1]\n", "t.yaml:2: batch is no single value", ""},
		{head + "smoothing: .nan\n", "t.yaml:2: smoothing is .nan, and not from 0 to 0.9", ""},
		{head + "smoothing: true\n", `t.yaml:2: smoothing is "true", which is no number`, ""},
		{head + "about: 3\n", `t.yaml:2: about is "3", which is no text`, ""},
		{head + "optimizer: {nesterov: 1}\n", `t.yaml:2: optimizer.nesterov is "1", and neither true nor false`, ""},
		{head + "optimizer: {kind: adamm}\n", `t.yaml:2: optimizer.kind is "adamm"`, "did you mean adam?"},
		{head + "optimizer: {precision: half}\n", `t.yaml:2: optimizer.precision is "half"`, "it can be f32, mixed"},
		{head + "optimizer: adam\n", "t.yaml:2: optimizer has no keys", ""},
		{head + "optimizer:\n", "t.yaml:2: optimizer has no keys", ""},
		{head + "augmentation: {scale: 2}\n", "t.yaml:2: augmentation.scale is no list", ""},
		{head + "augmentation: {scale: [2, 1]}\n", "t.yaml:2: augmentation.scale is not two numbers", ""},
		{head + "augmentation: {scale: [1]}\n", "t.yaml:2: augmentation.scale is not two numbers", ""},
		{head + "schedule: {decay: steps}\n", "t.yaml:2: schedule.decay is steps, and there are no", ""},
		{head + "schedule: {steps: [5, 3]}\n", "t.yaml:2: schedule.steps do not come one after the other", ""},
		{head + "input: {width: 100}\n", "t.yaml:2: there is no such network: pictures of 100 x 320 pixels are no multiple of 8", ""},
		{head + "about: &a text\nsmoothing: *a\n", "t.yaml:3: smoothing is an alias", ""},
		{head + "---\nbatch: 3\n", "t.yaml: it has something behind its end", ""},
		{head + "\tbatch: 3\n", "t.yaml: ", ""},
		{head + "about: \x00\n", "t.yaml: ", ""},
		{head + "about: " + strings.Repeat("x", longest), "t.yaml: it has more than", ""},
	} {
		tp, err := Parse("t.yaml", []byte(c.text))
		if !errors.Is(err, ErrTemplate) || !strings.HasPrefix(err.Error(), c.want) || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(formats.Hint(err), c.hint) {
			t.Errorf("%.80q: %+v, %v (%s)", c.text, tp, err, formats.Hint(err))
		}
	}
}

func TestUnknownName(t *testing.T) {
	t.Parallel()
	_, err := Load("detection-nona")
	if !errors.Is(err, ErrTemplate) || formats.Hint(err) != "did you mean detection-nano?" {
		t.Errorf("%v (%s)", err, formats.Hint(err))
	}
}

// Whatever is a template can be a network.
func FuzzParse(f *testing.F) {
	entries, err := files.ReadDir("templates")
	if err != nil {
		f.Fatal(err)
	}
	for _, e := range entries {
		text, err := files.ReadFile("templates/" + e.Name())
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte("architecture: &a resnet18\nabout: *a\n<<: *a"))
	f.Fuzz(func(t *testing.T, text []byte) {
		tp, err := Parse("t.yaml", text)
		if err != nil {
			if !errors.Is(err, ErrTemplate) || strings.Contains(err.Error(), "\n") {
				t.Errorf("%v", err)
			}
			return
		}
		if _, err := network.New(tp.Network(3)); err != nil || tp.Schedule.Epochs < 1 || tp.Optimizer.Rate <= 0 {
			t.Errorf("%+v: %v", tp, err)
		}
	})
}

// TestDocumented: every key is in docs/training.md.
func TestDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../docs/training.md")
	if err != nil {
		t.Fatal(err)
	}
	var look func(of reflect.Type, path string)
	look = func(of reflect.Type, path string) {
		for _, f := range reflect.VisibleFields(of) {
			switch key := path + f.Tag.Get("yaml"); {
			case key == "-":
			case f.Type.Kind() == reflect.Struct:
				look(f.Type, key+".")
			case !strings.Contains(string(text), "`"+key+"`"):
				t.Errorf("docs/training.md does not have %s", key)
			}
		}
	}
	look(reflect.TypeFor[Template](), "")
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		text, err := Text(name)
		if err != nil {
			t.Fatal(err)
		}
		if tp, err := Parse(name+extension, text); err != nil || tp.Name != name {
			t.Errorf("%s: %+v, %v", name, tp, err)
		}
	}
	if _, err := Text("../parse"); !errors.Is(err, ErrTemplate) {
		t.Errorf("a name that leads elsewhere: %v", err)
	}
}
