package grad

import (
	"errors"
	"fmt"

	"datum/graph"
)

// ErrNoGradient says that an operation has no gradient that this package knows.
var ErrNoGradient = errors.New("no gradient is known")

// An Error is the operation that could not be differentiated.
type Error struct {
	Node string // its name
	Type string // of the operation, such as "NonMaxSuppression"
	Err  error
}

// Error says which operation it is, and what is the matter with it.
func (e *Error) Error() string { return fmt.Sprintf("layer %q (%s): %v", e.Node, e.Type, e.Err) }

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// errorOf is an error of a node.
func errorOf(n *graph.Node, err error) error {
	var known *Error
	if errors.As(err, &known) { // of a node inside of this one
		return err
	}
	return &Error{Node: n.Name(), Type: n.Type, Err: err}
}
