package network

import (
	"math"
	"math/rand/v2"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/train/target"
)

// random fills an input with numbers of that size.
func random(x []float32, size float64, r *rand.Rand) []float32 {
	for i := range x {
		x[i] = float32(size * r.NormFloat64())
	}
	return x
}

func softplus(x float64) float64 { return math.Log1p(math.Exp(-math.Abs(x))) + max(x, 0) }

// The loss of a detector is what its formula says, for features of any value; and the
// loss of each box is that of its point.
func TestDetectionLoss(t *testing.T) {
	openvinotest.Core(t)
	n := newNetwork(t, Config{Architecture: "detection-nano", Width: 96, Height: 64, Classes: 3, Batch: 2, Boxes: 4})
	b := graph.NewBuilder("loss")
	var features []*graph.Output
	for i, l := range n.Grid {
		level := string(rune('0' + i))
		features = append(features, b.Parameter("scores"+level, graph.F32, 2, 3, int64(l.Height), int64(l.Width)), b.Parameter("distances"+level, graph.F32, 2, 4, int64(l.Height), int64(l.Width)))
	}
	loss := n.detectionLoss(b, features, inputs(b, n)[1:])
	b.Result(loss.Total, "total")
	b.Result(loss.Each, "each")
	for _, p := range loss.Parts {
		b.Result(p.Value, p.Name+"_loss")
	}
	r := compiled(t, b)

	source := rand.New(rand.NewPCG(8, 9))
	boxes := [][]target.Box{
		{{X0: 10, Y0: 8, X1: 40, Y1: 50, Class: 2, Weight: 1}, {X0: 60, Y0: 20, X1: 80, Y1: 30, Weight: 0.5}, {Class: 9}, {X0: 1, Y0: 1, X1: 95, Y1: 63, Class: 1, Weight: 1}, {X0: 70, Y0: 40, X1: 90, Y1: 60, Class: 1, Weight: 1}},
		{{X0: 10, Y0: 8, X1: 40, Y1: 50, Class: 2}},
	}
	points := n.Grid.Points()
	a := target.NewAssigner(n.Grid, n.Classes)
	list := []target.Maps{a.NewMaps(n.Boxes), a.NewMaps(n.Boxes)}
	for i := range list {
		a.Assign(boxes[i], list[i])
		copy(r.input("heatmap").Float32s()[i*3*points:], list[i].Heatmap)
		copy(r.input("boxes").Float32s()[i*4*points:], list[i].Boxes)
		copy(r.input("weights").Float32s()[i*points:], list[i].Weights)
		copy(r.input("focus").Float32s()[i*points:], list[i].Focus)
		copy(r.input("box_points").Int32s()[i*n.Boxes:], list[i].Points)
		copy(r.input("box_classes").Int32s()[i*n.Boxes:], list[i].Classes)
	}
	var levels [3][2][]float32
	for i := range levels {
		level := string(rune('0' + i))
		levels[i][0] = random(r.input("scores"+level).Float32s(), 4, source)
		levels[i][1] = random(r.input("distances"+level).Float32s(), 3, source)
	}
	r.infer()
	want := plainLoss(n, list, levels)
	closeTo(t, "the loss", r.output("total"), []float32{float32(want.scores + want.boxes)}, 1e-4)
	closeTo(t, "that of the scores", r.output("scores_loss"), []float32{float32(want.scores)}, 1e-4)
	closeTo(t, "that of the boxes", r.output("boxes_loss"), []float32{float32(want.boxes)}, 1e-4)
	closeTo(t, "that of each box", r.output("each"), want.each, 1e-4)
}

type plainLosses struct {
	scores, boxes float64
	each          []float32
}

// plainLoss computes the same, one number after the other.
func plainLoss(n *Network, maps []target.Maps, levels [3][2][]float32) plainLosses {
	var l plainLosses
	things := 0.0
	points := n.Grid.Points()
	found, apart := make([]float64, len(maps)*n.Classes*points), make([]float64, len(maps)*points)
	for k := range n.Grid {
		for i := range maps {
			things += l.level(n, k, i, maps[i], levels[k], found, apart)
		}
	}
	l.scores, l.boxes = l.scores/max(things, 1), l.boxes/max(things, 1)
	for i, m := range maps {
		for k := range m.Points {
			v := 0.0
			if c := int(m.Classes[k]); c >= 0 {
				v = found[(i*n.Classes+c)*points+int(m.Points[k])] + apart[i*points+int(m.Points[k])]
			}
			l.each = append(l.each, float32(v))
		}
	}
	return l
}

