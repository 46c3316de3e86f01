package graph

// inferIterator is the rule of TensorIterator and Loop: parameters of the body
// are like what is put into them, or like a part of it.
func inferIterator(x *inference) []tensor {
	if len(x.n.bodies) != 1 {
		x.fail("no body")
		return nil
	}
	b := x.n.bodies[0]
	rounds := x.tripCount()
	for _, p := range b.Ports {
		if p.Output || p.External < 0 {
			continue
		}
		o := x.n.Source(p.External)
		s := o.Shape
		if p.Slice != nil && s.Ranked() {
			a := x.axis(p.Slice.Axis, len(s))
			if rounds < 0 {
				rounds = p.Slice.Rounds(s[a])
			}
			s = s.Clone()
			s[a] = p.Slice.PartSize
		}
		setParameter(p.Internal, o.Element, s)
	}
	if err := x.settle(b); err != nil {
		x.fail("%w", err)
		return nil
	}
	return x.iterated(b, rounds)
}

// setParameter gives a parameter of a body a type and shape.
func setParameter(n *Node, t ElementType, s Shape) {
	if o := n.outputs[0]; o.Element == t && o.Shape.Equal(s) {
		return // the text may say more, such as bounds
	}
	n.Attrs.Set("shape", s.String())
	n.Attrs.Set("element_type", t.String())
	n.outputs[0].Element, n.outputs[0].Shape = t, s
}

// settle infers the body until what goes round has one shape: a dimension that
// changes from round to round becomes an unknown one.
func (x *inference) settle(b *Body) error {
	for range maxDepth {
		if err := b.Infer(); err != nil {
			return err
		}
		changed := false
		for _, e := range b.Back {
			p, r := e.To.outputs[0], e.From.Source(0)
			s := common(p.Shape, r.Shape)
			if !s.Equal(p.Shape) {
				setParameter(e.To, p.Element, s)
				changed = true
			}
		}
		if !changed {
			return nil
		}
	}
	return nil
}

// common is what two shapes have in common.
func common(a, b Shape) Shape {
	if !a.Ranked() || !b.Ranked() || len(a) != len(b) {
		return Unranked()
	}
	s := a.Clone()
	for i := range s {
		if s[i] != b[i] {
			s[i] = -1
		}
	}
	return s
}

// tripCount is how often a Loop runs, -1 where that is not known.
func (x *inference) tripCount() int64 {
	if x.n.Type != "Loop" {
		return -1
	}
	v, ok := x.n.Source(0).KnownInts()
	if !ok || len(v) != 1 || v[0] < 0 {
		return -1
	}
	for _, p := range x.n.bodies[0].Ports {
		if p.Purpose == "execution_condition" {
			c := p.Internal.Source(0)
			if on, ok := c.KnownInts(); !ok || len(on) != 1 || on[0] == 0 {
				return -1
			}
		}
	}
	return v[0]
}

// iterated makes the outputs: the last round's value, or all rounds' joined.
func (x *inference) iterated(b *Body, rounds int64) []tensor {
	list := make([]tensor, len(x.n.outputs))
	for i := range list {
		list[i] = tensor{Dynamic, Unranked()}
	}
	for _, p := range b.Ports {
		if !p.Output || p.External < 0 || p.External >= len(list) {
			continue
		}
		o := p.Internal.Source(0)
		s := o.Shape
		if p.Slice != nil && s.Ranked() {
			s = s.Clone()
			a := x.axis(p.Slice.Axis, len(s))
			s[a] = x.times(rounds, s[a])
		}
		list[p.External] = tensor{o.Element, s}
	}
	return list
}

func inferIf(x *inference) []tensor {
	list := make([]tensor, len(x.n.outputs))
	seen := make([]bool, len(list))
	for _, b := range x.n.bodies {
		for _, p := range b.Ports {
			if o := x.n.Source(p.External); !p.Output && o != nil {
				setParameter(p.Internal, o.Element, o.Shape)
			}
		}
		if err := b.Infer(); err != nil {
			x.fail("%w", err)
			return nil
		}
		for _, p := range b.Ports {
			if !p.Output || p.External < 0 || p.External >= len(list) {
				continue
			}
			o := p.Internal.Source(0)
			if t := &list[p.External]; !seen[p.External] {
				*t, seen[p.External] = tensor{o.Element, o.Shape}, true
			} else {
				if t.element != o.Element {
					x.fail("output %d is %s or %s", p.External, t.element, o.Element)
				}
				t.shape = common(t.shape, o.Shape)
			}
		}
	}
	return list
}
