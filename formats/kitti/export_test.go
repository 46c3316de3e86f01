package kitti

import (
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func one(list ...dataset.Annotation) *formatstest.Dataset {
	return &formatstest.Dataset{
		Meta: dataset.Info{Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "big cat"}, {Name: "dog"}}}}},
		List: []dataset.Item{{ID: "x", Subset: "s", Annotations: list}},
	}
}

// TestLines: what a box becomes, and what is counted.
func TestLines(t *testing.T) {
	for name, c := range map[string]struct {
		box  *dataset.Bbox
		want string
		loss map[string]int
	}{
		"nothing known": {box(0, 1, 2, 3, 4, `{}`), "big_cat 0 0 -10 1 2 4 6 -1 -1 -1 -1000 -1000 -1000 -10", nil},
		"flags": {box(1, 0, 0, 1, 1, `{"truncated":true,"occluded":false}`), "dog 1 0 -10 0 0 1 1 -1 -1 -1 -1000 -1000 -1000 -10",
			map[string]int{"attributes of annotations changed, since the format has numbers there": 2}},
		"words": {box(1, 0, 0, 1, 1, `{"truncated":"much","score":null,"dimensions":[1,2]}`), "dog 0 0 -10 0 0 1 1 -1 -1 -1 -1000 -1000 -1000 -10",
			map[string]int{"attributes of annotations dropped": 2, "attributes of annotations changed, since the format has numbers there": 1}},
		"a placeholder": {box(1, 0, 0, 1, 1, `{"alpha":-10}`), "dog 0 0 -10 0 0 1 1 -1 -1 -1 -1000 -1000 -1000 -10",
			map[string]int{"attributes of annotations dropped": 1}},
		"a carried line that is stale": {box(1, 5, 5, 1, 1, `{"truncated":0,"occluded":0,"@kitti.line":"dog 0 0 -10 1.0 1 2 2 -1 -1 -1 -1000 -1000 -1000 -10"}`),
			"dog 0 0 -10 5 5 6 6 -1 -1 -1 -1000 -1000 -1000 -10", nil},
		"a carried line": {box(1, 5, 5, 1, 1, `{"truncated":0,"occluded":0,"@kitti.line":"dog 0 0 -10 5.0 5 6 6 -1 -1 -1 -1000 -1000 -1000 -10"}`),
			"dog 0 0 -10 5.0 5 6 6 -1 -1 -1 -1000 -1000 -1000 -10", nil},
		"an edge beyond float64": {box(1, 1e17, 0, 1.0/3, 1, `{}`), "dog 0 0 -10 100000000000000000 0 100000000000000000.3333333333333333 1 -1 -1 -1 -1000 -1000 -1000 -10", nil},
		"not a number":           {box(1, math.NaN(), 0, 1, 1, `{}`), "", map[string]int{"boxes whose coordinates are no numbers dropped": 1}},
	} {
		dir, loss := formatstest.MustWrite(t, Format(), one(c.box), formats.ExportOptions{})
		text, err := os.ReadFile(dir + "/s/label_2/x.txt")
		if err != nil || strings.TrimSuffix(string(text), "\n") != c.want {
			t.Errorf("%s: %s, %v", name, text, err)
		}
		if got := formatstest.Counts(loss); len(got) != len(c.loss) {
			t.Errorf("%s: %v", name, loss)
		}
		for what, n := range c.loss {
			if formatstest.Counts(loss)[what] != n {
				t.Errorf("%s: %v", name, loss)
			}
		}
	}
}

// TestMaskNumbers: each mask gets a number of its own.
func TestMaskNumbers(t *testing.T) {
	at := func(label int32, id int64, crowd string, place int64) *dataset.Mask {
		return mask(label, id, crowd, place, 1, 2399-place)
	}
	big := mask(1, 1, "false", 0, 10, 2390)
	big.RLE.Height, big.RLE.Width = 60, 40
	d := one(at(0, 0, "true", 0), at(0, 1, "false", 1), at(0, 1, "false", 2), at(1, 0, "true", 3), at(1, 1<<40, "false", 4), at(1, 1, "false", 4),
		mask(1, 9, "false", 2400), at(dataset.NoLabel, 3, "false", 5), big)
	dir, loss := formatstest.MustWrite(t, Format(), d, formats.ExportOptions{})
	got, _ := load(t, dir, formats.ImportOptions{})
	const want = `s/x
  big cat #1 [1 1 2398] {"is_crowd":false}
  big cat #2 [0 1 2399] {"is_crowd":false}
  big cat #3 [2 1 2397] {"is_crowd":false}
  dog #0 [3 1 2396] {"is_crowd":true}
  dog #1 [4 1 2395] {"is_crowd":false}
`
	if text := describe(got); text != want {
		t.Errorf("got %s", text)
	}
	for what, n := range map[string]int{
		"annotation ids given anew": 2, "attributes of annotations dropped": 1, "empty masks dropped": 1, "masks without a label dropped": 1,
		"masks dropped, since others hide them": 1, "masks of another size than the first of the item dropped": 1,
	} {
		if formatstest.Counts(loss)[what] != n {
			t.Errorf("%s: %v", what, loss)
		}
	}
	var many []dataset.Annotation
	for i := range int64(300) {
		many = append(many, at(0, 0, "false", i))
	}
	if _, loss := formatstest.MustWrite(t, Format(), one(many...), formats.ExportOptions{}); formatstest.Counts(loss)["masks dropped, since a label can have 255 of them in a picture"] != 45 {
		t.Error(loss)
	}
}

func TestWriteRefuses(t *testing.T) {
	huge := mask(0, 1, "false")
	huge.RLE = dataset.EncodeRuns(1<<30, 1<<30, []int64{1 << 60})
	broken := mask(0, 1, "false")
	broken.RLE.Counts = []byte("~")
	reserved := one()
	reserved.List[0].Subset = "label_2"
	for name, d := range map[string]*formatstest.Dataset{"a huge mask": one(huge), "a broken mask": one(broken), "a subset called label_2": reserved} {
		_, err := formatstest.Write(t.Context(), Format(), t.TempDir(), d, formats.ExportOptions{})
		var placed *formats.Error
		if !errors.Is(err, formats.ErrCorrupt) || !errors.As(err, &placed) || placed.Item != "x" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWithoutMedia: pictures that are not saved are counted, and their items
// stay.
func TestWithoutMedia(t *testing.T) {
	d := one()
	d.List[0].Media = formatstest.BarePicture("x.png")
	d.List = append(d.List, dataset.Item{ID: "v", Subset: "s", Media: &dataset.Video{}})
	dir := t.TempDir()
	loss, err := formatstest.Write(t.Context(), Format(), dir, d, formats.ExportOptions{})
	if got, _ := load(t, dir, formats.ImportOptions{}); err != nil || len(got.List) != 2 || loss.Total() != 2 {
		t.Errorf("%v %v %s", err, loss, describe(got))
	}
	d.List[0].Media.Main().Name = "../y"
	d.List[0].Media.(*dataset.Image).Source = formatstest.Bytes("x")
	if loss, err = formatstest.Write(t.Context(), Format(), t.TempDir(), d, formats.ExportOptions{SaveMedia: true}); err != nil || loss.Total() != 2 {
		t.Errorf("%v %v", err, loss)
	}
}
