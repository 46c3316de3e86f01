package ctr

import (
	"math"

	"datum/graph"
	"datum/train/parameters"
)

// layers adds layers to a graph. What they are made of comes from tensors, or, while a
// network is described, from nowhere.
type layers struct {
	*graph.Builder
	network    *Network
	tensors    *parameters.Tensors
	sequence   bool // whether recurrent layers are operations for sequences
	precise    bool // whether the AUGRU among them stays in float32
	describing bool
	described  []parameters.Parameter
}

// parameter returns one parameter of the network.
func (l *layers) parameter(p parameters.Parameter) *graph.Output {
	if l.describing {
		l.described = append(l.described, p)
		return l.ParameterOf(p.Name, graph.F32, p.Shape)
	}
	return l.tensors.Get(p.Name)
}

func (l *layers) number(v float64) *graph.Output { return l.Scalar(graph.F32, v) }

// last is the size of the last dimension. After an error of the builder it does not
// matter.
func last(x *graph.Output) int64 {
	if len(x.Shape) == 0 {
		return 1
	}
	return x.Shape[len(x.Shape)-1]
}

// weight is a matrix [in, out], as it was published.
func (l *layers) weight(name string, in, out int64) *graph.Output {
	return l.parameter(parameters.Parameter{Name: name, Shape: graph.Shape{in, out}, Init: parameters.Xavier(int(in), int(out)), Decay: true})
}

func (l *layers) vector(name string, size int64, first float32) *graph.Output {
	return l.parameter(parameters.Parameter{Name: name, Shape: graph.Shape{size}, Init: parameters.Constant(first)})
}

// dense is a linear layer with a bias.
func (l *layers) dense(x *graph.Output, name string, out int64) *graph.Output {
	x = l.MatMul(x, l.weight(name+".weight", last(x), out), false, false)
	return l.Add(x, l.vector(name+".bias", out, 0))
}

// normal is the factor of the published batch normalisation, whose variance stays 1.
var normal = 1 / math.Sqrt(1.001)

// scaled is what the published networks call a batch normalisation. The mean and the
// variance that it normalises with were never updated there, so it scales and shifts.
func (l *layers) scaled(x *graph.Output, name string) *graph.Output {
	scale := l.Mul(l.vector(name+".scale", last(x), 1), l.number(normal))
	return l.Add(l.Mul(x, scale), l.vector(name+".shift", last(x), 0))
}

func (l *layers) prelu(x *graph.Output, name string) *graph.Output {
	return l.PRelu(x, l.vector(name+".slope", last(x), 0.1))
}

// forgotten is the share of a running mean that each step of the training replaces.
const forgotten = 0.02

// dice goes softly from slope·x to x, around the mean of what comes.
func (l *layers) dice(x *graph.Output, name string) *graph.Output {
	slope := l.vector(name+".slope", last(x), 0)
	mean, deviation := l.spread(x, name)
	p := l.Sigmoid(l.Div(l.Sub(x, mean), l.Add(deviation, l.number(1e-9))))
	return l.Add(l.Mul(slope, l.Mul(l.Sub(l.number(1), p), x)), l.Mul(p, x))
}

// spread is the mean and the standard deviation of each column: of the batch while the
// network is trained, and then what was gathered in training.
func (l *layers) spread(x *graph.Output, name string) (mean, deviation *graph.Output) {
	var kept [2]*graph.Output
	names := [2]string{name + ".mean", name + ".deviation"}
	if !l.network.Reference {
		for i, name := range names {
			kept[i] = l.parameter(parameters.Parameter{Name: name, Shape: graph.Shape{last(x)}, Init: parameters.Constant(float32(i)), Statistic: true})
		}
		if !l.training() {
			return kept[0], kept[1]
		}
	}
	mean = l.Mean(x, false, 0)
	difference := l.Sub(x, mean)
	deviation = l.Sqrt(l.Mean(l.Add(l.Mul(difference, difference), l.number(1e-9)), false, 0))
	if !l.network.Reference && !l.describing {
		for i, now := range []*graph.Output{mean, deviation} {
			l.tensors.Update(names[i], l.Add(kept[i], l.Mul(l.Sub(now, kept[i]), l.number(forgotten))))
		}
	}
	return mean, deviation
}

// training reports whether the graph is one that trains.
func (l *layers) training() bool { return l.describing || l.tensors.Training() }
