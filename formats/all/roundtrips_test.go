package all

import (
	"bytes"
	"fmt"
	"maps"
	"math"
	"os"
	"slices"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// station is a format on the way of a round trip, with the options to write
// and to read it.
type station struct {
	name, format string
	values       formats.Values
	encrypted    bool
}

var stations = []station{
	{name: "coco", format: "coco"},
	{name: "datumaro_binary, encrypted", format: "datumaro_binary", encrypted: true},
	{name: "voc", format: "voc"},
	{name: "voc, one-based", format: "voc", values: formats.Values{"voc-coordinates": "one-based"}},
	{name: "voc, polygons kept", format: "voc", values: formats.Values{"voc-polygons": "attribute"}},
	{name: "yolo", format: "yolo"},
	{name: "ultralytics, detect", format: "yolo_ultralytics", values: formats.Values{"yolo-task": "detect"}},
	{name: "ultralytics, segment", format: "yolo_ultralytics", values: formats.Values{"yolo-task": "segment"}},
	{name: "ultralytics, obb", format: "yolo_ultralytics", values: formats.Values{"yolo-task": "obb"}},
	{name: "ultralytics, pose", format: "yolo_ultralytics", values: formats.Values{"yolo-task": "pose"}},
	{name: "ultralytics, classify", format: "yolo_ultralytics", values: formats.Values{"yolo-task": "classify"}},
}

// starts are the datasets that make the trips: one in each format.
var starts = []struct{ name, dir, format string }{
	{"COCO", sampleDir, "coco"},
	{"VOC", "../../testdata/voc/layouts/official", "voc"},
	{"YOLO", "../../testdata/yolo/darknet", "yolo"},
	{"Ultralytics, segment", "../../testdata/yolo/segment", "yolo_ultralytics"},
	{"Ultralytics, obb", "../../testdata/yolo/obb", "yolo_ultralytics"},
	{"Ultralytics, pose", "../../testdata/yolo/pose", "yolo_ultralytics"},
}

// there writes a dataset at a station and reads it there.
func (s station) there(t *testing.T, d *formatstest.Dataset, k *key.Key) (*formatstest.Dataset, formats.Loss) {
	t.Helper()
	f, err := Registry().Lookup(s.format)
	if err != nil {
		t.Fatal(err)
	}
	o := formats.ExportOptions{SaveMedia: true, Values: s.values, OnCollision: formats.CollisionRename}
	in := formats.ImportOptions{Values: s.values}
	if s.encrypted {
		o.Key, in.Key = k, k
	}
	dir := t.TempDir()
	loss, err := formatstest.Write(t.Context(), f, dir, d, o)
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	im, err := formatstest.Open(t.Context(), f, dir, in)
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	defer im.Close()
	got := &formatstest.Dataset{}
	if got.List, err = formatstest.Collect(t.Context(), im); err == nil {
		err = formatstest.LoadMedia(got.List)
	}
	if err != nil {
		t.Fatalf("%s: %v", s.name, err)
	}
	got.Meta = *im.Info()
	return got, loss
}

// TestRoundTrips takes each dataset to each station and back into its own
// format, and wants what docs/compared.md says: what came back exactly, how far
// the rest moved, and that all that is gone was counted.
func TestRoundTrips(t *testing.T) {
	k := newKey(t)
	var b strings.Builder
	b.WriteString("\n| there and back |")
	for _, s := range starts {
		fmt.Fprintf(&b, " %s |", s.name)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(starts)) + "\n")
	for _, via := range stations {
		fmt.Fprintf(&b, "| %s |", via.name)
		for _, start := range starts {
			d := contents(t, start.dir)
			if err := formatstest.LoadMedia(d.List); err != nil {
				t.Fatal(err)
			}
			fmt.Fprintf(&b, " %s |", trip(t, d, start.format, via, k))
		}
		b.WriteString("\n")
	}
	const path = "../../docs/compared.md"
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := between(t, old, "<!-- round trips -->", b.String()+"\n")
	if *update {
		if err := os.WriteFile(path, text, 0o666); err != nil {
			t.Fatal(err)
		}
	} else if !bytes.Equal(text, old) {
		t.Error("docs/compared.md is not what happens: go test ./formats/all -run TestRoundTrips -update writes it anew")
	}
}

