package dataset

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"
)

// bitmap is a mask drawn pixel by pixel, column after column.
type bitmap struct {
	height, width int
	set           []bool
}

func randomBitmap(r *rand.Rand) bitmap {
	m := bitmap{height: 1 + r.IntN(12), width: 1 + r.IntN(12)}
	m.set = make([]bool, m.height*m.width)
	keep := r.IntN(5) // from sparse to solid
	for i := range m.set {
		m.set[i] = r.IntN(5) < keep
		if i > 0 && r.IntN(2) == 0 {
			m.set[i] = m.set[i-1] // longer runs
		}
	}
	return m
}

func (m bitmap) runs() []int64 {
	var runs []int64
	now, n := false, int64(0)
	for _, b := range m.set {
		if b != now {
			runs = append(runs, n)
			now, n = b, 0
		}
		n++
	}
	return append(runs, n)
}

func (m bitmap) area() (n int64) {
	for _, b := range m.set {
		if b {
			n++
		}
	}
	return n
}

func (m bitmap) bounds() (x, y, w, h float64) {
	x0, y0, x1, y1 := m.width, m.height, -1, -1
	for i, b := range m.set {
		if b {
			x0, x1 = min(x0, i/m.height), max(x1, i/m.height)
			y0, y1 = min(y0, i%m.height), max(y1, i%m.height)
		}
	}
	if x1 < 0 {
		return 0, 0, 0, 0
	}
	return float64(x0), float64(y0), float64(x1 - x0 + 1), float64(y1 - y0 + 1)
}

func TestRLEAgainstABitmap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		m := randomBitmap(r)
		code := EncodeRuns(int32(m.height), int32(m.width), m.runs())
		runs, err := code.Runs()
		if err != nil || !slices.Equal(runs, m.runs()) {
			t.Fatalf("%+v: runs %v, %v", m, runs, err)
		}
		if area, err := code.Area(); err != nil || area != m.area() {
			t.Fatalf("%+v: area %d, %v", m, area, err)
		}
		x, y, w, h, err := code.Bounds()
		wx, wy, ww, wh := m.bounds()
		if err != nil || [4]float64{x, y, w, h} != [4]float64{wx, wy, ww, wh} {
			t.Fatalf("%+v: bounds %v %v %v %v, %v", m, x, y, w, h, err)
		}
	}
}

// TestRLEOfLargeRuns covers numbers of every length, in both directions.
func TestRLEOfLargeRuns(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		const height, width = 1<<31 - 1, 1<<31 - 1
		left := int64(height) * width
		var runs []int64
		for left > 0 && len(runs) < 20 {
			n := min(left, r.Int64N(1<<r.IntN(62)+1))
			runs = append(runs, n)
			left -= n
		}
		runs = append(runs, left)
		got, err := EncodeRuns(height, width, runs).Runs()
		if err != nil || !slices.Equal(got, runs) {
			t.Fatalf("%v comes back as %v, %v", runs, got, err)
		}
	}
}

// TestRLEAsInCOCO holds codes that pycocotools wrote.
func TestRLEAsInCOCO(t *testing.T) {
	for _, c := range []struct {
		height, width int32
		counts        string
		runs          []int64
	}{
		{5, 7, "01500000005", []int64{0, 1, 5, 1, 5, 1, 5, 1, 5, 1, 10}},
		{3, 2, "06", []int64{0, 6}},
		{4, 6, "h0", []int64{24}},
		{24, 32, "053cg0", []int64{0, 5, 3, 760}},
	} {
		r := RLE{Height: c.height, Width: c.width, Counts: []byte(c.counts)}
		runs, err := r.Runs()
		if err != nil || !slices.Equal(runs, c.runs) {
			t.Errorf("%s: %v, %v, want %v", c.counts, runs, err, c.runs)
		}
		if got := EncodeRuns(c.height, c.width, c.runs); string(got.Counts) != c.counts {
			t.Errorf("%v is written %s, want %s", c.runs, got.Counts, c.counts)
		}
	}
}

