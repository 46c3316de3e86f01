package step

import (
	"fmt"
	"math"

	"datum/graph"
	"datum/train/parameters"
)

// An Input is a tensor of each batch: pictures, or what is to be learnt of them.
type Input struct {
	Name    string
	Element graph.ElementType
	Shape   graph.Shape
	// Gradient says that the gradient by this input is shown, too, behind what the
	// network shows itself: of rows of a table, which is kept elsewhere.
	Gradient bool
}

// A Network is what is trained.
type Network struct {
	Parameters *parameters.Set
	Inputs     []Input
	// Forward adds the network to a graph and returns the loss, a single number, and
	// what else is to be seen of each batch.
	Forward func(b *graph.Builder, p *parameters.Tensors, inputs []*graph.Output) (loss *graph.Output, more []*graph.Output)
}

// Options are choices of how a network is trained. Only the optimiser must be chosen.
type Options struct {
	Optimizer Optimizer
	// ClipNorm is the greatest length that the gradient of all weights together
	// keeps; 0 for any.
	ClipNorm float64
	// Accumulate is how many batches make a step: their mean gradient counts, as if
	// they were one batch. 0 is 1.
	Accumulate int
	// Average is the share of the old in a running mean of the weights, which is often
	// better than the last ones: 0.9998, for example, and less in the first steps. 0 is
	// for none.
	Average float64
	// Mixed makes convolutions and products of matrices compute in bfloat16, where the
	// processor can. Weights, optimiser and losses stay float32.
	Mixed bool
	// Threads is how many threads a step may use, the runtime's choice if 0.
	Threads int
	// Profile makes Program.Profile possible.
	Profile bool
}

// maxAccumulate is more than makes sense.
const maxAccumulate = 1 << 20

func (o *Options) check() error {
	switch {
	case o.Optimizer == nil:
		return fmt.Errorf("%w: no optimiser was chosen", ErrOptions)
	case !(o.ClipNorm >= 0) || math.IsInf(o.ClipNorm, 0) || float32(o.ClipNorm) == 0 && o.ClipNorm != 0:
		return fmt.Errorf("%w: a gradient of at most %v", ErrOptions, o.ClipNorm)
	case o.Accumulate < 0 || o.Accumulate > maxAccumulate:
		return fmt.Errorf("%w: a step of %d batches", ErrOptions, o.Accumulate)
	case !(o.Average >= 0 && o.Average < 1):
		return fmt.Errorf("%w: an average of %v", ErrOptions, o.Average)
	}
	return o.Optimizer.check()
}

func (n *Network) check() error {
	if n.Parameters == nil || n.Forward == nil {
		return fmt.Errorf("%w: the network has no parameters, or no forward", ErrOptions)
	}
	for _, in := range n.Inputs {
		if count, ok := in.Shape.Elements(); !ok || count < 1 || !in.Shape.Ranked() {
			return fmt.Errorf("%w: the input %q has the shape [%s]", ErrOptions, in.Name, in.Shape)
		}
	}
	return nil
}
