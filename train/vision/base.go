package vision

import (
	"slices"

	"datum/formats"
	"datum/graph"
	"datum/train/parameters"
)

// A base is a foreign classifier that is ready for training: for the classes that are
// wanted, and with known places where it is changed for batches.
type base struct {
	*graph.Model
	picture  *graph.Output // its input
	logits   *graph.Output // what is before the softmax, if there is one
	channels int64
	last     bool // channels are the last dimension
	replaced bool
	// fresh are the weights of the last layer, with their first values if that is new.
	fresh map[*graph.Output]parameters.Initializer
	// patterns are what reshapings make of one picture, by the constant that says it.
	patterns map[*graph.Output][]int64
}

func newBase(f *Foreign) (*base, error) {
	old := &base{Model: f.Model, fresh: map[*graph.Output]parameters.Initializer{}}
	if err := old.straight(); err != nil {
		return nil, err
	}
	if err := old.ends(); err != nil {
		return nil, err
	}
	old.resize(int64(f.Width), int64(f.Height))
	h, err := old.head()
	if err != nil {
		return nil, err
	}
	fresh := map[*graph.Output]parameters.Initializer{}
	if h.classes != int64(len(f.Labels)) {
		old.replaced = true
		if fresh, err = h.replace(old.Model, int64(len(f.Labels))); err != nil {
			return nil, err
		}
	} else {
		for _, o := range h.constants() {
			fresh[o] = nil
		}
	}
	own, err := old.ownPatterns()
	if err != nil {
		return nil, err
	}
	return old.copied(fresh, own)
}

// straight refuses operations that have graphs in them, or remember something.
func (m *base) straight() error {
	for _, n := range m.Nodes() {
		if len(n.Bodies()) == 0 && !n.Is("ReadValue", "Assign") {
			continue
		}
		return formats.WithHint(refused("layer %q (%s): only what goes straight from the picture to the classes is trained, without conditions, rounds and states", n.Name(), n.Type),
			"where a condition depends on nothing but the size of the input, ovc leaves it out if it is told that size: --input [1,3,H,W]")
	}
	return nil
}

// copied makes the base anew, so that all shapes are those of the new last layer.
func (old *base) copied(fresh map[*graph.Output]parameters.Initializer, own map[*graph.Output][]int64) (*base, error) {
	b := graph.NewBuilder(old.Name)
	x := old.input(b, old.picture)
	copies := b.Embed(old.Graph, map[*graph.Output]*graph.Output{old.picture: x})
	old.finish(b, old.Model, copies)
	m, err := b.Model()
	if err != nil {
		return nil, refused("%w", err)
	}
	n := &base{Model: m, picture: x, logits: copies[old.logits], channels: old.channels, last: old.last, replaced: old.replaced,
		fresh: map[*graph.Output]parameters.Initializer{}, patterns: map[*graph.Output][]int64{}}
	for o, init := range fresh {
		n.fresh[copies[o]] = init
	}
	for o, dims := range own {
		if c := copies[o]; c != nil {
			n.patterns[c] = dims
		}
	}
	return n, nil
}

// input adds an input like another.
func (*base) input(b *graph.Builder, like *graph.Output) *graph.Output {
	x := b.ParameterOf(like.Node().Name(), like.Element, like.Shape)
	if b.Err() == nil {
		x.SetNames(like.Names()...)
	}
	return x
}

// finish adds the results of a model to its copy, under their names.
func (*base) finish(b *graph.Builder, m *graph.Model, copies map[*graph.Output]*graph.Output) {
	for _, r := range m.Results() {
		o := r.Source(0)
		c := copies[o]
		if b.Err() != nil || c == nil {
			return
		}
		b.Result(c, "").SetName(r.Name())
		c.SetNames(o.Names()...)
	}
}

// ends finds the picture and the logits.
func (m *base) ends() error {
	inputs, results := m.Parameters(), m.Results()
	if len(inputs) != 1 || len(results) != 1 {
		return refused("it has %d inputs and %d outputs; one picture goes into a classifier, and one row of classes comes out", len(inputs), len(results))
	}
	m.picture, m.logits = inputs[0].Output(0), results[0].Source(0)
	s := m.picture.Shape
	if !s.Ranked() || len(s) != 4 {
		return refused("its input [%s] is no picture", s)
	}
	switch {
	case s[1] == 3 || s[1] == 1 && s[3] != 3:
		m.channels = s[1]
	case s[3] == 3 || s[3] == 1:
		m.channels, m.last = s[3], true
	default:
		return refused("its input [%s] is no picture of 1 or 3 channels", s)
	}
	o := m.logits
	for o != nil && onlyShapes(o.Node()) {
		o = o.Node().Source(0)
	}
	if o != nil && o.Node().Is("Softmax", "SoftMax", "LogSoftmax", "Sigmoid") {
		m.logits = o.Node().Source(0)
	}
	if m.logits == nil {
		return refused("nothing feeds its output")
	}
	return nil
}

// onlyShapes reports whether an operation leaves numbers as they are.
func onlyShapes(n *graph.Node) bool {
	return n.Is("Reshape", "Squeeze", "Unsqueeze", "Convert")
}

// resize gives the input the size of pictures.
func (m *base) resize(width, height int64) {
	s := m.picture.Shape.Clone()
	if m.last {
		s[1], s[2] = height, width
	} else {
		s[2], s[3] = height, width
	}
	m.picture.Shape = s
}

// ownPatterns gives each reshaping of what depends on the picture, whose target is one
// picture, a target of its own, so that it can become that of a batch.
func (m *base) ownPatterns() (map[*graph.Output][]int64, error) {
	own := map[*graph.Output][]int64{}
	nodes, err := m.Sorted()
	if err != nil || m.picture.Shape[0] != 1 {
		return own, err
	}
	depends := map[*graph.Node]bool{m.picture.Node(): true}
	b := m.Edit()
	for _, n := range nodes {
		for i := range n.Inputs() {
			if o := n.Source(i); o != nil && depends[o.Node()] {
				depends[n] = true
			}
		}
		if !n.Is("Reshape") || len(n.Inputs()) != 2 || !n.Source(1).IsConst() || !depends[n] || n.Source(0) == nil {
			continue
		}
		x, y := n.Source(0).Shape, n.Output(0).Shape
		dims, ok := n.Source(1).KnownInts()
		if !ok || len(dims) == 0 || dims[0] != 1 || len(x) == 0 || x[0] != 1 || len(y) == 0 {
			continue
		}
		pattern := b.Ints(n.Name()+" shape", n.Source(1).Element, graph.Shape{int64(len(dims))}, dims...)
		if b.Err() != nil {
			return nil, b.Err()
		}
		if err := n.Input(1).Connect(pattern); err != nil {
			return nil, err
		}
		own[pattern] = slices.Clone(dims)
	}
	return own, nil
}
