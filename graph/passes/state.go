package passes

import (
	"cmp"
	"fmt"
	"slices"

	"datum/graph"
)

// A Variable is a state of a model, or the input and output in its place.
type Variable struct {
	ID            string
	Input, Output string // their names
	Element       graph.ElementType
	Shape         graph.Shape
	// First is the shape of the value before the first run, as far as it is
	// known, and Fill what it is filled with where FillKnown is set.
	First     graph.Shape
	Fill      float64
	FillKnown bool
}

// StateToInputs makes an input "ID" and an output "ID.next" of each variable, in
// the order of their names (with ".state" behind what is taken): whoever runs the model puts the output of one run
// into the input of the next. So states can be saved, copied and batched, and
// a training step can keep its weights. Variables inside of the body of an operation
// are an error.
func StateToInputs(m *graph.Model) ([]Variable, error) {
	pairs, err := variables(m)
	if err != nil {
		return nil, err
	}
	b := m.Edit()
	var list []Variable
	for _, p := range pairs {
		v := p.describe()
		v.Input, v.Output = unused(m, v.Input), unused(m, v.Output)
		read := p.read.Output(0)
		in := b.ParameterOf(v.Input, v.Element, v.Shape)
		if err := b.Err(); err != nil {
			return nil, err
		}
		if err := takeOver(read, in); err != nil {
			return nil, err
		}
		next := p.assign.Source(0)
		if err := drop(p.assign); err != nil {
			return nil, err
		}
		if err := p.read.Remove(); err != nil {
			return nil, err
		}
		b.Result(next, v.Output)
		list = append(list, v)
	}
	m.Prune()
	return list, b.Err()
}

// takeOver puts to in the place of o. Where o is an output of the model, or the
// next value of another variable, its names go with it.
func takeOver(o, to *graph.Output) error {
	if slices.ContainsFunc(o.Consumers(), func(in *graph.Input) bool { return in.Node().Type == "Result" }) {
		return o.Replace(to)
	}
	return o.Redirect(to)
}

// unused is a name that no tensor of the model has.
func unused(m *graph.Model, name string) string {
	for {
		if _, err := m.Tensor(name); err != nil {
			return name
		}
		name += ".state"
	}
}

// drop removes an Assign, and the Result that some converters put behind it.
func drop(assign *graph.Node) error {
	for _, o := range assign.Outputs() {
		if err := removeResults(o); err != nil {
			return err
		}
	}
	return assign.Remove()
}

// A pair are the two nodes of a variable.
type pair struct {
	id           string
	read, assign *graph.Node
}

// variables finds the variables of a model, by name.
func variables(m *graph.Model) ([]*pair, error) {
	byID := map[string]*pair{}
	var list []*pair
	var nodes []*graph.Node
	m.Each(func(n *graph.Node) {
		if n.Is("ReadValue", "Assign") {
			nodes = append(nodes, n)
		}
	})
	for _, n := range nodes {
		id := n.Attrs.Text("variable_id")
		if n.Graph() != m.Graph {
			return nil, fmt.Errorf("the variable %q lies in the body of %q", id, n.Graph().Owner().Name())
		}
		if n.Type == "ReadValue" && n.Output(0) == nil || n.Type == "Assign" && n.Source(0) == nil {
			return nil, fmt.Errorf("a %s of the variable %q has no value", n.Type, id)
		}
		p := byID[id]
		if p == nil {
			p = &pair{id: id}
			byID[id] = p
			list = append(list, p)
		}
		side := &p.read
		if n.Type == "Assign" {
			side = &p.assign
		}
		if *side != nil {
			return nil, fmt.Errorf("two %s of the variable %q", n.Type, id)
		}
		*side = n
	}
	for _, p := range list {
		if p.read == nil || p.assign == nil {
			return nil, fmt.Errorf("the variable %q is not both read and assigned", p.id)
		}
	}
	slices.SortFunc(list, func(a, b *pair) int { return cmp.Compare(a.id, b.id) })
	return list, nil
}

func (p *pair) describe() Variable {
	o := p.read.Output(0)
	v := Variable{ID: p.id, Input: p.id, Output: p.id + ".next", Element: o.Element, Shape: o.Shape.Clone(), First: o.Shape.Clone()}
	if s, err := p.read.Attrs.Shape("variable_shape"); err == nil {
		v.Shape = s
	}
	init := p.read.Source(0)
	if init == nil { // zeros, where nothing else is said
		v.FillKnown = true
		return v
	}
	v.First = init.Shape.Clone()
	for init != nil && init.Node().Is("Broadcast", "Convert", "Reshape", "Tile", "Unsqueeze") {
		init = init.Node().Source(0)
	}
	if f, ok := init.KnownFloats(); ok && len(f) > 0 && !slices.ContainsFunc(f, func(x float64) bool { return x != f[0] }) {
		v.Fill, v.FillKnown = f[0], true
	}
	return v
}

