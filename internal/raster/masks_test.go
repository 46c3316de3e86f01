package raster

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"datum/dataset"
)

// bitmap is a mask as rows of text, # for a pixel that is set.
type bitmap []string

func (b bitmap) mask() dataset.RLE {
	return FromPixels(int32(len(b)), int32(len(b[0])), func(x, y int) bool { return b[y][x] == '#' })
}

// random returns a mask in which a share of the pixels is set, in blots of a
// given size.
func random(r *rand.Rand, height, width int32, share float64, blot int) dataset.RLE {
	coarse := map[[2]int]bool{}
	return FromPixels(height, width, func(x, y int) bool {
		k := [2]int{x / blot, y / blot}
		if _, known := coarse[k]; !known {
			coarse[k] = r.Float64() < share
		}
		return coarse[k]
	})
}

// randoms returns masks of many sizes and densities.
func randoms() []dataset.RLE {
	r := rand.New(rand.NewPCG(1, 2))
	var all []dataset.RLE
	for i := range 600 {
		all = append(all, random(r, 1+r.Int32N(24), 1+r.Int32N(24), float64(i%11)/10, 1+i%4))
	}
	return all
}

func plane(t *testing.T, m dataset.RLE) []uint8 {
	t.Helper()
	p := make([]uint8, int(m.Height)*int(m.Width))
	if err := Paint(p, m.Width, m, 1); err != nil {
		t.Fatal(err)
	}
	return p
}

func ofPlane(height, width int32, p []uint8) dataset.RLE {
	return FromPixels(height, width, func(x, y int) bool { return p[y*int(width)+x] != 0 })
}

func TestCodeIsThatOfEncodeRuns(t *testing.T) {
	for _, m := range randoms() {
		runs, err := m.Runs()
		if err != nil {
			t.Fatal(err)
		}
		if want := dataset.EncodeRuns(m.Height, m.Width, runs); !same(m, want) {
			t.Fatalf("%v for %v, want %v", m, runs, want)
		}
		if i := slices.Index(runs, 0); i > 0 {
			t.Fatalf("an empty run in %v", runs)
		}
		e, err := edgesOf(m)
		if err != nil || !same(e.mask(m.Height, m.Width), m) {
			t.Fatal(e, err)
		}
	}
}

func TestUnion(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 60 {
		height, width := 1+r.Int32N(20), 1+r.Int32N(20)
		p := make([]uint8, height*width)
		masks := make([]dataset.RLE, 1+n%7)
		for i := range masks {
			masks[i] = random(r, height, width, r.Float64(), 1+i)
			if err := Paint(p, width, masks[i], 1); err != nil {
				t.Fatal(err)
			}
		}
		got, err := Union(masks...)
		if want := ofPlane(height, width, p); err != nil || !same(got, want) {
			t.Fatalf("%v, %v, want %v", got, err, want)
		}
	}
}

// A code may have runs of nothing; what is made of it has none.
func TestUnionOfLongCodes(t *testing.T) {
	long := dataset.EncodeRuns(2, 3, []int64{0, 0, 1, 1, 0, 1, 0, 0, 3, 0})
	short := bitmap{".#.", "#.."}.mask()
	if got, err := Union(long); err != nil || !same(got, short) {
		t.Errorf("%q, %v, want %q", got.Counts, err, short.Counts)
	}
	for _, runs := range [][]int64{{6, 0}, {0, 6, 0}, {0, 6}, {6}, {5, 1, 0}} {
		m := dataset.EncodeRuns(2, 3, runs)
		got, err := Union(m, m)
		area, _ := m.Area()
		if a, e := got.Area(); err != nil || e != nil || a != area {
			t.Errorf("%v: %d, %v, %v", runs, a, err, e)
		}
	}
}