func trip(t *testing.T, d *formatstest.Dataset, format string, via station, k *key.Key) string {
	t.Helper()
	middle, first := via.there(t, d, k)
	back, second := station{name: "back in " + format, format: format}.there(t, middle, nil)
	if formatstest.CompareAll(d.List, back.List, formatstest.Compare) == nil {
		return "all exact"
	}
	var out []string
	for _, kind := range slices.Sorted(maps.Keys(byKind(d))) {
		out = append(out, ofTrip(kind, byKind(d)[kind], byKind(back)[kind]))
	}
	lost := first.Total() + second.Total()
	if lost == 0 {
		t.Errorf("%s through %s: something differs, and nothing is counted", format, via.name)
	}
	return strings.Join(out, ", ") + fmt.Sprintf("; %d counted", lost)
}

// byKind lists the numbers of all annotations: those of an item that are of one
// kind and label, in order.
func byKind(d *formatstest.Dataset) map[string][]string {
	out := map[string][]string{}
	for _, it := range d.List {
		for _, a := range it.Annotations {
			l := dataset.NoLabel
			if p := dataset.LabelOf(a); p != nil {
				l = *p
			}
			name := fmt.Sprintf("%s/%s %s %v", it.Subset, it.ID, d.Meta.Categories.Name(l), numbers(a))
			out[string(a.Kind())] = append(out[string(a.Kind())], name)
		}
	}
	return out
}

func numbers(a dataset.Annotation) any {
	switch a := a.(type) {
	case *dataset.Bbox:
		return []float64{a.X, a.Y, a.W, a.H}
	case *dataset.RotatedBbox:
		return []float64{a.CX, a.CY, a.W, a.H, a.Angle}
	case *dataset.Polygon:
		return a.Points
	case *dataset.Points:
		return a.Points
	case *dataset.Mask:
		return a.RLE.Counts
	case *dataset.Caption:
		return a.Caption
	}
	return ""
}

// ofTrip says how many annotations of a kind came back, exactly or within what
// distance.
func ofTrip(kind string, want, got []string) string {
	same, left := 0, slices.Clone(got)
	var rest []string
	for _, w := range want {
		if i := slices.Index(left, w); i >= 0 {
			left = slices.Delete(left, i, i+1)
			same++
		} else {
			rest = append(rest, w)
		}
	}
	near, worst := 0, 0.0
	for _, w := range rest {
		best, at := math.Inf(1), -1
		for i, g := range left {
			if d := distance(w, g); d < best {
				best, at = d, i
			}
		}
		if at >= 0 && best < 1 {
			left = slices.Delete(left, at, at+1)
			near++
			worst = max(worst, best)
		}
	}
	text := fmt.Sprintf("%s %d of %d exact", strings.ReplaceAll(kind, "_", " "), same, len(want))
	if near > 0 {
		text += fmt.Sprintf(" and %d within %.0e px", near, worst)
	}
	return text
}

// distance is the largest difference between the numbers of two annotations of
// the same item and label, infinite where they cannot be compared.
func distance(a, b string) float64 {
	x, p, ok1 := strings.Cut(a, "[")
	y, q, ok2 := strings.Cut(b, "[")
	u, v := strings.Fields(strings.TrimSuffix(p, "]")), strings.Fields(strings.TrimSuffix(q, "]"))
	if !ok1 || !ok2 || x != y || len(u) != len(v) {
		return math.Inf(1)
	}
	worst := 0.0
	for i := range u {
		var m, n float64
		if _, err := fmt.Sscan(u[i]+" "+v[i], &m, &n); err != nil {
			return math.Inf(1)
		}
		worst = max(worst, math.Abs(m-n))
	}
	return worst
}