// InputsToState makes a variable of each pair of an input and an output: the
// output of one run is the input of the next, inside of the runtime. ID, Input
// and Output of the variables count; the rest is taken from the model.
//
// The value before the first run is zeros. Where the shape has unknown
// dimensions, the first of them is as long as the first dimension of the input
// batch, and the others are 0: what a cache of keys and values begins with.
func InputsToState(m *graph.Model, batch string, list []Variable) error {
	b := m.Edit()
	there := map[string]bool{}
	m.Each(func(n *graph.Node) {
		if n.Is("ReadValue", "Assign") {
			there[n.Attrs.Text("variable_id")] = true
		}
	})
	for _, v := range list {
		if there[v.ID] {
			return fmt.Errorf("the variable %q is there already", v.ID)
		}
		there[v.ID] = true
		if err := inputToState(m, b, batch, v); err != nil {
			return err
		}
	}
	m.Prune()
	return b.Err()
}

func inputToState(m *graph.Model, b *graph.Builder, batch string, v Variable) error {
	in, err := m.Tensor(v.Input)
	if err != nil {
		return err
	}
	next, err := m.Tensor(v.Output)
	if err != nil {
		return err
	}
	if in.Node().Type != "Parameter" {
		return fmt.Errorf("the tensor %q is no input", v.Input)
	}
	if in.Element != next.Element || !in.Shape.Agrees(next.Shape) {
		return fmt.Errorf("the input %q is %s and the output %q is %s", v.Input, in, v.Output, next)
	}
	first, err := firstValue(m, b, batch, in)
	if err != nil {
		return err
	}
	read := b.ReadValue(v.ID, in.Element, in.Shape, first)
	if err := b.Err(); err != nil {
		return err
	}
	if next == in {
		next = read
	}
	in.SetNames(slices.DeleteFunc(slices.Clone(in.Names()), func(s string) bool { return s == v.Input })...)
	if err := takeOver(in, apart(b, in, read)); err != nil {
		return err
	}
	if err := removeResult(next, v.Output); err != nil {
		return err
	}
	b.Assign(v.ID, next)
	if err := b.Err(); err != nil {
		return err
	}
	return in.Node().Remove()
}

// removeResult makes a tensor once less an output: it may be one under several
// names, of which one is to go.
func removeResult(o *graph.Output, name string) error {
	var last *graph.Node
	for _, in := range o.Consumers() {
		n := in.Node()
		if n.Type != "Result" {
			continue
		}
		if last = n; n.Name() == name || n.Name() == name+"/sink_port_0" {
			break
		}
	}
	if last == nil {
		return fmt.Errorf("the tensor %q is no output", name)
	}
	o.SetNames(slices.DeleteFunc(slices.Clone(o.Names()), func(s string) bool { return s == name })...)
	return last.Remove()
}

// apart is what the readers of an input get in its place. The CPU plugin of
// 2026.4 fails ("Invalid graph status") where a Concat reads a variable of
// unknown size directly; a Reshape that changes nothing, and costs nothing,
// helps.
func apart(b *graph.Builder, in, read *graph.Output) *graph.Output {
	joins := slices.ContainsFunc(in.Consumers(), func(c *graph.Input) bool { return c.Node().Type == "Concat" })
	if in.Shape.Static() || !joins {
		return read
	}
	same, rest := make([]int64, len(in.Shape)), 0
	for i, d := range in.Shape {
		if d < 0 {
			rest = i
		}
	}
	same[rest] = -1
	return b.ReshapeTo(read, b.Int64s(same...), true)
}

// firstValue is what a variable holds before the first run, nil for the zeros
// that the runtime takes by itself. It is computed from an input: the CPU plugin
// takes a constant first value for a constant, and packs it as a weight; and
// where a dimension of it is known to be 0, it does not let it grow.
func firstValue(m *graph.Model, b *graph.Builder, batch string, like *graph.Output) (*graph.Output, error) {
	if like.Shape.Static() {
		return nil, nil
	}
	if !like.Shape.Ranked() {
		return nil, fmt.Errorf("the input %q has no known number of dimensions", like.Node().Name())
	}
	from, err := m.Tensor(batch)
	if err != nil {
		return nil, fmt.Errorf("the batch is taken from an input: %w", err)
	}
	if from == like || from.Node().Type != "Parameter" || !from.Shape.Ranked() || len(from.Shape) == 0 {
		return nil, fmt.Errorf("the batch cannot be taken from the tensor %q", batch)
	}
	size := b.Gather(b.ShapeOf(from), b.Int64s(0), 0)
	none := b.Sub(size, size)
	var parts []*graph.Output
	for _, d := range like.Shape {
		switch {
		case d >= 0:
			parts = append(parts, b.Int64s(d))
		case size != nil:
			parts = append(parts, size)
			size = nil
		default:
			parts = append(parts, none)
		}
	}
	return b.BroadcastTo(b.Like(like, 0), b.Concat(0, parts...), "numpy"), b.Err()
}
