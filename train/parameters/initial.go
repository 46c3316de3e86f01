package parameters

import (
	"hash/fnv"
	"math"
	"math/rand/v2"
)

// An Initializer fills a parameter with its first values.
type Initializer func(values []float32, random *rand.Rand)

// randomFor is the source of the numbers of one parameter.
func randomFor(seed uint64, name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name)) // never fails
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}

// Constant gives every element the same value.
func Constant(value float32) Initializer {
	return func(values []float32, _ *rand.Rand) {
		for i := range values {
			values[i] = value
		}
	}
}

// Copy gives the elements these values, such as those of a network that was trained
// before. There have to be as many.
func Copy(from []float32) Initializer {
	return func(values []float32, _ *rand.Rand) { copy(values, from) }
}

// Normal draws from a normal distribution around zero.
func Normal(deviation float64) Initializer {
	return func(values []float32, random *rand.Rand) {
		for i := range values {
			values[i] = float32(deviation * random.NormFloat64())
		}
	}
}

// Uniform draws from −limit up to limit.
func Uniform(limit float64) Initializer {
	return func(values []float32, random *rand.Rand) {
		for i := range values {
			values[i] = float32(limit * (2*random.Float64() - 1))
		}
	}
}

// He keeps the size of what goes through layers with ReLU: a normal distribution for
// weights of which each output reads fanIn inputs (in·height·width of a convolution).
func He(fanIn int) Initializer { return Normal(math.Sqrt(2 / float64(max(1, fanIn)))) }

// Xavier keeps the size of what goes through layers without ReLU, in both directions: a
// uniform distribution.
func Xavier(fanIn, fanOut int) Initializer {
	return Uniform(math.Sqrt(6 / float64(max(1, fanIn+fanOut))))
}
