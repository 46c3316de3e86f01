package ctr

import (
	"errors"
	"fmt"
	"math"

	"datum/graph"
	"datum/train/parameters"
)

// ErrConfig is wrapped where a network cannot be as it is asked for.
var ErrConfig = errors.New("there is no such click-through network")

// The architectures there are.
const (
	DIEN = "dien"
	DIN  = "din"
	DNN  = "dnn"
)

// Config says which network is wanted. A model file has to keep it with the weights:
// they are worth nothing under another one.
type Config struct {
	// Architecture is DIEN, DIN or DNN.
	Architecture string
	// Embedding is the width of a row of each table; 0 is the published 18.
	Embedding int
	// Reference is the published behaviour: Dice takes the statistics of the batch even
	// when it predicts, the sum of a history includes its padding, and the auxiliary
	// loss is a mean over padding, too.
	Reference bool
	// Auxiliary is the weight of DIEN's auxiliary loss; 0 is for none, 1 was published.
	Auxiliary float64
}

const (
	publishedEmbedding = 18
	mostEmbedding      = 1 << 10
)

// A Network is an architecture with its parameters, the tables of embeddings excepted.
type Network struct {
	Config
	set *parameters.Set
}

// New returns a network.
func New(c Config) (*Network, error) {
	if c.Embedding == 0 {
		c.Embedding = publishedEmbedding
	}
	switch {
	case c.Architecture != DIEN && c.Architecture != DIN && c.Architecture != DNN:
		return nil, fmt.Errorf("%w: %q is none of %s, %s and %s", ErrConfig, c.Architecture, DIEN, DIN, DNN)
	case c.Embedding < 1 || c.Embedding > mostEmbedding:
		return nil, fmt.Errorf("%w: embeddings of %d numbers, and not of 1 to %d", ErrConfig, c.Embedding, mostEmbedding)
	case !(c.Auxiliary >= 0) || math.IsInf(c.Auxiliary, 0):
		return nil, fmt.Errorf("%w: an auxiliary loss that counts %v", ErrConfig, c.Auxiliary)
	case c.Auxiliary > 0 && c.Architecture != DIEN:
		return nil, fmt.Errorf("%w: only %s has an auxiliary loss", ErrConfig, DIEN)
	}
	n := &Network{Config: c}
	var err error
	n.set, err = n.describe()
	return n, err
}

// describe builds the network once to learn which parameters it has.
func (n *Network) describe() (*parameters.Set, error) {
	l := &layers{Builder: graph.NewBuilder("parameters"), network: n, describing: true}
	var inputs []*graph.Output
	for _, in := range n.Inputs(2, 2) {
		inputs = append(inputs, l.ParameterOf(in.Name, in.Element, in.Shape))
	}
	l.loss(inputs)
	if err := l.Err(); err != nil {
		return nil, err
	}
	return parameters.NewSet(l.described...)
}

// Parameters are the network's.
func (n *Network) Parameters() *parameters.Set { return n.set }

// An Input is a tensor that a graph is given.
type Input struct {
	Name    string
	Element graph.ElementType
	Shape   graph.Shape
	// Rows says that it is rows of tables, whose gradients training wants.
	Rows bool
}

// Inputs are what the loss wants of a batch, whose histories are padded to a length, in
// its order. A row of an item is its embedding and that of its category behind it.
//
//	user      the users' rows
//	item      the rows of the items that were shown
//	history   the rows of what the user clicked before, from the oldest on
//	mask      1 where a history is, 0 where it is padded at its end
//	lengths   how long each history is
//	negative  rows of items that were not clicked, one for each of the history;
//	          only where there is an auxiliary loss
//	clicked   1 for what was clicked, 0 for what was not
func (n *Network) Inputs(batch, time int64) []Input {
	inputs := n.served(batch, time)
	if n.Auxiliary > 0 {
		inputs = append(inputs, Input{"negative", graph.F32, graph.Shape{batch, time, n.width()}, true})
	}
	return append(inputs, Input{"clicked", graph.F32, graph.Shape{batch}, false})
}

// served are the inputs without which there is no prediction.
func (n *Network) served(batch, time int64) []Input {
	e, w := int64(n.Embedding), n.width()
	return []Input{
		{"user", graph.F32, graph.Shape{batch, e}, true},
		{"item", graph.F32, graph.Shape{batch, w}, true},
		{"history", graph.F32, graph.Shape{batch, time, w}, true},
		{"mask", graph.F32, graph.Shape{batch, time}, false},
		{"lengths", graph.I32, graph.Shape{batch}, false},
	}
}

// width is that of an item: two embeddings. The states of the recurrent layers are as
// wide.
func (n *Network) width() int64 { return 2 * int64(n.Embedding) }
