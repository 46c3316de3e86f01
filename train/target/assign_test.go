package target

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func newTestAssigner(t testing.TB, width, height, classes int) *Assigner {
	t.Helper()
	g, err := NewGrid(width, height, 8, 16, 32)
	if err != nil {
		t.Fatal(err)
	}
	return NewAssigner(g, classes)
}

// plain computes the same point by point, over all boxes each.
func plain(a *Assigner, boxes []Box, m Maps) {
	n := a.Grid.Points()
	clear(m.Heatmap)
	for i := range m.Points {
		m.Points[i], m.Classes[i] = 0, -1
		if i < len(boxes) {
			if _, at := plainCentre(a, boxes[i]); at >= 0 {
				m.Points[i], m.Classes[i] = int32(at), int32(boxes[i].Class)
			}
		}
	}
	for li, l := range a.Grid {
		for y := range l.Height {
			for x := range l.Width {
				at := l.First + y*l.Width + x
				plainPoint(a, boxes, m, li, x, y, at, n)
			}
		}
	}
}

func plainPoint(a *Assigner, boxes []Box, m Maps, level, x, y, at, n int) {
	l := a.Grid[level]
	best, rank, focus, centre := -1, float32(0), float32(1), float32(0)
	cx, cy := (float64(x)+0.5)*float64(l.Stride), (float64(y)+0.5)*float64(l.Stride)
	for i, b := range boxes {
		inside := cx > float64(b.X0) && cx < float64(b.X1) && cy > float64(b.Y0) && cy < float64(b.Y1)
		on := cx >= float64(b.X0) && cx < float64(b.X1) && cy >= float64(b.Y0) && cy < float64(b.Y1)
		lv, point := plainCentre(a, b)
		if b.Weight < 1 && (on || point == at) {
			focus = min(focus, b.Weight)
		}
		if lv != level || b.Weight <= 0 {
			continue
		}
		px, py := (point-l.First)%l.Width, (point-l.First)/l.Width
		dx, dy := float64(x-px), float64(y-py)
		s := min(max(0.18*float64(min(b.X1-b.X0, b.Y1-b.Y0))/float64(l.Stride), 0.6), 20)
		if r := math.Floor(s * math.Sqrt(-2*math.Log(1e-4))); math.Abs(dx) <= r && math.Abs(dy) <= r {
			h := &m.Heatmap[b.Class*n+at]
			*h = max(*h, float32(math.Exp(-(dx*dx+dy*dy)/(2*s*s))))
		}
		own := float32(0)
		switch {
		case point == at:
			own = 1
		case math.Abs(dx) <= 1 && math.Abs(dy) <= 1 && inside:
			own = 0.3
		}
		if own > rank || own == rank && own > 0 && less(&boxes[i], &boxes[best]) {
			best, rank = i, own
		}
	}
	c := [4]float32{0, 0, 1, 1}
	m.Weights[at] = 0
	if best >= 0 {
		b := boxes[best]
		c, m.Weights[at] = [4]float32{b.X0, b.Y0, b.X1, b.Y1}, rank*b.Weight
		if _, point := plainCentre(a, b); point == at {
			centre = b.Weight
		}
	}
	for k := range 4 {
		m.Boxes[k*n+at] = c[k]
	}
	m.Focus[at] = max(focus, centre)
}

func plainCentre(a *Assigner, b Box) (level, point int) {
	if b.X1 <= b.X0 || b.Y1 <= b.Y0 || b.Class < 0 || b.Class >= a.Classes {
		return -1, -1
	}
	side := max(b.X1-b.X0, b.Y1-b.Y0)
	level = slices.IndexFunc(a.Grid, func(l Level) bool { return side <= float32(8*l.Stride) })
	if level < 0 {
		level = len(a.Grid) - 1
	}
	l := a.Grid[level]
	for y := range l.Height {
		for x := range l.Width {
			mx, my := b.X0+(b.X1-b.X0)/2, b.Y0+(b.Y1-b.Y0)/2
			s := float32(l.Stride)
			if mx >= float32(x)*s && mx < float32(x+1)*s && my >= float32(y)*s && my < float32(y+1)*s {
				return level, l.First + y*l.Width + x
			}
		}
	}
	return -1, -1
}

func randomBoxes(r *rand.Rand, width, height, classes, most int) []Box {
	var list []Box
	for range r.IntN(most + 1) {
		w, h := float32(1+r.IntN(width)), float32(1+r.IntN(height))
		if r.IntN(2) == 0 {
			w, h = min(w, 40), min(h, 40)
		}
		x, y := float32(r.IntN(width)-10), float32(r.IntN(height)-10)
		b := Box{X0: x, Y0: y, X1: x + w, Y1: y + h, Class: r.IntN(classes+1) - r.IntN(2), Weight: 1}
		switch r.IntN(6) {
		case 0:
			b.Weight = 0
		case 1:
			b.Weight = 0.5
		case 2:
			b.X1 = b.X0
		}
		list = append(list, b)
	}
	return list
}

