package recurrent

import (
	"fmt"

	"datum/graph"
)

// weigh finds the weights of a step that is written as operations: those of the update
// gate before its Sigmoid, of the new content before its Tanh, and of the reset gate,
// which the state is multiplied by on the way there.
func (a *analysis) weigh(c *cell, s parts, turned bool) error {
	update, err := a.before(s.gate, c.hidden)
	if err != nil {
		return err
	}
	fresh, err := a.before(s.fresh, c.hidden)
	if err != nil {
		return err
	}
	last, reset, err := a.throughReset(c, fresh)
	if err != nil {
		return err
	}
	if turned {
		update = update.negative()
	}
	sum := &affine{width: 3 * c.hidden}
	c.recurrent = make([]float32, 3*c.hidden*c.hidden)
	for i, gate := range []*affine{update, reset, last.sum} {
		sum.bias = append(sum.bias, gate.bias...)
		for _, t := range gate.terms {
			if t.of == c.state {
				c.recur(i, t.matrix)
				continue
			}
			sum.beside(i, c.hidden, t)
		}
	}
	c.recur(2, last.state)
	c.bias = singles(sum.bias)
	if last.bias != nil {
		c.stateBias = singles(last.bias)
	}
	if c.stateBias != nil && c.attention.of != nil {
		return fmt.Errorf("its reset gate is applied after the product with the state, which AUGRUSequence cannot do")
	}
	c.read(sum)
	return nil
}

// beside adds a term of one of three gates that lie side by side.
func (f *affine) beside(gate, hidden int, t term) {
	n := len(t.matrix) / hidden
	m := make([]float64, n*f.width)
	for i := range n {
		copy(m[i*f.width+gate*hidden:], t.matrix[i*hidden:(i+1)*hidden])
	}
	f.add(t.of, m, 1)
}

func singles(v []float64) []float32 {
	list := make([]float32, len(v))
	for i, f := range v {
		list[i] = float32(f)
	}
	return list
}

// recur sets what one gate multiplies the state by; the matrix has a row for each number
// of the state, and the operation has a column.
func (c *cell) recur(gate int, m []float64) {
	h := c.hidden
	for i := range h {
		for j := range h {
			c.recurrent[(gate*h+j)*h+i] = float32(m[i*h+j])
		}
	}
}

// before is what an activation is computed of, as far as v looks at it.
func (a *analysis) before(v view, hidden int) (*affine, error) {
	f, err := a.affineOf(v.of.Node().Source(0))
	if err != nil {
		return nil, err
	}
	return f.columns(int(v.at), int(v.at)+hidden)
}

func (f *affine) negative() *affine {
	g := &affine{width: f.width, bias: make([]float64, f.width)}
	for i, v := range f.bias {
		g.bias[i] = -v
	}
	for _, t := range f.terms {
		g.add(t.of, t.matrix, -1)
	}
	return g
}

// A content is what the Tanh of a step is computed of: a sum without the state, and what
// the state is multiplied by, which has a bias of its own where the reset gate is
// applied after the product.
type content struct {
	sum   *affine
	state []float64
	bias  []float64
}

// throughReset takes the term apart that the reset gate is applied to.
func (a *analysis) throughReset(c *cell, f *affine) (*content, *affine, error) {
	k := &content{sum: &affine{width: f.width, bias: f.bias}}
	var reset *affine
	for _, t := range f.terms {
		gate, other := resetOf(t.of, c.hidden)
		if gate.of == nil {
			if t.of == c.state {
				return nil, nil, fmt.Errorf("the state reaches its Tanh without a reset gate")
			}
			k.sum.terms = append(k.sum.terms, t)
			continue
		}
		if reset != nil {
			return nil, nil, fmt.Errorf("it has two reset gates")
		}
		var err error
		if reset, err = a.before(gate, c.hidden); err != nil {
			return nil, nil, err
		}
		if err = a.reset(k, t, other, c.state); err != nil {
			return nil, nil, err
		}
	}
	if reset == nil {
		return nil, nil, fmt.Errorf("it has no reset gate")
	}
	return k, reset, nil
}

// resetOf finds a product of a gate with something.
func resetOf(o *graph.Output, hidden int) (gate view, other *graph.Output) {
	product := viewOf(o)
	n := product.of.Node()
	if !product.all() || n.Type != "Multiply" || !spreads(n) || len(n.Inputs()) != 2 || n.Source(0) == nil || n.Source(1) == nil || width(o) != int64(hidden) {
		return view{}, nil
	}
	for i := range 2 {
		if v := viewOf(n.Source(i)); v.of.Node().Type == "Sigmoid" && v.wide == int64(hidden) && width(n.Source(1-i)) == int64(hidden) {
			return v, n.Source(1 - i)
		}
	}
	return view{}, nil
}

// reset finds what the state is multiplied by where the gate is applied to it, or to its
// product with a matrix.
func (a *analysis) reset(k *content, t term, other, state *graph.Output) error {
	if viewOf(other) == viewOf(state) {
		k.state = t.matrix
		return nil
	}
	f, err := a.affineOf(other)
	if err != nil {
		return err
	}
	if len(f.terms) != 1 || f.terms[0].of != state || !isOne(t.matrix, f.width) {
		return fmt.Errorf("its reset gate is applied to something else than the state or its product with a matrix")
	}
	k.state, k.bias = f.terms[0].matrix, f.bias
	return nil
}

// isOne reports whether a matrix changes nothing.
func isOne(m []float64, n int) bool {
	for i, v := range m {
		want := 0.0
		if i/n == i%n {
			want = 1
		}
		if v != want {
			return false
		}
	}
	return len(m) == n*n
}
