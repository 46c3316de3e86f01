// Package exitcode says with which code a command ends after an error. Scripts
// depend on these numbers: they are documented in the README and never change
// their meaning.
package exitcode

import (
	"context"
	"errors"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/formats"
	"datum/graph/grad"
	"datum/models/classification"
	"datum/models/detection"
	"datum/models/optimize"
	"datum/models/predict"
	"datum/openvino"
	"datum/openvino/install"
)

// The exit codes.
const (
	OK          = 0
	Failed      = 1   // anything without a code of its own
	Usage       = 2   // the command line makes no sense
	Partial     = 3   // done, but something is missing
	Unknown     = 10  // no such dataset, format or model
	Exists      = 11  // the output is there already, or being written
	Key         = 12  // key missing, malformed or wrong
	Corrupt     = 13  // damaged data, or failed authentication
	Ambiguous   = 14  // several formats match
	Runtime     = 15  // the runtime is not there, or not one that can be used
	Model       = 16  // a model that is none for this
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
	{sealed.ErrKey, Key},
	{sealed.ErrCorrupt, Corrupt},
	{sealed.ErrNotSealed, Unknown},
	{sealed.ErrVersion, Unknown},
	{sealed.ErrPurpose, Unknown},
	{install.ErrNotInstalled, Runtime},
	{install.ErrNoRuntime, Runtime},
	{install.ErrUnsafe, Runtime},
	{openvino.ErrUnavailable, Runtime},
	{openvino.ErrNotInstalled, Runtime},
	{openvino.ErrVersion, Runtime},
	{openvino.ErrDamaged, Corrupt},
	{predict.ErrModel, Model},
	{optimize.ErrNothing, Model},
	{optimize.ErrDiffers, Model},
	{optimize.ErrUnchecked, Model},
	{grad.ErrNoGradient, Model},
	{detection.ErrUnknownHead, Model},
	{detection.ErrOutput, Model},
	{classification.ErrNotOne, Model},
	{classification.ErrOutput, Model},
	{openvino.ErrModel, Unknown},
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
