package cloud

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"datum"
	"datum/formats"
)

const (
	// cleaning is how long it may take to delete what a failed run uploaded.
	cleaning = time.Minute
	// lateAnswers is how long a request may still be served that was broken off.
	lateAnswers = time.Second
)

// cleanUp is for the time after a failure, also when that is the end of ctx.
func (u *upload) cleanUp(ctx context.Context, m *mark, cause error) error {
	after, stop := context.WithTimeout(context.WithoutCancel(ctx), cleaning)
	defer stop()
	return u.undo(after, m, cause)
}

// undo deletes what was uploaded, or says in the mark that there is a part only.
func (u *upload) undo(ctx context.Context, m *mark, cause error) error {
	if errors.Is(cause, errTaken) {
		return cause // what lies there is no longer ours
	}
	if !u.replaced {
		err := u.deleteMade(ctx, errors.Is(cause, context.Canceled))
		if err == nil {
			err = m.remove(ctx)
		}
		if err == nil {
			return cause
		}
		return u.leftBehind(fmt.Errorf("%w; and what was uploaded could not be deleted: %w", cause, err))
	}
	if err := m.interrupted(ctx); err != nil {
		cause = errors.Join(cause, err)
	}
	return u.leftBehind(cause)
}

// deleteMade deletes what was uploaded. Where requests were broken off, it looks
// after a while whether one of them was served all the same.
func (u *upload) deleteMade(ctx context.Context, brokenOff bool) error {
	made := u.made
	for len(made) > 0 {
		if err := u.delete(ctx, made); err != nil || !brokenOff {
			return err
		}
		if err := wait(ctx, lateAnswers); err != nil {
			return err
		}
		there, err := u.sizes(ctx)
		if err != nil {
			return err
		}
		made = slices.DeleteFunc(made, func(key string) bool {
			_, still := there[key[len(u.at.prefix()):]]
			return !still
		})
	}
	return nil
}

func (u *upload) leftBehind(cause error) error {
	text := u.at.name + ": a part of a dataset was left there: " + redact(cause.Error())
	err := &hidden{text, errors.Join(datum.ErrIncomplete, cause)}
	return formats.WithHint(err, "datum does not read it like that; write it again with --overwrite")
}
