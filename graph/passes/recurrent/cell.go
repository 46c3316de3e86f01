package recurrent

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"datum/graph"
)

// A cell is one step of a GRU or of an AUGRU, whatever it was written as. The gates come
// in OpenVINO's order: update, reset, new.
type cell struct {
	state  *graph.Output // before the step
	next   *graph.Output // and after it
	hidden int
	// inputs are what the step reads besides the state. Their columns, side by side, are
	// the columns of input.
	inputs []*graph.Output
	// input [3·hidden, columns], recurrent [3·hidden, hidden] and bias [3·hidden] are the
	// weights.
	input, recurrent, bias []float32
	// attention is what the update gate is multiplied by, or, where it is not kept, 1
	// less it; nothing of a GRU.
	attention view
	kept      bool
	// stateBias is of a GRU whose reset gate is applied after the product with the state
	// (linear_before_reset), nil of others.
	stateBias []float32
}

// An analysis remembers what was found out of a graph, and bounds the work: graphs may
// be made to be difficult.
type analysis struct {
	values map[*graph.Output]*tensor
	sums   map[*graph.Output]*affine
	// stops are outputs that are nothing but themselves, whatever they are made of.
	stops map[*graph.Output]bool
	// fits says of which outputs sums are made.
	fits func(o *graph.Output) bool
	// shaped says that rows stay the same rows in another shape.
	shaped bool
	left   int   // of the work that one step may take
	room   int64 // for the numbers of constants
}

var errTooMuch = errors.New("it is too much to look through")

// effort bounds the work for one step, and with it the memory: so many numbers of
// matrices are one unit of work. A node is more, as what it is made of is looked at
// within: a chain of too many would take all of the stack.
const (
	effort        = 1 << 24
	numbersAtOnce = 8
	ofNode        = 64
)

func newAnalysis() *analysis {
	return &analysis{
		values: map[*graph.Output]*tensor{}, sums: map[*graph.Output]*affine{}, stops: map[*graph.Output]bool{},
		fits: rows, shaped: true, left: effort, room: allConstants,
	}
}

func (a *analysis) spend(n int) bool {
	a.left -= n
	return a.left >= 0
}

// affords reports whether there is work left for so many rows of numbers.
func (a *analysis) affords(rows, columns int) bool {
	return rows <= effort && columns <= effort && int64(rows)*int64(columns)/numbersAtOnce <= int64(a.left)
}

// again allows as much work as in the beginning.
func (a *analysis) again() { a.left = effort }

// cellOf recognises the step that makes next of state. The error says in plain words
// what is different.
func (a *analysis) cellOf(next, state *graph.Output) (*cell, error) {
	a.stops[state] = true
	clear(a.sums) // they may look through the state
	v := viewOf(next)
	if v.of.Element != graph.F32 {
		return nil, fmt.Errorf("it computes in %s, and not in f32", v.of.Element)
	}
	if n := v.of.Node(); v.at == 0 && n.Is("GRUCell", "AUGRUCell") {
		return a.ready(n, state)
	}
	if !v.all() || v.wide != width(state) {
		return nil, fmt.Errorf("its state is a part of something else")
	}
	return a.written(v.of, state)
}

// written recognises a step that is written as ordinary operations.
func (a *analysis) written(next, state *graph.Output) (*cell, error) {
	p, err := a.expand(next, 64)
	if err != nil {
		return nil, err
	}
	h := viewOf(state)
	parts, err := partsOf(p, h, int(width(state)))
	if err != nil {
		return nil, err
	}
	c := &cell{state: state, next: next, hidden: int(width(state))}
	turned, err := c.mixed(p, h, parts)
	if err != nil {
		return nil, err
	}
	return c, a.weigh(c, parts, turned)
}

// parts are what a new state is made of.
type parts struct{ fresh, gate, attention view }

// partsOf finds the new content, the gate and the attention.
func partsOf(p polynomial, h view, hidden int) (s parts, err error) {
	for _, v := range p.factors() {
		to := (*view)(nil)
		switch typ := v.of.Node().Type; {
		case v == h:
			continue
		case typ == "Tanh":
			to = &s.fresh
		case typ == "Sigmoid" && v.wide == int64(hidden) && (hidden > 1 || s.gate.of == nil):
			to = &s.gate
		default:
			to = &s.attention
		}
		if to.of != nil {
			return s, fmt.Errorf("its state is no mixture of the old one and of one new one by one gate: there are %q and %q", to.of.Node().Name(), v.of.Node().Name())
		}
		*to = v
	}
	switch {
	case s.fresh.of == nil:
		return s, fmt.Errorf("its state has no part that comes out of a Tanh")
	case s.gate.of == nil:
		return s, fmt.Errorf("its state has no gate that comes out of a Sigmoid")
	}
	return s, nil
}

