package network

import (
	"errors"
	"fmt"
	"math"

	"datum/graph"
	"datum/train/parameters"
	"datum/train/target"
)

// ErrConfig is wrapped where a network cannot be as it is asked for.
var ErrConfig = errors.New("there is no such network")

// Task is what a network is for.
type Task string

// The tasks there are.
const (
	Detection      Task = "detection"
	Classification Task = "classification"
)

// Config says which network is wanted.
type Config struct {
	// Architecture is one of those of Architectures.
	Architecture string
	// Width and Height are the size of the input. A detector wants multiples of 32.
	Width, Height int
	// Classes is how many classes are told apart.
	Classes int
	// Batch is how many pictures a step of the training has.
	Batch int
	// Boxes is for how many boxes of a picture, the first ones, a detector says how
	// well it finds each; 0 is 64.
	Boxes int
	// Smoothing is how much of what a classifier is to say goes to all classes alike.
	Smoothing float64
	// ClassWeights are how much the classes count for a classifier; nil means alike.
	ClassWeights []float32
}

const (
	usualBoxes  = 64
	mostClasses = 1 << 16
	mostPixels  = 1 << 13 // of a side
	mostBatch   = 1 << 14
)

// A Network is an architecture for certain pictures and classes.
type Network struct {
	Config
	Task Task
	// Grid is where a detector looks, nil for a classifier.
	Grid target.Grid

	kind *architecture
	set  *parameters.Set
}

// New returns a network.
func New(c Config) (*Network, error) {
	kind := find(c.Architecture)
	if kind == nil {
		return nil, fmt.Errorf("%w: %q is none of %v", ErrConfig, c.Architecture, Architectures(""))
	}
	if err := c.check(); err != nil {
		return nil, err
	}
	n := &Network{Config: c, Task: kind.task, kind: kind}
	if n.Boxes == 0 {
		n.Boxes = usualBoxes
	}
	if kind.task == Detection {
		grid, err := target.NewGrid(c.Width, c.Height, strides...)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrConfig, err)
		}
		n.Grid = grid
	}
	var err error
	n.set, err = n.describe()
	return n, err
}

func (c *Config) check() error {
	within := func(what string, v, low, high int) error {
		if v < low || v > high {
			return fmt.Errorf("%w: %s is %d, and not from %d to %d", ErrConfig, what, v, low, high)
		}
		return nil
	}
	err := errors.Join(within("the width", c.Width, 8, mostPixels), within("the height", c.Height, 8, mostPixels),
		within("the number of classes", c.Classes, 1, mostClasses), within("the batch", c.Batch, 1, mostBatch), within("the number of boxes", c.Boxes, 0, mostBatch))
	switch {
	case err != nil:
	case !(c.Smoothing >= 0 && c.Smoothing < 1):
		err = fmt.Errorf("%w: labels cannot be smoothed by %v", ErrConfig, c.Smoothing)
	case c.ClassWeights != nil && len(c.ClassWeights) != c.Classes:
		err = fmt.Errorf("%w: there are %d weights for %d classes", ErrConfig, len(c.ClassWeights), c.Classes)
	}
	for i, w := range c.ClassWeights {
		if err == nil && !(w >= 0 && w <= math.MaxFloat32) {
			err = fmt.Errorf("%w: class %d has the weight %v", ErrConfig, i, w)
		}
	}
	return err
}

// describe builds the network once to learn which parameters it has.
func (n *Network) describe() (*parameters.Set, error) {
	l := &layers{Builder: graph.NewBuilder("parameters"), describing: true}
	n.kind.build(l, l.Parameter("images", graph.F32, 1, 3, int64(n.Height), int64(n.Width)), n)
	if err := l.Err(); err != nil {
		return nil, err
	}
	return parameters.NewSet(l.described...)
}

// Parameters are the network's.
func (n *Network) Parameters() *parameters.Set { return n.set }

// An Input is a tensor that a graph is given in each step.
type Input struct {
	Name    string
	Element graph.ElementType
	Shape   graph.Shape
}

// Images is the input with the pictures of a batch: bytes, row by row, red first.
func (n *Network) Images() Input {
	return Input{"images", graph.U8, graph.Shape{int64(n.Batch), int64(n.Height), int64(n.Width), 3}}
}

// Inputs are what Loss wants, in its order.
func (n *Network) Inputs() []Input {
	if n.Task == Detection {
		return append([]Input{n.Images()}, n.detectionTargets()...)
	}
	return append([]Input{n.Images()}, n.classificationTargets()...)
}

// A Named is an output with a name.
type Named struct {
	Name  string
	Value *graph.Output
}

// A Loss says how far a network is from what it is to say.
type Loss struct {
	// Total is what training makes small, the mean over the batch.
	Total *graph.Output
	// Parts are what it is the sum of.
	Parts []Named
	// Each is the loss of each picture [batch] of a classifier, or of each box
	// [batch, boxes] of a detector, 0 where there is none. It is not weighted.
	Each *graph.Output
	// Logits are what the network says of each class: of a picture [batch, classes], or
	// at the point of each box [batch, classes, boxes]. They tell wrong labels from
	// what is only hard to see.
	Logits *graph.Output
	// Apart is how badly each box [batch, boxes] of a detector fits: one less the
	// generalised intersection over union. A classifier has none.
	Apart *graph.Output
}

// OfObjects are the outputs that say something of each object: Each, Logits and, of a
// detector, Apart.
func (l *Loss) OfObjects() []*graph.Output {
	if l.Apart == nil {
		return []*graph.Output{l.Each, l.Logits}
	}
	return []*graph.Output{l.Each, l.Logits, l.Apart}
}

// Loss adds the network and its loss to a graph, over inputs as Inputs describes
// them. Where the tensors are those of a training, these are told what the statistics
// become.
func (n *Network) Loss(b *graph.Builder, t *parameters.Tensors, inputs ...*graph.Output) (*Loss, error) {
	wanted := n.Inputs()
	if len(inputs) != len(wanted) {
		return nil, fmt.Errorf("%w: it was given %d inputs and wants %d", ErrConfig, len(inputs), len(wanted))
	}
	for i, in := range wanted {
		if o := inputs[i]; o.Element != in.Element || !o.Shape.Equal(in.Shape) {
			return nil, fmt.Errorf("%w: the input %s is %v, and not %v [%v]", ErrConfig, in.Name, o, in.Element, in.Shape)
		}
	}
	l := &layers{Builder: b, tensors: t}
	features := n.kind.build(l, n.normalised(b, inputs[0]), n)
	var loss *Loss
	if n.Task == Detection {
		loss = n.detectionLoss(b, features, inputs[1:])
	} else {
		loss = n.classificationLoss(b, features[0], inputs[1:])
	}
	return loss, b.Err()
}

// said turns the last features into what people want to know.
func (n *Network) said(b *graph.Builder, features []*graph.Output) []Named {
	if n.Task == Detection {
		return n.decoded(b, features)
	}
	return []Named{{"probabilities", b.Softmax(features[0], 1)}}
}

// normalised turns bytes into what the first layer takes.
func (n *Network) normalised(b *graph.Builder, images *graph.Output) *graph.Output {
	x := b.Convert(b.Transpose(images, 0, 3, 1, 2), graph.F32)
	mean, scale := n.kind.mean, n.kind.scale
	x = b.Sub(x, b.Float32s("", graph.Shape{1, 3, 1, 1}, mean[:]...))
	return b.Div(x, b.Float32s("", graph.Shape{1, 3, 1, 1}, scale[:]...))
}
