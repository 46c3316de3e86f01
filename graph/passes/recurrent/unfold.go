package recurrent

import (
	"slices"

	"datum/graph"
)

// unfold looks whether what the steps read is made of less by a linear layer, and lets
// the operation, which has one for its input anyway, do its work: models that compute
// the part of the gates that needs no state for all steps at once come out as if they
// had not.
func unfold(s *sequence) {
	a := newAnalysis()
	a.shaped = false
	sum := &affine{width: 3 * s.cell.hidden}
	for _, v := range s.cell.bias {
		sum.bias = append(sum.bias, float64(v))
	}
	axes := map[*graph.Output]int64{}
	columns, at := len(s.cell.input)/(3*s.cell.hidden), 0
	for _, in := range s.inputs {
		of, axis := in.of, in.axis
		if swaps(of.Node()) {
			of, axis = of.Node().Source(0), 1-axis
		}
		if len(of.Shape) != 3 {
			return
		}
		a.fits = func(o *graph.Output) bool {
			return len(o.Shape) == 3 && slices.Equal(o.Shape[:2], of.Shape[:2])
		}
		clear(a.sums)
		f, err := a.affineOf(of)
		if err != nil {
			return
		}
		w := matrix{f.width, sum.width, false, weightsOf(s.cell, columns, at, f.width)}
		product, err := a.multiplied(f, w)
		if err != nil {
			return
		}
		for i, v := range product.bias {
			sum.bias[i] += v
		}
		for _, t := range product.terms {
			if axes[t.of] != axis && slices.ContainsFunc(sum.terms, func(x term) bool { return x.of == t.of }) {
				return
			}
			axes[t.of] = axis
			sum.add(t.of, t.matrix, 1)
		}
		at += f.width
	}
	s.takeUnfolded(sum, axes, columns)
}

// weightsOf are some columns of a cell's input weights, with a row for each.
func weightsOf(c *cell, columns, from, count int) []float32 {
	gates := 3 * c.hidden
	w := make([]float32, count*gates)
	for j := range gates {
		for k := range count {
			w[k*gates+j] = c.input[j*columns+from+k]
		}
	}
	return w
}

// takeUnfolded lets the operation read what was found, if it is less.
func (s *sequence) takeUnfolded(sum *affine, axes map[*graph.Output]int64, columns int) {
	less := 0
	for _, t := range sum.terms {
		if t.of.Element != graph.F32 {
			return
		}
		less += int(width(t.of))
	}
	if less >= columns || less == 0 {
		return
	}
	s.inputs = nil
	for _, t := range sum.terms {
		s.inputs = append(s.inputs, source{t.of, axes[t.of]})
	}
	s.cell.bias = singles(sum.bias)
	s.cell.read(sum)
}
