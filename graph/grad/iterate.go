package grad

import (
	"slices"

	"datum/graph"
)

// An iteration is a TensorIterator or a Loop on the way back. Its gradient is
// a TensorIterator, too, which goes through the rounds from the last to the
// first: each computes its round anew, from the state that it began with,
// which the operation joins for that, and differentiates it.
type iteration struct {
	*step
	body  *graph.Body
	back  *graph.Iteration
	now   map[*graph.Output]*graph.Output // what is what in the body that goes back
	count int64                           // of rounds

	outputs, upstream []*graph.Output // of the body, and their gradients
	carried           []carried
	sought            []sought
	stacks            map[*graph.Output]int
	fixed             []*graph.Output // what is the same in every run, of what all rounds share
}

// sought is a tensor of the body whose gradient is needed. What is done with
// that in the body tells what to do with what the iteration gives out.
type sought struct {
	x   *graph.Output
	use func(gradient *graph.Output) func(done []*graph.Output)
}

// carried is a gradient that goes from round to round.
type carried struct{ state, next *graph.Output }

func fromIterator(s *step) {
	if len(s.node.Bodies()) != 1 {
		s.fail("it has no body")
	}
	it := &iteration{step: s, body: s.node.Bodies()[0], now: map[*graph.Output]*graph.Output{}, stacks: map[*graph.Output]int{}}
	for _, n := range it.body.Nodes() {
		if len(n.Bodies()) > 0 {
			s.refuse("an iteration inside of an iteration")
		}
	}
	it.rounds()
	nodes, err := it.body.Sorted()
	if err != nil {
		s.fail("%w", err)
	}
	nodes = slices.Clone(nodes) // to which enter adds what is no part of a round
	it.back = s.Iterate()
	it.enter()
	it.replay(nodes)
	it.gradientsOfOutputs()
	it.differentiate()
}

// rounds finds out how many rounds there are.
func (it *iteration) rounds() {
	it.count = -1
	if it.node.Type == "Loop" {
		it.count = it.single(0)
		if it.single(1) == 0 {
			it.refuse("a loop that may not begin")
		}
	}
	for _, p := range it.body.Ports {
		switch {
		case p.Purpose == "execution_condition" && p.Output:
			if on, ok := p.Internal.Source(0).KnownInts(); !ok || len(on) != 1 || on[0] == 0 || on[0] == graph.Unknown {
				it.refuse("a loop that may end early")
			}
		case p.Slice != nil && !p.Output:
			it.whole(p.Slice, it.x(p.External).Shape)
		case p.Slice != nil && p.External >= 0:
			it.whole(p.Slice, it.y(p.External).Shape)
		}
	}
	if it.count < 0 {
		it.refuse("the number of rounds is not known before the model runs")
	}
}

// whole requires that a slicing takes all of an axis, and in order.
func (it *iteration) whole(by *graph.Slicing, shape graph.Shape) {
	if !shape.Ranked() || by.Axis < 0 || by.Axis >= int64(len(shape)) || shape[by.Axis] < 0 {
		it.refuse("the number of rounds is not known before the model runs")
	}
	length := shape[by.Axis]
	end := func(v int64) int64 {
		if v < 0 {
			v += length + 1
		}
		return v
	}
	from, to := end(by.Start), end(by.End)
	if by.Stride < 0 {
		from, to = to, from
	}
	if from != 0 || to != length || by.PartSize <= 0 || max(by.Stride, -by.Stride) != by.PartSize || length%by.PartSize != 0 {
		it.refuse("an iteration over a part of an axis")
	}
	if n := length / by.PartSize; it.count < 0 {
		it.count = n
	} else if n != it.count {
		it.refuse("an iteration that ends before an axis does")
	}
}

// reversed goes through the same parts from the other end.
func reversed(by *graph.Slicing) *graph.Slicing {
	r := &graph.Slicing{Axis: by.Axis, Start: 0, End: -1, Stride: by.PartSize, PartSize: by.PartSize}
	if by.Stride > 0 {
		r.Start, r.End, r.Stride = -1, 0, -by.PartSize
	}
	return r
}

