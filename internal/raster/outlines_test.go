package raster

import (
	"errors"
	"math"
	"slices"
	"testing"

	"datum/dataset"
)

// filled is what parts cover: outlines less holes.
func filled(t testing.TB, height, width int32, parts []Part) dataset.RLE {
	t.Helper()
	var all []dataset.RLE
	for _, p := range parts {
		outer, err := Polygons(height, width, p.Outer)
		if err != nil {
			t.Fatal(err)
		}
		e, err := edgesOf(outer)
		if err != nil {
			t.Fatal(err)
		}
		places := slices.Clone(e)
		for _, h := range p.Holes {
			hole, err := Polygons(height, width, h)
			if err != nil {
				t.Fatal(err)
			}
			he, err := edgesOf(hole)
			if err != nil {
				t.Fatal(err)
			}
			places = append(places, he...)
		}
		all = append(all, cancelled(places).mask(height, width))
	}
	all = append(all, edges(nil).mask(height, width))
	u, err := Union(all...)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// checkParts checks that parts are exactly m, also when each is one outline.
func checkParts(t testing.TB, m dataset.RLE, parts []Part) {
	t.Helper()
	if got := filled(t, m.Height, m.Width, parts); !same(got, m) {
		t.Fatalf("outlines %v give %v, want %v", parts, got, m)
	}
	bridged := make([][]float64, 0, len(parts))
	for _, p := range parts {
		bridged = append(bridged, Bridge(p))
		checkCorners(t, p.Outer, true)
		for _, h := range p.Holes {
			checkCorners(t, h, false)
		}
	}
	for how, outlines := range map[string][][]float64{"bridged": bridged, "joined": {Join(bridged...)}} {
		got, err := Polygons(m.Height, m.Width, outlines...)
		if err != nil || !same(got, m) {
			t.Fatalf("%s: %v, %v, want %v", how, got, err, m)
		}
	}
}

// checkCorners checks that an outline turns at each corner, and goes around the
// right way.
func checkCorners(t testing.TB, o []float64, clockwise bool) {
	t.Helper()
	n := len(o)
	if n < 8 || n%4 != 0 || (turn(o) > 0) != clockwise {
		t.Fatalf("outline %v", o)
	}
	for i := 0; i < n; i += 2 {
		across, down := o[i] != o[(i+2)%n], o[i+1] != o[(i+3)%n]
		if down == across || across != ((i%4 == 0) == (o[0] != o[2])) {
			t.Fatalf("outline %v does not turn at every corner", o)
		}
	}
}

func TestOutlines(t *testing.T) {
	for name, test := range map[string]struct {
		bitmap
		want []Part
	}{
		"empty":     {bitmap{"...", "..."}, nil},
		"pixel":     {bitmap{"...", ".#."}, []Part{{Outer: []float64{1, 1, 2, 1, 2, 2, 1, 2}}}},
		"full":      {bitmap{"##", "##", "##"}, []Part{{Outer: []float64{0, 0, 2, 0, 2, 3, 0, 3}}}},
		"two":       {bitmap{"#.#"}, []Part{{Outer: []float64{0, 0, 1, 0, 1, 1, 0, 1}}, {Outer: []float64{2, 0, 3, 0, 3, 1, 2, 1}}}},
		"corner":    {bitmap{"#.", ".#"}, []Part{{Outer: []float64{0, 0, 1, 0, 1, 1, 2, 1, 2, 2, 1, 2, 1, 1, 0, 1}}}},
		"other way": {bitmap{".#", "#."}, []Part{{Outer: []float64{0, 1, 1, 1, 1, 0, 2, 0, 2, 1, 1, 1, 1, 2, 0, 2}}}},
		"step":      {bitmap{"#.", "##"}, []Part{{Outer: []float64{0, 0, 1, 0, 1, 1, 2, 1, 2, 2, 0, 2}}}},
		"ring": {bitmap{"###", "#.#", "###"}, []Part{{
			Outer: []float64{0, 0, 3, 0, 3, 3, 0, 3}, Holes: [][]float64{{2, 1, 1, 1, 1, 2, 2, 2}},
		}}},
		"open ring": {bitmap{"##.", "#.#", "###"}, []Part{{
			Outer: []float64{0, 0, 2, 0, 2, 1, 3, 1, 3, 3, 0, 3}, Holes: [][]float64{{2, 1, 1, 1, 1, 2, 2, 2}},
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := Outlines(test.mask())
			if err != nil || len(got) != len(test.want) {
				t.Fatal(got, err)
			}
			for i, p := range got {
				if !slices.Equal(p.Outer, test.want[i].Outer) || !slices.EqualFunc(p.Holes, test.want[i].Holes, slices.Equal[[]float64]) {
					t.Errorf("%v, want %v", p, test.want[i])
				}
			}
			checkParts(t, test.mask(), got)
		})
	}
}

func TestOutlinesOfIslandInHole(t *testing.T) {
	m := bitmap{
		"#######",
		"#.....#",
		"#.###.#",
		"#.#.#.#",
		"#.###.#",
		"#.....#",
		"#######",
	}.mask()
	parts, err := Outlines(m)
	if err != nil || len(parts) != 2 || len(parts[0].Holes) != 1 || len(parts[1].Holes) != 1 {
		t.Fatal(parts, err)
	}
	checkParts(t, m, parts)
}

func TestOutlinesGiveTheMaskBack(t *testing.T) {
	for _, m := range randoms() {
		parts, err := Outlines(m)
		if err != nil {
			t.Fatal(err)
		}
		checkParts(t, m, parts)
		if regions := countRegions(plane(t, m), int(m.Height), int(m.Width)); regions != len(parts) {
			t.Fatalf("%d parts of %d regions", len(parts), regions)
		}
	}
}

// countRegions counts regions by flooding them.
func countRegions(p []uint8, height, width int) int {
	n := 0
	for start := range p {
		if p[start] == 0 {
			continue
		}
		n++
		for todo := []int{start}; len(todo) > 0; {
			at := todo[len(todo)-1]
			todo = todo[:len(todo)-1]
			for y := max(at/width-1, 0); y <= min(at/width+1, height-1); y++ {
				for x := max(at%width-1, 0); x <= min(at%width+1, width-1); x++ {
					if p[y*width+x] != 0 {
						p[y*width+x] = 0
						todo = append(todo, y*width+x)
					}
				}
			}
		}
	}
	return n
}

// The work goes with the runs, not with the pixels.
func TestOutlinesOfGreatMask(t *testing.T) {
	const side = math.MaxInt32
	m := dataset.EncodeRuns(side, side, []int64{side + 5, side * (side - 5), side*4 - 5})
	parts, err := Outlines(m)
	want := []float64{1, 5, 2, 5, 2, 0, side - 3, 0, side - 3, 5, side - 4, 5, side - 4, side, 1, side}
	if err != nil || len(parts) != 1 || !slices.Equal(parts[0].Outer, want) {
		t.Errorf("%v, %v, want %v", parts, err, want)
	}
}

func TestOutlinesError(t *testing.T) {
	if _, err := Outlines(dataset.RLE{Height: 2, Width: 2, Counts: []byte("9")}); !errors.Is(err, dataset.ErrRLE) {
		t.Error(err)
	}
}
