package target

import (
	"cmp"
	"math"
)

// A Box is where something is in a picture, in pixels of the network's input.
type Box struct {
	X0, Y0, X1, Y1 float32
	Class          int
	// Weight is how much the box counts, from 0 to 1 for one that is trusted. With 0,
	// nothing is learnt from it: neither that something is there, nor that
	// nothing is.
	Weight float32
}

// Maps are the targets of one picture, pieces of the tensors of a batch.
type Maps struct {
	// Heatmap has for each class and point how much it is the centre of a thing:
	// exactly 1 at the centres, less around them.
	Heatmap []float32
	// Boxes has the corners x0, y0, x1, y1 for each point, one after the other.
	Boxes []float32
	// Weights has for each point how much its box counts.
	Weights []float32
	// Focus has for each point how much its scores count.
	Focus []float32
	// Points and Classes say of each box, in the order of the picture's, at which
	// point it is and of which class; the class is -1 for boxes that have no
	// point, and behind the last.
	Points, Classes []int32
}

// An Assigner makes targets. It has memory of its own, so that each worker
// needs one.
type Assigner struct {
	Grid    Grid
	Classes int
	owner   []int32 // of each point, the box that it learns
}

// NewAssigner returns an assigner for so many classes.
func NewAssigner(g Grid, classes int) *Assigner {
	return &Assigner{Grid: g, Classes: classes, owner: make([]int32, g.Points())}
}

// NewMaps returns maps for one picture with at most so many boxes.
func (a *Assigner) NewMaps(boxes int) Maps {
	n := len(a.owner)
	return Maps{
		Heatmap: make([]float32, a.Classes*n), Boxes: make([]float32, 4*n), Weights: make([]float32, n), Focus: make([]float32, n),
		Points: make([]int32, boxes), Classes: make([]int32, boxes),
	}
}

const (
	// besides is the weight of the points around a centre.
	besides = 0.3
	// spread is the width of a centre's bell, in parts of the box's shorter side;
	// narrowest and widest are its limits in points. At the widest, the points
	// beside the centre are still clearly less than 1.
	spread, narrowest, widest = 0.18, 0.6, 20
	// negligible is below what a bell's value makes no difference.
	negligible = 1e-4
)

// Assign writes the targets of a picture. Boxes without area, outside the
// picture or of a class that is not there have no point. It returns how many
// boxes have a point but no place in Points and Classes, as there are too many:
// they are learnt like the others.
func (a *Assigner) Assign(boxes []Box, m Maps) (unplaced int) {
	a.clear(m)
	for i := range boxes {
		l, point := a.place(&boxes[i])
		if l == nil {
			continue
		}
		if i < len(m.Points) {
			m.Points[i], m.Classes[i] = int32(point), int32(boxes[i].Class)
		} else {
			unplaced++
		}
		if boxes[i].trust() > 0 {
			a.bell(&boxes[i], l, point, m.Heatmap[boxes[i].Class*len(a.owner):][:len(a.owner)])
			a.own(boxes, int32(i), l, point, m.Weights)
		}
	}
	for i := range boxes {
		a.forgive(&boxes[i], m)
	}
	a.write(boxes, m)
	return unplaced
}

// clear resets the maps to those of a picture without boxes. The box of a point
// that learns none is not empty, as it is divided by its area.
func (a *Assigner) clear(m Maps) {
	clear(m.Heatmap)
	clear(m.Weights)
	clear(m.Points)
	n := len(a.owner)
	clear(m.Boxes[:2*n])
	fill(m.Boxes[2*n:], 1)
	fill(m.Focus, 1)
	fill(m.Classes, -1)
	fill(a.owner, -1)
}

func fill[T any](s []T, v T) {
	for i := range s {
		s[i] = v
	}
}

// trust is the weight within its limits.
func (b *Box) trust() float32 {
	if b.Weight > 0 {
		return min(b.Weight, 1)
	}
	return 0
}

// place returns the level and the number of the point of a box, or no level.
func (a *Assigner) place(b *Box) (*Level, int) {
	w, h := b.X1-b.X0, b.Y1-b.Y0
	if !(w > 0 && h > 0) || math.IsInf(float64(w+h), 0) || b.Class < 0 || b.Class >= a.Classes {
		return nil, 0
	}
	l := a.Grid.Of(w, h)
	x := int(math.Floor(float64(b.X0+w/2) / float64(l.Stride)))
	y := int(math.Floor(float64(b.Y0+h/2) / float64(l.Stride)))
	if x < 0 || y < 0 || x >= l.Width || y >= l.Height {
		return nil, 0
	}
	return l, l.First + y*l.Width + x
}