// enter gives each round back what the body got in it.
func (it *iteration) enter() {
	for _, p := range it.body.Ports {
		if p.Output {
			continue
		}
		inside := p.Internal.Output(0)
		switch {
		case p.Purpose == "current_iteration":
			it.now[inside] = it.back.Body.Reshape(it.back.Slice(it.numbers(inside.Element), 0, -1), inside.Shape...)
		case p.Slice != nil:
			it.now[inside] = it.back.SliceBy(it.x(p.External), reversed(p.Slice))
			it.join(p, inside)
		case it.next(p.Internal) != nil:
			it.now[inside] = it.before(inside)
			it.carry(p, inside)
		default:
			it.now[inside] = it.back.Shared(it.x(p.External))
			if it.walk.fixed(it.x(p.External)) {
				it.fixed = append(it.fixed, it.now[inside])
			}
			it.sum(p, inside)
		}
	}
}

// numbers are those of the rounds.
func (it *iteration) numbers(t graph.ElementType) *graph.Output {
	list := make([]int64, it.count)
	for i := range list {
		list[i] = int64(i)
	}
	return it.Ints("", t, graph.Shape{it.count}, list...)
}

// next is the result that becomes a parameter of the next round, nil where
// there is none.
func (it *iteration) next(parameter *graph.Node) *graph.Node {
	for _, e := range it.body.Back {
		if e.To == parameter {
			return e.From
		}
	}
	return nil
}

// before is the state that each round began with, joined by the iteration.
func (it *iteration) before(state *graph.Output) *graph.Output {
	it.static(state, 0)
	e := it.body.Edit()
	raised := e.Unsqueeze(state, 0)
	if err := e.Err(); err != nil {
		it.fail("%w", err)
	}
	joined := it.JoinOf(it.node, raised, 0, 1)
	if joined.Shape[0] != it.count {
		it.fail("%d rounds that make [%s]", it.count, joined.Shape)
	}
	return it.back.Body.Squeeze(it.back.Slice(joined, 0, -1), 0)
}

// add notes the gradient of an input: another one where it has one.
func (it *iteration) add(i int, g *graph.Output) {
	if old := it.down[i]; old != nil {
		g = it.Add(old, g)
	}
	it.down[i] = g
}

// differ notes what is done with the gradient of a tensor of the body.
func (it *iteration) differ(inside *graph.Output, use func(gradient *graph.Output) func(done []*graph.Output)) {
	it.sought = append(it.sought, sought{it.now[inside], use})
}

// join makes the gradients of the parts of an input the input's.
func (it *iteration) join(p graph.PortMap, inside *graph.Output) {
	if !it.wants(p.External) {
		return
	}
	it.differ(inside, func(g *graph.Output) func([]*graph.Output) {
		by := reversed(p.Slice)
		k := it.back.Join(g, by.Axis, max(-1, min(1, by.Stride)))
		return func(done []*graph.Output) { it.add(p.External, done[k]) }
	})
}

// carry makes the gradient of a state that of the state that the round before
// ended with, and the last one that of what the iteration began with.
func (it *iteration) carry(p graph.PortMap, inside *graph.Output) {
	if !inside.Element.IsReal() {
		return
	}
	end := it.next(p.Internal)
	g := it.zeros(inside)
	for _, o := range it.body.Ports {
		if o.Output && o.Slice == nil && o.Internal == end && it.upOf(o) != nil {
			g = it.Add(g, it.upOf(o))
		}
	}
	state := it.back.State(g)
	it.outputs, it.upstream = append(it.outputs, end.Source(0)), append(it.upstream, state)
	it.differ(inside, func(g *graph.Output) func([]*graph.Output) {
		it.carried = append(it.carried, carried{state, g})
		k := it.back.Last(g)
		return func(done []*graph.Output) {
			if it.wants(p.External) {
				it.add(p.External, done[k])
			}
		}
	})
}

