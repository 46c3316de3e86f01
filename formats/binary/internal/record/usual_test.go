package record

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"

	"datum/dataset"
)

// TestHundredths looks at every number of two decimals below the limit: what
// the fast way writes is what the general way does, and comes back.
func TestHundredths(t *testing.T) {
	t.Parallel()
	step := 1
	if testing.Short() {
		step = 37
	}
	for k := 0; k < decimalLimit; k += step {
		v := float64(k) / 100
		for _, v := range [2]float64{v, -v} {
			if _, ok := inHundredths(v); !ok {
				t.Fatalf("%v is not taken", v)
			}
			if f := round2(v); f != float32(v) || math.Float64bits(Decimal(float64(f))) != math.Float64bits(v) {
				t.Fatalf("%v: stored %v, which comes back as %v", v, f, Decimal(float64(f)))
			}
		}
	}
}

// sameAsGeneral compares what Append does of a with what the general functions
// do.
func sameAsGeneral(t *testing.T, a dataset.Annotation) (decimal bool) {
	t.Helper()
	before := []byte("before")
	got, decimal, why := Append(bytes.Clone(before), a, Cuboid2DBefore112)
	ok, reason := Holds(a)
	want := before
	if ok {
		want, reason = AppendAnnotation(bytes.Clone(before), a, Cuboid2DBefore112), ""
	}
	if !bytes.Equal(got, want) || why != reason {
		t.Fatalf("%+v: %x, %q; want %x, %q", a, got, why, want, reason)
	}
	if decimal {
		back := ToDecimal(a, Stored(a))
		for i, v := range Coordinates(a) {
			if math.Float64bits(v) != math.Float64bits(back[i]) {
				t.Fatalf("%+v: coordinate %d comes back as %v", a, i, back[i])
			}
		}
	}
	return decimal
}

func TestAppendTakesTheUsual(t *testing.T) {
	for _, a := range []dataset.Annotation{
		&dataset.Polygon{Points: []float64{1.1, 2, 0, 479.99, 639.5, 65535.99}},
		&dataset.Bbox{X: 17.2, Y: 0, W: 5.55, H: 479.99},
		&dataset.Bbox{X: -17.2, Y: -3, W: 5.55, H: 1, Label: 79, Z: -5, Base: dataset.Base{ID: 5, Group: -1, ObjectID: -1, Attributes: dataset.Attributes{
			{Name: "@coco.area", Value: []byte("5")}, {Name: "is_crowd", Value: []byte("false")},
		}}},
	} {
		if !sameAsGeneral(t, a) {
			t.Errorf("%+v is not written the fast way", a)
		}
	}
}

func TestAppendLeavesTheUnusual(t *testing.T) {
	zero := math.Copysign(0, -1)
	odd := append(kinds(),
		&dataset.Polygon{Points: []float64{1, 2, 3, 4}}, &dataset.Polygon{Points: make([]float64, 7)}, &dataset.Tabular{},
		&dataset.Polygon{Points: []float64{1, 2, 3, 4, 5, 0.005}}, &dataset.Polygon{Points: []float64{1, 2, 3, 4, 5, math.NaN()}},
		&dataset.Polygon{Points: []float64{1, 2, 3, 4, 5, 65536}}, &dataset.Polygon{Label: math.MaxInt32, Points: make([]float64, 6)},
		&dataset.Polygon{Label: dataset.NoLabel, Points: make([]float64, 6)},
		&dataset.Bbox{X: 1, Y: 1, W: zero, H: 1}, &dataset.Bbox{X: 1, Y: 1, W: 1, H: zero}, &dataset.Bbox{X: 1, Y: 1, W: -1, H: 1},
		&dataset.Bbox{X: 65535, Y: 1, W: 1, H: 1}, &dataset.Bbox{X: 1, Y: math.Inf(1), W: 1, H: 1}, &dataset.Bbox{Label: -2, W: 1, H: 1},
		&dataset.Bbox{X: 0.1, Y: 0.2, W: 0.30000000000000004, H: 1},
	)
	for _, a := range odd {
		if sameAsGeneral(t, a) {
			t.Errorf("%+v is written the fast way", a)
		}
	}
}

// TestAppendIsTheGeneralWay on random numbers near those of two decimals.
func TestAppendIsTheGeneralWay(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	number := func() float64 {
		v := float64(r.IntN(2*decimalLimit)-decimalLimit) / 100
		switch r.IntN(40) {
		case 0:
			return math.Nextafter(v, 0)
		case 1:
			return v / 3
		case 2:
			return v * 3
		}
		return v / float64(int(1)<<r.IntN(4)) * float64(int(1)<<r.IntN(4))
	}
	fast := 0
	for range 100_000 {
		var a dataset.Annotation = &dataset.Bbox{X: number(), Y: number(), W: number(), H: number()}
		if r.IntN(2) == 0 {
			a = &dataset.Polygon{Points: []float64{number(), number(), number(), number(), number(), number()}}
		}
		if sameAsGeneral(t, a) {
			fast++
		}
	}
	if fast < 1000 {
		t.Errorf("only %d of 100000 were written the fast way", fast)
	}
}

