package network

import (
	"math/rand/v2"
	"slices"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	"datum/openvino"
	"datum/train/parameters"
	"datum/train/step"
	"datum/train/target"
)

// trainable is the network for package step.
func trainable(t testing.TB, n *Network) step.Network {
	s := step.Network{Parameters: n.Parameters(), Forward: func(b *graph.Builder, p *parameters.Tensors, inputs []*graph.Output) (*graph.Output, []*graph.Output) {
		loss, err := n.Loss(b, p, inputs...)
		if err != nil {
			t.Fatal(err)
		}
		return loss.Total, []*graph.Output{loss.Each}
	}}
	for _, in := range n.Inputs() {
		s.Inputs = append(s.Inputs, step.Input{Name: in.Name, Element: in.Element, Shape: in.Shape})
	}
	return s
}

// shapes draws rectangles, discs and triangles, one class each, on noise.
type shapes struct{ random *rand.Rand }

func (s shapes) draw(pixels []byte, width, height, most int) (boxes []target.Box) {
	ground := [3]int{s.random.IntN(256), s.random.IntN(256), s.random.IntN(256)}
	for i := range pixels {
		pixels[i] = byte(min(max(ground[i%3]+s.random.IntN(17)-8, 0), 255))
	}
	for range 1 + s.random.IntN(most) {
		w := 14 + s.random.IntN(max(1, min(42, width/2-14)))
		b := target.Box{Class: s.random.IntN(3), Weight: 1}
		x, y := s.random.IntN(width-w), s.random.IntN(height-w)
		b.X0, b.Y0, b.X1, b.Y1 = float32(x), float32(y), float32(x+w), float32(y+w)
		if slices.ContainsFunc(boxes, func(o target.Box) bool { return b.X0 < o.X1 && o.X0 < b.X1 && b.Y0 < o.Y1 && o.Y0 < b.Y1 }) {
			continue
		}
		boxes = append(boxes, b)
		color := [3]byte{byte(ground[0] + 128), byte(ground[1] + 128), byte(ground[2] + 128)}
		for dy := range w {
			for dx := range w {
				if covers(b.Class, dx, dy, w) {
					copy(pixels[3*((y+dy)*width+x+dx):], color[:])
				}
			}
		}
	}
	return boxes
}

func covers(class, x, y, size int) bool {
	switch class {
	case 0:
		return true
	case 1:
		dx, dy := 2*x+1-size, 2*y+1-size
		return dx*dx+dy*dy <= size*size
	}
	return 2*x+1 >= size-1-y && 2*x+1 <= size+1+y
}

// batch fills the inputs of a step with pictures of shapes.
func (s shapes) batch(n *Network, in []*openvino.Tensor) (boxes [][]target.Box) {
	size := 3 * n.Width * n.Height
	if n.Task == Classification {
		clear(in[1].Float32s())
	}
	for i := range n.Batch {
		most := 4
		if n.Task == Classification {
			most = 1
		}
		list := s.draw(in[0].Uint8s()[i*size:][:size], n.Width, n.Height, most)
		boxes = append(boxes, list)
		if n.Task == Classification {
			in[1].Float32s()[i*n.Classes+list[0].Class], in[2].Float32s()[i] = 1, 1
		} else {
			target.NewAssigner(n.Grid, n.Classes).Assign(list, maps(n, in[1:], i))
		}
	}
	return boxes
}

// maps are the pieces of a batch's targets for one picture.
func maps(n *Network, in []*openvino.Tensor, i int) target.Maps {
	floats := func(k int) []float32 { all := in[k].Float32s(); return all[i*len(all)/n.Batch:][:len(all)/n.Batch] }
	ints := func(k int) []int32 { all := in[k].Int32s(); return all[i*len(all)/n.Batch:][:len(all)/n.Batch] }
	return target.Maps{Heatmap: floats(0), Boxes: floats(1), Weights: floats(2), Focus: floats(3), Points: ints(4), Classes: ints(5)}
}

// Each network learns one batch by heart.
func TestLearns(t *testing.T) {
	core := openvinotest.Core(t)
	for _, c := range []struct {
		Config
		optimizer step.Optimizer
		rate      float64
		steps     int
	}{
		{Config{Architecture: "detection-nano", Width: 64, Height: 64, Batch: 4}, step.Adam{}, 2e-3, 50},
		{Config{Architecture: "detection-small", Width: 64, Height: 64, Batch: 2}, step.Adam{}, 2e-3, 20},
		{Config{Architecture: "classification-small", Width: 32, Height: 32, Batch: 4, Smoothing: 0.05}, step.SGD{Momentum: 0.9}, 2e-2, 30},
		{Config{Architecture: "resnet18", Width: 32, Height: 32, Batch: 4}, step.SGD{Momentum: 0.9}, 1e-2, 5},
		{Config{Architecture: "resnet18", Width: 96, Height: 96, Batch: 2}, step.SGD{Momentum: 0.9}, 1e-2, 5},
	} {
		t.Run(c.Architecture, func(t *testing.T) {
			c.Classes = 3
			n := newNetwork(t, c.Config)
			p, err := step.Build(core, trainable(t, n), step.Options{Optimizer: c.optimizer}, n.Parameters().Initial(1))
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			in, err := p.NewInputs()
			if err != nil {
				t.Fatal(err)
			}
			shapes{rand.New(rand.NewPCG(1, 1))}.batch(n, in)
			var losses []float32
			for range c.steps {
				r, err := p.Run(t.Context(), c.rate, in...)
				if err != nil || !r.Sound {
					t.Fatalf("step %d: %+v, %v", len(losses), r, err)
				}
				losses = append(losses, r.Loss)
			}
			t.Logf("the loss was %v and is %v", losses[0], losses[len(losses)-1])
			if !(losses[len(losses)-1] < 0.6*losses[0]) {
				t.Errorf("the losses are %v", losses)
			}
		})
	}
}
