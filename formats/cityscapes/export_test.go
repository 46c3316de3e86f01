package cityscapes

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

func one(labels []string, list ...dataset.Annotation) *formatstest.Dataset {
	d := &formatstest.Dataset{List: []dataset.Item{{ID: "x", Subset: "s", Annotations: list}}}
	d.Meta.Categories = standardTable().categories()
	if labels != nil {
		d.Meta.Categories = dataset.Categories{Labels: &dataset.LabelCategories{}}
		for _, l := range labels {
			d.Meta.Categories.Labels.Labels = append(d.Meta.Categories.Labels.Labels, dataset.LabelCategory{Name: l})
		}
	}
	return d
}

func roundTrip(t *testing.T, d *formatstest.Dataset) (string, map[string]int, string) {
	t.Helper()
	dir, loss := formatstest.MustWrite(t, Format(), d, formats.ExportOptions{})
	got, _ := load(t, dir, formats.ImportOptions{})
	return describe(got), formatstest.Counts(loss), dir
}

func at(label int32, id int64, crowd string, place int64) *dataset.Mask {
	if crowd != "" {
		return mask(label, id, crowd, place, 1, 2399-place)
	}
	m := mask(label, id, "false", place, 1, 2399-place)
	m.Attributes = nil
	return m
}

func TestMaskNumbers(t *testing.T) {
	const car, road = 26, 7
	big := at(car, 0, "", 0)
	big.RLE.Height, big.RLE.Width = 60, 40
	got, loss, _ := roundTrip(t, one(nil, at(car, 0, "", 1), at(car, 26000, "false", 2), at(car, 5, "false", 3), at(car, 0, "true", 4), at(car, 0, "true", 5),
		at(road, 0, "", 6), at(road, 0, "", 7), at(road, 0, "false", 8), at(0, 0, "", 9), at(34, 0, "", 10), mask(car, 0, "false", 2400), big, at(car, 0, "", 3)))
	const want = `s/x
  road #0 [6 1 2393] {"is_crowd":true}
  car #0 [4 1 2395] {"is_crowd":true}
  road #7000 [7 1 2392] {"is_crowd":false}
  road #7001 [8 1 2391] {"is_crowd":false}
  car #26000 [2 1 2397] {"is_crowd":false}
  car #26001 [1 1 2398] {"is_crowd":false}
  car #26003 [5 1 2394] {"is_crowd":false}
  car #26005 [3 1 2396] {"is_crowd":false}
`
	if got != want {
		t.Errorf("got %s", got)
	}
	for what, n := range map[string]int{
		"annotation ids given anew": 1, "attributes of annotations dropped": 1, "empty masks dropped": 1, "masks dropped, since others hide them": 1,
		"masks of another size than the first of the item dropped": 1, "masks of labels that have no pixels dropped": 2,
	} {
		if loss[what] != n {
			t.Errorf("%d %s", loss[what], what)
		}
	}
}

func TestManyLabels(t *testing.T) {
	var labels []string
	for i := range 300 {
		labels = append(labels, strings.Repeat("x", i+1))
	}
	got, loss, _ := roundTrip(t, one(labels, at(253, 0, "true", 1), at(254, 0, "true", 2), at(64, 0, "", 3), at(65, 0, "", 4)))
	if loss["masks of labels whose number is beyond 254 dropped"] != 1 || strings.Count(got, "\n") != 4 || !strings.Contains(got, "#65000") {
		t.Errorf("%v %s", loss, got)
	}
	var many []dataset.Annotation
	for i := range int64(1010) {
		many = append(many, at(0, 0, "", i))
	}
	if _, loss, _ = roundTrip(t, one([]string{"a"}, many...)); loss["masks dropped, since all numbers of their label are taken"] != 9 {
		t.Errorf("%v", loss)
	}
}

