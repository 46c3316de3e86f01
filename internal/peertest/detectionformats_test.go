package peertest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// detectionFormats are the formats of boxes that are compared here: their name
// with us, and that under which Datumaro writes and reads them.
var detectionFormats = []struct {
	ours, writes, reads string
	// flat leaves out names with folders, on which Datumaro fails.
	flat bool
}{
	{"voc", "voc", "voc", false},
	{"yolo", "yolo", "yolo", false},
	{"yolo_ultralytics", "yolo_ultralytics", "yolo", true},
}

// box is a box and where it is.
type box struct {
	item, label string
	x, y, w, h  float64
}

// boxes lists the boxes of a dataset in a fixed order. Darknet calls the subset
// val "valid".
func boxes(info *dataset.Info, items []dataset.Item) []box {
	var out []box
	for _, it := range items {
		for _, a := range it.Annotations {
			if b, ok := a.(*dataset.Bbox); ok {
				subset := strings.TrimSuffix(it.Subset, "id")
				out = append(out, box{subset + "/" + it.ID, info.Categories.Name(b.Label), b.X, b.Y, b.W, b.H})
			}
		}
	}
	slices.SortFunc(out, func(a, b box) int {
		return cmp.Or(strings.Compare(a.item, b.item), strings.Compare(a.label, b.label), cmp.Compare(math.Round(a.x+a.y), math.Round(b.x+b.y)), cmp.Compare(a.w, b.w))
	})
	return out
}

// sameBoxes compares up to the hundredths that Datumaro keeps.
func sameBoxes(t *testing.T, want, got []box) {
	t.Helper()
	if len(want) == 0 || len(want) != len(got) {
		t.Errorf("%d boxes, want %d", len(got), len(want))
		return
	}
	worst := 0.0
	for i, w := range want {
		g := got[i]
		off := max(math.Abs(w.x-g.x), math.Abs(w.y-g.y), math.Abs(w.w-g.w), math.Abs(w.h-g.h))
		worst = max(worst, off)
		if w.item != g.item || w.label != g.label || off > 0.021 {
			t.Errorf("%+v, want %+v", g, w)
		}
	}
	t.Logf("%d boxes, at most %.4f pixels off", len(want), worst)
}

// instances is the sample with one file of annotations, which Datumaro reads.
func instances(t *testing.T) string {
	t.Helper()
	return oneTask(t, filepath.Join(Root(t), "testdata", "coco", "sample"), "instances")
}

// sampleBoxes is that dataset, without names with folders where flat.
func sampleBoxes(t *testing.T, flat bool) *formatstest.Dataset {
	t.Helper()
	d := load(t, instances(t))
	if flat {
		d.List = slices.DeleteFunc(d.List, func(it dataset.Item) bool { return strings.Contains(it.ID, "/") })
	}
	return d
}

func withoutCrowds(d *formatstest.Dataset) {
	for i := range d.List {
		d.List[i].Annotations = slices.DeleteFunc(d.List[i].Annotations, func(a dataset.Annotation) bool {
			v, _ := a.Common().Attributes.Get("is_crowd")
			return string(v) == "true"
		})
	}
}

// Datumaro finds in our VOC and YOLO the boxes that we read in COCO.
func TestDatumaroReadsOurDetectionFormats(t *testing.T) {
	for _, f := range detectionFormats {
		t.Run(f.ours, func(t *testing.T) {
			t.Parallel()
			Python(t, New)
			want := sampleBoxes(t, f.flat)
			dir := export(t, datum.New(want.Info(), sampleBoxes(t, f.flat).List), f.ours, formats.ExportOptions{SaveMedia: true, Values: formats.Values{"yolo-task": "detect"}})
			got := Read(t, New, f.reads, dir, "")
			sameBoxes(t, boxes(want.Info(), want.List), boxes(got.Info, got.Items))
			if len(got.Items) != len(want.List) {
				t.Errorf("%d items, want %d", len(got.Items), len(want.List))
			}
		})
	}
}

// We find in Datumaro's VOC and YOLO the boxes that are in the COCO dataset it
// made them of.
func TestDetectionFormatsOfDatumaro(t *testing.T) {
	for _, f := range detectionFormats {
		t.Run(f.writes, func(t *testing.T) {
			t.Parallel()
			Python(t, New)
			want := sampleBoxes(t, f.flat)
			coco := export(t, datum.New(want.Info(), sampleBoxes(t, f.flat).List), "coco", formats.ExportOptions{SaveMedia: true})
			dir := filepath.Join(t.TempDir(), "theirs")
			Run(t, New, "convert", coco, "coco", dir, f.writes)
			got := load(t, dir)
			if f.ours != "voc" {
				withoutCrowds(want) // which Datumaro does not write as YOLO
			}
			sameBoxes(t, boxes(want.Info(), want.List), boxes(got.Info(), got.List))
		})
	}
}

// seen is what Pillow sees of a picture.
type seen struct {
	Mode    string
	Size    [2]int
	Values  map[string]int
	Colours map[string][3]int
}

// Pillow finds the masks of our VOC as pictures with a palette, in which the
// index is the class, in the colours of VOC.
func TestPillowReadsOurMasks(t *testing.T) {
	dir := export(t, open(t, instances(t), false), "voc", formats.ExportOptions{SaveMedia: true})
	files, err := filepath.Glob(filepath.Join(dir, "SegmentationClass", "*.png"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no masks: %v", err)
	}
	objects, err := filepath.Glob(filepath.Join(dir, "SegmentationObject", "*.png"))
	if err != nil || len(objects) != len(files) {
		t.Fatalf("%d pictures of classes, %d of objects: %v", len(files), len(objects), err)
	}
	var pictures map[string]seen
	if err := json.Unmarshal(Run(t, New, "palette", append(files, objects...)...), &pictures); err != nil {
		t.Fatal(err)
	}
	labels, err := os.ReadFile(filepath.Join(dir, "labelmap.txt"))
	if err != nil {
		t.Fatal(err)
	}
	classes := strings.Count(string(labels), "\n") - strings.Count(string(labels), "#")
	firstColours := map[string][3]int{"0": {0, 0, 0}, "1": {128, 0, 0}, "2": {0, 128, 0}, "3": {128, 128, 0}, "255": {224, 224, 192}}
	for name, p := range pictures {
		if p.Mode != "P" || p.Size[0] == 0 {
			t.Errorf("%s: mode %s, size %v", name, p.Mode, p.Size)
		}
		for value, colour := range p.Colours {
			if want, ok := firstColours[value]; ok && colour != want {
				t.Errorf("%s: index %s has colour %v, want %v", name, value, colour, want)
			}
		}
		for value := range p.Values {
			var v int
			if _, err := fmt.Sscan(value, &v); err != nil || v != 255 && strings.Contains(name, "SegmentationClass") && v >= classes {
				t.Errorf("%s: index %s is no class of %d", name, value, classes)
			}
		}
	}
}
