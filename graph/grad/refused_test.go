package grad_test

import (
	"errors"
	"strings"
	"testing"

	"datum/graph"
	"datum/graph/grad"
)

// TestRefusedParts asks for gradients that there are none of, or none that OpenVINO
// would compute.
func TestRefusedParts(t *testing.T) {
	iterated := func(b builder, it *graph.Iteration, h, x output) output {
		state := it.State(h)
		next := it.Body.Mul(state, x)
		it.Next(state, next)
		it.Last(next)
		return it.Done()[0]
	}
	for name, build := range map[string]func(b builder, x, h output) output{
		"a part of an axis": func(b builder, x, h output) output {
			it := b.Iterate()
			return iterated(b, it, h, it.SliceBy(x, &graph.Slicing{Axis: 0, Start: 1, End: -1, Stride: 1, PartSize: 1}))
		},
		"gaps": func(b builder, x, h output) output {
			it := b.Iterate()
			return iterated(b, it, h, it.SliceBy(x, &graph.Slicing{Axis: 0, Start: 0, End: -1, Stride: 2, PartSize: 1}))
		},
		"rounds that nobody knows": func(b builder, x, h output) output {
			it := b.Loop(b.Parameter("count", graph.I64), b.Bool(true))
			return iterated(b, it, h, it.Shared(h))
		},
		"a loop that may end": func(b builder, x, h output) output {
			it := b.Loop(b.Int64(3), b.Bool(true))
			it.While(it.Shared(b.Parameter("on", graph.Boolean)))
			return iterated(b, it, h, it.Shared(h))
		},
		"a product of what is scattered": func(b builder, x, h output) output {
			return b.ScatterElements(x, b.Ints("", graph.I64, graph.Shape{1, 3}, 0, 1, 2), h, 0, "prod")
		},
		"the number around": func(b builder, x, h output) output {
			return b.Pad(x, ints(1, 1), ints(0, 0), b.Squeeze(b.Sum(h, false, 0, 1)))
		},
		"antialias": func(b builder, x, h output) output {
			return b.Resize(x, ints(0, 1), ints(2, 2), graph.Interpolation{Mode: "linear", Antialias: true})
		},
		"scales that come late": func(b builder, x, h output) output {
			return b.Add1("Interpolate", attr("mode", "nearest", "shape_calculation_mode", "scales"), x, b.Parameter("scales", graph.F32, 2), b.Int64s(0, 1))
		},
		"places nobody knows": func(b builder, x, h output) output {
			return b.Add1("Gather", attr("batch_dims", "0"), x, b.Int64s(1), b.Parameter("axis", graph.I64))
		},
	} {
		b := graph.NewBuilder(name)
		x, h := b.Parameter("x", graph.F32, 4, 3), b.Parameter("h", graph.F32, 1, 3)
		y := build(b, x, h)
		if err := b.Err(); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, err := grad.AddFrom(b, []output{y}, []output{b.ParameterOf("g", graph.F32, y.Shape)}, []output{x, h})
		var where *grad.Error
		if !errors.Is(err, grad.ErrNoGradient) || !errors.As(err, &where) || strings.Contains(err.Error(), "%!") {
			t.Errorf("%s: %v", name, err)
			continue
		}
		t.Logf("%s: %v", name, err)
	}
}

// The gradient of a gradient through a convolution of groups would be wrong where it is
// multiplied by constants, and is refused; that of other convolutions is not, nor is the
// first.
func TestSecondGradientOfGroups(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		build   func(b builder, x, h output) output
		refused bool
	}{
		"groups":      {func(b builder, x, h output) output { return b.GroupConvolution(x, h, graph.Window{}) }, true},
		"groups back": {func(b builder, x, h output) output { return b.GroupConvolutionBack(x, h, nil, graph.Window{}) }, true},
		"without groups": {func(b builder, x, h output) output {
			return b.Convolution(x, b.Reshape(h, 4, 1, 3, 3), graph.Window{})
		}, false},
	} {
		b := graph.NewBuilder(name)
		channels := int64(4)
		if !c.refused {
			channels = 1
		}
		x, h := b.Parameter("x", graph.F32, 2, channels, 6, 6), b.Parameter("h", graph.F32, 4, 1, 1, 3, 3)
		y := c.build(b, x, h)
		y = b.Sum(b.Mul(y, b.Mul(y, y)), false, 0, 1, 2, 3)
		first, err := grad.Add(b, y, x)
		if err != nil {
			t.Errorf("%s: the first: %v", name, err)
			continue
		}
		_, err = grad.Add(b, b.Sum(b.Mul(first[0], first[0]), false, 0, 1, 2, 3), x)
		if errors.Is(err, grad.ErrNoGradient) != c.refused || !c.refused && err != nil {
			t.Errorf("%s: the second: %v", name, err)
		}
	}
}
