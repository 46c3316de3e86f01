package network

import (
	"math"
	"strconv"

	"datum/graph"
)

// strides are how far the points of each level of a detector are apart.
var strides = []int{8, 16, 32}

// nano is a small detector: plain convolutions where there are few channels, separable
// ones where there are many.
func nano(l *layers, x *graph.Output, n *Network) []*graph.Output {
	down := func(x *graph.Output, name string, out int64) *graph.Output {
		return l.normal(x, name, filter{out: out, size: 3, stride: 2})
	}
	x = down(x, "stem", 16)
	x = l.residual(down(x, "stage1.down", 32), "stage1.0")
	fine := l.residual(l.residual(down(x, "stage2.down", 64), "stage2.0"), "stage2.1")
	middle := down(fine, "stage3.down", 96)
	middle = l.Add(middle, l.separable(middle, "stage3.0", 96, 1))
	coarse := l.separable(middle, "stage4.down", 96, 2)
	coarse = l.Add(coarse, l.separable(coarse, "stage4.0", 96, 1))
	const width = 48
	var heads []*graph.Output
	for i, level := range l.pyramid([]*graph.Output{fine, middle, coarse}, width) {
		name := "head." + strconv.Itoa(i)
		h := l.normal(level, name+".tower", filter{out: width, size: 3, stride: 1})
		heads = append(heads, l.head(h, h, name, n.Classes)...)
	}
	return heads
}

// small is a detector of inverted bottlenecks, for more and more varied pictures.
func small(l *layers, x *graph.Output, n *Network) []*graph.Output {
	x = l.normal(x, "stem", filter{out: 24, size: 3, stride: 2})
	x = l.stage(x, "stage1", 32, 2)
	fine := l.stage(x, "stage2", 64, 3)
	middle := l.stage(fine, "stage3", 128, 4)
	coarse := l.stage(middle, "stage4", 256, 3)
	const width = 96
	var heads []*graph.Output
	for i, level := range l.pyramid([]*graph.Output{fine, middle, coarse}, width) {
		name := "head." + strconv.Itoa(i)
		scores := l.separable(l.separable(level, name+".scores.0", width, 1), name+".scores.1", width, 1)
		boxes := l.separable(l.separable(level, name+".boxes.0", width, 1), name+".boxes.1", width, 1)
		heads = append(heads, l.head(scores, boxes, name, n.Classes)...)
	}
	return heads
}

// stage is inverted bottlenecks, of which the first halves width and height.
func (l *layers) stage(x *graph.Output, name string, out int64, blocks int) *graph.Output {
	for i := range blocks {
		x = l.inverted(x, name+"."+strconv.Itoa(i), out, int64(2-min(i, 1)))
	}
	return x
}

// pyramid brings what the coarse levels know down to the finer ones, and all to the
// same number of channels.
func (l *layers) pyramid(levels []*graph.Output, width int64) []*graph.Output {
	out := make([]*graph.Output, len(levels))
	for i := len(levels) - 1; i >= 0; i-- {
		name := "pyramid." + strconv.Itoa(i)
		out[i] = l.normal(levels[i], name+".lateral", filter{out: width, size: 1, stride: 1})
		if i < len(levels)-1 {
			out[i] = l.normal(l.Concat(1, out[i], l.twice(out[i+1])), name+".merge", filter{out: width, size: 1, stride: 1})
		}
	}
	return out
}

// head ends a level: the scores of each class, as logits, and the distances to the
// sides of a box, before [Network.corners] makes lengths of them. At first nothing is
// likely, as nearly no point is the centre of something.
func (l *layers) head(scores, boxes *graph.Output, name string, classes int) []*graph.Output {
	const deviation, rare, distance = 0.01, 0.1, 1
	return []*graph.Output{
		l.conv(scores, name+".scores", int64(classes), deviation, float32(math.Log(rare/(1-rare)))),
		l.conv(boxes, name+".distances", 4, deviation, distance),
	}
}