// mixed finds out how old and new state are mixed: the share of the old one that is kept
// is u, (1−a)·u or k·u, where u may be 1 less the gate that the model has (turned).
func (c *cell) mixed(p polynomial, h view, s parts) (turned bool, err error) {
	ofState, rest, err := p.by(h)
	if err != nil {
		return false, err
	}
	ofFresh, rest, err := rest.by(s.fresh)
	if err != nil {
		return false, err
	}
	keep, ok1 := ofState.coefficients(s.gate, s.attention)
	fresh, ok2 := ofFresh.coefficients(s.gate, s.attention)
	for i, k := range keep {
		if i == 0 {
			k -= 1
		}
		ok1 = ok1 && fresh[i] == -k
	}
	if len(rest) > 0 || !ok1 || !ok2 {
		return false, fmt.Errorf("its state is no mixture of the old one and of a new one")
	}
	if s.attention.of != nil {
		c.attention = s.attention
		if s.attention.wide != 1 {
			return false, fmt.Errorf("what its gate is multiplied by is not one number for each row: %q is %s", s.attention.of.Node().Name(), s.attention.of)
		}
	}
	// The numbers of 1, g, s and g·s.
	switch keep {
	case [4]float64{0, 1, 0, 0}:
	case [4]float64{1, -1, 0, 0}:
		turned = true
	case [4]float64{0, 1, 0, -1}:
	case [4]float64{1, -1, -1, 1}:
		turned = true
	case [4]float64{0, 0, 0, 1}:
		c.kept = true
	case [4]float64{0, 0, 1, -1}:
		c.kept, turned = true, true
	case [4]float64{1, 0, 0, -1}, [4]float64{1, 0, -1, 1}, [4]float64{1, -1, 0, 1}:
		return false, errPaper
	default:
		return false, fmt.Errorf("its gates are mixed in another way than those of a GRU or an AUGRU")
	}
	return turned, nil
}

// errPaper is of the unit as the paper on DIEN has it.
var errPaper = errors.New("it is the AUGRU of the paper, which keeps 1−a·u of the old state; AUGRUSequence, like the published code, keeps (1−a)·u, and there are no weights with which they would be equal")

// ready takes a step that is an operation already.
func (a *analysis) ready(n *graph.Node, state *graph.Output) (*cell, error) {
	if len(n.Inputs()) < 5 || n.Type == "AUGRUCell" && len(n.Inputs()) < 6 {
		return nil, fmt.Errorf("%q lacks inputs", n.Name())
	}
	clip, _ := n.Attrs.Float("clip")
	activations := strings.ToLower(strings.Join(strings.FieldsFunc(n.Attrs.Text("activations"), func(r rune) bool { return r == ',' || r == ' ' }), " "))
	if clip != 0 || activations != "sigmoid tanh" || n.Attrs.Text("activations_alpha") != "" || n.Attrs.Text("activations_beta") != "" {
		return nil, fmt.Errorf("%q has activations %q, clipped at %v", n.Name(), n.Attrs.Text("activations"), clip)
	}
	if viewOf(n.Source(1)) != viewOf(state) {
		return nil, fmt.Errorf("the state of %q does not come from the step before", n.Name())
	}
	h := int(width(state))
	c := &cell{state: state, next: n.Output(0), hidden: h}
	linear, _ := n.Attrs.Bool("linear_before_reset")
	w, r, b := a.value(n.Source(2)), a.value(n.Source(3)), a.row(n.Source(4))
	gates := 3
	if linear {
		gates = 4
	}
	if w == nil || r == nil || h == 0 || len(b) != gates*h || len(r.data) != 3*h*h || len(w.data)%(3*h) != 0 {
		return nil, fmt.Errorf("the weights of %q are no constants", n.Name())
	}
	x, err := a.affineOf(n.Source(0))
	if err != nil {
		return nil, err
	}
	if x.width*3*h != len(w.data) {
		return nil, fmt.Errorf("the weights of %q do not fit what it reads", n.Name())
	}
	m := matrix{x.width, 3 * h, true, w.data}
	sum, err := a.multiplied(x, m)
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(sum.terms, func(t term) bool { return t.of == state }) {
		return nil, fmt.Errorf("it reads its state twice")
	}
	c.recurrent, c.bias = slices.Clone(r.data), make([]float32, 3*h)
	for i := range c.bias {
		c.bias[i] = float32(sum.bias[i] + float64(b[i]))
	}
	if linear {
		c.stateBias = slices.Clone(b[3*h:])
	}
	if n.Type == "AUGRUCell" {
		if err := a.attended(c, n.Source(5)); err != nil || linear {
			return nil, fmt.Errorf("the attention of %q is no row of single numbers", n.Name())
		}
	}
	c.read(sum)
	return c, nil
}

// attended finds the attention of a step that is an operation: it is read, or 1 less what
// is read.
func (a *analysis) attended(c *cell, o *graph.Output) error {
	p, err := a.expand(o, 16)
	if err != nil {
		return err
	}
	views := p.factors()
	if len(views) != 1 || views[0].wide != 1 {
		return errTooMuch
	}
	share, ok := p.coefficients(views[0], view{})
	switch {
	case ok && share == [4]float64{0, 1, 0, 0}:
	case ok && share == [4]float64{1, -1, 0, 0}:
		c.kept = true
	default:
		return errTooMuch
	}
	c.attention = views[0]
	return nil
}

// read sets what the step reads, and with which weights: those of all gates, side by
// side.
func (c *cell) read(sum *affine) {
	c.inputs = nil
	columns := 0
	for _, t := range sum.terms {
		c.inputs = append(c.inputs, t.of)
		columns += len(t.matrix) / sum.width
	}
	c.input = make([]float32, sum.width*columns)
	at := 0
	for _, t := range sum.terms {
		for i := range len(t.matrix) / sum.width {
			for j, v := range t.matrix[i*sum.width : (i+1)*sum.width] {
				c.input[j*columns+at] = float32(v)
			}
			at++
		}
	}
}
