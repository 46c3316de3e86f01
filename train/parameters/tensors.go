package parameters

import (
	"fmt"

	"datum/graph"
)

// Tensors are the parameters of a network as outputs of the graph that is built.
//
//	x = b.Convolution(x, p.Get("stem.weight"), graph.Pad(2, 1))
type Tensors struct {
	b    *graph.Builder
	set  *Set
	at   map[string]*graph.Output
	next map[string]*graph.Output // of statistics; nil where nothing is trained
}

// NewTensors makes tensors of outputs, by the names of the parameters. Training says
// whether statistics may change.
func NewTensors(b *graph.Builder, set *Set, outputs map[string]*graph.Output, training bool) *Tensors {
	t := &Tensors{b: b, set: set, at: outputs}
	if training {
		t.next = map[string]*graph.Output{}
	}
	return t
}

// Constants makes tensors that are constants of a graph, for a model that is used and
// not trained any more.
func Constants(b *graph.Builder, set *Set, values Values) (*Tensors, error) {
	if err := set.Check(values); err != nil {
		return nil, err
	}
	at := make(map[string]*graph.Output, len(set.list))
	for _, p := range set.list {
		at[p.Name] = b.Float32s(p.Name, p.Shape, values[p.Name]...)
	}
	return NewTensors(b, set, at, false), b.Err()
}

// Training reports whether the graph is one that trains: statistics are those of the
// batch, and what they become is said by Update.
func (t *Tensors) Training() bool { return t.next != nil }

// Get returns a parameter. One that does not exist is an error of the builder.
func (t *Tensors) Get(name string) *graph.Output {
	o := t.at[name]
	if o == nil {
		t.b.Fail(fmt.Errorf("%w: there is no parameter %q", ErrSet, name))
		return t.b.Float32s("", graph.Shape{}, 0)
	}
	return o
}

// Update says what a statistic is after this step. Frozen ones stay as they are, and
// where nothing is trained it does nothing.
func (t *Tensors) Update(name string, value *graph.Output) {
	if t.next == nil || t.b.Err() != nil {
		return
	}
	p, ok := t.set.Lookup(name)
	switch {
	case !ok || !p.Statistic:
		t.b.Fail(fmt.Errorf("%w: there is no statistic %q", ErrSet, name))
	case value == nil || value.Element != graph.F32 || !value.Shape.Equal(p.Shape):
		t.b.Fail(fmt.Errorf("%w: %q of the shape [%s] cannot become %v", ErrSet, name, p.Shape, value))
	case t.next[name] != nil:
		t.b.Fail(fmt.Errorf("%w: %q is updated twice", ErrSet, name))
	case !p.Frozen:
		t.next[name] = value
	}
}

// Updated returns what a statistic becomes, nil where nobody has said so.
func (t *Tensors) Updated(name string) *graph.Output { return t.next[name] }
