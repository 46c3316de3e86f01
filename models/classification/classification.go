// Package classification turns what a classifier puts out into the most likely
// classes.
package classification

import (
	"errors"
	"fmt"
	"math"
	"slices"
)

// The errors that a caller decides by.
var (
	// ErrNotOne is wrapped where a model's outputs are not those of a
	// classifier.
	ErrNotOne = errors.New("this model is no classifier")
	// ErrOutput is wrapped where a number in the output is none.
	ErrOutput = errors.New("the output of the model makes no sense")
)

// Scored is a class and how likely it is.
type Scored struct {
	Class       int
	Probability float64
}

// Classes returns how many classes a model with an output of this shape tells
// apart: [1,C], or the same with dimensions of 1 behind it. A dimension that is
// not fixed is -1.
func Classes(shape []int) (int, error) {
	if len(shape) < 2 || shape[0] > 1 || shape[1] < 2 || slices.ContainsFunc(shape[2:], func(d int) bool { return d != 1 }) {
		return 0, fmt.Errorf("%w: its output has the shape %v", ErrNotOne, shape)
	}
	return shape[1], nil
}

// Top returns the n most likely classes of an output, the most likely first.
// Logits become probabilities; what are probabilities already stay as they are.
func Top(output []float32, n int) ([]Scored, error) {
	scale, top, err := normalisation(output)
	if err != nil {
		return nil, err
	}
	order := make([]int, len(output))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case output[a] > output[b]:
			return -1
		case output[a] < output[b]:
			return 1
		}
		return 0
	})
	list := make([]Scored, min(n, len(order)))
	for i := range list {
		p := float64(output[order[i]])
		if scale != 0 {
			p = math.Exp(p-top) / scale
		}
		list[i] = Scored{order[i], p}
	}
	return list, nil
}

// normalisation returns what the exponentials of logits are divided by, and the
// largest logit; 0 where the output is probabilities.
func normalisation(output []float32) (scale, top float64, err error) {
	probabilities, sum := true, 0.0
	top = math.Inf(-1)
	for i, v := range output {
		f := float64(v)
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return 0, 0, fmt.Errorf("%w: class %d has the value %v", ErrOutput, i, v)
		}
		probabilities = probabilities && f >= 0 && f <= 1
		sum += f
		top = max(top, f)
	}
	const rounding = 1e-3
	if probabilities && math.Abs(sum-1) < rounding {
		return 0, top, nil
	}
	for _, v := range output {
		scale += math.Exp(float64(v) - top)
	}
	return scale, top, nil
}
