package rgb

import (
	"math"
	"slices"
)

// axis says of which pixels those of a resized row or column are made, and in
// which parts: of taps pixels, beginning with a first one. Their weights are
// whole numbers that make up one.
type axis struct {
	from, to int
	how      Interpolation
	one      float64
	taps     int
	first    []int32
	weights  []uint64
}

func (a *axis) at(i int) (first int, weights []uint64) {
	return int(a.first[i]), a.weights[i*a.taps : (i+1)*a.taps]
}

// set makes the axis of from pixels that become to.
func (a *axis) set(from, to int, how Interpolation, bits int) {
	if a.from == from && a.to == to && a.how == how {
		return
	}
	a.from, a.to, a.how, a.one = from, to, how, float64(uint64(1)<<bits)
	area := how == Area && from > to
	a.taps = min(2, from)
	if area {
		a.taps = min(int(math.Ceil(float64(from)/float64(to)))+1, from)
	}
	a.first = slices.Grow(a.first[:0], to)[:to]
	a.weights = slices.Grow(a.weights[:0], to*a.taps)[:to*a.taps]
	for i := range to {
		if area {
			a.mean(i)
		} else {
			a.between(i)
		}
	}
}

// between weighs the two pixels between whose centres that of pixel i lies.
func (a *axis) between(i int) {
	at := (float64(i)+0.5)*float64(a.from)/float64(a.to) - 0.5
	at = min(max(at, 0), float64(a.from-1))
	first := min(int(at), a.from-a.taps)
	a.first[i] = int32(first)
	_, weights := a.at(i)
	weights[0] = uint64(a.one)
	if a.taps > 1 {
		weights[1] = uint64(math.Round((at - float64(first)) * a.one))
		weights[0] -= weights[1]
	}
}

// mean weighs the pixels by how much of them falls into pixel i. What rounding
// leaves over goes to the largest.
func (a *axis) mean(i int) {
	scale := float64(a.from) / float64(a.to)
	left, right := float64(i)*scale, min(float64(i+1)*scale, float64(a.from))
	first := min(int(left), a.from-a.taps)
	a.first[i] = int32(first)
	_, weights := a.at(i)
	rest, largest := uint64(a.one), 0
	for t := range weights {
		x := float64(first + t)
		part := max(0, min(x+1, right)-max(x, left))
		weights[t] = uint64(math.Round(part / scale * a.one))
		rest -= weights[t] // which may wrap, and wraps back below
		if weights[t] > weights[largest] {
			largest = t
		}
	}
	weights[largest] += rest
}
