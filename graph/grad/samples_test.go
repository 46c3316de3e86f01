package grad_test

import (
	"hash/fnv"
	"math"
	"math/rand/v2"

	"datum/graph"
)

// Short names for the tables of samples.
type (
	builder = *graph.Builder
	output  = *graph.Output
	window  = graph.Window
)

// A sample is a small graph, and what PyTorch calls the same.
type sample struct {
	name string
	// torch is an expression over the inputs by their names, or lines that end
	// with y being what comes out.
	torch  string
	inputs []input
	graph  func(b builder, x []output) []output
}

// single makes a graph with one output.
func single(f func(b builder, x []output) output) func(builder, []output) []output {
	return func(b builder, x []output) []output { return []output{f(b, x)} }
}

// An input of a sample has a shape, and values that suit what is done with it.
type input struct {
	name  string
	shape graph.Shape
	draw  func(r *rand.Rand, n int) []float64
	// index says that the values are integers.
	index bool
}

func inputs(all ...input) []input { return all }

// number is an input of the normal distribution.
func number(name string, shape ...int64) input {
	return input{name: name, shape: shape, draw: each(func(r *rand.Rand) float64 { return r.NormFloat64() })}
}

// wide is an input over a few units to both sides of zero.
func wide(name string, shape ...int64) input {
	return input{name: name, shape: shape, draw: each(func(r *rand.Rand) float64 { return 3 * r.NormFloat64() })}
}

// positive is an input that is not near zero.
func positive(name string, shape ...int64) input {
	return input{name: name, shape: shape, draw: each(func(r *rand.Rand) float64 { return 0.4 + math.Abs(r.NormFloat64()) })}
}

// between is an input that is spread evenly from low to high.
func between(low, high float64, name string, shape ...int64) input {
	return input{name: name, shape: shape, draw: each(func(r *rand.Rand) float64 { return low + (high-low)*r.Float64() })}
}

// beside is a wide input that keeps away from points where a function has no
// derivative.
func beside(points []float64, name string, shape ...int64) input {
	return input{name: name, shape: shape, draw: each(func(r *rand.Rand) float64 {
		for {
			v, near := 3*r.NormFloat64(), false
			for _, p := range points {
				near = near || math.Abs(v-p) < 0.1
			}
			if !near {
				return v
			}
		}
	})}
}

// spaced is an input of which no two values are near each other, nor zero.
func spaced(name string, shape ...int64) input {
	return input{name: name, shape: shape, draw: func(r *rand.Rand, n int) []float64 {
		list := make([]float64, n)
		for i, p := range r.Perm(n) {
			list[i] = (float64(p-n/2) + 0.5) / 8
		}
		return list
	}}
}

// tied is an input of few different values.
func tied(name string, shape ...int64) input {
	return input{name: name, shape: shape, draw: each(func(r *rand.Rand) float64 { return float64(r.IntN(4)) })}
}

// index is an input of integers from low up to high, many of them twice where
// there are more places than integers.
func index(low, high int64, name string, shape ...int64) input {
	return input{name: name, shape: shape, index: true, draw: each(func(r *rand.Rand) float64 { return float64(low + r.Int64N(high-low)) })}
}

// places is an input of integers of which no two are the same along the last
// axis.
func places(high int, name string, shape ...int64) input {
	return input{name: name, shape: shape, index: true, draw: func(r *rand.Rand, n int) []float64 {
		row := int(shape[len(shape)-1])
		var list []float64
		for len(list) < n {
			for _, p := range r.Perm(high)[:row] {
				list = append(list, float64(p))
			}
		}
		return list
	}}
}

func each(f func(r *rand.Rand) float64) func(*rand.Rand, int) []float64 {
	return func(r *rand.Rand, n int) []float64 {
		list := make([]float64, n)
		for i := range list {
			list[i] = f(r)
		}
		return list
	}
}

func (i input) element() graph.ElementType {
	if i.index {
		return graph.I64
	}
	return graph.F32
}

func (i input) size() int {
	n, _ := i.shape.Elements()
	return int(n)
}

// random returns the source of a sample's numbers, the same in every run.
func (s *sample) random() *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(s.name))
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

func samples() []sample {
	var all []sample
	for _, list := range [][]sample{
		convolutionSamples(), backConvolutionSamples(), scaledSamples(), matrixSamples(), poolSamples(), elementwiseSamples(), broadcastSamples(), activationSamples(),
		normSamples(), reductionSamples(), movingSamples(), sliceSamples(), indexSamples(), scatterSamples(), resizeSamples(), iterationSamples(),
		recurrentSamples(), lossSamples(), networkSamples(),
	} {
		all = append(all, list...)
	}
	return all
}
