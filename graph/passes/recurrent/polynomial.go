package recurrent

import (
	"cmp"
	"fmt"
	"slices"

	"datum/graph"
)

// mostMonomials and mostFactors bound a polynomial. That of an AUGRU has five products of
// three factors at most, and seven where its gate is turned round.
const (
	mostMonomials = 32
	mostFactors   = 16
)

// A polynomial is an output as a sum of products, number by number. It is the same
// however a model writes it: u·h + (1−u)·c is c + u·(h−c), in any order.
type polynomial []monomial

// A monomial is a product, times a number.
type monomial struct {
	factor  float64
	of      []view // in the order in which they were met first
	numbers []int  // what tells monomials with the same factors, in order
}

// An expansion is the writing of one output as a polynomial.
type expansion struct {
	*analysis
	met  []view // that the polynomial is made of
	done map[*graph.Output]polynomial
}

func (e *expansion) number(v view) int {
	if i := slices.Index(e.met, v); i >= 0 {
		return i
	}
	e.met = append(e.met, v)
	return len(e.met) - 1
}

// expand writes an output as a polynomial, of operations that are so deep at most.
func (a *analysis) expand(o *graph.Output, depth int) (polynomial, error) {
	e := &expansion{analysis: a, done: map[*graph.Output]polynomial{}}
	return e.polynomial(o, depth)
}

// polynomial is what an output is. What several operations read is looked at once: else
// sums of a sum and itself would take twice as long with each.
func (e *expansion) polynomial(o *graph.Output, depth int) (polynomial, error) {
	if o = outer(o); o == nil || depth == 0 || !e.spend(1) {
		return nil, errTooMuch
	}
	if p, ok := e.done[o]; ok {
		return p, nil
	}
	p, err := e.look(o, depth)
	if err == nil {
		e.done[o] = p
	}
	return p, err
}

func (e *expansion) look(o *graph.Output, depth int) (polynomial, error) {
	if t := e.value(o); t != nil && !e.stops[o] {
		if v, ok := uniform(t); ok {
			return polynomial{{factor: v}}, nil
		}
	}
	v := viewOf(o)
	n := v.of.Node()
	if !e.stops[o] && !e.stops[v.of] && v.all() && len(n.Inputs()) > 0 && spreads(n) {
		x := n.Source(0)
		switch n.Type {
		case "Add", "Subtract", "Multiply":
			p, err := e.polynomial(x, depth-1)
			if err != nil {
				return nil, err
			}
			q, err := e.polynomial(n.Source(1), depth-1)
			if err != nil {
				return nil, err
			}
			return combined(n.Type, p, q)
		case "Negative":
			p, err := e.polynomial(x, depth-1)
			return p.times(polynomial{{factor: -1}}), err
		}
	}
	return polynomial{{factor: 1, of: []view{v}, numbers: []int{e.number(v)}}}, nil
}

// uniform is the number that a constant has everywhere. Zeros are left out where there
// are several: they are the state before the first step.
func uniform(t *tensor) (float64, bool) {
	for _, v := range t.data {
		if v != t.data[0] || v == 0 && len(t.data) > 1 {
			return 0, false
		}
	}
	return float64(t.data[0]), len(t.data) > 0
}

func combined(typ string, p, q polynomial) (polynomial, error) {
	if len(p)*len(q) > 1<<10 {
		return nil, errTooMuch
	}
	switch typ {
	case "Multiply":
		p = p.times(q)
	case "Subtract":
		q = q.times(polynomial{{factor: -1}})
		fallthrough
	default:
		p = append(slices.Clone(p), q...)
	}
	p = p.collected()
	if len(p) > mostMonomials || slices.ContainsFunc(p, func(m monomial) bool { return len(m.of) > mostFactors }) {
		return nil, errTooMuch
	}
	return p, nil
}

func (p polynomial) times(q polynomial) polynomial {
	var list polynomial
	for _, x := range p {
		for _, y := range q {
			z := monomial{x.factor * y.factor, append(slices.Clone(x.of), y.of...), append(slices.Clone(x.numbers), y.numbers...)}
			slices.Sort(z.numbers)
			list = append(list, z)
		}
	}
	return list
}

// collected adds up what has the same factors, and leaves out what is nothing.
func (p polynomial) collected() polynomial {
	list := slices.Clone(p)
	slices.SortStableFunc(list, func(x, y monomial) int { return slices.Compare(x.numbers, y.numbers) })
	sum := list[:0]
	for _, m := range list {
		if last := len(sum) - 1; last >= 0 && slices.Equal(sum[last].numbers, m.numbers) {
			sum[last].factor += m.factor
		} else {
			sum = append(sum, m)
		}
	}
	return slices.DeleteFunc(sum, func(m monomial) bool { return m.factor == 0 })
}

// by splits a polynomial into what is multiplied by v, without it, and the rest. It is an
// error if v comes more than once in a product.
func (p polynomial) by(v view) (of, rest polynomial, err error) {
	for _, m := range p {
		i := slices.Index(m.of, v)
		if i < 0 {
			rest = append(rest, m)
			continue
		}
		if slices.Contains(m.of[i+1:], v) {
			return nil, nil, fmt.Errorf("a product has the same factor twice")
		}
		m.of = slices.Delete(slices.Clone(m.of), i, i+1)
		of = append(of, m)
	}
	return of, rest, nil
}

// coefficients are the numbers of 1, g, s and g·s in a polynomial that has nothing else.
func (p polynomial) coefficients(g, s view) (c [4]float64, ok bool) {
	for _, m := range p {
		at := 0
		for _, v := range m.of {
			bit := 0
			switch v {
			case g:
				bit = 1
			case s:
				bit = 2
			}
			if bit == 0 || at&bit != 0 {
				return c, false
			}
			at |= bit
		}
		c[at] += m.factor
	}
	return c, true
}

// factors are the views that a polynomial is made of.
func (p polynomial) factors() []view {
	var list []view
	for _, m := range p {
		for _, v := range m.of {
			if !slices.Contains(list, v) {
				list = append(list, v)
			}
		}
	}
	slices.SortStableFunc(list, func(x, y view) int { return cmp.Compare(x.of.Node().ID(), y.of.Node().ID()) })
	return list
}
