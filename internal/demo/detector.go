package main

import (
	"math"
	"os"

	"datum/graph"
)

const (
	width, height = 160, 120 // of what the detector sees
	reach         = 63       // how far the detector looks from a point, in pixels
	colourful     = 0.3      // from which excess of one colour over the others on it is one
)

// writeDetector writes a detector of red, green and blue rectangles, whose weights
// are set by hand, as an IR: text and weights.
func writeDetector(text, weights string) error {
	m, err := detector()
	if err != nil {
		return err
	}
	t, err := os.Create(text)
	if err != nil {
		return err
	}
	defer t.Close()
	w, err := os.Create(weights)
	if err != nil {
		return err
	}
	defer w.Close()
	if err := m.Write(t, w); err != nil {
		return err
	}
	if err := w.Close(); err != nil {
		return err
	}
	return t.Close()
}

// detector has the outputs of a CenterNet. Each point of the heat map is as hot as
// it is coloured and in the middle of its rectangle.
func detector() (*graph.Model, error) {
	b := graph.NewBuilder("rectangles")
	x := b.Parameter("image", graph.F32, 1, 3, height, width)
	// Each channel less the two others, so that grey, white and yellow are nothing.
	colour := b.Convolution(x, b.Float32s("colours", graph.Shape{3, 3, 1, 1}, 1, -1, -1, -1, 1, -1, -1, -1, 1), graph.Window{})
	on := b.Convert(b.Greater(colour, b.Scalar(graph.F32, colourful)), graph.F32)
	gap := b.Sub(b.Scalar(graph.F32, 1), on)
	left, top := distance(b, gap, "left", -1, 0), distance(b, gap, "top", 0, -1)
	right, bottom := distance(b, gap, "right", 1, 0), distance(b, gap, "bottom", 0, 1)
	central := b.Sqrt(b.Mul(balance(b, left, right), balance(b, top, bottom)))
	heat := b.Mul(b.Mul(b.Mul(on, b.Clamp(colour, 0, 1)), central), b.Float32s("tilt", graph.Shape{1, 1, height, width}, tilt()...))
	var sides []*graph.Output
	for _, d := range []*graph.Output{left, top, right, bottom} {
		sides = append(sides, b.Sum(b.Mul(d, on), true, 1)) // of the one colour that the point has
	}
	b.Result(heat, "heatmap")
	b.Result(b.Concat(1, sides...), "ltrb")
	return b.Model()
}

// distance is how far it is from the middle of each point to the first gap in a
// direction, for each colour. A convolution gives the d-th point on the way the
// weight 4⁻ᵈ: the first gap outweighs all behind it, and the logarithm of the sum
// says which it is.
func distance(b *graph.Builder, gap *graph.Output, name string, dx, dy int) *graph.Output {
	filter := make([]float32, 0, 3*reach)
	for range 3 {
		for k := range reach {
			d := k + 1
			if dx+dy < 0 {
				d = reach - k
			}
			filter = append(filter, float32(math.Pow(4, -float64(d))))
		}
	}
	begin, end := []int64{0, 0, 0, 0}, []int64{0, 0, 0, 0}
	shape := graph.Shape{3, 1, 1, 1, reach}
	axis := 3
	if dy != 0 {
		shape, axis = graph.Shape{3, 1, 1, reach, 1}, 2
	}
	// The convolution begins one point beside the middle: it is padded by as much as
	// it reaches, behind the border is nothing, and loses the last point of the other side.
	begin[axis], end[axis] = reach, -1
	if dx+dy > 0 {
		begin[axis], end[axis] = -1, reach
	}
	padded := b.Pad(gap, begin, end, b.Scalar(graph.F32, 1))
	sum := b.GroupConvolution(padded, b.Float32s(name, shape, filter...), graph.Window{})
	sum = b.Maximum(sum, b.Scalar(graph.F32, math.Pow(4, -reach)))
	steps := b.Floor(b.Add(b.Mul(b.Log(sum), b.Scalar(graph.F32, -1/math.Log(4))), b.Scalar(graph.F32, 0.5)))
	return b.Sub(steps, b.Scalar(graph.F32, 0.5))
}

// balance is 1 where both sides are equally far, and less elsewhere.
func balance(b *graph.Builder, x, y *graph.Output) *graph.Output {
	return b.Div(b.Minimum(x, y), b.Maximum(x, y))
}

// tilt makes one of two points in the middle the hotter one.
func tilt() []float32 {
	t := make([]float32, 0, width*height)
	for y := range height {
		for x := range width {
			t = append(t, float32(1-0.001*float64(x)/width-0.001*float64(y)/height))
		}
	}
	return t
}
