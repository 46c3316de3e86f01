package clicktrainer

import (
	"errors"

	"datum/events"
	"datum/graph"
	"datum/models/ctr"
	"datum/openvino"
	"datum/train/clicks"
	"datum/train/embedding"
	"datum/train/parameters"
	"datum/train/step"
)

// tables are the embeddings of users, items and categories.
type tables struct {
	user, item, category *embedding.Table
	of                   []uint32 // the category of each item
}

// newTables makes tables with a row for each number. That of 0, which is what is not
// known, is zeros, and stays so; as published, it is drawn, and padding trains it.
func newTables(names *events.Vocabularies, n *ctr.Network, seed uint64) (t tables, err error) {
	t.of = names.Category
	for i, to := range []**embedding.Table{&t.user, &t.item, &t.category} {
		rows := len([]*events.Vocabulary{names.Users, names.Items, names.Categories}[i].Names)
		if *to, err = embedding.New(rows, n.Embedding, embedding.Glorot(rows, n.Embedding), seed+uint64(i)); err != nil {
			return t, err
		}
		if !n.Reference {
			clear((*to).Values()[:n.Embedding])
		}
	}
	return t, nil
}

func (t *tables) all() []*embedding.Table { return []*embedding.Table{t.user, t.item, t.category} }

// trainable is a network as package step wants it.
func trainable(n *ctr.Network, batch, time int) step.Network {
	s := step.Network{Parameters: n.Parameters()}
	for _, in := range n.Inputs(int64(batch), int64(time)) {
		s.Inputs = append(s.Inputs, step.Input{Name: in.Name, Element: in.Element, Shape: in.Shape, Gradient: in.Rows})
	}
	s.Forward = func(b *graph.Builder, t *parameters.Tensors, inputs []*graph.Output) (*graph.Output, []*graph.Output) {
		loss, err := n.Loss(b, t, inputs...)
		if err != nil {
			b.Fail(err)
			return nil, nil
		}
		if loss.Auxiliary == nil {
			return loss.Total, []*graph.Output{loss.Click}
		}
		return loss.Total, []*graph.Output{loss.Click, loss.Auxiliary}
	}
	return s
}

// A stepGraph is a program with its inputs, for histories of one length.
type stepGraph struct {
	program *step.Program
	network *ctr.Network
	inputs  []*openvino.Tensor
	// looked are the rows that were looked up for the batch, in the order in which the
	// program shows their gradients.
	looked []lookup
	names  map[string]*openvino.Tensor
	// categories are those of looked.items, in memory that is used again.
	categories [][]int32
	padded     [2][]int32
}

// A lookup is rows of one input: of users, or of items with their categories.
type lookup struct {
	input string
	ids   []int32
	of    []int32 // categories; nil of users
}

func newStepGraph(p *step.Program, n *ctr.Network) (*stepGraph, error) {
	inputs, err := p.NewInputs()
	if err != nil {
		return nil, err
	}
	g := &stepGraph{program: p, network: n, inputs: inputs, names: map[string]*openvino.Tensor{}, categories: make([][]int32, 3)}
	for i, in := range n.Inputs(1, 1) {
		g.names[in.Name] = inputs[i]
	}
	return g, nil
}

func (g *stepGraph) close() {
	for _, t := range g.inputs {
		t.Close()
	}
	g.program.Close()
}

// fill looks up the rows of a batch.
func (g *stepGraph) fill(t *tables, b *clicks.Batch) error {
	histories, negatives := b.Histories, b.Negatives
	if g.network.Reference { // as published, padding is item 0
		histories, negatives = g.unknown(0, histories), g.unknown(1, negatives)
	}
	g.looked = append(g.looked[:0], lookup{input: "user", ids: b.Users})
	for i, x := range []lookup{{input: "item", ids: b.Items}, {input: "history", ids: histories}, {input: "negative", ids: negatives}} {
		if x.ids == nil {
			continue
		}
		g.categories[i] = categoriesOf(g.categories[i], x.ids, t.of)
		x.of = g.categories[i]
		g.looked = append(g.looked, x)
	}
	for _, x := range g.looked {
		if err := g.lookUp(t, x); err != nil {
			return err
		}
	}
	mask, clicked := g.names["mask"].Float32s(), g.names["clicked"].Float32s()
	clear(mask)
	clear(clicked)
	for i, n := range b.Lengths {
		for k := range int(n) {
			mask[i*b.Time+k] = 1
		}
		if b.Clicked[i] {
			clicked[i] = 1
		}
	}
	copy(g.names["lengths"].Int32s(), b.Lengths)
	return nil
}

// unknown returns ids with 0 in the place of −1.
func (g *stepGraph) unknown(which int, ids []int32) []int32 {
	if ids == nil {
		return nil
	}
	list := g.padded[which][:0]
	for _, id := range ids {
		list = append(list, max(id, 0))
	}
	g.padded[which] = list
	return list
}

func categoriesOf(to, ids []int32, of []uint32) []int32 {
	to = to[:0]
	for _, id := range ids {
		if id >= 0 {
			id = int32(of[id])
		}
		to = append(to, id)
	}
	return to
}

func (g *stepGraph) lookUp(t *tables, x lookup) error {
	to, e := g.names[x.input].Float32s(), g.network.Embedding
	if x.of == nil {
		return t.user.Look(to, x.ids, embedding.Place{First: 0, Stride: e})
	}
	return errors.Join(t.item.Look(to, x.ids, embedding.Place{First: 0, Stride: 2 * e}), t.category.Look(to, x.of, embedding.Place{First: e, Stride: 2 * e}))
}

// shown is how many losses come before the gradients.
func (g *stepGraph) shown() int {
	if g.network.Auxiliary > 0 {
		return 2
	}
	return 1
}

// losses are those of the last batch.
func (g *stepGraph) losses() (click, auxiliary float64, err error) {
	var list [2]float64
	for i := range g.shown() {
		x, err := g.program.More(i)
		if err != nil {
			return 0, 0, err
		}
		list[i] = float64(x.Float32s()[0])
	}
	return list[0], list[1], nil
}

// learn changes the rows that were looked up by their gradients.
func (g *stepGraph) learn(t *tables, rate float64) error {
	e := g.network.Embedding
	for i, x := range g.looked {
		gradient, err := g.program.More(g.shown() + i)
		if err != nil {
			return err
		}
		numbers := gradient.Float32s()
		if x.of == nil {
			err = t.user.Add(numbers, x.ids, embedding.Place{First: 0, Stride: e})
		} else {
			err = errors.Join(t.item.Add(numbers, x.ids, embedding.Place{First: 0, Stride: 2 * e}), t.category.Add(numbers, x.of, embedding.Place{First: e, Stride: 2 * e}))
		}
		if err != nil {
			return err
		}
	}
	for _, table := range t.all() {
		if err := table.Step(rate); err != nil {
			return err
		}
	}
	return nil
}
