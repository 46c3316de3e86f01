package raster

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"testing"

	"datum/dataset"
)

// vector is an answer of pycocotools: see testdata/make.py.
type vector struct {
	Height, Width int32
	Outlines      [][]float64
	Counts        string
}

func vectors(t testing.TB) []vector {
	t.Helper()
	b, err := os.ReadFile("testdata/polygons.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []vector
	if err := json.Unmarshal(b, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 60 {
		t.Fatalf("%d vectors", len(all))
	}
	return all
}

func TestPolygonsAsPycocotools(t *testing.T) {
	for i, v := range vectors(t) {
		m, err := Polygons(v.Height, v.Width, v.Outlines...)
		if err != nil {
			t.Errorf("vector %d: %v", i, err)
			continue
		}
		if m.Height != v.Height || m.Width != v.Width || string(m.Counts) != v.Counts {
			t.Errorf("vector %d: %d × %d %q, want %d × %d %q of %v", i, m.Height, m.Width, m.Counts, v.Height, v.Width, v.Counts, v.Outlines)
		}
	}
}

func TestPolygonsOfNothing(t *testing.T) {
	for _, outlines := range [][][]float64{nil, {nil}, {{1, 1}}, {{0, 0, 3, 3}}, {nil, {}}} {
		m, err := Polygons(3, 4, outlines...)
		if area, _ := m.Area(); err != nil || area != 0 || string(m.Counts) != "<" {
			t.Errorf("%v: %q, %v", outlines, m.Counts, err)
		}
	}
	for _, size := range [][2]int32{{0, 0}, {0, 5}, {5, 0}} {
		m, err := Polygons(size[0], size[1], []float64{-9, -9, 9, -9, 9, 9, -9, 9})
		if err != nil || string(m.Counts) != "0" {
			t.Errorf("%v: %q, %v", size, m.Counts, err)
		}
	}
}

func TestPolygonsErrors(t *testing.T) {
	for name, outline := range map[string][]float64{
		"odd":      {0, 0, 1, 0, 1},
		"NaN":      {0, 0, math.NaN(), 0, 1, 1},
		"infinite": {0, 0, 1, 0, 1, math.Inf(-1)},
		"huge":     {0, 0, 1e9, 0, 1, 1},
		"greatest": {0, 0, math.MaxFloat64, 0, 1, 1},
	} {
		if _, err := Polygons(3, 4, outline); !errors.Is(err, ErrOutline) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Polygons(-1, 4); !errors.Is(err, dataset.ErrRLE) {
		t.Error(err)
	}
}

// Few bytes may ask for much work: a wide picture crossed again and again.
func TestPolygonsBounded(t *testing.T) {
	outline := make([]float64, 0, 4000)
	for i := range 1000 {
		outline = append(outline, -1, float64(i), 1e8, float64(i))
	}
	if _, err := Polygons(1, math.MaxInt32, outline); !errors.Is(err, ErrOutline) {
		t.Error(err)
	}
	// Sides far outside of the picture cost nothing.
	far := []float64{-1e8, -1e8, 1e8, -1e8, 1e8, 1e8, -1e8, 1e8}
	m, err := Polygons(100, 100, far)
	if area, _ := m.Area(); err != nil || area != 10000 {
		t.Error(area, err)
	}
}

func FuzzPolygons(f *testing.F) {
	f.Add(int32(5), int32(7), 1.5, 1.0, 5.5, 0.25, 3.0, 4.0, 2.0, 2.0)
	f.Add(int32(5), int32(7), math.NaN(), 1e300, -5.5, math.Inf(1), 3.0, 4.0, 2.0, 2.0)
	f.Add(int32(-5), int32(7), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0)
	f.Add(int32(9), int32(9), -3.3, -4.1, 12.0, -1.0, 13.3, 14.4, -2.0, 9.9)
	f.Fuzz(func(t *testing.T, height, width int32, a, b, c, d, e, g, h, i float64) {
		height, width = height%200, width%200
		outline := []float64{a, b, c, d, e, g, h, i}
		m, err := Polygons(height, width, outline)
		if err != nil {
			return
		}
		runs, err := m.Runs()
		if err != nil {
			t.Fatal(err)
		}
		for k, n := range runs {
			if n == 0 && k > 0 {
				t.Fatalf("runs %v", runs)
			}
		}
		if want := slow(int(height), int(width), outline); !same(m, want) {
			t.Fatalf("%v, want %v", m, want)
		}
	})
}

func same(a, b dataset.RLE) bool {
	return a.Height == b.Height && a.Width == b.Width && string(a.Counts) == string(b.Counts)
}

// slow fills an outline point by point, for comparison: as the rule is written,
// not as it is computed. It gives up on large coordinates.
func slow(height, width int, outline []float64) dataset.RLE {
	n := len(outline) / 2
	inside := make([]bool, height*width+1)
	point := func(i int) (int, int) {
		return int(float64(5*outline[2*(i%n)]) + 0.5), int(float64(5*outline[2*(i%n)+1]) + 0.5)
	}
	for i := range n {
		x0, y0 := point(i)
		x1, y1 := point(i + 1)
		dx, dy := max(x1-x0, x0-x1), max(y1-y0, y0-y1)
		if max(dx, dy) > 1e6 {
			m, _ := Polygons(int32(height), int32(width), outline)
			return m
		}
		if dx >= dy && x0 > x1 || dx < dy && y0 > y1 {
			x0, y0, x1, y1 = x1, y1, x0, y0
		}
		u, v := x0, y0
		for t := 1; t <= max(dx, dy); t++ {
			p, q := x0+t, y0+t
			if dx >= dy {
				q = int(float64(y0) + float64(float64(y1-y0)/float64(dx)*float64(t)) + 0.5)
			} else {
				p = int(float64(x0) + float64(float64(x1-x0)/float64(dy)*float64(t)) + 0.5)
			}
			if c := min(p, u); p != u && c >= 0 && c%5 == 2 && c/5 < width {
				row := math.Ceil(min(max((float64(min(q, v))+0.5)/5-0.5, 0), float64(height)))
				at := c/5*height + int(row)
				inside[at] = !inside[at]
			}
			u, v = p, q
		}
	}
	on, at := false, 0
	return FromPixels(int32(height), int32(width), func(x, y int) bool {
		on = on != inside[at]
		at++
		return on
	})
}

func BenchmarkPolygons(b *testing.B) {
	all := vectors(b)
	v := all[len(all)-1]
	for b.Loop() {
		if _, err := Polygons(v.Height, v.Width, v.Outlines...); err != nil {
			b.Fatal(err)
		}
	}
}
