package target

import "fmt"

// A Level is a grid of points over a picture.
type Level struct {
	// Stride is the distance of two points in pixels; the first lies half of it
	// inside the picture.
	Stride int
	// Width and Height are how many points there are.
	Width, Height int
	// First is the number of the first point: those of all levels are counted
	// on, row by row.
	First int
}

// A Grid is the levels of a detector, those with the finest spacing first.
type Grid []Level

// NewGrid returns the levels with these strides over a picture, whose sides are
// multiples of all of them.
func NewGrid(width, height int, strides ...int) (Grid, error) {
	const largest = 1 << 14
	if len(strides) == 0 || width < 1 || height < 1 || width > largest || height > largest {
		return nil, fmt.Errorf("there is no grid of %d levels over %d x %d pixels", len(strides), width, height)
	}
	var g Grid
	points := 0
	for i, stride := range strides {
		if stride < 1 || i > 0 && stride <= strides[i-1] {
			return nil, fmt.Errorf("the strides of levels are %v: each must be wider than the one before", strides)
		}
		if width%stride != 0 || height%stride != 0 {
			return nil, fmt.Errorf("pictures of %d x %d pixels are no multiple of %d", width, height, stride)
		}
		l := Level{Stride: stride, Width: width / stride, Height: height / stride, First: points}
		points += l.Width * l.Height
		g = append(g, l)
	}
	return g, nil
}

// Points is how many there are in all levels.
func (g Grid) Points() int {
	last := g[len(g)-1]
	return last.First + last.Width*last.Height
}

// reach is how long the longer side of a box may be for a level, in strides. A
// point then has to look no further than half of it to each side.
const reach = 8

// Of returns the level for boxes of this size in pixels: the finest that reaches
// as far, or else the last.
func (g Grid) Of(width, height float32) *Level {
	for i := range g {
		if max(width, height) <= float32(reach*g[i].Stride) {
			return &g[i]
		}
	}
	return &g[len(g)-1]
}