func TestRLERefuses(t *testing.T) {
	for name, r := range map[string]RLE{
		"too few pixels":            {Height: 3, Width: 3, Counts: []byte("06")},
		"too many pixels":           {Height: 2, Width: 2, Counts: []byte("06")},
		"a negative run":            {Height: 2, Width: 2, Counts: []byte("O5")},
		"a run that falls below 0":  {Height: 2, Width: 2, Counts: []byte("111N")},
		"nothing for something":     {Height: 2, Width: 2},
		"a character below":         {Height: 2, Width: 2, Counts: []byte("/4")},
		"a character above":         {Height: 2, Width: 2, Counts: []byte("p4")},
		"an end inside a number":    {Height: 2, Width: 2, Counts: []byte("0T")},
		"a number without an end":   {Height: 2, Width: 2, Counts: []byte("oooooooooooooooooooo0")},
		"a negative size":           {Height: -2, Width: -2, Counts: []byte("4")},
		"a negative height":         {Height: -1, Width: 0},
		"a huge run for a huge box": {Height: 1<<31 - 1, Width: 1<<31 - 1, Counts: []byte("ooooooooooooo?")},
	} {
		if runs, err := r.Runs(); !errors.Is(err, ErrRLE) {
			t.Errorf("%s: %v, %v", name, runs, err)
		}
		if _, err := r.Area(); !errors.Is(err, ErrRLE) {
			t.Errorf("%s: the area has %v", name, err)
		}
		if _, _, _, _, err := r.Bounds(); !errors.Is(err, ErrRLE) {
			t.Errorf("%s: the bounds have %v", name, err)
		}
	}
}

func TestRLEOfNothing(t *testing.T) {
	for _, r := range []RLE{{}, {Height: 0, Width: 5}, {Height: 5, Width: 0, Counts: []byte("0")}} {
		if area, err := r.Area(); area != 0 || err != nil {
			t.Errorf("%+v: %d, %v", r, area, err)
		}
		if _, _, w, h, err := r.Bounds(); w != 0 || h != 0 || err != nil {
			t.Errorf("%+v: %v × %v, %v", r, w, h, err)
		}
	}
}

// TestRLEDoesNotDraw: seven bytes that stand for 900 million pixels.
func TestRLEDoesNotDraw(t *testing.T) {
	r := EncodeRuns(30000, 30000, []int64{0, 900_000_000})
	bytes := testing.AllocsPerRun(10, func() {
		if area, err := r.Area(); area != 900_000_000 || err != nil {
			t.Fatal(area, err)
		}
	})
	if bytes > 5 || len(r.Counts) > 8 {
		t.Errorf("%v allocations for %d bytes", bytes, len(r.Counts))
	}
}

func FuzzRLERuns(f *testing.F) {
	for _, s := range []string{"01500000005", "06", "h0", "", "oooooooooooo", "O5", "0PPPPP1"} {
		f.Add(int32(5), int32(7), []byte(s))
	}
	f.Fuzz(func(t *testing.T, height, width int32, counts []byte) {
		r := RLE{Height: height, Width: width, Counts: counts}
		runs, err := r.Runs()
		if err != nil {
			if !errors.Is(err, ErrRLE) {
				t.Fatal(err)
			}
			return
		}
		total := int64(0)
		for _, n := range runs {
			if n < 0 {
				t.Fatalf("a run of %d", n)
			}
			total += n
		}
		if total != int64(height)*int64(width) || len(runs) > len(counts) {
			t.Fatalf("%d runs of %d pixels in %d × %d", len(runs), total, height, width)
		}
		again, err := EncodeRuns(height, width, runs).Runs()
		if err != nil || !slices.Equal(again, runs) {
			t.Fatalf("%v comes back as %v, %v", runs, again, err)
		}
		x, y, w, h, err := r.Bounds()
		area, areaErr := r.Area()
		if err != nil || areaErr != nil || x < 0 || y < 0 || x+w > float64(width) || y+h > float64(height) || float64(area) > w*h {
			t.Fatalf("area %d in %v %v %v %v of %d × %d: %v, %v", area, x, y, w, h, height, width, err, areaErr)
		}
	})
}

// TestCheckAllocatesNothing, whatever it finds.
func TestCheckAllocatesNothing(t *testing.T) {
	r := EncodeRuns(100, 100, []int64{5, 90, 905, 9000})
	if err := r.Check(); err != nil {
		t.Fatal(err)
	}
	if n := testing.AllocsPerRun(100, func() { r.Check() }); n > 0 {
		t.Errorf("%v allocations", n)
	}
	r.Width++
	if _, err := r.Runs(); err == nil || r.Check() == nil {
		t.Errorf("a code of another size is taken: %v", err)
	}
}
