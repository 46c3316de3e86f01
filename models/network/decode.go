package network

import "datum/graph"

// joined puts the levels of scores or distances behind each other: [batch, channels,
// points].
func joined(b *graph.Builder, levels []*graph.Output) *graph.Output {
	flat := make([]*graph.Output, len(levels))
	for i, x := range levels {
		if len(x.Shape) != 4 { // after an error
			return x
		}
		flat[i] = b.Reshape(x, x.Shape[0], x.Shape[1], x.Shape[2]*x.Shape[3])
	}
	return b.Concat(2, flat...)
}

// halves splits a detector's features into scores and distances of all levels.
func halves(features []*graph.Output) (scores, distances []*graph.Output) {
	for i := 0; i < len(features); i += 2 {
		scores, distances = append(scores, features[i]), append(distances, features[i+1])
	}
	return scores, distances
}

// corners turns distances of all levels into x0, y0, x1 and y1 in pixels of the input,
// each [batch, 1, points].
func (n *Network) corners(b *graph.Builder, distances *graph.Output) []*graph.Output {
	x, y, stride := make([]float32, 0, n.Grid.Points()), make([]float32, 0, n.Grid.Points()), make([]float32, 0, n.Grid.Points())
	for _, level := range n.Grid {
		s := float32(level.Stride)
		for at := range level.Width * level.Height {
			x, y = append(x, (float32(at%level.Width)+0.5)*s), append(y, (float32(at/level.Width)+0.5)*s)
			stride = append(stride, s)
		}
	}
	points := func(v []float32) *graph.Output { return b.Float32s("", graph.Shape{1, 1, int64(len(v))}, v...) }
	px, py := points(x), points(y)
	d := b.Split(b.Mul(b.SoftPlus(distances), points(stride)), 1, 4)
	if len(d) != 4 { // after an error
		return []*graph.Output{px, py, px, py}
	}
	return []*graph.Output{b.Sub(px, d[0]), b.Sub(py, d[1]), b.Add(px, d[2]), b.Add(py, d[3])}
}

// decoded is what a detector says: scores [batch, classes, points], which are 0 where a
// point beside is higher, and boxes [batch, 4, points].
func (n *Network) decoded(b *graph.Builder, features []*graph.Output) []Named {
	scores, distances := halves(features)
	peaks := make([]*graph.Output, len(scores))
	for i, s := range scores {
		s = b.Sigmoid(s)
		highest, _ := b.MaxPool(s, []int64{3, 3}, graph.Pad(1, 1))
		peaks[i] = b.Select(b.Equal(s, highest), s, b.Scalar(graph.F32, 0))
	}
	return []Named{{"heatmap", joined(b, peaks)}, {"boxes", b.Concat(1, n.corners(b, joined(b, distances))...)}}
}
