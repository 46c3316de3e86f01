package optimize

import (
	"context"
	"errors"
	"fmt"

	"datum/graph"
	"datum/graph/passes/recurrent"
	"datum/openvino"
)

var (
	// ErrNothing is returned where nothing in a model could be rewritten.
	ErrNothing = errors.New("nothing in the model could be rewritten")
	// ErrDiffers is wrapped where the model that came out computes something else.
	ErrDiffers = errors.New("the rewritten model does not compute the same")
	// ErrUnchecked is wrapped where the model cannot be run on inputs that are made up,
	// so that nobody knows whether it computes the same.
	ErrUnchecked = errors.New("the model cannot be checked")
)

// Options are choices. The zero value is good.
type Options struct {
	// Threads is how many threads there are, the runtime's choice if 0.
	Threads int
	// Time measures how fast the model was and is.
	Time bool
	// Sizes are the batches and lengths to check with and to measure, in place of the
	// usual ones.
	Sizes []Size
}

// A Report says what was done, and how it was checked.
type Report struct {
	*recurrent.Report
	Checks []Check `json:"checks"`
	// Worst is the largest difference of a number of the outputs, of one that is larger
	// than 1 as a share of it.
	Worst float64 `json:"worst_difference"`
	Speed []Speed `json:"speed,omitempty"`
}

// Optimize rewrites a model, an IR. The report says what was left, and why, also where
// the error is ErrNothing.
func Optimize(ctx context.Context, core *openvino.Core, xml, weights []byte, o Options) (*graph.Model, *Report, error) {
	before, err := graph.Parse(xml, weights)
	if err != nil {
		return nil, nil, err
	}
	if err := before.Validate(); err != nil {
		return nil, nil, err
	}
	after, err := graph.Parse(xml, weights)
	if err != nil {
		return nil, nil, err
	}
	done, err := recurrent.Rewrite(after)
	if err != nil {
		return nil, nil, err
	}
	r := &Report{Report: done, Checks: []Check{}}
	if len(done.Done) == 0 {
		return nil, r, ErrNothing
	}
	if err := after.Validate(); err != nil {
		return nil, r, fmt.Errorf("%w: it is no sound model: %w", ErrDiffers, err)
	}
	c := &checker{core: core, options: o, report: r, inputs: inputsOf(before)}
	defer c.close()
	if err := c.compile(xml, weights, after); err != nil {
		return nil, r, err
	}
	if err := c.check(ctx); err != nil {
		return nil, r, err
	}
	if err := c.checkInside(ctx, before, after); err != nil {
		return nil, r, err
	}
	if o.Time {
		if err := c.time(ctx); err != nil {
			return nil, r, err
		}
	}
	return c.result, r, nil
}
