package raster

import (
	"slices"

	"datum/dataset"
)

// grid is a mask as columns: of each, where it changes. Full columns side by
// side are one wide column, and empty ones none, so that the size goes with the
// number of runs.
type grid struct {
	columns []column
	ys      []int32 // of all columns, one after the other
}

// column is the columns of pixels from x0 to before x1. Its changes are
// ys[first:end], even in number: a top, a bottom, a top, …
type column struct {
	x0, x1     int32
	first, end int
}

func gridOf(m dataset.RLE) (*grid, error) {
	e, err := edgesOf(m)
	if err != nil {
		return nil, err
	}
	g, h := &grid{}, int64(m.Height)
	for i := 0; i+1 < len(e); i += 2 {
		from, to := e[i], e[i+1]
		for from < to {
			x, y := from/h, from%h
			if full := (to - from) / h; y == 0 && full > 0 {
				g.add(x, x+full, 0, h)
				from += full * h
				continue
			}
			end := min(h, y+to-from)
			g.add(x, x+1, y, end)
			from += end - y
		}
	}
	return g, nil
}

func (g *grid) add(x0, x1, top, bottom int64) {
	n := len(g.columns)
	if n == 0 || int64(g.columns[n-1].x0) != x0 {
		g.columns = append(g.columns, column{int32(x0), int32(x1), len(g.ys), len(g.ys)})
		n++
	}
	g.ys = append(g.ys, int32(top), int32(bottom))
	g.columns[n-1].end = len(g.ys)
}

// beside returns the column that touches column c on the right or left, an
// empty one where there is none.
func (g *grid) beside(c int, right bool) int {
	switch {
	case right && c+1 < len(g.columns) && g.columns[c+1].x0 == g.columns[c].x1:
		return c + 1
	case !right && c > 0 && g.columns[c-1].x1 == g.columns[c].x0:
		return c - 1
	}
	return nowhere
}

// nowhere is the number of a column without pixels.
const nowhere = -1

// at returns the column of a number.
func (g *grid) at(c int) column {
	if c == nowhere {
		return column{}
	}
	return g.columns[c]
}

// find returns the first change of a column that is not above y, and whether it
// is at y.
func (g *grid) find(c column, y int32) (i int, same bool) {
	i, same = slices.BinarySearch(g.ys[c.first:c.end], y)
	return c.first + i, same
}

// regions numbers the spans of all columns so that spans of one region have one
// number. Pixels that touch at a corner are of one region.
func (g *grid) regions() regions {
	r := make(regions, len(g.ys)/2)
	for i := range r {
		r[i] = i
	}
	for c := range g.columns {
		other := g.beside(c, true)
		if other == nowhere {
			continue
		}
		a, b := g.columns[c], g.columns[other]
		for i, j := a.first, b.first; i < a.end && j < b.end; {
			if g.ys[i] <= g.ys[j+1] && g.ys[j] <= g.ys[i+1] {
				r.join(i/2, j/2)
			}
			if g.ys[i+1] < g.ys[j+1] {
				i += 2
			} else {
				j += 2
			}
		}
	}
	return r
}

// regions is a forest: each span points to an earlier one of its region, the
// first of a region to itself.
type regions []int

func (r regions) of(i int) int {
	for r[i] != i {
		r[i] = r[r[i]]
		i = r[i]
	}
	return i
}

func (r regions) join(i, j int) {
	i, j = r.of(i), r.of(j)
	r[max(i, j)] = min(i, j)
}
