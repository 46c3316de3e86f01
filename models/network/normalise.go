package network

import (
	"math"

	"datum/graph"
	"datum/train/parameters"
)

const (
	// epsilon is added to variances, as they may be 0.
	epsilon = 1e-5
	// momentum is how much of the running statistics a batch replaces.
	momentum = 0.1
)

// norm is the parameters of a normalisation over the batch.
type norm struct{ scale, shift, mean, variance parameters.Parameter }

func normalisation(name string, channels int64) norm {
	s := graph.Shape{channels}
	return norm{
		scale:    parameters.Parameter{Name: name + ".scale", Shape: s, Init: parameters.Constant(1)},
		shift:    parameters.Parameter{Name: name + ".shift", Shape: s},
		mean:     parameters.Parameter{Name: name + ".mean", Shape: s, Statistic: true},
		variance: parameters.Parameter{Name: name + ".variance", Shape: s, Init: parameters.Constant(1), Statistic: true},
	}
}

// normalise normalises each channel of x: by the statistics of the batch in training,
// by the running ones otherwise. It is written as x·a + b with a and b of one number
// for each channel, whose gradient costs least.
func (l *layers) normalise(x *graph.Output, n *norm) *graph.Output {
	scale, shift, mean, variance := l.parameter(n.scale), l.parameter(n.shift), l.parameter(n.mean), l.parameter(n.variance)
	if l.tensors != nil && l.tensors.Training() {
		mean, variance = l.batchStatistics(x, n, mean, variance)
	}
	a := l.Div(scale, l.Sqrt(l.Add(variance, l.Scalar(graph.F32, epsilon))))
	b := l.Sub(shift, l.Mul(mean, a))
	c := channels(x)
	return l.Add(l.Mul(x, l.Reshape(a, 1, c, 1, 1)), l.Reshape(b, 1, c, 1, 1))
}

// batchStatistics returns those of the batch, and updates the running ones.
func (l *layers) batchStatistics(x *graph.Output, n *norm, running, runningVariance *graph.Output) (mean, variance *graph.Output) {
	if len(x.Shape) != 4 { // after an error of the builder
		return running, runningVariance
	}
	count := float64(x.Shape[0] * x.Shape[2] * x.Shape[3])
	mean = l.Mean(x, false, 0, 2, 3)
	// Lengths say what the mean of the square of x is without that square, which is as
	// large as x: one for each picture, as a long sum of float32 loses digits.
	length := l.Reduce("ReduceL2", x, false, 2, 3)
	square := l.Mul(l.Sum(l.Mul(length, length), false, 0), l.Scalar(graph.F32, 1/count))
	// Rounding may leave less than nothing of a channel that is the same everywhere.
	variance = l.Maximum(l.Sub(square, l.Mul(mean, mean)), l.Scalar(graph.F32, 0))
	// The running variance is that of all pictures, of which the batch is a sample.
	sample := l.Mul(variance, l.Scalar(graph.F32, count/max(1, count-1)))
	l.tensors.Update(n.mean.Name, l.mixed(running, mean))
	l.tensors.Update(n.variance.Name, l.mixed(runningVariance, sample))
	return mean, variance
}

// mixed moves a statistic a step towards a new value.
func (l *layers) mixed(old, new *graph.Output) *graph.Output {
	return l.Add(l.Mul(old, l.Scalar(graph.F32, 1-momentum)), l.Mul(new, l.Scalar(graph.F32, momentum)))
}

// folded returns weights and biases of a convolution that include the normalisation
// that follows it.
func folded(v parameters.Values, weight string, n *norm) (weights, bias []float32) {
	old := v[weight]
	scale, shift, mean, variance := v[n.scale.Name], v[n.shift.Name], v[n.mean.Name], v[n.variance.Name]
	weights, bias = make([]float32, len(old)), make([]float32, len(scale))
	each := len(old) / len(scale)
	for c := range scale {
		a := float64(scale[c]) / math.Sqrt(float64(variance[c])+epsilon)
		bias[c] = float32(float64(shift[c]) - float64(mean[c])*a)
		for i := c * each; i < (c+1)*each; i++ {
			weights[i] = float32(float64(old[i]) * a)
		}
	}
	return weights, bias
}
