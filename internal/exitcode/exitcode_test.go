package exitcode

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/formats"
	"datum/models/classification"
	"datum/models/detection"
	"datum/models/predict"
	"datum/openvino"
	"datum/openvino/install"
)

func TestOf(t *testing.T) {
	for _, test := range []struct {
		err  error
		want int
	}{
		{nil, 0},
		{errors.New("disk full"), 1},
		{formats.ErrLoss, 1},
		{formats.ErrUsage, 2},
		{ErrPartial, 3},
		{formats.ErrUnknownFormat, 10},
		{formats.ErrExists, 11},
		{formats.ErrKey, 12},
		{key.ErrMalformed, 12},
		{key.ErrNotFound, 12},
		{key.ErrPassphrase, 12},
		{key.ErrWrapped, 12},
		{key.ErrConflict, 2},
		{formats.Reason(formats.ErrKey, "%w", key.ErrConflict), 2},
		{formats.ErrCorrupt, 13},
		{formats.ErrAuthentication, 13},
		{formats.ErrAmbiguous, 14},
		{sealed.ErrKey, 12},
		{sealed.ErrCorrupt, 13},
		{sealed.ErrNotSealed, 10},
		{sealed.ErrVersion, 10},
		{sealed.ErrPurpose, 10},
		{install.ErrNotInstalled, 15},
		{install.ErrNoRuntime, 15},
		{install.ErrUnsafe, 15},
		{openvino.ErrUnavailable, 15},
		{openvino.ErrNotInstalled, 15},
		{openvino.ErrVersion, 15},
		{openvino.ErrDamaged, 13},
		{&openvino.Error{Op: "reading", Text: "nonsense", Err: openvino.ErrModel}, 10},
		{openvino.ErrNotLoaded, 1},
		{fmt.Errorf("%w: %w", predict.ErrModel, detection.ErrUnknownHead), 16},
		{fmt.Errorf("%w: %w", predict.ErrModel, openvino.ErrModel), 16},
		{detection.ErrOutput, 16},
		{classification.ErrNotOne, 16},
		{classification.ErrOutput, 16},
		{fmt.Errorf("%w: %w", formats.ErrUsage, predict.ErrModel), 2},
		{context.Canceled, 130},
		{fmt.Errorf("stopped: %w: %w", formats.ErrCorrupt, context.Canceled), 130},
		{formats.WithHint(&formats.Error{Path: "x", Err: formats.Reason(formats.ErrCorrupt, "bad")}, "hint"), 13},
	} {
		if got := Of(test.err); got != test.want {
			t.Errorf("%v: %d, want %d", test.err, got, test.want)
		}
	}
}