func sameMaps(t *testing.T, got, want Maps) {
	t.Helper()
	for name, pair := range map[string][2][]float32{
		"heatmap": {got.Heatmap, want.Heatmap}, "boxes": {got.Boxes, want.Boxes}, "weights": {got.Weights, want.Weights}, "focus": {got.Focus, want.Focus},
	} {
		for i, v := range pair[0] {
			if math.Abs(float64(v-pair[1][i])) > 1e-6 {
				t.Fatalf("the %s is %v at %d, and not %v", name, v, i, pair[1][i])
			}
		}
	}
	if !slices.Equal(got.Points, want.Points) || !slices.Equal(got.Classes, want.Classes) {
		t.Fatalf("the boxes are at %v %v, and not at %v %v", got.Points, got.Classes, want.Points, want.Classes)
	}
}

// Assign computes what the plain version does, whatever was in the maps before.
func TestAgainstPlain(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(1, 2))
	for _, size := range [][2]int{{128, 128}, {64, 160}, {320, 256}, {32, 32}} {
		a := newTestAssigner(t, size[0], size[1], 3)
		got, want := a.NewMaps(9), a.NewMaps(9)
		for range 60 {
			boxes := randomBoxes(r, size[0], size[1], 3, 12)
			a.Assign(boxes, got)
			plain(a, boxes, want)
			sameMaps(t, got, want)
		}
	}
}

// What is learnt does not depend on the order of the boxes.
func TestOrder(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(3, 4))
	a := newTestAssigner(t, 128, 128, 2)
	one, two := a.NewMaps(0), a.NewMaps(0)
	for range 50 {
		boxes := randomBoxes(r, 128, 128, 2, 20)
		a.Assign(boxes, one)
		r.Shuffle(len(boxes), func(i, j int) { boxes[i], boxes[j] = boxes[j], boxes[i] })
		a.Assign(boxes, two)
		sameMaps(t, one, two)
	}
}

// A trusted box has a centre of exactly 1, and only centres come near it.
func TestCentres(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	a := newTestAssigner(t, 4096, 2048, 1)
	m := a.NewMaps(1)
	for range 20 {
		w, h := 2+r.Float32()*2000, 2+r.Float32()*2000
		b := Box{X0: 10, Y0: 10, X1: 10 + w, Y1: 10 + h, Weight: 1}
		if a.Assign([]Box{b}, m) != 0 || m.Classes[0] != 0 {
			t.Fatalf("the box %+v has no place", b)
		}
		for i, v := range m.Heatmap {
			if centre := int32(i) == m.Points[0]; centre != (v == 1) || !centre && v > 0.999 {
				t.Fatalf("point %d of the box %+v at %d has %v", i, b, m.Points[0], v)
			}
		}
	}
}

func TestUnplaced(t *testing.T) {
	t.Parallel()
	a := newTestAssigner(t, 64, 64, 1)
	m := a.NewMaps(1)
	box := Box{X0: 1, Y0: 1, X1: 20, Y1: 20, Weight: 1}
	other := Box{X0: 41, Y0: 41, X1: 60, Y1: 60, Weight: 1}
	if n := a.Assign([]Box{box, other, {Class: 7}}, m); n != 1 {
		t.Errorf("%d boxes have no place in the list", n)
	}
	centres := 0
	for _, v := range m.Heatmap {
		if v == 1 {
			centres++
		}
	}
	if centres != 2 {
		t.Errorf("there are %d centres", centres)
	}
}

func TestNoAllocation(t *testing.T) {
	a := newTestAssigner(t, 256, 256, 10)
	m := a.NewMaps(32)
	boxes := randomBoxes(rand.New(rand.NewPCG(7, 8)), 256, 256, 10, 60)
	if n := testing.AllocsPerRun(10, func() { a.Assign(boxes, m) }); n != 0 {
		t.Errorf("targets cost %v allocations", n)
	}
}

func TestGrid(t *testing.T) {
	t.Parallel()
	g, err := NewGrid(128, 64, 8, 16, 32)
	if err != nil || g.Points() != 128+32+8 || g[2].First != 160 {
		t.Errorf("%+v, %v", g, err)
	}
	for _, c := range [][]int{{100, 64, 8}, {64, 64}, {64, 64, 8, 8}, {64, 64, 0}, {0, 64, 8}, {64, 1 << 20, 8}} {
		if g, err := NewGrid(c[0], c[1], c[2:]...); err == nil {
			t.Errorf("%v: %+v", c, g)
		}
	}
}

// No number of a box makes Assign fail, or targets that are none.
func FuzzAssign(f *testing.F) {
	f.Add(float32(1), float32(2), float32(30), float32(40), 0, float32(1))
	f.Add(float32(math.NaN()), float32(math.Inf(-1)), float32(math.Inf(1)), float32(1e38), 1, float32(0))
	f.Fuzz(func(t *testing.T, x0, y0, x1, y1 float32, class int, weight float32) {
		a := newTestAssigner(t, 64, 64, 2)
		m := a.NewMaps(2)
		a.Assign([]Box{{x0, y0, x1, y1, class, weight}, {X0: 8, Y0: 8, X1: 24, Y1: 24, Weight: 1}}, m)
		for _, list := range [][]float32{m.Heatmap, m.Focus} {
			for _, v := range list {
				if !(v >= 0 && v <= 1) {
					t.Fatalf("a target is %v", v)
				}
			}
		}
	})
}

func BenchmarkAssign(b *testing.B) {
	a := newTestAssigner(b, 640, 640, 80)
	m := a.NewMaps(64)
	boxes := randomBoxes(rand.New(rand.NewPCG(9, 9)), 640, 640, 80, 30)
	for b.Loop() {
		a.Assign(boxes, m)
	}
}
