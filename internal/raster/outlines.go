package raster

import (
	"math"

	"datum/dataset"
)

// Part is one region of a mask: x, y of each corner of its outline in turn, and
// the outlines of the holes in it. The outline goes clockwise as one sees it,
// holes go the other way.
type Part struct {
	Outer []float64
	Holes [][]float64
}

// Outlines returns the regions of a mask, from left to right. Pixels that touch
// at a corner are of one region, so an outline may touch itself. The corners are
// those of pixels, and only those where the outline turns.
//
// Filling the outline and taking the filled holes away, by [Polygons] or by any
// rule that goes by the centres of pixels, gives the very pixels of the region.
func Outlines(m dataset.RLE) ([]Part, error) {
	g, err := gridOf(m)
	if err != nil {
		return nil, err
	}
	t := tracer{grid: g, seen: make([]bool, len(g.ys))}
	regions, partOf := g.regions(), map[int]int{}
	var parts []Part
	for c, col := range g.columns {
		for i := col.first; i < col.end; i++ {
			if t.seen[i] {
				continue
			}
			outline, region := t.trace(c, i), regions.of(i/2)
			// The leftmost edge of a region is on its outside.
			if p, begun := partOf[region]; begun {
				parts[p].Holes = append(parts[p].Holes, outline)
			} else {
				partOf[region] = len(parts)
				parts = append(parts, Part{Outer: outline})
			}
		}
	}
	return parts, nil
}

// tracer follows outlines with the pixels on its right hand: along tops to the
// right, along bottoms to the left. What goes up and down between them follows
// from those.
type tracer struct {
	*grid
	seen []bool
}

// trace goes once around from edge i of column c.
func (t *tracer) trace(c, i int) []float64 {
	var corners []float64
	for !t.seen[i] {
		t.seen[i] = true
		c, i, corners = t.step(c, i, corners)
	}
	// The last corner is where the first edge begins.
	n := len(corners) - 2
	rotated := make([]float64, 0, len(corners))
	return append(append(rotated, corners[n:]...), corners[:n]...)
}

// step goes to the end of an edge, and from there up or down to the next one,
// unless that goes straight on.
func (t *tracer) step(c, i int, corners []float64) (int, int, []float64) {
	col := t.columns[c]
	right := isTop(col, i)
	other := t.beside(c, right)
	beside := t.at(other)
	j, same := t.find(beside, t.ys[i])
	if same && isTop(beside, j) == right {
		return other, j, corners
	}
	x := col.x0
	if right {
		x = col.x1
	}
	// Where only corners touch, the way leads over to the other pixel, which
	// is of the same region.
	blocked := same || (j-beside.first)%2 == 1
	up := blocked == right
	corners = append(corners, float64(x), float64(t.ys[i]))
	nextC, next := c, 0
	if up {
		next = t.above(i-1, col, j-1, beside, right)
	} else {
		if same {
			j++
		}
		next = t.below(i+1, col, j, beside, right)
	}
	if next < col.first || next >= col.end {
		nextC = other
	}
	return nextC, next, append(corners, float64(x), float64(t.ys[next]))
}

// above returns the lower of two edges, i of column a and j of column b. Of two
// at one place it takes that of the left column, which is a where right is
// true: there, too, corners touch.
func (t *tracer) above(i int, a column, j int, b column, right bool) int {
	yi, yj := int32(math.MinInt32), int32(math.MinInt32)
	if i >= a.first {
		yi = t.ys[i]
	}
	if j >= b.first && b.end > b.first {
		yj = t.ys[j]
	}
	if yi > yj || yi == yj && right {
		return i
	}
	return j
}

// below returns the upper of two edges, of two at one place that of the right
// column.
func (t *tracer) below(i int, a column, j int, b column, right bool) int {
	yi, yj := int32(math.MaxInt32), int32(math.MaxInt32)
	if i < a.end {
		yi = t.ys[i]
	}
	if j < b.end {
		yj = t.ys[j]
	}
	if yi < yj || yi == yj && !right && i < a.end {
		return i
	}
	return j
}

// isTop reports whether edge i of a column has pixels below it, not above.
func isTop(c column, i int) bool { return (i-c.first)%2 == 0 }
