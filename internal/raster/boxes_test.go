package raster

import (
	"math"
	"math/rand/v2"
	"testing"

	"datum/dataset"
)

func near(a, b float64) bool { return math.Abs(a-b) <= 1e-9*(1+math.Abs(a)) }

func TestCorners(t *testing.T) {
	for _, test := range []struct {
		box  dataset.RotatedBbox
		want [8]float64
	}{
		{dataset.RotatedBbox{CX: 5, CY: 4, W: 4, H: 2}, [8]float64{3, 3, 7, 3, 7, 5, 3, 5}},
		{dataset.RotatedBbox{CX: 5, CY: 4, W: 4, H: 2, Angle: 90}, [8]float64{6, 2, 6, 6, 4, 6, 4, 2}},
		{dataset.RotatedBbox{CX: 5, CY: 4, W: 4, H: 2, Angle: -90}, [8]float64{4, 6, 4, 2, 6, 2, 6, 6}},
		{dataset.RotatedBbox{CX: 5, CY: 4, W: 4, H: 2, Angle: 540}, [8]float64{7, 5, 3, 5, 3, 3, 7, 3}},
		{dataset.RotatedBbox{CX: 0, CY: 0, W: 2, H: 2, Angle: 45}, [8]float64{0, -math.Sqrt2, math.Sqrt2, 0, 0, math.Sqrt2, -math.Sqrt2, 0}},
	} {
		got := Corners(&test.box)
		for i := range got {
			if test.box.Angle != 45 && got[i] != test.want[i] || math.Abs(got[i]-test.want[i]) > 1e-15*8 {
				t.Errorf("%+v: %v, want %v", test.box, got, test.want)
				break
			}
		}
	}
}

func TestBoundsOf(t *testing.T) {
	x, y, w, h := BoundsOf([]float64{3, 1, math.NaN(), 9, -1, 5, 2, math.Inf(1), 8})
	if x != -1 || y != 1 || w != 4 || h != 4 {
		t.Error(x, y, w, h)
	}
	if x, y, w, h := BoundsOf([]float64{1}); x != 0 || y != 0 || w != 0 || h != 0 {
		t.Error(x, y, w, h)
	}
}

func TestMinRectOfBoxes(t *testing.T) {
	r := rand.New(rand.NewPCG(9, 10))
	for range 500 {
		b := dataset.RotatedBbox{CX: r.Float64() * 100, CY: r.Float64() * 100, W: 1 + r.Float64()*50, H: 1 + r.Float64()*50, Angle: r.Float64() * 89}
		c := Corners(&b)
		points := append(c[:], b.CX, b.CY, c[0]/2+c[2]/2, c[1]/2+c[3]/2)
		cx, cy, w, h, angle := MinRect(points)
		if !near(cx, b.CX) || !near(cy, b.CY) || !near(w, b.W) || !near(h, b.H) || !near(angle, b.Angle) {
			t.Fatalf("%g %g %g %g %g of %+v", cx, cy, w, h, angle, b)
		}
	}
}

func TestMinRect(t *testing.T) {
	for name, test := range map[string]struct {
		points []float64
		want   [5]float64
	}{
		"none":       {nil, [5]float64{}},
		"point":      {[]float64{3, 4}, [5]float64{3, 4, 0, 0, 0}},
		"same point": {[]float64{3, 4, 3, 4, 3, 4}, [5]float64{3, 4, 0, 0, 0}},
		"across":     {[]float64{1, 4, 3, 4, 7, 4}, [5]float64{4, 4, 6, 0, 0}},
		"down":       {[]float64{1, 4, 1, 8}, [5]float64{1, 6, 0, 4, 0}},
		"slanted":    {[]float64{0, 0, 1, 1, 3, 3}, [5]float64{1.5, 1.5, 3 * math.Sqrt2, 0, 45}},
		"upwards":    {[]float64{0, 3, 3, 0}, [5]float64{1.5, 1.5, 0, 3 * math.Sqrt2, 45}},
		"upright":    {[]float64{2, 1, 8, 1, 8, 4, 2, 4, 5, 2}, [5]float64{5, 2.5, 6, 3, 0}},
		"not finite": {[]float64{2, 1, 8, math.NaN(), 8, 4, math.Inf(1), 4}, [5]float64{5, 2.5, 0, math.Hypot(6, 3), 0}},
	} {
		cx, cy, w, h, angle := MinRect(test.points)
		got := [5]float64{cx, cy, w, h, angle}
		if name == "not finite" {
			test.want[2], test.want[3], test.want[4] = math.Hypot(6, 3), 0, math.Atan2(3, 6)*180/math.Pi
		}
		for i := range got {
			if math.Abs(got[i]-test.want[i]) > 1e-12 {
				t.Errorf("%s: %v, want %v", name, got, test.want)
				break
			}
		}
	}
}

// least is the smallest area, found by trying every pair of points.
func least(points []float64) float64 {
	area := math.Inf(1)
	for i := 0; i < len(points); i += 2 {
		for k := 0; k < len(points); k += 2 {
			if a := areaAlong(points, points[k]-points[i], points[k+1]-points[i+1]); a < area {
				area = a
			}
		}
	}
	return area
}

func areaAlong(points []float64, ux, uy float64) float64 {
	n := math.Hypot(ux, uy)
	if n == 0 {
		return math.Inf(1)
	}
	var u, v []float64
	for i := 0; i < len(points); i += 2 {
		u = append(u, (points[i]*ux+points[i+1]*uy)/n, 0)
		v = append(v, (points[i+1]*ux-points[i]*uy)/n, 0)
	}
	_, _, w, _ := BoundsOf(u)
	_, _, h, _ := BoundsOf(v)
	return w * h
}

func TestMinRectIsSmallest(t *testing.T) {
	r := rand.New(rand.NewPCG(11, 12))
	for i := range 400 {
		var points []float64
		for range 3 + r.IntN(20) {
			x, y := r.Float64()*100, r.Float64()*100
			if i%2 == 0 {
				x, y = math.Floor(x/12), math.Floor(y/12)
			}
			points = append(points, x, y)
		}
		cx, cy, w, h, angle := MinRect(points)
		if want := least(points); !near(w*h, want) || angle < 0 || angle >= 90 {
			t.Fatalf("%g × %g at %g of %v, want %g", w, h, angle, points, want)
		}
		sin, cos := turned(angle)
		for k := 0; k < len(points); k += 2 {
			dx, dy := points[k]-cx, points[k+1]-cy
			if math.Abs(dx*cos+dy*sin) > w/2+1e-9 || math.Abs(dy*cos-dx*sin) > h/2+1e-9 {
				t.Fatalf("a point of %v is outside of %g %g %g %g %g", points, cx, cy, w, h, angle)
			}
		}
	}
}

func FuzzMinRect(f *testing.F) {
	f.Add(0.0, 0.0, 1.0, 0.0, 1.0, 1.0, 0.5, 2.0)
	f.Add(1e308, -1e308, -1e308, 1e308, 0.0, math.NaN(), math.Inf(1), 5e-324)
	f.Fuzz(func(t *testing.T, a, b, c, d, e, g, h, i float64) {
		points := []float64{a, b, c, d, e, g, h, i}
		_, _, w, high, angle := MinRect(points)
		if w < 0 || high < 0 || !(angle >= 0 && angle < 90) {
			t.Fatal(w, high, angle)
		}
		Corners(&dataset.RotatedBbox{CX: a, CY: b, W: c, H: d, Angle: e})
	})
}