func plainGIoU(a, b [4]float64) float64 {
	area := func(x [4]float64) float64 { return (x[2] - x[0]) * (x[3] - x[1]) }
	both := max(min(a[2], b[2])-max(a[0], b[0]), 0) * max(min(a[3], b[3])-max(a[1], b[1]), 0)
	union := area(a) + area(b) - both
	hull := (max(a[2], b[2]) - min(a[0], b[0])) * (max(a[3], b[3]) - min(a[1], b[1]))
	return both/union - (hull-union)/hull
}

// The loss of a classifier is torch's cross_entropy with weights and smoothed labels,
// where pictures are of one class and count alike: what torch says of these numbers is
// in the test.
func TestClassificationLoss(t *testing.T) {
	openvinotest.Core(t)
	logits := []float32{1, -2, 0.5, 3, 0, -1, 0.25, 2, -0.5, 1.5, -3, 0.75}
	classes := []int{0, 2, 1, 2}
	for _, c := range []struct {
		smoothing float64
		weights   []float32
		want      float32
	}{
		{0, nil, 1.4856721}, {0.1, nil, 1.5335888}, {0, []float32{1, 2, 0.5}, 0.8913431}, {0.1, []float32{1, 2, 0.5}, 1.0588706},
	} {
		n := newNetwork(t, Config{Architecture: "classification-small", Width: 32, Height: 32, Classes: 3, Batch: 4, Smoothing: c.smoothing, ClassWeights: c.weights})
		b := graph.NewBuilder("loss")
		x := b.Parameter("logits", graph.F32, 4, 3)
		loss := n.classificationLoss(b, x, inputs(b, n)[1:])
		b.Result(loss.Total, "total")
		b.Result(loss.Each, "each")
		r := compiled(t, b)
		copy(r.input("logits").Float32s(), logits)
		clear(r.input("classes").Float32s())
		for i, class := range classes {
			r.input("classes").Float32s()[3*i+class], r.input("weights").Float32s()[i] = 1, 1
		}
		r.infer()
		closeTo(t, "the loss", r.output("total"), []float32{c.want}, 1e-5)

		// A picture that does not count changes nothing but its own loss.
		copy(r.input("logits").Float32s()[9:], []float32{9, 9, -9})
		all := r.output("total")[0]
		r.input("weights").Float32s()[3] = 0
		r.infer()
		without := r.output("total")[0]
		copy(r.input("logits").Float32s()[9:], logits[9:])
		r.infer()
		if got := r.output("total")[0]; got != without || got == all {
			t.Errorf("a picture that does not count makes the loss %v of %v", got, without)
		}
	}
}

// level adds the losses of one level of one picture, and returns how many things there
// are.
func (l *plainLosses) level(n *Network, k, i int, m target.Maps, features [2][]float32, found, apart []float64) (things float64) {
	g, points := n.Grid[k], n.Grid.Points()
	area := g.Width * g.Height
	for at := range area {
		p := g.First + at
		for c := range n.Classes {
			s, h, place := float64(features[0][(i*n.Classes+c)*area+at]), float64(m.Heatmap[c*points+p]), (i*n.Classes+c)*points+p
			sigmoid := 1 / (1 + math.Exp(-s))
			if h < 1 {
				l.scores += softplus(s) * sigmoid * sigmoid * math.Pow(1-h, 4) * float64(m.Focus[p])
				continue
			}
			things += float64(m.Focus[p])
			found[place] = softplus(-s) * (1 - sigmoid) * (1 - sigmoid)
			l.scores += found[place] * float64(m.Focus[p])
		}
		var d [4]float64
		for c := range d {
			d[c] = softplus(float64(features[1][(i*4+c)*area+at])) * float64(g.Stride)
		}
		x, y := (float64(at%g.Width)+0.5)*float64(g.Stride), (float64(at/g.Width)+0.5)*float64(g.Stride)
		other := [4]float64{float64(m.Boxes[p]), float64(m.Boxes[points+p]), float64(m.Boxes[2*points+p]), float64(m.Boxes[3*points+p])}
		apart[i*points+p] = 1 - plainGIoU([4]float64{x - d[0], y - d[1], x + d[2], y + d[3]}, other)
		l.boxes += apart[i*points+p] * float64(m.Weights[p])
	}
	return things
}
