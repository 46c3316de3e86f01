package modelfile

import (
	"fmt"

	"datum/formats"
	"datum/graph"
)

// Check looks through an IR before the runtime reads it: the runtime may crash on
// one that is broken, or work on one that wants tensors beyond all sizes until the
// memory is gone; see package graph for what is looked at. An error names the
// layer. Of other kinds of models only the runtime knows.
func (m *Model) Check() error {
	if m.Kind != IR {
		return nil
	}
	g, err := graph.Parse(m.Model, m.Weights)
	if err == nil {
		err = g.Validate()
	}
	list, several := err.(interface{ Unwrap() []error })
	if !several || len(list.Unwrap()) == 0 {
		return err
	}
	all := list.Unwrap()
	if len(all) == 1 {
		return all[0]
	}
	// The first of them is the reason of most that follow.
	more := fmt.Sprintf("%d more layers are wrong", len(all)-1)
	if len(all) == 2 {
		more = "1 more layer is wrong"
	}
	return formats.Reason(formats.ErrCorrupt, "%w; %s", all[0], more)
}
