package raster

import (
	"cmp"
	"slices"
)

type point struct{ x, y float64 }

func (p point) dot(q point) float64 { return p.x*q.x + p.y*q.y }

// hullOf returns the corners of the convex hull of points, clockwise as one sees
// it, without those on a straight side. Points that are not finite are left out.
func hullOf(points []float64) []point {
	sorted := make([]point, 0, len(points)/2)
	for i := 0; i+1 < len(points); i += 2 {
		if finite(points[i]) && finite(points[i+1]) {
			sorted = append(sorted, point{points[i], points[i+1]})
		}
	}
	slices.SortFunc(sorted, func(a, b point) int {
		return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y))
	})
	sorted = slices.Compact(sorted)
	if len(sorted) < 3 {
		return sorted
	}
	upper := chain(sorted)
	slices.Reverse(sorted)
	lower := chain(sorted)
	return append(upper[:len(upper)-1], lower[:len(lower)-1]...)
}

// chain returns the points of a sorted row that are turned around clockwise,
// from the first to the last.
func chain(sorted []point) []point {
	var c []point
	for _, p := range sorted {
		for len(c) >= 2 && !clockwise(c[len(c)-2], c[len(c)-1], p) {
			c = c[:len(c)-1]
		}
		c = append(c, p)
	}
	return c
}

func clockwise(a, b, c point) bool {
	return (b.x-a.x)*(c.y-b.y)-(b.y-a.y)*(c.x-b.x) > 0
}
