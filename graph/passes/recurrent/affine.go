package recurrent

import (
	"fmt"
	"slices"

	"datum/graph"
)

// An affine is an output as a sum: of other outputs, each times a matrix, and of a
// constant row. It is the same however a model writes it: with one matrix for what is
// put side by side, or with several whose products are added; with gates in any order,
// together or apart.
type affine struct {
	width int
	terms []term
	bias  []float64 // as long as the width
}

// A term is an output times a matrix, which has a row for each of its columns.
type term struct {
	of     *graph.Output
	matrix []float64
}

// affineOf writes an output as a sum. What else it is made of than sums, products with
// constants, and columns put together and apart, is one of the outputs that the sum is
// made of.
func (a *analysis) affineOf(o *graph.Output) (*affine, error) {
	if o = outer(o); o == nil {
		return nil, fmt.Errorf("an operation lacks what it reads")
	}
	if f, ok := a.sums[o]; ok {
		if f == nil {
			return nil, fmt.Errorf("a sum that is made of itself")
		}
		return f, nil
	}
	if !a.spend(ofNode) {
		return nil, errTooMuch
	}
	a.sums[o] = nil
	f, err := a.sum(o)
	if err == nil && !a.spend(f.numbers()/numbersAtOnce) {
		err = errTooMuch
	}
	if err != nil {
		delete(a.sums, o)
		return nil, err
	}
	a.sums[o] = f
	return f, nil
}

// numbers are how many a sum holds.
func (f *affine) numbers() int {
	n := len(f.bias)
	for _, t := range f.terms {
		n += len(t.matrix)
	}
	return n
}

func (a *analysis) sum(o *graph.Output) (*affine, error) {
	wide := width(o)
	if wide == 0 || !a.fits(o) {
		return nil, fmt.Errorf("%q of %s is no list of rows", o.Node().Name(), o)
	}
	if a.stops[o] {
		return a.atom(o)
	}
	if t := a.row(o); t != nil {
		f := &affine{width: len(t), bias: make([]float64, len(t))}
		for i, v := range t {
			f.bias[i] = float64(v)
		}
		return f, nil
	}
	n := o.Node()
	if !spreads(n) {
		return a.atom(o)
	}
	switch n.Type {
	case "Add":
		return a.both(n, 1)
	case "Subtract":
		return a.both(n, -1)
	case "Negative":
		return a.scaled(n.Source(0), []float32{-1})
	case "Multiply":
		for i := range 2 {
			if by := a.row(n.Source(i)); by != nil && n.Source(1-i) != nil {
				return a.scaled(n.Source(1-i), by)
			}
		}
	case "MatMul":
		if w := a.value(n.Source(1)); w != nil && n.Source(0) != nil {
			return a.product(n, w)
		}
	case "Concat":
		if axis, err := n.Attrs.Int("axis"); err == nil && fromEnd(axis, len(o.Shape)) == int64(len(o.Shape))-1 {
			return a.beside(n)
		}
	case "Squeeze", "Unsqueeze", "Reshape":
		if s := n.Source(0); a.shaped && s != nil && width(s) == wide && a.fits(s) {
			return a.affineOf(s)
		}
	}
	if c, ok := cutOf(o); ok && !c.dropped && c.axis == int64(len(c.of.Shape))-1 && width(c.of) > 0 && a.fits(c.of) {
		f, err := a.affineOf(c.of)
		if err != nil {
			return nil, err
		}
		return f.columns(int(c.start), int(c.start+wide))
	}
	return a.atom(o)
}

// atom is an output that is nothing but itself.
func (a *analysis) atom(o *graph.Output) (*affine, error) {
	n := int(width(o))
	if !a.affords(n, n) {
		return nil, errTooMuch
	}
	m := make([]float64, n*n)
	for i := range n {
		m[i*n+i] = 1
	}
	return &affine{n, []term{{o, m}}, make([]float64, n)}, nil
}

// both adds two sums, or takes one from the other.
func (a *analysis) both(n *graph.Node, sign float64) (*affine, error) {
	if n.Source(0) == nil || n.Source(1) == nil {
		return nil, fmt.Errorf("%q adds nothing", n.Name())
	}
	x, err := a.affineOf(n.Source(0))
	if err != nil {
		return nil, err
	}
	y, err := a.affineOf(n.Source(1))
	if err != nil {
		return nil, err
	}
	wide := max(x.width, y.width)
	if x, err = a.wide(x, wide); err != nil {
		return nil, err
	}
	if y, err = a.wide(y, wide); err != nil {
		return nil, err
	}
	f := &affine{width: wide, bias: make([]float64, wide)}
	for i := range f.bias {
		f.bias[i] = x.bias[i] + sign*y.bias[i]
	}
	for _, t := range x.terms {
		f.add(t.of, t.matrix, 1)
	}
	for _, t := range y.terms {
		f.add(t.of, t.matrix, sign)
	}
	return f, nil
}

// wide spreads a single column out.
func (a *analysis) wide(f *affine, n int) (*affine, error) {
	switch {
	case f.width == n:
		return f, nil
	case f.width != 1:
		return nil, fmt.Errorf("%d columns and %d are added", f.width, n)
	case !a.affords(f.numbers(), n):
		return nil, errTooMuch
	}
	g := &affine{width: n, bias: repeated(f.bias, n)}
	for _, t := range f.terms {
		g.terms = append(g.terms, term{t.of, repeated(t.matrix, n)})
	}
	return g, nil
}

// repeated has each number n times.
func repeated(v []float64, n int) []float64 {
	list := make([]float64, 0, len(v)*n)
	for _, f := range v {
		for range n {
			list = append(list, f)
		}
	}
	return list
}

