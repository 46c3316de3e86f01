package network

import (
	"datum/graph"
	"datum/train/parameters"
)

// layers adds layers to a graph. What they are made of comes from tensors; or, while
// a network is described, from nowhere, and while it is exported, from values.
type layers struct {
	*graph.Builder
	tensors    *parameters.Tensors
	describing bool
	described  []parameters.Parameter
	values     parameters.Values
}

// parameter returns one parameter of the network.
func (l *layers) parameter(p parameters.Parameter) *graph.Output {
	switch {
	case l.describing:
		l.described = append(l.described, p)
		return l.ParameterOf(p.Name, graph.F32, p.Shape)
	case l.values != nil:
		return l.Float32s(p.Name, p.Shape, l.values[p.Name]...)
	}
	return l.tensors.Get(p.Name)
}

// An activation is what follows a normalised convolution.
type activation int

const (
	swish activation = iota
	relu
	linear // nothing
)

func (l *layers) activate(x *graph.Output, a activation) *graph.Output {
	switch a {
	case swish:
		return l.Swish(x)
	case relu:
		return l.Relu(x)
	}
	return x
}

// A filter is a convolution with square windows. One that is depthwise looks at each
// channel alone, and has as many as it is given.
type filter struct {
	out, size, stride int64
	depthwise         bool
	activation        activation
}

// shape is that of the weights over an input of so many channels. The outputs come
// first in both.
func (f *filter) shape(in int64) graph.Shape {
	if f.depthwise {
		return graph.Shape{in, 1, 1, f.size, f.size}
	}
	return graph.Shape{f.out, in, f.size, f.size}
}

// fanIn is how many numbers each output reads.
func (f *filter) fanIn(in int64) int {
	if f.depthwise {
		in = 1
	}
	return int(in * f.size * f.size)
}

func (f *filter) apply(b *graph.Builder, x, weights *graph.Output) *graph.Output {
	w := graph.Pad(f.stride, (f.size-1)/2)
	if f.depthwise {
		return b.GroupConvolution(x, weights, w)
	}
	return b.Convolution(x, weights, w)
}

// channels is how many x has. After an error of the builder it does not matter.
func channels(x *graph.Output) int64 {
	if len(x.Shape) < 2 {
		return 1
	}
	return x.Shape[1]
}

// normal is a convolution without bias, normalised over the batch, and what follows.
func (l *layers) normal(x *graph.Output, name string, f filter) *graph.Output {
	in := channels(x)
	if f.depthwise {
		f.out = in
	}
	weight := parameters.Parameter{Name: name + ".weight", Shape: f.shape(in), Init: parameters.He(f.fanIn(in)), Decay: true}
	n := normalisation(name+".norm", f.out)
	if l.values != nil {
		w, bias := folded(l.values, weight.Name, &n)
		x = f.apply(l.Builder, x, l.Float32s(weight.Name, weight.Shape, w...))
		return l.activate(l.Add(x, l.Float32s(name+".bias", graph.Shape{1, f.out, 1, 1}, bias...)), f.activation)
	}
	x = f.apply(l.Builder, x, l.parameter(weight))
	return l.activate(l.normalise(x, &n), f.activation)
}

// conv is a convolution of size 1 with a bias, as it ends a network.
func (l *layers) conv(x *graph.Output, name string, out int64, deviation float64, bias float32) *graph.Output {
	f := filter{out: out, size: 1, stride: 1}
	w := l.parameter(parameters.Parameter{Name: name + ".weight", Shape: f.shape(channels(x)), Init: parameters.Normal(deviation), Decay: true})
	b := l.parameter(parameters.Parameter{Name: name + ".bias", Shape: graph.Shape{out}, Init: parameters.Constant(bias)})
	return l.Add(f.apply(l.Builder, x, w), l.Reshape(b, 1, out, 1, 1))
}

// classify takes the mean over all places and says how much it looks like each class.
func (l *layers) classify(x *graph.Output, name string, classes int) *graph.Output {
	in, out := channels(x), int64(classes)
	w := l.parameter(parameters.Parameter{Name: name + ".weight", Shape: graph.Shape{out, in}, Init: parameters.Xavier(int(in), classes), Decay: true})
	b := l.parameter(parameters.Parameter{Name: name + ".bias", Shape: graph.Shape{out}})
	return l.Add(l.MatMul(l.Mean(x, false, 2, 3), w, false, true), b)
}

// residual is x plus what two convolutions, of which the first is narrow, make of it.
func (l *layers) residual(x *graph.Output, name string) *graph.Output {
	c := channels(x)
	h := l.normal(x, name+".1", filter{out: c / 2, size: 1, stride: 1})
	return l.Add(x, l.normal(h, name+".2", filter{out: c, size: 3, stride: 1}))
}

// separable is a convolution in two steps: over places, and over channels.
func (l *layers) separable(x *graph.Output, name string, out, stride int64) *graph.Output {
	h := l.normal(x, name+".depthwise", filter{size: 3, stride: stride, depthwise: true})
	return l.normal(h, name+".pointwise", filter{out: out, size: 1, stride: 1})
}

// inverted widens x, looks over places, and narrows it again; where it keeps the size
// it adds x.
func (l *layers) inverted(x *graph.Output, name string, out, stride int64) *graph.Output {
	const wider = 4
	h := l.normal(x, name+".expand", filter{out: wider * channels(x), size: 1, stride: 1})
	h = l.normal(h, name+".depthwise", filter{size: 3, stride: stride, depthwise: true})
	h = l.normal(h, name+".project", filter{out: out, size: 1, stride: 1, activation: linear})
	if stride == 1 && out == channels(x) {
		h = l.Add(x, h)
	}
	return h
}

// twice doubles width and height by repeating.
func (l *layers) twice(x *graph.Output) *graph.Output {
	if len(x.Shape) != 4 {
		return x
	}
	return l.Resize(x, []int64{2, 3}, []int64{2 * x.Shape[2], 2 * x.Shape[3]}, graph.Interpolation{Mode: "nearest", Coordinates: "asymmetric", Nearest: "floor"})
}
