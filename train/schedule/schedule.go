// Package schedule says how the learning rate changes while a network is trained.
package schedule

import "math"

// A Schedule is the learning rate of each step, counted from 0.
type Schedule func(step uint64) float64

// Constant is the same rate all the time.
func Constant(rate float64) Schedule {
	return func(uint64) float64 { return rate }
}

// Cosine falls from a rate to a last one over a number of steps, slowly at the
// beginning and at the end, and stays there.
func Cosine(rate, last float64, steps uint64) Schedule {
	return func(step uint64) float64 {
		if step >= steps {
			return last
		}
		done := float64(step) / float64(steps)
		return last + (rate-last)*(1+math.Cos(math.Pi*done))/2
	}
}

// Steps is a rate that is multiplied by a factor at each of the steps given.
func Steps(rate, factor float64, at ...uint64) Schedule {
	return func(step uint64) float64 {
		r := rate
		for _, s := range at {
			if step >= s {
				r *= factor
			}
		}
		return r
	}
}

// Hold stays, over a number of steps, at the rate that a schedule begins with; that
// schedule follows.
func Hold(steps uint64, then Schedule) Schedule {
	return func(step uint64) float64 {
		return then(max(step, steps) - steps)
	}
}

// WarmUp rises evenly, over a number of steps, to the rate that a schedule begins
// with; that schedule follows.
func WarmUp(steps uint64, then Schedule) Schedule {
	return func(step uint64) float64 {
		if step < steps {
			return then(0) * float64(step+1) / float64(steps+1)
		}
		return then(step - steps)
	}
}
