package recurrenttest

import (
	"math/rand/v2"
	"slices"
	"strconv"

	"datum/graph"
)

// A writer writes one model.
type writer struct {
	Variant
	random                *rand.Rand
	b                     *graph.Builder
	x, attention, lengths *graph.Output

	input, state, bias map[string][]float32 // by gates: "update", "reset", "new"; and "late" of the bias
}

// makeWeights makes up the numbers of the unit.
func (w *writer) makeWeights() {
	numbers := func(n int) []float32 {
		list := make([]float32, n)
		for i := range list {
			list[i] = float32(w.random.NormFloat64() / 3)
		}
		return list
	}
	w.input, w.state, w.bias = map[string][]float32{}, map[string][]float32{}, map[string][]float32{}
	for _, gate := range []string{"update", "reset", "new", "late"} {
		w.input[gate], w.state[gate], w.bias[gate] = numbers(Columns*Hidden), numbers(Hidden*Hidden), numbers(Hidden)
	}
}

func (w *writer) constant(name string, shape ...int64) *graph.Output {
	n, _ := graph.Shape(shape).Elements()
	list := make([]float32, n)
	for i := range list {
		list[i] = float32(w.random.NormFloat64() / 3)
	}
	return w.b.Float32s(name, shape, list...)
}

// matrix is the weight of some gates side by side, [in, gates·hidden] or turned.
func (w *writer) matrix(b *graph.Builder, of map[string][]float32, in int64, gates ...string) (*graph.Output, bool) {
	out := int64(len(gates)) * Hidden
	list := make([]float32, in*out)
	for g, gate := range gates {
		for i := range in {
			for j := range int64(Hidden) {
				at := i*out + int64(g)*Hidden + j
				if w.Transposed {
					at = (int64(g)*Hidden+j)*in + i
				}
				list[at] = of[gate][i*Hidden+j]
			}
		}
	}
	if w.Transposed {
		return b.Float32s("", graph.Shape{out, in}, list...), true
	}
	return b.Float32s("", graph.Shape{in, out}, list...), false
}

// linear is what some gates are made of before their activation: of x [rows, columns],
// or of what was computed of it before, and of a state.
func (w *writer) linear(b *graph.Builder, x, ready, h *graph.Output, gates ...string) *graph.Output {
	var sum *graph.Output
	switch {
	case ready != nil:
		m, turned := w.matrix(b, w.state, Hidden, gates...)
		sum = b.Add(ready, b.MatMul(h, m, false, turned))
	case w.Join == "apart":
		m, turned := w.matrix(b, w.input, Columns, gates...)
		n, _ := w.matrix(b, w.state, Hidden, gates...)
		sum = b.Add(b.MatMul(h, n, false, turned), b.MatMul(x, m, false, turned))
	default:
		both := map[string][]float32{}
		parts := []*graph.Output{x, h}
		for _, g := range gates {
			both[g] = slices.Concat(w.input[g], w.state[g])
			if w.Join == "hx" {
				both[g] = slices.Concat(w.state[g], w.input[g])
			}
		}
		if w.Join == "hx" {
			parts = []*graph.Output{h, x}
		}
		m, turned := w.matrix(b, both, Columns+Hidden, gates...)
		sum = b.MatMul(b.Concat(1, parts...), m, false, turned)
	}
	return w.biased(b, sum, gates...)
}

func (w *writer) biased(b *graph.Builder, sum *graph.Output, gates ...string) *graph.Output {
	var bias []float32
	for _, g := range gates {
		bias = append(bias, w.bias[g]...)
	}
	c := b.Float32s("", graph.Shape{1, int64(len(bias))}, bias...)
	switch w.Bias {
	case "first":
		return b.Add(c, sum)
	case "last":
		return b.Add(sum, c)
	}
	return sum
}

// halves cuts what two gates are made of apart.
func (w *writer) halves(b *graph.Builder, x *graph.Output) (first, second *graph.Output) {
	switch w.Cut {
	case "variadic":
		p := b.SplitAt(x, 1, Hidden, Hidden)
		return p[0], p[1]
	case "slice":
		return b.Slice(x, graph.Range{Axis: 1, Start: 0, Stop: Hidden}), b.Slice(x, graph.Range{Axis: -1, Start: Hidden, Stop: graph.All})
	case "strided":
		at := func(from, to int64) *graph.Output {
			return b.StridedSlice(x, []int64{0, from}, []int64{0, to}, nil, graph.Masks{Begin: []int64{1, 0}, End: []int64{1, 0}})
		}
		return at(0, Hidden), at(Hidden, 2*Hidden)
	}
	p := b.Split(x, 1, 2)
	return p[0], p[1]
}

// step is the new state of x and a state h. Ready is what was computed of x before, for
// all gates, and a the attention [rows, 1].
func (w *writer) step(b *graph.Builder, x, ready, h, a *graph.Output) *graph.Output {
	if w.Cell && w.Spoil == "" {
		return w.cell(b, x, h, a)
	}
	if w.Join == "three" {
		return w.three(b, x, h)
	}
	gates := []string{"reset", "update"}
	if w.UpdateFirst {
		gates = []string{"update", "reset"}
	}
	var part [2]*graph.Output
	if ready != nil {
		p := b.SplitAt(ready, 1, 2*Hidden, Hidden)
		part[0], part[1] = p[0], p[1]
	}
	first, second := w.halves(b, b.Sigmoid(w.linear(b, x, part[0], h, gates...)))
	update, reset := second, first
	if w.UpdateFirst {
		update, reset = first, second
	}
	fresh := w.fresh(b, x, part[1], h, reset)
	return w.mixed(b, h, fresh, update, reset, a)
}

