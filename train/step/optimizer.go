package step

import (
	"errors"
	"fmt"
	"math"

	"datum/graph"
)

// ErrOptions says that options make no sense.
var ErrOptions = errors.New("not a way to train")

// An Optimizer says how weights follow their gradient: [SGD] or [Adam].
type Optimizer interface {
	// check looks at what was chosen.
	check() error
	// slots names what is kept for each weight besides itself.
	slots() []string
	// factors are numbers that differ from step to step, for a step counted from 1.
	factors(step uint64, rate float64) []float64
	// next adds to the graph what the weights and the slots become.
	next(u *update) (weights *graph.Output, slots []*graph.Output)
}

// An update is what an optimiser works with: vectors of the same length, and the
// optimiser's factors, one number each.
type update struct {
	*graph.Builder
	weights, gradient *graph.Output
	slots             []*graph.Output
	factors           []*graph.Output
	// decayed is 1 for weights that decay and 0 for others: a vector, or one number
	// where all are alike.
	decayed *graph.Output
}

func (u *update) number(v float64) *graph.Output { return u.Scalar(graph.F32, v) }

// SGD goes against the gradient, as torch.optim.SGD does.
type SGD struct {
	Momentum    float64
	Nesterov    bool
	WeightDecay float64
	// Decoupled makes the decay independent of the momentum.
	Decoupled bool
}

func (s SGD) check() error {
	if s.Nesterov && s.Momentum == 0 {
		return fmt.Errorf("%w: Nesterov's method needs a momentum", ErrOptions)
	}
	return errors.Join(within("momentum", s.Momentum, 1), decayWithin(s.WeightDecay))
}

func (s SGD) slots() []string {
	if s.Momentum == 0 {
		return nil
	}
	return []string{"momentum"}
}

func (s SGD) factors(_ uint64, rate float64) []float64 { return []float64{rate, rate * s.WeightDecay} }

func (s SGD) next(u *update) (*graph.Output, []*graph.Output) {
	gradient, weights := u.decay(s.WeightDecay, s.Decoupled, u.factors[1])
	rate, by := u.factors[0], gradient
	var slots []*graph.Output
	if s.Momentum != 0 {
		momentum := u.number(s.Momentum)
		by = u.Add(u.Mul(u.slots[0], momentum), gradient)
		slots = []*graph.Output{by}
		if s.Nesterov {
			by = u.Add(gradient, u.Mul(by, momentum))
		}
	}
	return u.Sub(weights, u.Mul(by, rate)), slots
}

// Adam divides the mean of the gradient by its usual size, as torch.optim.Adam does,
// or torch.optim.AdamW where the decay is decoupled. Numbers that are 0 stand for the
// usual ones: 0.9, 0.999 and 1e-8.
type Adam struct {
	Beta1, Beta2, Epsilon float64
	WeightDecay           float64
	// Decoupled makes the decay independent of the gradient: AdamW.
	Decoupled bool
}

func (a Adam) usual() Adam {
	for _, f := range []struct {
		at    *float64
		usual float64
	}{{&a.Beta1, 0.9}, {&a.Beta2, 0.999}, {&a.Epsilon, 1e-8}} {
		if *f.at == 0 {
			*f.at = f.usual
		}
	}
	return a
}

func (a Adam) check() error {
	a = a.usual()
	err := errors.Join(within("beta1", a.Beta1, 1), within("beta2", a.Beta2, 1), decayWithin(a.WeightDecay))
	if !(a.Epsilon > 0 && float32(a.Epsilon) > 0) {
		err = errors.Join(err, fmt.Errorf("%w: an epsilon of %v", ErrOptions, a.Epsilon))
	}
	return err
}

func (Adam) slots() []string { return []string{"mean", "square"} }

// factors are the rate and the root of the second mean, both corrected for the means
// being too small in the first steps, and the decay.
func (a Adam) factors(step uint64, rate float64) []float64 {
	a = a.usual()
	n := float64(step)
	return []float64{rate / (1 - math.Pow(a.Beta1, n)), 1 / math.Sqrt(1-math.Pow(a.Beta2, n)), rate * a.WeightDecay}
}

func (a Adam) next(u *update) (*graph.Output, []*graph.Output) {
	a = a.usual()
	gradient, weights := u.decay(a.WeightDecay, a.Decoupled, u.factors[2])
	mean := u.Add(u.Mul(u.slots[0], u.number(a.Beta1)), u.Mul(gradient, u.number(1-a.Beta1)))
	square := u.Add(u.Mul(u.slots[1], u.number(a.Beta2)), u.Mul(u.Mul(gradient, gradient), u.number(1-a.Beta2)))
	size := u.Add(u.Mul(u.Sqrt(square), u.factors[1]), u.number(a.Epsilon))
	by := u.Div(u.Mul(mean, u.factors[0]), size)
	return u.Sub(weights, by), []*graph.Output{mean, square}
}

// decay makes weights smaller: by adding them to the gradient, or at once.
func (u *update) decay(by float64, decoupled bool, shrink *graph.Output) (gradient, weights *graph.Output) {
	switch {
	case by == 0:
		return u.gradient, u.weights
	case decoupled:
		return u.gradient, u.Sub(u.weights, u.Mul(u.weights, u.Mul(u.decayed, shrink)))
	default:
		return u.Add(u.gradient, u.Mul(u.weights, u.Mul(u.decayed, u.number(by)))), u.weights
	}
}

// within checks that a number is at least 0 and less than a limit.
func within(name string, v, limit float64) error {
	if v >= 0 && v < limit {
		return nil
	}
	return fmt.Errorf("%w: a %s of %v", ErrOptions, name, v)
}

func decayWithin(v float64) error { return within("weight decay", v, 1e6) }
