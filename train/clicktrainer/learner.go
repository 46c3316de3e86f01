package clicktrainer

import (
	"context"
	"errors"
	"fmt"

	"datum/events"
	"datum/formats"
	"datum/models/ctr"
	"datum/models/ctr/bundle"
	"datum/openvino"
	"datum/train/clicks"
	"datum/train/embedding"
	"datum/train/parameters"
	"datum/train/step"
	"datum/train/trainer"
)

// LearnerOptions say how a learner learns.
type LearnerOptions struct {
	Batch, MaxHistory, Threads int
	Seed                       uint64
}

// A Learner learns from one batch after the other: it is a network with its tables.
type Learner struct {
	core    *openvino.Core
	network *ctr.Network
	names   *events.Vocabularies
	o       LearnerOptions
	tables  tables
	// owner has the state; graphs are programs for each length, made when they are
	// wanted first.
	owner   *step.Program
	graphs  map[int]*stepGraph
	lengths []int
}

// NewLearner makes a learner that knows nothing yet.
func NewLearner(core *openvino.Core, n *ctr.Network, names *events.Vocabularies, o LearnerOptions) (*Learner, error) {
	l := &Learner{core: core, network: n, names: names, o: o, lengths: lengths(o.MaxHistory), graphs: map[int]*stepGraph{}}
	var err error
	if l.tables, err = newTables(names, n, o.Seed); err != nil {
		return nil, err
	}
	if l.owner, err = step.Build(core, trainable(n, o.Batch, o.MaxHistory), step.Options{Optimizer: step.Adam{}, Threads: o.Threads}, n.Parameters().Initial(o.Seed)); err != nil {
		return nil, err
	}
	if l.graphs[o.MaxHistory], err = newStepGraph(l.owner, n); err != nil {
		l.owner.Close()
		return nil, err
	}
	return l, nil
}

// Lengths are those that the histories of a batch may be padded to.
func (l *Learner) Lengths() []int { return l.lengths }

// Values are the network's parameters as they are now.
func (l *Learner) Values() parameters.Values { return l.owner.Values() }

// Tables are the embeddings of users, items and categories.
func (l *Learner) Tables() (user, item, category *embedding.Table) {
	return l.tables.user, l.tables.item, l.tables.category
}

// Model is what has been learnt under a protocol. It shares the memory of the tables.
func (l *Learner) Model(p bundle.Protocol) (*bundle.Model, error) {
	v := l.names
	m := &bundle.Model{Config: l.network.Config, Protocol: p, Category: v.Category, Values: l.Values(),
		Tables: bundle.Tables{User: l.tables.user.Values(), Item: l.tables.item.Values(), Category: l.tables.category.Values()}}
	for names, list := range map[**bundle.Names][]string{&m.Users: v.Users.Names, &m.Items: v.Items.Names, &m.Categories: v.Categories.Names} {
		var err error
		if *names, err = bundle.NewNames(list); err != nil {
			return nil, formats.Reason(formats.ErrCorrupt, "%w", err)
		}
	}
	return m, m.Check()
}

// Close gives everything back.
func (l *Learner) Close() {
	for _, g := range l.graphs {
		g.close()
	}
	l.owner.Close()
}

// graph is the one for histories of a length.
func (l *Learner) graph(length int) (*stepGraph, error) {
	if g := l.graphs[length]; g != nil {
		return g, nil
	}
	p, err := l.owner.Sibling(l.core, trainable(l.network, l.o.Batch, length))
	if err != nil {
		return nil, err
	}
	g, err := newStepGraph(p, l.network)
	if err != nil {
		p.Close()
		return nil, err
	}
	l.graphs[length] = g
	return g, nil
}

// Learned is how a batch went.
type Learned struct {
	step.Report
	// Click and Auxiliary are the parts of the loss.
	Click, Auxiliary float64
}

// Learn learns from a batch at a learning rate. Where numbers are finite no more, the
// error matches [trainer.ErrDiverged], and there is no going on from here.
func (l *Learner) Learn(ctx context.Context, b *clicks.Batch, rate float64) (Learned, error) {
	var r Learned
	g, err := l.graph(b.Time)
	if err != nil {
		return r, err
	}
	if err := g.fill(&l.tables, b); err != nil {
		return r, err
	}
	if r.Report, err = g.program.Run(ctx, rate, g.inputs...); err != nil {
		return r, err
	}
	if !r.Sound {
		return r, trainer.ErrDiverged
	}
	if err := g.learn(&l.tables, rate); errors.Is(err, embedding.ErrTable) {
		return r, fmt.Errorf("%w: %w", trainer.ErrDiverged, err)
	} else if err != nil {
		return r, err
	}
	r.Click, r.Auxiliary, err = g.losses()
	return r, err
}
