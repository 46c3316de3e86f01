package recurrent

import (
	"errors"
	"testing"

	"datum/graph"
)

// small is an analysis that may do little.
func small() *analysis {
	a := newAnalysis()
	a.left, a.room = 1<<16, 1<<16
	return a
}

// Sums that would take all memory are not written, however they come to be so large.
func TestSumsAreBounded(t *testing.T) {
	for name, build := range map[string]func(b *graph.Builder) *graph.Output{
		"a row whose square is no number": func(b *graph.Builder) *graph.Output { return b.Parameter("x", graph.F32, 1, 1<<32) },
		"a row whose square is negative":  func(b *graph.Builder) *graph.Output { return b.Parameter("x", graph.F32, 1, 3<<30) },
		"many of them": func(b *graph.Builder) *graph.Output {
			x := b.Parameter("x", graph.F32, -1, 128)
			for range 1 << 10 {
				x = b.Neg(x)
			}
			return x
		},
		"a long chain of small ones": func(b *graph.Builder) *graph.Output {
			x := b.Parameter("x", graph.F32, -1, 1)
			for range 1 << 11 {
				x = b.Neg(x)
			}
			return x
		},
		"one column that is spread": func(b *graph.Builder) *graph.Output {
			x := b.MatMul(b.Parameter("x", graph.F32, -1, 128), b.Float32s("", graph.Shape{128, 1}, make([]float32, 128)...), false, false)
			return b.Mul(x, b.Float32s("", graph.Shape{1 << 15}, make([]float32, 1<<15)...))
		},
	} {
		b := graph.NewBuilder("bounds")
		o := build(b)
		if b.Err() != nil {
			t.Fatalf("%s: %v", name, b.Err())
		}
		if _, err := small().affineOf(o); !errors.Is(err, errTooMuch) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A product of many factors is not written, and what is read twice is looked at once.
func TestPolynomialsAreBounded(t *testing.T) {
	b := graph.NewBuilder("bounds")
	sum := b.Parameter("x", graph.F32, -1, 4)
	product := sum
	for range 60 {
		sum, product = b.Add(sum, sum), b.Mul(product, product)
	}
	p, err := small().expand(sum, 64)
	if err != nil || len(p) != 1 || p[0].factor != 1<<60 {
		t.Errorf("%v, %v", p, err)
	}
	if p, err := small().expand(product, 64); !errors.Is(err, errTooMuch) {
		t.Errorf("%v, %v", p, err)
	}
}

// A file of a few lines can hold constants of any number: they are not all kept.
func TestConstantsAreBounded(t *testing.T) {
	b := graph.NewBuilder("bounds")
	c := b.Float32s("", graph.Shape{2}, 1, 2)
	a := small()
	kept := 0
	for range 40 {
		if v := a.value(b.Reshape(c, -1)); v != nil {
			kept += len(v.data)
		}
		if v := a.value(b.Neg(c)); v != nil {
			kept += len(v.data)
		}
		if n, _ := c.Shape.Elements(); n < 1<<14 {
			c = b.Concat(0, c, c)
		} else {
			c = b.Neg(c)
		}
	}
	if b.Err() != nil || kept < 1<<14 || kept > 2<<16 {
		t.Errorf("%d numbers are kept, %v", kept, b.Err())
	}
}
