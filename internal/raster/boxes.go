package raster

import (
	"math"

	"datum/dataset"
)

// Corners returns the corners of a rotated box, x and y each: those that are
// top left, top right, bottom right and bottom left before it is turned.
// Quarters of a turn are exact.
func Corners(b *dataset.RotatedBbox) [8]float64 {
	sin, cos := turned(b.Angle)
	var corners [8]float64
	for i, side := range [4][2]float64{{-1, -1}, {1, -1}, {1, 1}, {-1, 1}} {
		x, y := side[0]*b.W/2, side[1]*b.H/2
		corners[2*i] = b.CX + x*cos - y*sin
		corners[2*i+1] = b.CY + x*sin + y*cos
	}
	return corners
}

// turned returns the sine and cosine of an angle in degrees.
func turned(angle float64) (sin, cos float64) {
	switch math.Mod(math.Mod(angle, 360)+360, 360) {
	case 0:
		return 0, 1
	case 90:
		return 1, 0
	case 180:
		return 0, -1
	case 270:
		return -1, 0
	}
	return math.Sincos(angle * math.Pi / 180)
}

// BoundsOf returns the smallest upright box around points, all zero where there
// are none.
func BoundsOf(points []float64) (x, y, w, h float64) {
	x0, y0, x1, y1 := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for i := 0; i+1 < len(points); i += 2 {
		if !finite(points[i]) || !finite(points[i+1]) {
			continue
		}
		x0, x1 = min(x0, points[i]), max(x1, points[i])
		y0, y1 = min(y0, points[i+1]), max(y1, points[i+1])
	}
	if x1 < x0 {
		return 0, 0, 0, 0
	}
	return x0, y0, x1 - x0, y1 - y0
}

func finite(x float64) bool { return !math.IsNaN(x) && !math.IsInf(x, 0) }

// MinRect returns the smallest rectangle around points: its middle, its size,
// and by how many degrees, from 0 to below 90, it is turned clockwise. Of
// several that are the smallest it is the one that is turned least. Where there
// are no points it is all zero.
func MinRect(points []float64) (cx, cy, w, h, angle float64) {
	x, y, w, h := BoundsOf(points)
	best := box{cx: x + w/2, cy: y + h/2, w: w, h: h}
	hull := hullOf(points)
	c := caliper{hull: hull, area: w * h}
	for i := range hull {
		if b, ok := c.along(i); ok {
			best = b
		}
	}
	return best.cx, best.cy, best.w, best.h, best.angle
}

type box struct{ cx, cy, w, h, angle float64 }

// caliper is turned around a hull: of four points it remembers which touch, so
// that each side of the hull moves them on only a little.
type caliper struct {
	hull                []point
	right, bottom, left int
	begun               bool
	area                float64 // of the smallest rectangle up to now
	angle               float64
}

// along lays one side of the rectangle on side i of the hull, and reports
// whether it is smaller than all before.
func (c *caliper) along(i int) (box, bool) {
	n := len(c.hull)
	from, to := c.hull[i], c.hull[(i+1)%n]
	length := math.Hypot(to.x-from.x, to.y-from.y)
	if length == 0 {
		return box{}, false
	}
	u := point{(to.x - from.x) / length, (to.y - from.y) / length}
	v := point{-u.y, u.x}
	if !c.begun {
		c.right, c.bottom, c.left = i, i, i
	}
	c.right = c.furthest(c.right, u)
	if !c.begun {
		c.bottom = c.right
	}
	c.bottom = c.furthest(c.bottom, v)
	if !c.begun {
		c.left = c.bottom
	}
	c.left = c.furthest(c.left, point{-u.x, -u.y})
	c.begun = true
	return c.better(from, u, v)
}

// furthest goes on from point i for as long as that leads further along d.
func (c *caliper) furthest(i int, d point) int {
	n := len(c.hull)
	for range n {
		next := (i + 1) % n
		if c.hull[next].dot(d) < c.hull[i].dot(d) {
			break
		}
		i = next
	}
	return i
}

// better returns the rectangle that touches where the caliper does.
func (c *caliper) better(from, u, v point) (box, bool) {
	u0, u1 := c.hull[c.left].dot(u), c.hull[c.right].dot(u)
	v0, v1 := from.dot(v), c.hull[c.bottom].dot(v)
	b := box{w: max(u1-u0, 0), h: max(v1-v0, 0), angle: math.Atan2(u.y, u.x) * 180 / math.Pi}
	mu, mv := (u0+u1)/2, (v0+v1)/2
	b.cx, b.cy = mu*u.x+mv*v.x, mu*u.y+mv*v.y
	for b.angle < 0 {
		b.angle, b.w, b.h = b.angle+90, b.h, b.w
	}
	for b.angle >= 90 {
		b.angle, b.w, b.h = b.angle-90, b.h, b.w
	}
	// What is smaller by rounding only is not smaller.
	const least = 1e-12
	area := b.w * b.h
	if !(area < c.area*(1-least)) && !(area <= c.area*(1+least) && b.angle < c.angle) {
		return b, false
	}
	c.area, c.angle = area, b.angle
	return b, true
}