// add adds an output times a matrix.
func (f *affine) add(of *graph.Output, matrix []float64, sign float64) {
	for i := range f.terms {
		if f.terms[i].of == of {
			sum := make([]float64, len(matrix))
			for k, v := range matrix {
				sum[k] = f.terms[i].matrix[k] + sign*v
			}
			f.terms[i].matrix = sum
			return
		}
	}
	if sign != 1 {
		scaled := make([]float64, len(matrix))
		for k, v := range matrix {
			scaled[k] = sign * v
		}
		matrix = scaled
	}
	f.terms = append(f.terms, term{of, matrix})
}

// scaled multiplies the columns of a sum.
func (a *analysis) scaled(o *graph.Output, by []float32) (*affine, error) {
	x, err := a.affineOf(o)
	if err != nil {
		return nil, err
	}
	wide := max(x.width, len(by))
	if x, err = a.wide(x, wide); err != nil {
		return nil, err
	}
	if len(by) != 1 && len(by) != wide {
		return nil, fmt.Errorf("%d columns are multiplied by %d numbers", wide, len(by))
	}
	scale := func(v []float64) []float64 {
		list := make([]float64, len(v))
		for i, f := range v {
			list[i] = f * float64(by[i%wide%len(by)])
		}
		return list
	}
	f := &affine{width: wide, bias: scale(x.bias)}
	for _, t := range x.terms {
		f.terms = append(f.terms, term{t.of, scale(t.matrix)})
	}
	return f, nil
}

// product multiplies a sum by a constant matrix.
func (a *analysis) product(n *graph.Node, w *tensor) (*affine, error) {
	m, ok := matrixOf(n, w)
	if !ok {
		return a.atom(n.Output(0))
	}
	x, err := a.affineOf(n.Source(0))
	if err != nil {
		return nil, err
	}
	if m.in != x.width || len(m.data) != m.in*m.out {
		return nil, fmt.Errorf("%q multiplies %d columns by %d rows", n.Name(), x.width, m.in)
	}
	return a.multiplied(x, m)
}

// A matrix is a weight as MatMul has it.
type matrix struct {
	in, out int
	turned  bool // a row for each column that comes out
	data    []float32
}

// matrixOf is the weight of a MatMul; there is none if it is not one for all rows.
func matrixOf(n *graph.Node, w *tensor) (m matrix, ok bool) {
	turnA, _ := n.Attrs.Bool("transpose_a")
	m.turned, _ = n.Attrs.Bool("transpose_b")
	last := len(w.shape) - 1
	if turnA || last < 1 || slices.ContainsFunc(w.shape[:last-1], func(d int64) bool { return d != 1 }) {
		return m, false
	}
	m.in, m.out, m.data = int(w.shape[last-1]), int(w.shape[last]), w.data
	if m.turned {
		m.in, m.out = m.out, m.in
	}
	return m, true
}

// multiplied is a sum times a matrix that has as many rows as it has columns.
func (a *analysis) multiplied(f *affine, m matrix) (*affine, error) {
	bias, err := a.times(f.bias, m)
	if err != nil {
		return nil, err
	}
	g := &affine{width: m.out, bias: bias}
	for _, t := range f.terms {
		p, err := a.times(t.matrix, m)
		if err != nil {
			return nil, err
		}
		g.terms = append(g.terms, term{t.of, p})
	}
	return g, nil
}

// times multiplies rows by a matrix. Most rows have a single number, 1, so that what
// comes out is exactly the weight.
func (a *analysis) times(rows []float64, m matrix) ([]float64, error) {
	count := len(rows) / m.in
	if !a.affords(count, m.out) {
		return nil, errTooMuch
	}
	out := make([]float64, count*m.out)
	for i := range count {
		for k, v := range rows[i*m.in : (i+1)*m.in] {
			if v == 0 {
				continue
			}
			if !a.spend(1 + m.out/64) {
				return nil, errTooMuch
			}
			for j := range m.out {
				at := k*m.out + j
				if m.turned {
					at = j*m.in + k
				}
				out[i*m.out+j] += v * float64(m.data[at])
			}
		}
	}
	return out, nil
}

// beside puts sums side by side.
func (a *analysis) beside(n *graph.Node) (*affine, error) {
	var parts []*affine
	wide := 0
	for i := range n.Inputs() {
		x, err := a.affineOf(n.Source(i))
		if err != nil {
			return nil, err
		}
		parts = append(parts, x)
		wide += x.width
	}
	if !a.affords(wide, wide) {
		return nil, errTooMuch
	}
	f := &affine{width: wide, bias: make([]float64, wide)}
	at := 0
	for _, x := range parts {
		copy(f.bias[at:], x.bias)
		for _, t := range x.terms {
			m := make([]float64, len(t.matrix)/x.width*wide)
			for i := range len(t.matrix) / x.width {
				copy(m[i*wide+at:], t.matrix[i*x.width:(i+1)*x.width])
			}
			f.add(t.of, m, 1)
		}
		at += x.width
	}
	return f, nil
}

// columns takes some columns of a sum.
func (f *affine) columns(from, to int) (*affine, error) {
	if from < 0 || to > f.width || from > to {
		return nil, fmt.Errorf("the columns %d to %d of %d", from, to, f.width)
	}
	g := &affine{width: to - from, bias: f.bias[from:to]}
	for _, t := range f.terms {
		m := make([]float64, 0, len(t.matrix)/f.width*g.width)
		used := false
		for i := range len(t.matrix) / f.width {
			row := t.matrix[i*f.width+from : i*f.width+to]
			for _, v := range row {
				used = used || v != 0
			}
			m = append(m, row...)
		}
		if used {
			g.terms = append(g.terms, term{t.of, m})
		}
	}
	return g, nil
}
