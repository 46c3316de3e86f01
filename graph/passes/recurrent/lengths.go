package recurrent

import (
	"errors"
	"fmt"

	"datum/graph"
)

// A clock tells which step it is: the number of the step that an output of a body, or a
// constant of an unrolled step, is.
type clock func(o *graph.Output) bool

// bare follows an output through what only changes its shape, or its type of integers.
func bare(o *graph.Output) *graph.Output {
	for range farthest {
		o = outer(o)
		if o == nil {
			return nil
		}
		n := o.Node()
		s := n.Source(0)
		switch {
		case s == nil:
			return o
		case n.Is("Squeeze", "Unsqueeze", "Reshape") && o.Element == s.Element:
		case n.Is("Convert") && s.Element.IsInteger() && o.Element.IsInteger() && o.Element.Bits() >= 32 && s.Element.Bits() >= 32:
		case n.Is("Broadcast", "Tile") && width(s) == 1:
		default:
			return o
		}
		o = s
	}
	return o
}

// A choice is a Select between what is computed of a row while its history lasts and
// something else behind its end.
type choice struct {
	lengths     *graph.Output
	live, ended *graph.Output
}

// choiceOf recognises such a Select.
func choiceOf(o *graph.Output, now clock) (choice, error) {
	n := o.Node()
	if n.Type != "Select" || len(n.Inputs()) != 3 || n.Source(0) == nil || n.Source(1) == nil || n.Source(2) == nil {
		return choice{}, fmt.Errorf("%q chooses nothing", n.Name())
	}
	condition := bare(n.Source(0))
	live, ended := n.Source(1), n.Source(2)
	for condition.Node().Type == "LogicalNot" && condition.Node().Source(0) != nil {
		condition, live, ended = bare(condition.Node().Source(0)), ended, live
	}
	x, y := condition.Node().Source(0), condition.Node().Source(1)
	if x == nil || y == nil || !spreads(n) || !spreads(condition.Node()) {
		return choice{}, errMask
	}
	x, y = bare(x), bare(y)
	// lasts says whether the condition holds while the history lasts.
	var lasts bool
	switch typ := condition.Node().Type; {
	case typ == "GreaterEqual" && now(x), typ == "LessEqual" && now(y):
	case typ == "Less" && now(x), typ == "Greater" && now(y):
		lasts = true
	default:
		return choice{}, errMask
	}
	if now(y) {
		y = x
	}
	if !lasts {
		live, ended = ended, live
	}
	if !y.Element.IsInteger() || !y.Shape.Ranked() || len(y.Shape) > 2 || len(y.Shape) == 2 && y.Shape[1] != 1 {
		return choice{}, fmt.Errorf("the lengths of the histories are %s, and not one number for each row", y)
	}
	return choice{y, live, ended}, nil
}

// errMask is of a step whose rows end in a way that is not known.
var errMask = errors.New("it keeps states by a condition that is no comparison of the step with the lengths of the histories: states may be kept in the middle of a history, which a sequence cannot do")

// masked takes the choice off a state that is kept when a history has ended. Lengths are
// nil where there is none.
func masked(next, state *graph.Output, now clock) (fresh, lengths *graph.Output, err error) {
	v := viewOf(next)
	if v.of.Node().Type != "Select" {
		return next, nil, nil
	}
	c, err := choiceOf(v.of, now)
	if err != nil {
		return nil, nil, err
	}
	if viewOf(c.ended) != viewOf(state) {
		return nil, nil, fmt.Errorf("the state at the end of a history is not kept")
	}
	return c.live, c.lengths, nil
}

// emitted says what an output of a step, which is its state, is behind the end of a
// history; nil is the state that was kept.
func emitted(o *graph.Output, c *cell, next, lengths *graph.Output, now clock) (fill *graph.Output, err error) {
	v := viewOf(o)
	switch {
	case v == viewOf(next):
		return nil, nil
	case v == viewOf(c.next):
		// It is computed of the state that was kept, and not of the one that went on.
		return nil, fmt.Errorf("what is computed behind the end of a history comes out of it")
	}
	if v.of.Node().Type != "Select" || !v.all() || lengths == nil {
		return nil, fmt.Errorf("%q comes out of it, which is not its state", o.Node().Name())
	}
	choice, err := choiceOf(v.of, now)
	if err != nil {
		return nil, err
	}
	live, fill := viewOf(choice.live), outer(choice.ended)
	if choice.lengths != lengths || live != viewOf(c.next) && live != viewOf(next) {
		return nil, fmt.Errorf("%q comes out of it, which is not its state", o.Node().Name())
	}
	if !fill.Shape.Ranked() || len(fill.Shape) > 2 || fill.Element != graph.F32 {
		return nil, fmt.Errorf("behind the end of a history, %s comes out of it", fill)
	}
	return fill, nil
}