func TestUnionErrors(t *testing.T) {
	a := bitmap{"##"}.mask()
	for name, masks := range map[string][]dataset.RLE{
		"sizes":   {a, bitmap{"#"}.mask()},
		"garbage": {a, {Height: 1, Width: 2, Counts: []byte("~~~")}},
		"size":    {{Height: -1, Width: 2}},
	} {
		if _, err := Union(masks...); !errors.Is(err, dataset.ErrRLE) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if m, err := Union(); err != nil || m.Height != 0 || m.Width != 0 {
		t.Error(m, err)
	}
}

func TestFromPixelsOfNoSize(t *testing.T) {
	for _, size := range [][2]int32{{0, 0}, {-1, 5}, {3, 0}} {
		m := FromPixels(size[0], size[1], func(int, int) bool { return true })
		if _, err := m.Runs(); err != nil || string(m.Counts) != "0" {
			t.Errorf("%v: %v, %v", size, m, err)
		}
	}
}

func TestLabelsAndPaint(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, size := range [][2]int32{{1, 1}, {7, 63}, {5, 64}, {9, 65}, {3, 200}, {200, 3}} {
		height, width := size[0], size[1]
		pixels, wide := make([]uint8, height*width), make([]uint32, height*width)
		for i := range pixels {
			pixels[i] = uint8(r.IntN(4)) * 85
			wide[i] = uint32(pixels[i]) << 20
		}
		masks, masks32 := Labels(height, width, pixels), Labels32(height, width, wide)
		got, got32 := make([]uint8, len(pixels)), make([]uint32, len(pixels))
		for v, m := range masks {
			want := FromPixels(height, width, func(x, y int) bool { return pixels[y*int(width)+x] == v })
			if !same(m, want) || !same(masks32[uint32(v)<<20], want) {
				t.Errorf("%v: value %d", size, v)
			}
			if err := Paint(got, width, m, v); err != nil {
				t.Fatal(err)
			}
			if err := Paint32(got32, width, m, uint32(v)<<20); err != nil {
				t.Fatal(err)
			}
		}
		if !slices.Equal(got, pixels) || !slices.Equal(got32, wide) || len(masks) != len(masks32) {
			t.Errorf("%v: painted otherwise", size)
		}
	}
	if Labels(2, 3, make([]uint8, 5)) != nil || Labels(-1, -1, make([]uint8, 1)) != nil {
		t.Error("labels of a plane of another size")
	}
	if got := Labels(0, 5, nil); len(got) != 0 {
		t.Error(got)
	}
}

func TestPaintErrors(t *testing.T) {
	m := bitmap{"##", ".."}.mask()
	for name, err := range map[string]error{
		"short":   Paint(make([]uint8, 3), 2, m, 1),
		"wide":    Paint(make([]uint8, 4), 4, m, 1),
		"garbage": Paint(make([]uint8, 4), 2, dataset.RLE{Height: 2, Width: 2, Counts: []byte("5")}, 1),
		"size":    Paint32(make([]uint32, 4), -2, dataset.RLE{Height: -2, Width: -2}, 1),
	} {
		if !errors.Is(err, dataset.ErrRLE) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzMasks(f *testing.F) {
	for _, m := range randoms()[:60] {
		f.Add(m.Height, m.Width, m.Counts)
	}
	f.Add(int32(1), int32(1<<30), []byte("PPPPP10"))
	f.Add(int32(3), int32(2), []byte("0000402"))
	f.Fuzz(func(t *testing.T, height, width int32, counts []byte) {
		m := dataset.RLE{Height: height, Width: width, Counts: counts}
		area, areaErr := m.Area()
		u, err := Union(m, m)
		if (err == nil) != (areaErr == nil) {
			t.Fatal(err, areaErr)
		}
		parts, outlinesErr := Outlines(m)
		if (outlinesErr == nil) != (areaErr == nil) {
			t.Fatal(outlinesErr, areaErr)
		}
		if err != nil {
			return
		}
		if a, err := u.Area(); err != nil || a != area {
			t.Fatal(a, err, area)
		}
		inside := 0.0
		for _, p := range parts {
			inside += turn(p.Outer)
			for _, h := range p.Holes {
				inside += turn(h)
			}
		}
		if inside/2 != float64(area) && area < 1<<40 {
			t.Fatalf("%g pixels inside of the outlines, want %d", inside/2, area)
		}
		if int64(height)*int64(width) < 1<<16 {
			checkParts(t, u, parts)
		}
	})
}
