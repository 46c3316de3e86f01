package exitcode

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"datum/crypto/key"
	"datum/formats"
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
		{context.Canceled, 130},
		{fmt.Errorf("stopped: %w: %w", formats.ErrCorrupt, context.Canceled), 130},
		{formats.WithHint(&formats.Error{Path: "x", Err: formats.Reason(formats.ErrCorrupt, "bad")}, "hint"), 13},
	} {
		if got := Of(test.err); got != test.want {
			t.Errorf("%v: %d, want %d", test.err, got, test.want)
		}
	}
}