func FuzzAppend(f *testing.F) {
	f.Add(17.2, 0.5, 5.55, 480.0, int32(3), false)
	f.Add(0.1, 0.2, 0.30000000000000004, 1.0, int32(-1), true)
	f.Add(65535.99, math.Copysign(0, -1), 0.01, 1e300, int32(math.MaxInt32), true)
	f.Fuzz(func(t *testing.T, a, b, c, d float64, label int32, outline bool) {
		if outline {
			sameAsGeneral(t, &dataset.Polygon{Label: label, Points: []float64{a, b, c, d, a, d}})
			return
		}
		sameAsGeneral(t, &dataset.Bbox{Label: label, X: a, Y: b, W: c, H: d})
	})
}

// TestQuickDecimal at and around halves, and far out.
func TestQuickDecimal(t *testing.T) {
	t.Parallel()
	same := func(v float64) {
		if got, want := quickDecimal(v), Decimal(v); math.Float64bits(got) != math.Float64bits(want) && !(got != got && want != want) {
			t.Fatalf("%v: %v, want %v", v, got, want)
		}
	}
	r := rand.New(rand.NewPCG(5, 6))
	for range 300_000 {
		half := (float64(r.IntN(1<<26)-1<<25) + 0.5) / 100
		for _, v := range []float64{half, math.Nextafter(half, 0), math.Nextafter(half, math.Inf(1)), float64(float32(half)), math.Float64frombits(r.Uint64())} {
			same(v)
		}
	}
	for _, v := range []float64{0, math.Copysign(0, -1), -0.001, 0.125, 0.375, 1 << 52, 1<<52 + 1, 1 << 60, math.Inf(1), math.NaN(), math.MaxFloat64} {
		same(v)
		same(-v)
	}
}

// TestSetDecimalIsToDecimal for every kind.
func TestSetDecimalIsToDecimal(t *testing.T) {
	for _, a := range kinds() {
		if SetCoordinates(a, Stored(a)) != nil {
			continue
		}
		want := ToDecimal(a, append([]float64{}, Coordinates(a)...))
		if err := SetDecimal(a); err != nil {
			t.Errorf("%T: %v", a, err)
		}
		for i, v := range Coordinates(a) {
			if v != want[i] {
				t.Errorf("%T: %v, want %v", a, Coordinates(a), want)
			}
		}
	}
}

// TestReadingAllocatesByTheItem and not by the annotation.
func TestReadingAllocatesByTheItem(t *testing.T) {
	it := Item{ID: "a", Subset: "train", Media: &dataset.Image{File: dataset.File{Name: "a.jpg"}, Height: 1, Width: 1}}
	allocations := func(annotations int) float64 {
		it.Annotations = nil
		for i := range annotations {
			b := dataset.Base{ID: int64(i), Attributes: dataset.Attributes{{Name: "is_crowd", Value: []byte("false")}}}
			it.Annotations = append(it.Annotations, &dataset.Polygon{Base: b, Points: make([]float64, 8)}, &dataset.Bbox{Base: b, W: 1, H: 1})
		}
		blob := encode(it, Cuboid2DBefore112)
		return testing.AllocsPerRun(10, func() {
			if _, err := ReadItems(blob, Layout21); err != nil {
				t.Fatal(err)
			}
		})
	}
	if few, many := allocations(2), allocations(200); many > few {
		t.Errorf("%v allocations for 400 annotations, %v for 4", many, few)
	}
}

// TestReadItemsShares the attributes that are equal, and Own parts them.
func TestReadItemsShares(t *testing.T) {
	it := Item{ID: "a"}
	for i := range 3 {
		b := dataset.Base{ID: int64(i), Attributes: dataset.Attributes{{Name: "x", Value: []byte("1")}}}
		it.Annotations = append(it.Annotations, &dataset.Label{Base: b})
	}
	items, err := ReadItems(encode(it, Cuboid2DBefore112), Layout21)
	if err != nil {
		t.Fatal(err)
	}
	got := items[0].Annotations
	Own(got)
	got[0].Common().Attributes[0].Value = []byte("2")
	got[0].Common().Attributes = append(got[0].Common().Attributes, dataset.Attribute{Name: "y", Value: []byte("3")})
	for _, a := range got[1:] {
		if text := a.Common().Attributes.AppendJSON(nil); string(text) != `{"x":1}` {
			t.Errorf("changed with another annotation: %s", text)
		}
	}
}