// bell raises the scores around a point to those of a bell.
func (a *Assigner) bell(b *Box, l *Level, point int, plane []float32) {
	sigma := spread * float64(min(b.X1-b.X0, b.Y1-b.Y0)) / float64(l.Stride)
	sigma = min(max(sigma, narrowest), widest)
	radius := int(sigma * math.Sqrt(-2*math.Log(negligible)))
	px, py := (point-l.First)%l.Width, (point-l.First)/l.Width
	for y := max(py-radius, 0); y <= min(py+radius, l.Height-1); y++ {
		row := plane[l.First+y*l.Width:][:l.Width]
		for x := max(px-radius, 0); x <= min(px+radius, l.Width-1); x++ {
			d := float64((x-px)*(x-px) + (y-py)*(y-py))
			row[x] = max(row[x], float32(math.Exp(-d/(2*sigma*sigma))))
		}
	}
}

// own gives a box its point, and those around it that lie inside of it, where no
// other box has a better right to them.
func (a *Assigner) own(boxes []Box, i int32, l *Level, point int, weights []float32) {
	px, py := (point-l.First)%l.Width, (point-l.First)/l.Width
	for y := max(py-1, 0); y <= min(py+1, l.Height-1); y++ {
		for x := max(px-1, 0); x <= min(px+1, l.Width-1); x++ {
			at, rank := l.First+y*l.Width+x, float32(1)
			if at != point {
				if rank = besides; !boxes[i].contains(l, x, y) {
					continue
				}
			}
			if o := a.owner[at]; o < 0 || rank > weights[at] || rank == weights[at] && less(&boxes[i], &boxes[o]) {
				a.owner[at], weights[at] = i, rank
			}
		}
	}
}

// contains reports whether a point of a level lies in the box.
func (b *Box) contains(l *Level, x, y int) bool {
	cx, cy := (float32(x)+0.5)*float32(l.Stride), (float32(y)+0.5)*float32(l.Stride)
	return cx > b.X0 && cx < b.X1 && cy > b.Y0 && cy < b.Y1
}

// less orders boxes that want the same point: the smaller one goes first, and
// what they are does not depend on their order in the picture.
func less(a, b *Box) bool {
	return cmp.Or(cmp.Compare((a.X1-a.X0)*(a.Y1-a.Y0), (b.X1-b.X0)*(b.Y1-b.Y0)), cmp.Compare(a.X0, b.X0), cmp.Compare(a.Y0, b.Y0),
		cmp.Compare(a.X1, b.X1), cmp.Compare(a.Y1, b.Y1), cmp.Compare(b.trust(), a.trust())) < 0
}

// forgive takes the scores of the points of all levels in a box that does not
// count fully out of the loss, by as much as it does not count. The centres of
// others count.
func (a *Assigner) forgive(b *Box, m Maps) {
	weight := b.trust()
	if weight == 1 || !(b.X1 > b.X0 && b.Y1 > b.Y0) {
		return
	}
	for i := range a.Grid {
		l := &a.Grid[i]
		x0, x1 := l.span(b.X0, b.X1, l.Width)
		y0, y1 := l.span(b.Y0, b.Y1, l.Height)
		for y := y0; y < y1; y++ {
			for x := x0; x < x1; x++ {
				at := l.First + y*l.Width + x
				m.Focus[at] = min(m.Focus[at], weight)
			}
		}
	}
	if l, point := a.place(b); l != nil { // a small box may lie between the points
		m.Focus[point] = min(m.Focus[point], weight)
	}
}

// span returns the points of a row or column that lie between two places.
func (l *Level) span(from, to float32, points int) (first, end int) {
	first = int(math.Ceil(min(max(float64(from)/float64(l.Stride)-0.5, 0), float64(points))))
	end = int(math.Ceil(min(max(float64(to)/float64(l.Stride)-0.5, 0), float64(points))))
	return first, end
}

// write writes the boxes of the points that learn one.
func (a *Assigner) write(boxes []Box, m Maps) {
	n := len(a.owner)
	for at, o := range a.owner {
		if o < 0 {
			continue
		}
		b := &boxes[o]
		m.Boxes[at], m.Boxes[n+at], m.Boxes[2*n+at], m.Boxes[3*n+at] = b.X0, b.Y0, b.X1, b.Y1
		m.Weights[at] *= b.trust()
		if _, point := a.place(b); point == at {
			m.Focus[at] = max(m.Focus[at], b.trust())
		}
	}
}
