package graph

import (
	"bytes"
	"errors"
	"fmt"

	"datum/formats"
	"datum/internal/xmltext"
)

// ErrModel says that a text is not a model, or that a model is broken.
var ErrModel = errors.New("not a valid model")

// An Error is what is wrong with a model, with its place. It matches
// [ErrModel], and formats.ErrCorrupt since every model comes from a file.
type Error struct {
	Line  int    // of the text, from 1; 0 where there is none
	Layer string // name of the layer, empty outside of layers
	Err   error
}

// Error says what is wrong, and where.
func (e *Error) Error() string {
	s := e.Err.Error()
	if e.Layer != "" {
		s = fmt.Sprintf("layer %q: %s", xmltext.Shorten(e.Layer), s)
	}
	if e.Line > 0 {
		s = fmt.Sprintf("line %d: %s", e.Line, s)
	}
	return s
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// Is makes an Error match ErrModel and formats.ErrCorrupt.
func (e *Error) Is(target error) bool { return target == ErrModel || target == formats.ErrCorrupt }

// lineOf is the line of an offset in a text.
func lineOf(text []byte, at int64) int {
	return 1 + bytes.Count(text[:min(max(at, 0), int64(len(text)))], []byte{'\n'})
}

// nodeErrorf is an error of a node that is not (or no longer) text.
func nodeErrorf(n *Node, format string, args ...any) error {
	return &Error{Layer: n.label(), Err: fmt.Errorf(format, args...)}
}