// TestPolygonsAndMasks: both are painted, and only polygons are read.
func TestPolygonsAndMasks(t *testing.T) {
	low := &dataset.Polygon{Base: base(`{}`), Label: 7, Z: -1, Points: []float64{0, 0, 60, 0, 60, 40, 0, 40}}
	got, loss, dir := roundTrip(t, one(nil, at(26, 0, "", 100), low,
		&dataset.Polygon{Base: base(`{"is_crowd":true}`), Label: 7, Points: []float64{0, 0, 1, 1, 2, 5}},
		&dataset.Polygon{Base: base(`{"x":1}`), Label: 26, Points: []float64{0, 0, 1e300, 1, 2, 5}},
		&dataset.Polygon{Base: base(`{}`), Label: 26, Points: []float64{0, 0, math.NaN(), 1, 2, 5}},
		&dataset.Polygon{Base: base(`{}`), Label: 26, Points: []float64{0, 0}},
		&dataset.Polygon{Base: base(`{}`), Label: dataset.NoLabel, Points: []float64{0, 0, 1, 1, 2, 5}}))
	if !strings.HasPrefix(got, "s/x\n  road [0 0 60 0 60 40 0 40] {}\n  road [0 0 1 1 2 5] {\"is_crowd\":true}\n  car [0 0 1e+300 1 2 5] {}\n") {
		t.Errorf("got %s", got)
	}
	for what, n := range map[string]int{
		"masks beside polygons only painted: who reads the polygons does not see them": 1, "drawing orders of annotations dropped": 1,
		"attributes of annotations dropped": 1, "polygons with too large coordinates not painted into the masks": 1,
		"annotations whose coordinates are no numbers dropped": 1, "polygons of fewer than three corners dropped": 1, "annotations without a label dropped": 1,
	} {
		if loss[what] != n {
			t.Errorf("%d %s: %v", loss[what], what, loss)
		}
	}
	d, _ := load(t, dir, formats.ImportOptions{Values: formats.Values{source.Name: "masks"}})
	if text := describe(d); !strings.Contains(text, "car #26000 [100 1 2299]") || !strings.Contains(text, "road #0 [0 100 1 2299]") {
		t.Errorf("painted: %s", text)
	}
}

// TestUnknownSize: polygons without a picture are written, and nothing is
// painted; the header of a picture says its size.
func TestUnknownSize(t *testing.T) {
	d := one([]string{"a b"}, &dataset.Polygon{Base: base(`{}`), Points: []float64{0, 0, 1, 0, 1, 1}})
	got, loss, dir := roundTrip(t, d)
	if want := "s/x\n  a b [0 0 1 0 1 1] {}\n"; got != want || len(loss) > 0 {
		t.Errorf("%s %v", got, loss)
	}
	if _, err := os.Stat(dir + "/gtFine/s/x_gtFine_color.png"); err == nil {
		t.Error("something was painted")
	}
	d.List[0].Media = formatstest.Picture("x.png")
	d.List[0].Media.(*dataset.Image).Height = 0
	dir = t.TempDir()
	if _, err := formatstest.Write(t.Context(), Format(), dir, d, formats.ExportOptions{SaveMedia: true}); err != nil {
		t.Fatal(err)
	}
	if again, _ := load(t, dir, formats.ImportOptions{}); !strings.HasPrefix(describe(again), "s/x (x.png 60×40)\n") {
		t.Errorf("got %s", describe(again))
	}
}

func TestWriteRefuses(t *testing.T) {
	huge := at(26, 0, "", 0)
	huge.RLE = dataset.EncodeRuns(1<<30, 1<<30, []int64{1 << 60})
	broken := at(26, 0, "", 0)
	broken.RLE.Counts = []byte("~")
	for name, m := range map[string]*dataset.Mask{"a huge mask": huge, "a broken mask": broken} {
		_, err := formatstest.Write(t.Context(), Format(), t.TempDir(), one(nil, m), formats.ExportOptions{})
		var placed *formats.Error
		if !errors.Is(err, formats.ErrCorrupt) || !errors.As(err, &placed) || placed.Item != "x" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestFilesOfLabels: which file lists the labels, and with which numbers.
func TestFilesOfLabels(t *testing.T) {
	black, red := &[3]int32{}, &[3]int32{255, 0, 0}
	for _, c := range []struct {
		names  []string
		colors []*[3]int32
		file   string
		first  int32
	}{
		{[]string{"a", "b"}, []*[3]int32{nil, nil}, colorsFile, 1},
		{[]string{"a", "b"}, []*[3]int32{black, red}, colorsFile, 0},
		{[]string{"a", "b"}, []*[3]int32{red, black}, metaFile, 1},
		{[]string{"a b", "b"}, []*[3]int32{red, red}, metaFile, 1},
		{[]string{"#a", "#a"}, []*[3]int32{nil, red}, metaFile, 1},
		{nil, nil, "", 0},
	} {
		table, file, text, err := tableFor(c.names, c.colors)
		if err != nil || file != c.file || len(c.names) > 0 && table.classes[0].id != c.first {
			t.Errorf("%q: %s %s %v", c.names, file, text, err)
		}
	}
}
