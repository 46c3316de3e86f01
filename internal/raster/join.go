package raster

import (
	"math"
	"slices"
)

// maxPairs bounds the search for near points, to about a second.
const maxPairs = 1 << 29

// Bridge returns one outline for a part: its holes are joined to its outside by
// bridges of no width, at near corners. Filled by [Polygons], or by any rule of
// odd and even, it has the pixels of the part and no others.
func Bridge(p Part) []float64 {
	rings := make([][]float64, 1, 1+len(p.Holes))
	rings[0] = paired(p.Outer)
	clockwise := turn(rings[0]) > 0
	for _, h := range p.Holes {
		h = paired(h)
		if (turn(h) > 0) == clockwise {
			h = reversed(h)
		}
		rings = append(rings, h)
	}
	return Join(rings...)
}

// Join returns one outline for several: each is joined by a bridge of no width
// to those before it, at the two corners that are nearest to each other. In
// outlines of so many corners that the search would take long, it is the first
// corners. Pixels that are in two of the outlines are in none of the result.
func Join(outlines ...[]float64) []float64 {
	j := joiner{pairs: maxPairs}
	for _, o := range outlines {
		if o = paired(o); len(o) > 0 {
			j.add(o)
		}
	}
	return j.walk()
}

// joiner holds one way through all points: from point 0 on, next says where it
// goes.
type joiner struct {
	points []float64
	next   []int
	pairs  int // how many may still be compared
}

// end is where the way ends.
const end = -1

// add joins an outline to a point before it: the way goes from there over to
// the outline, once around, and back between the very same two points, of which
// it needs a second copy each.
func (j *joiner) add(outline []float64) {
	first, n := len(j.next), len(outline)/2
	j.points = append(j.points, outline...)
	for i := range n {
		j.next = append(j.next, first+i+1)
	}
	last := first + n - 1
	if first == 0 {
		j.next[last] = end
		return
	}
	from, to := j.nearest(first)
	around, back := j.copied(to), j.copied(from)
	if j.next[last] = first; to == first {
		j.next[last] = around
	} else {
		j.next[to-1] = around
	}
	j.next[around], j.next[back] = back, j.next[from]
	j.next[from] = to
}

func (j *joiner) copied(i int) int {
	j.points = append(j.points, j.points[2*i], j.points[2*i+1])
	j.next = append(j.next, end)
	return len(j.next) - 1
}

// nearest returns the points before first and from first on that are nearest to
// each other, the first of several.
func (j *joiner) nearest(first int) (from, to int) {
	if j.pairs -= first * (len(j.next) - first); j.pairs < 0 {
		return 0, first
	}
	before, least := j.points[:2*first], math.Inf(1)
	from, to = 0, first
	for k := first; k < len(j.next); k++ {
		x, y := j.points[2*k], j.points[2*k+1]
		for i := 0; i < len(before); i += 2 {
			dx, dy := before[i]-x, before[i+1]-y
			if d := dx*dx + dy*dy; d < least {
				least, from, to = d, i/2, k
			}
		}
	}
	return from, to
}

func (j *joiner) walk() []float64 {
	if len(j.next) == 0 {
		return nil
	}
	way := make([]float64, 0, len(j.points))
	for i := 0; i != end; i = j.next[i] {
		way = append(way, j.points[2*i], j.points[2*i+1])
	}
	return way
}

// turn is twice the area inside an outline, positive where it goes clockwise as
// one sees it.
func turn(points []float64) float64 {
	sum, n := 0.0, len(points)
	for i := 0; i < n; i += 2 {
		k := (i + 2) % n
		sum += points[i]*points[k+1] - points[k]*points[i+1]
	}
	return sum
}

func reversed(points []float64) []float64 {
	r := make([]float64, 0, len(points))
	for i := len(points) - 2; i >= 0; i -= 2 {
		r = append(r, points[i], points[i+1])
	}
	return r
}

// paired leaves the last number out where it has no partner.
func paired(points []float64) []float64 { return slices.Clip(points[:len(points)&^1]) }
