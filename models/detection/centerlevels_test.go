package detection

import (
	"errors"
	"math"
	"testing"
)

// levels are outputs of two classes and five points, all of nothing.
func levels() []Output {
	return []Output{{"heatmap", []int{1, 2, 5}, make([]float32, 10)}, {"boxes", []int{1, 4, 5}, make([]float32, 20)}}
}

func setBox(o *Output, at int, corners ...float32) {
	for c, v := range corners {
		o.Data[c*5+at] = v
	}
}

// A thing that two levels have found is reported once, another class and another place
// for themselves, and the best first.
func TestCenterLevels(t *testing.T) {
	t.Parallel()
	o := levels()
	copy(o[0].Data, []float32{0.5, 0.9, 0, 0, 0.2, 0, 0.6, 0, 0.95, 0})
	setBox(&o[1], 0, 10, 10, 30, 30)
	setBox(&o[1], 1, 11, 11, 31, 30)
	setBox(&o[1], 3, 40, 40, 60, 80)
	h, err := Recognise([]Port{port("heatmap", 1, 2, 5), port("boxes", 1, 4, 5)})
	if err != nil {
		t.Fatal(err)
	}
	found, err := h.Decode(o, Stretched(128, 64, 64, 64), Options{Score: 0.3})
	if err != nil {
		t.Fatal(err)
	}
	want := []Detection{{Class: 1, Score: 0.95, X: 80, Y: 40, W: 40, H: 24}, {Class: 0, Score: 0.9, X: 22, Y: 11, W: 40, H: 19}, {Class: 1, Score: 0.6, X: 22, Y: 11, W: 40, H: 19}}
	if len(found) != len(want) {
		t.Fatalf("%+v", found)
	}
	for i, d := range found {
		w := want[i]
		if d.Class != w.Class || math.Abs(d.Score-w.Score)+math.Abs(d.X-w.X)+math.Abs(d.Y-w.Y)+math.Abs(d.W-w.W)+math.Abs(d.H-w.H) > 1e-5 {
			t.Errorf("%d: %+v, and not %+v", i, d, w)
		}
	}
}

// Outputs that do not fit, or have no numbers, are errors.
func TestCenterLevelsHostile(t *testing.T) {
	t.Parallel()
	h, err := Recognise([]Port{port("heatmap", 1, 2, -1), port("boxes", 1, 4, -1)})
	if err != nil {
		t.Fatal(err)
	}
	for name, damage := range map[string]func([]Output) []Output{
		"no box":          func(o []Output) []Output { return o[:1] },
		"other classes":   func(o []Output) []Output { o[0].Shape = []int{1, 5, 2}; return o },
		"fewer boxes":     func(o []Output) []Output { o[1].Shape, o[1].Data = []int{1, 4, 4}, o[1].Data[:16]; return o },
		"less data":       func(o []Output) []Output { o[1].Data = o[1].Data[:19]; return o },
		"not a number":    func(o []Output) []Output { o[0].Data[0], o[1].Data[0] = 1, float32(math.NaN()); return o },
		"infinite scores": func(o []Output) []Output { o[0].Data[3] = float32(math.Inf(1)); return o },
	} {
		if found, err := h.Decode(damage(levels()), small(), Options{Score: 0.1}); !errors.Is(err, ErrOutput) {
			t.Errorf("%s: %v, %v", name, found, err)
		}
	}
}
