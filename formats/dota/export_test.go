package dota

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

// TestLines: what an annotation becomes, and what is counted.
func TestLines(t *testing.T) {
	nan := math.NaN()
	for name, c := range map[string]struct {
		a    dataset.Annotation
		want string
		loss string
	}{
		"a box":         {&dataset.Bbox{Base: base(`{}`), X: 1, Y: 2, W: 3, H: 4.5}, "1 2 4 2 4 6.5 1 6.5 big_cat 0", "boxes changed to rotated ones"},
		"a rotated box": {&dataset.RotatedBbox{Base: base(`{}`), Label: 1, CX: 5, CY: 5, W: 4, H: 2, Angle: 90}, "6 3 6 7 4 7 4 3 dog 0", ""},
		"a turned box": {&dataset.RotatedBbox{Base: base(`{}`), Label: 1, CX: 5, CY: 5, W: 4, H: 2, Angle: 30.5},
			"3.7842800420776523 3.1232941136370664 7.230796683843756 5.153447565479882 6.215719957922347 6.876705886362934 2.7692033161562444 4.846552434520118 dog 0",
			"rotated boxes changed in their last digits"},
		"a turn too many":   {&dataset.RotatedBbox{Base: base(`{}`), Label: 1, CX: 5, CY: 5, W: 4, H: 2, Angle: 450}, "6 3 6 7 4 7 4 3 dog 0", "rotated boxes with another angle for the same corners"},
		"a box of no area":  {&dataset.RotatedBbox{Base: base(`{}`), Label: 1, CX: 5, CY: 5}, "5 5 5 5 5 5 5 5 dog 0", "rotated boxes changed to polygons, since they have no area"},
		"a rectangle":       {&dataset.Polygon{Base: base(`{}`), Label: 1, Points: []float64{1, 1, 3, 1, 3, 2, 1, 2}}, "1 1 3 1 3 2 1 2 dog 0", "polygons that are rectangles changed to rotated boxes"},
		"a triangle":        {&dataset.Polygon{Base: base(`{}`), Label: 1, Points: []float64{0, 0, 4, 0, 4, 2}}, "0 0 4 0 4 2 0 2 dog 0", "polygons changed to the smallest rotated boxes around them"},
		"no points":         {&dataset.Polygon{Base: base(`{}`), Label: 1}, "", "annotations whose coordinates are no numbers dropped"},
		"not a number":      {&dataset.Bbox{Base: base(`{}`), Label: 1, X: nan}, "", "annotations whose coordinates are no numbers dropped"},
		"no label":          {&dataset.RotatedBbox{Base: base(`{}`), Label: dataset.NoLabel, W: 1, H: 1}, "", "annotations without a label dropped"},
		"difficult":         {&dataset.Polygon{Base: base(`{"difficult":true}`), Label: 1, Points: []float64{1, 1, 3, 1, 3, 2, 1, 3}}, "1 1 3 1 3 2 1 3 dog 1", "attributes of annotations changed, since the format has numbers there"},
		"as Datumaro does":  {&dataset.Polygon{Base: base(`{"difficulty":2}`), Label: 1, Points: []float64{1, 1, 3, 1, 3, 2, 1, 3}}, "1 1 3 1 3 2 1 3 dog 2", "attributes called difficulty that are difficult now"},
		"another attribute": {&dataset.Polygon{Base: base(`{"x":2}`), Label: 1, Points: []float64{1, 1, 3, 1, 3, 2, 1, 3}}, "1 1 3 1 3 2 1 3 dog 0", "attributes of annotations dropped"},
		"a carried line": {&dataset.Polygon{Base: base(`{"difficult":0,"@dota.line":"1 1.0 3 1 3 2 1 3  dog 0"}`), Label: 1, Points: []float64{1, 1, 3, 1, 3, 2, 1, 3}},
			"1 1.0 3 1 3 2 1 3  dog 0", ""},
		"a stale line": {&dataset.Polygon{Base: base(`{"difficult":0,"@dota.line":"2 1.0 3 1 3 2 1 3 dog 0"}`), Label: 1, Points: []float64{1, 1, 3, 1, 3, 2, 1, 3}},
			"1 1 3 1 3 2 1 3 dog 0", ""},
	} {
		dir, loss := formatstest.MustWrite(t, Format(), one(c.a), formats.ExportOptions{})
		text, err := os.ReadFile(dir + "/s/labelTxt/x.txt")
		if err != nil || strings.TrimSuffix(string(text), "\n") != c.want {
			t.Errorf("%s: %s, %v", name, text, err)
		}
		if loss.Total() > 1 || loss.Total() == 1 && loss.Entries()[0].What != c.loss || c.loss != "" && loss.Total() == 0 {
			t.Errorf("%s: %v", name, loss)
		}
	}
}

func TestHeaders(t *testing.T) {
	for _, c := range []struct {
		attributes, want string
		lost             int
	}{
		{`{"imagesource":"a b","gsd":1.50}`, "imagesource:a b\ngsd:1.50\n", 0},
		{`{"imagesource":"a","@dota.header":"imagesource: a"}`, "imagesource: a\n", 0},
		{`{"imagesource":"b","@dota.header":"imagesource: a"}`, "imagesource:b\n", 0},
		{`{"imagesource":"a","@dota.header":"1 2 3"}`, "imagesource:a\n", 0},
		{`{"imagesource":"a\nb","gsd":[1],"x":1}`, "imagesource:a b\ngsd:[1]\n", 3},
	} {
		d := one()
		d.List[0].Attributes = formatstest.Attributes(c.attributes)
		dir := t.TempDir()
		loss, err := formatstest.Write(t.Context(), Format(), dir, d, formats.ExportOptions{})
		text, readErr := os.ReadFile(dir + "/s/labelTxt/x.txt")
		if err != nil || readErr != nil || string(text) != c.want || loss.Total() != c.lost {
			t.Errorf("%s: %q, %v, %v %v", c.attributes, text, loss, err, readErr)
		}
	}
}

func TestWithoutMedia(t *testing.T) {
	d := one()
	d.List[0].Media = formatstest.Picture("x.png")
	d.List = append(d.List, dataset.Item{ID: "v", Subset: "s", Media: &dataset.Video{}})
	dir := t.TempDir()
	loss, err := formatstest.Write(t.Context(), Format(), dir, d, formats.ExportOptions{})
	if got, _ := load(t, dir, formats.ImportOptions{}); err != nil || len(got.List) != 2 || loss.Total() != 2 {
		t.Errorf("%v %v %s", err, loss, describe(got))
	}
	d.List[0].Media.Main().Name = "../y"
	if loss, err = formatstest.Write(t.Context(), Format(), t.TempDir(), d, formats.ExportOptions{SaveMedia: true}); err != nil || loss.Total() != 2 {
		t.Errorf("%v %v", err, loss)
	}
	d.List[0].Subset = "images"
	var placed *formats.Error
	if _, err = formatstest.Write(t.Context(), Format(), t.TempDir(), d, formats.ExportOptions{}); !errors.Is(err, formats.ErrCorrupt) || !errors.As(err, &placed) {
		t.Errorf("a subset called images: %v", err)
	}
	d = one()
	d.Meta.Categories.Labels.Labels[0].Name = " \n"
	if loss, err = formatstest.Write(t.Context(), Format(), t.TempDir(), d, formats.ExportOptions{}); err != nil || loss.Total() != 1 {
		t.Errorf("a label of blanks: %v %v", loss, err)
	}
}
