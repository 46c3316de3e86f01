package formats

import (
	"errors"
	"testing"

	"datum/dataset"
)

func TestSubsetFileName(t *testing.T) {
	for name, want := range map[string]string{"": "default", "train": "train", "a b.ü": "a b.ü"} {
		if got, err := SubsetFileName(name); err != nil || got != want {
			t.Errorf("%q: %q, %v", name, got, err)
		}
	}
	for _, name := range []string{"a/b", `a\b`, "..", ".", "/a", "\xff"} {
		if _, err := SubsetFileName(name); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q: %v", name, err)
		}
	}
}

func TestCheckItem(t *testing.T) {
	bare := &dataset.Info{}
	one := &dataset.Info{Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "a"}}}}}
	item := func(id string, label int32) *dataset.Item {
		return &dataset.Item{ID: id, Annotations: []dataset.Annotation{&dataset.Caption{}, &dataset.Label{Label: label}}}
	}
	for _, test := range []struct {
		info *dataset.Info
		it   *dataset.Item
		ok   bool
	}{
		{one, item("a/b", 0), true}, {one, item("a", dataset.NoLabel), true}, {bare, item("a", 7), true},
		{one, item("a", 1), false}, {one, item("a", -2), false}, {bare, item("a", -2), false},
		{one, item("../a", 0), false}, {one, item("/a", 0), false}, {one, item("", 0), false}, {one, item("\xff", 0), false},
	} {
		if err := CheckItem(test.info, test.it); (err == nil) != test.ok || err != nil && !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q, label %d: %v", test.it.ID, *dataset.LabelOf(test.it.Annotations[1]), err)
		}
	}
}
