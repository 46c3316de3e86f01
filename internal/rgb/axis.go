package rgb

import (
	"math"
	"slices"
)

// Weights are whole numbers that make up weightOne. Two of them and a byte fit
// into 31 bits.
const (
	weightBits = 11
	weightOne  = 1 << weightBits
)

// axis says of which pixels those of a resized row are made, and in which
// parts: of taps pixels, beginning with a first one.
type axis struct {
	from, to int
	how      Interpolation
	taps     int
	first    []int32
	weights  []int32
}

func (a *axis) at(i int) (first int, weights []int32) {
	return int(a.first[i]), a.weights[i*a.taps : (i+1)*a.taps]
}

// set makes the axis of from pixels that become to.
func (a *axis) set(from, to int, how Interpolation) {
	if a.from == from && a.to == to && a.how == how {
		return
	}
	a.from, a.to, a.how = from, to, how
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
	weights[0] = weightOne
	if a.taps > 1 {
		weights[1] = int32(math.Round((at - float64(first)) * weightOne))
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
	rest, largest := int32(weightOne), 0
	for t := range weights {
		x := float64(first + t)
		part := max(0, min(x+1, right)-max(x, left))
		weights[t] = int32(math.Round(part / scale * weightOne))
		rest -= weights[t]
		if weights[t] > weights[largest] {
			largest = t
		}
	}
	weights[largest] += rest
}

// apply resizes a row of RGB. The results are weightOne times as large.
func (a *axis) apply(to []int32, from []byte) {
	if a.taps != 2 {
		a.applyMany(to, from)
		return
	}
	for i, first := range a.first {
		p := from[3*first : 3*first+6 : 3*first+6]
		w, v := a.weights[2*i], a.weights[2*i+1]
		o := to[3*i : 3*i+3 : 3*i+3]
		o[0] = int32(p[0])*w + int32(p[3])*v
		o[1] = int32(p[1])*w + int32(p[4])*v
		o[2] = int32(p[2])*w + int32(p[5])*v
	}
}

func (a *axis) applyMany(to []int32, from []byte) {
	for i := range a.first {
		first, weights := a.at(i)
		p := from[3*first:]
		var r, g, b int32
		for _, w := range weights {
			r += int32(p[0]) * w
			g += int32(p[1]) * w
			b += int32(p[2]) * w
			p = p[3:]
		}
		o := to[3*i : 3*i+3 : 3*i+3]
		o[0], o[1], o[2] = r, g, b
	}
}
