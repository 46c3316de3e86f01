package raster

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func square(x, y, side float64) []float64 {
	return []float64{x, y, x + side, y, x + side, y + side, x, y + side}
}

func TestJoin(t *testing.T) {
	for name, test := range map[string]struct {
		outlines [][]float64
		want     []float64
	}{
		"none":  {nil, nil},
		"empty": {[][]float64{nil, {}, {1}}, nil},
		"one":   {[][]float64{square(0, 0, 2)}, square(0, 0, 2)},
		"odd":   {[][]float64{append(square(0, 0, 2), 7)}, square(0, 0, 2)},
		"two": {
			[][]float64{square(0, 0, 2), square(3, 2, 2)},
			[]float64{0, 0, 2, 0, 2, 2, 3, 2, 5, 2, 5, 4, 3, 4, 3, 2, 2, 2, 0, 2},
		},
		"nearest is not the first": {
			[][]float64{square(3, 2, 2), square(0, 0, 2)},
			[]float64{3, 2, 2, 2, 0, 2, 0, 0, 2, 0, 2, 2, 3, 2, 5, 2, 5, 4, 3, 4},
		},
		"points": {[][]float64{{1, 1}, {2, 2}}, []float64{1, 1, 2, 2, 2, 2, 1, 1}},
	} {
		if got := Join(test.outlines...); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

// Outlines that do not overlap have the same pixels when they are one, to the
// last.
func TestJoinKeepsPixels(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 200 {
		var outlines [][]float64
		for cell := range 9 {
			if r.IntN(3) == 0 {
				continue
			}
			var o []float64
			for range 3 + r.IntN(6) {
				o = append(o, float64(cell%3*20)+1+17*r.Float64(), float64(cell/3*20)+1+17*r.Float64())
			}
			outlines = append(outlines, o)
		}
		want, err := Polygons(60, 60, outlines...)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := Polygons(60, 60, Join(outlines...)); err != nil || !same(got, want) {
			t.Fatalf("%v, %v, want %v", got, err, want)
		}
	}
}

func TestJoinGivesUpSearching(t *testing.T) {
	j := joiner{pairs: 5}
	j.add(square(0, 0, 1))
	j.add(square(2, 0, 1))
	want := []float64{0, 0, 2, 0, 3, 0, 3, 1, 2, 1, 2, 0, 0, 0, 1, 0, 1, 1, 0, 1}
	if got := j.walk(); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestBridgeTurnsHolesAround(t *testing.T) {
	for name, p := range map[string]Part{
		"the same way":  {Outer: square(0, 0, 9), Holes: [][]float64{square(2, 2, 3)}},
		"the other way": {Outer: square(0, 0, 9), Holes: [][]float64{reversed(square(2, 2, 3))}},
		"both around":   {Outer: reversed(square(0, 0, 9)), Holes: [][]float64{reversed(square(2, 2, 3))}},
	} {
		b := Bridge(p)
		if math.Abs(turn(b)) != 2*(81-9) {
			t.Errorf("%s: %v", name, b)
		}
	}
	if got := Bridge(Part{}); got != nil {
		t.Error(got)
	}
}

func FuzzJoin(f *testing.F) {
	f.Add([]byte{0, 0, 9, 0, 9, 9, 2, 2, 3, 2, 3, 3}, uint8(3))
	f.Add([]byte{1}, uint8(0))
	f.Fuzz(func(t *testing.T, numbers []byte, n uint8) {
		var rings [][]float64
		total := 0
		for part := range slices.Chunk(numbers, int(n)+1) {
			var o []float64
			for _, b := range part {
				o = append(o, float64(b)-5)
			}
			rings = append(rings, o)
			if pairs := len(o) / 2; pairs > 0 {
				total += pairs + 2
			}
		}
		if got := Join(rings...); len(got) != 2*max(total-2, 0) {
			t.Fatalf("%v of %v", got, rings)
		}
		if len(rings) > 0 {
			Bridge(Part{Outer: rings[0], Holes: rings[1:]})
		}
	})
}
