// Package exitcode says with which code a command ends after an error. Scripts
// depend on these numbers: they are documented in the README and never change
// their meaning.
package exitcode

import (
	"context"
	"errors"

	"datum/crypto/key"
	"datum/formats"
)

// The exit codes.
const (
	OK          = 0
	Failed      = 1   // anything without a code of its own
	Usage       = 2   // the command line makes no sense
	Partial     = 3   // done, but something is missing
	Unknown     = 10  // no such dataset or format
	Exists      = 11  // the output is there already, or being written
	Key         = 12  // key missing, malformed or wrong
	Corrupt     = 13  // damaged data, or failed authentication
	Ambiguous   = 14  // several formats match
	Bug         = 70  // a panic
	Interrupted = 130 // Ctrl-C
)

// ErrPartial marks an error after which there is a usable result.
var ErrPartial = errors.New("partial")

// order matters: an error may match several sentinels, the first one here
// decides.
var order = []struct {
	is   error
	code int
}{
	{context.Canceled, Interrupted},
	{formats.ErrUsage, Usage},
	{key.ErrConflict, Usage},
	{formats.ErrExists, Exists},
	{formats.ErrKey, Key},
	{key.ErrMalformed, Key},
	{key.ErrNotFound, Key},
	{key.ErrWrapped, Key},
	{key.ErrPassphrase, Key},
	{formats.ErrAuthentication, Corrupt},
	{formats.ErrCorrupt, Corrupt},
	{formats.ErrAmbiguous, Ambiguous},
	{formats.ErrUnknownFormat, Unknown},
	{ErrPartial, Partial},
}

// Of returns the exit code for err.
func Of(err error) int {
	if err == nil {
		return OK
	}
	for _, o := range order {
		if errors.Is(err, o.is) {
			return o.code
		}
	}
	return Failed
}