// three is a step as Keras and PyTorch have it: all gates of the input, and all of the
// state, each with a bias of its own, and then cut into three.
func (w *writer) three(b *graph.Builder, x, h *graph.Output) *graph.Output {
	gates := []string{"reset", "update", "new"}
	if w.UpdateFirst {
		gates = []string{"update", "reset", "new"}
	}
	m, turned := w.matrix(b, w.input, Columns, gates...)
	n, _ := w.matrix(b, w.state, Hidden, gates...)
	ofInput := b.Split(w.biased(b, b.MatMul(x, m, false, turned), gates...), 1, 3)
	late := slices.Concat(w.bias["new"], w.bias["update"], w.bias["late"])
	ofState := b.SplitAt(b.Add(b.MatMul(h, n, false, turned), b.Float32s("", graph.Shape{3 * Hidden}, late...)), 1, Hidden, Hidden, Hidden)
	first, second := b.Sigmoid(b.Add(ofInput[0], ofState[0])), b.Sigmoid(b.Add(ofState[1], ofInput[1]))
	update, reset := second, first
	if w.UpdateFirst {
		update, reset = first, second
	}
	activation, reset := w.spoilt(b, reset)
	return w.mixed(b, h, activation(b.Add(ofInput[2], b.Mul(reset, ofState[2]))), update, reset, nil)
}

// spoilt are the activation of the new content and its reset gate.
func (w *writer) spoilt(b *graph.Builder, reset *graph.Output) (func(*graph.Output) *graph.Output, *graph.Output) {
	switch w.Spoil {
	case "content":
		return b.SoftPlus, reset
	case "reset":
		return b.Tanh, b.Mul(reset, reset)
	}
	return b.Tanh, reset
}

// fresh is the new content.
func (w *writer) fresh(b *graph.Builder, x, ready, h, reset *graph.Output) *graph.Output {
	activation, reset := w.spoilt(b, reset)
	if !w.Late {
		return activation(w.linear(b, x, ready, b.Mul(reset, h), "new"))
	}
	n, turned := w.matrix(b, w.state, Hidden, "new")
	late := b.Mul(b.Add(b.MatMul(h, n, false, turned), b.Float32s("", graph.Shape{1, Hidden}, w.bias["late"]...)), reset)
	if ready == nil {
		m, turned := w.matrix(b, w.input, Columns, "new")
		ready = b.MatMul(x, m, false, turned)
	}
	return activation(b.Add(late, w.biased(b, ready, "new")))
}

// mixed is the new state of old and new.
func (w *writer) mixed(b *graph.Builder, h, c, g, other, a *graph.Output) *graph.Output {
	one := b.Scalar(graph.F32, 1)
	keep, instead := g, b.Sub(one, g)
	if w.Turned {
		keep, instead = instead, keep
	}
	if a != nil {
		switch w.Attention {
		case "published":
			keep = b.Mul(b.Sub(one, a), keep)
			instead = b.Sub(one, keep)
		case "hoisted":
			keep = b.Mul(keep, a)
			instead = b.Sub(one, keep)
		case "paper":
			instead = b.Mul(a, instead)
			keep = b.Sub(one, instead)
		}
	}
	switch w.Spoil {
	case "gate":
		keep = b.HSigmoid(keep)
	case "shares":
		instead = b.Sub(one, other)
	case "twice":
		h = b.Mul(h, b.Scalar(graph.F32, 0.5))
	case "sum":
		return b.Add(b.Add(b.Mul(keep, h), b.Mul(instead, c)), b.Mul(b.Scalar(graph.F32, 0.1), other))
	}
	if w.Spoil != "" {
		return b.Add(b.Mul(keep, h), b.Mul(instead, c))
	}
	switch w.Mix {
	case 1:
		return b.Add(c, b.Mul(keep, b.Sub(h, c)))
	case 2:
		return b.Add(b.Mul(c, instead), b.Mul(h, keep))
	case 3:
		return b.Sub(h, b.Mul(b.Sub(h, c), instead))
	case 4:
		return b.Add(b.Mul(keep, h), b.Sub(c, b.Mul(c, keep)))
	}
	return b.Add(b.Mul(keep, h), b.Mul(instead, c))
}

// cell is a step as one operation.
func (w *writer) cell(b *graph.Builder, x, h, a *graph.Output) *graph.Output {
	turn := w.Transposed
	w.Transposed = true
	m, _ := w.matrix(b, w.input, Columns, "update", "reset", "new")
	n, _ := w.matrix(b, w.state, Hidden, "update", "reset", "new")
	w.Transposed = turn
	bias := slices.Concat(w.bias["update"], w.bias["reset"], w.bias["new"])
	attrs := graph.Attrs{{Name: "hidden_size", Value: strconv.Itoa(Hidden)}, {Name: "activations", Value: "sigmoid, tanh"}, {Name: "clip", Value: "0"}, {Name: "linear_before_reset", Value: "false"}}
	if w.Late {
		bias = append(bias, w.bias["late"]...)
		attrs.Set("linear_before_reset", "true")
	}
	k := b.Float32s("", graph.Shape{int64(len(bias))}, bias...)
	if a == nil {
		return b.Add1("GRUCell", attrs, x, h, m, n, k)
	}
	if w.Attention == "hoisted" {
		a = b.Sub(b.Scalar(graph.F32, 1), a)
	}
	return b.Add1("AUGRUCell", attrs, x, h, m, n, k, a)
}