// sum adds the gradients of what all rounds share up.
func (it *iteration) sum(p graph.PortMap, inside *graph.Output) {
	if !it.wants(p.External) {
		return
	}
	it.differ(inside, func(g *graph.Output) func([]*graph.Output) {
		if sum := it.hoisted(g); sum != nil {
			return func(done []*graph.Output) { it.add(p.External, sum(done)) }
		}
		state := it.back.State(it.zeros(it.x(p.External)))
		sum := it.back.Body.Add(state, g)
		it.carried = append(it.carried, carried{state, sum})
		k := it.back.Last(sum)
		return func(done []*graph.Output) { it.add(p.External, done[k]) }
	})
}

// upOf is the gradient of the output that a port makes.
func (it *iteration) upOf(p graph.PortMap) *graph.Output {
	if p.External < 0 || p.External >= len(it.up) {
		return nil
	}
	return it.up[p.External]
}

// gradientsOfOutputs gives each round the gradients of what it made.
func (it *iteration) gradientsOfOutputs() {
	for _, p := range it.body.Ports {
		g := it.upOf(p)
		if !p.Output || g == nil {
			continue
		}
		inside := p.Internal.Source(0)
		switch {
		case p.Slice != nil:
			g = it.back.SliceBy(g, reversed(p.Slice))
		case slices.ContainsFunc(it.body.Back, func(e graph.BackEdge) bool { return e.From == p.Internal }):
			continue // see carry
		default: // the last round made it, which comes first
			state := it.back.State(g)
			it.carried = append(it.carried, carried{state, (&step{Builder: it.back.Body}).zeros(state)})
			g = state
		}
		it.outputs, it.upstream = append(it.outputs, inside), append(it.upstream, g)
	}
	for i, o := range it.outputs {
		it.outputs[i] = it.now[o]
	}
}

// replay adds the operations of the body to the body that goes back.
func (it *iteration) replay(nodes []*graph.Node) {
	b := it.back.Body
	for _, n := range nodes {
		switch n.Type {
		case "Parameter":
			if it.now[n.Output(0)] == nil {
				it.fail("the parameter %q of its body is not given", n.Name())
			}
		case "Result":
		case "Const":
			data, err := n.Output(0).Data()
			if err != nil {
				it.fail("%w", err)
			}
			it.now[n.Output(0)] = b.Constant("", n.Output(0).Element, n.Output(0).Shape, data)
		default:
			it.again(b, n)
		}
	}
}

// again adds an operation as it is.
func (it *iteration) again(b *graph.Builder, n *graph.Node) {
	var types []graph.OutputType
	for _, o := range n.Outputs() {
		types = append(types, graph.OutputType{Element: o.Element, Shape: o.Shape})
	}
	var inputs []*graph.Output
	for i := range n.Inputs() {
		inputs = append(inputs, it.now[n.Source(i)])
	}
	copied := b.AddForeign(n.Type, n.Version, slices.Clone(n.Attrs), types, inputs...)
	if copied == nil {
		it.fail("%w", b.Err())
	}
	for i, o := range n.Outputs() {
		it.now[o] = copied.Output(i)
	}
}

// differentiate adds the gradients to the body, and the whole to the graph.
func (it *iteration) differentiate() {
	if err := it.back.Body.Err(); err != nil {
		it.fail("%w", err)
	}
	wrt := make([]*graph.Output, len(it.sought))
	for i, x := range it.sought {
		wrt[i] = x.x
	}
	w := newWalk(it.back.Body)
	for _, x := range it.fixed {
		w.constant[x.Node()] = true
	}
	gradients, err := w.all(it.outputs, it.upstream, wrt)
	if err != nil {
		it.fail("%w", err)
	}
	var finish []func([]*graph.Output)
	for i, x := range it.sought {
		finish = append(finish, x.use(gradients[i]))
	}
	for _, c := range it.carried {
		it.back.Next(c.state, c.next)
	}
	it.back.Body.Graph().Prune() // of what is only needed outside, or not at all
	done := it.back.Done()
	if err := it.Err(); err != nil {
		it.fail("%w", err)
	}
	for _, f := range finish {
		f(done)
	}
}
