package yolo

import (
	"math"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
)

func TestEachLine(t *testing.T) {
	text := "\ufeff1 2\t 3\r\n\n \t\r4\v5\f6\n7"
	var got []string
	for n, fields := range eachLine([]byte(text)) {
		s := ""
		for _, f := range fields {
			s += string(f) + "|"
		}
		got = append(got, string(rune('0'+n))+":"+s)
	}
	if want := []string{"1:1|2|3|", "4:4|5|6|", "5:7|"}; !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// shapes reads a text as lines of a picture.
func shapes(text []byte, s *shaper) (out []dataset.Annotation) {
	for _, fields := range eachLine(text) {
		var l line
		if l.parse(fields) == nil {
			if list, err := s.annotations(&l); err == nil {
				out = append(out, list...)
			}
		}
	}
	return out
}

// FuzzLines requires that what is read of any lines comes back when it is
// written and read again, coordinates bit for bit.
func FuzzLines(f *testing.F) {
	for _, text := range []string{
		"0 0.5 0.5 0.5 0.5\n1 .1 1 1e-3 -1 .5\n", "0 0 0 1 0 1 1\r7 .1 .1 .3 .3 .1 .3 .99", "0 0.25 0.25 0.5 0.25 0.5 0.75 0.25 0.75",
		"1 .5 .5 1 1 .5 .5 2", "0.0 0.50 0.500000000000000000001 0.5 1e-300", "2 .1 .2 .3 .4 .5 9", "1 5e-324 1e300 1 1",
	} {
		for i := range uint8(5) {
			f.Add([]byte(text), int32(640), int32(427), i)
		}
	}
	f.Fuzz(func(t *testing.T, text []byte, width, height int32, choice uint8) {
		if width <= 0 || height <= 0 {
			return
		}
		var notes formats.Loss
		task := []task{detect, segment, obb, pose, pose}[choice%5]
		kpt := kptShape{1, 3 - int(choice%5)/4}
		s := &shaper{task: task, kpt: kpt, width: width, height: height, notes: &notes}
		once := shapes(text, s)
		e := &exporter{confidence: true}
		r := &record{Width: width, Height: height, Objects: e.assemble(&dataset.Item{Annotations: once}, "x")}
		w := &texter{task: task, kpt: kpt, most: 1}
		if err := w.record(r); err != nil {
			t.Fatal(err)
		}
		s.groups = 0
		again := shapes(w.text, s)
		for _, l := range e.loss.Entries() {
			if task != detect || l.What != "object ids of annotations dropped" {
				t.Log(l)
			}
		}
		compareShapes(t, once, again, task, string(w.text))
	})
}

// compareShapes compares what has no other form in the task: an upright box
// becomes corners in some.
func compareShapes(t *testing.T, once, again []dataset.Annotation, task task, text string) {
	t.Helper()
	if len(once) != len(again) {
		t.Fatalf("%d annotations, then %d: %q", len(once), len(again), text)
	}
	for i, a := range once {
		var x, y []float64
		switch b := again[i].(type) {
		case *dataset.Bbox:
			c := a.(*dataset.Bbox)
			x, y = []float64{c.X, c.Y, c.W, c.H}, []float64{b.X, b.Y, b.W, b.H}
		case *dataset.Polygon:
			c, ok := a.(*dataset.Polygon)
			if !ok {
				continue
			}
			x, y = c.Points, b.Points
		case *dataset.Points:
			c := a.(*dataset.Points)
			x, y = c.Points, b.Points
		}
		if !slices.EqualFunc(x, y, func(a, b float64) bool { return a == b || math.Abs(a-b) < 1e-20 }) {
			t.Fatalf("%v, then %v: %q", x, y, text)
		}
	}
}
