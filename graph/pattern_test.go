package graph

import "testing"

func TestPatterns(t *testing.T) {
	b := NewBuilder("patterns")
	x := b.Parameter("x", F32, 4, 4)
	w := constantOf(b, 4, 4)
	first := b.Add(b.MatMul(x, w, false, true), b.Like(x, 1))
	second := b.Add(b.Like(x, 2), b.MatMul(first, w, false, false))
	square := b.Mul(second, second)
	other := b.Mul(first, second)
	b.Result(b.Add(square, other), "y")
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	count := func(p *Pattern) (n int) {
		for range m.Find(p) {
			n++
		}
		return n
	}
	anything := OneOf()
	for _, c := range []struct {
		name string
		p    *Pattern
		want int
	}{
		{"every sum", OneOf("Add"), 3},
		{"one of two types", OneOf("Add", "Multiply"), 5},
		{"a sum of a product, in this order", OneOf("Add").Of(OneOf("MatMul")), 1},
		{"in any order", OneOf("Add").OfEither(OneOf("MatMul"), OneOf("Const")), 2},
		{"a condition", OneOf("MatMul").Where(func(n *Node) bool { v, _ := n.Attrs.Bool("transpose_b"); return v }), 1},
		{"the second input", OneOf("MatMul").Of(nil, OneOf("Const")), 2},
		{"deep", OneOf("Add").OfEither(OneOf("MatMul").Of(OneOf("Add").OfEither(OneOf("MatMul").Of(OneOf("Parameter")), nil)), OneOf("Const")), 1},
		{"the same node twice", OneOf("Multiply").Of(anything, anything), 1},
		{"too many inputs", OneOf("MatMul").Of(nil, nil, nil), 0},
		{"nothing", OneOf("Sinh"), 0},
	} {
		if got := count(c.p); got != c.want {
			t.Errorf("%s: %d times, not %d", c.name, got, c.want)
		}
	}
	for range m.Find(OneOf()) {
		break // stopping early is allowed
	}
}

// TestFindWhileChanging removes and adds nodes while it searches.
func TestFindWhileChanging(t *testing.T) {
	m, b := chain(t)
	for found := range m.Find(OneOf("ReLU", "Exp")) {
		for _, n := range found {
			if n.Type == "ReLU" {
				// Takes the Exp, whose turn has not come, out as well.
				exp := n.Output(0).Consumers()[0].Node()
				if err := exp.Output(0).Replace(b.Tanh(b.Exp(n.Source(0)))); err != nil {
					t.Fatal(err)
				}
				if err := exp.Remove(); err != nil {
					t.Fatal(err)
				}
				continue
			}
			t.Errorf("found %s", n.Name())
		}
	}
	if m.Prune() != 1 {
		t.Error("the ReLU is still there")
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
}
