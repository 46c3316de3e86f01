package clicks

import (
	"context"
	"errors"
	"fmt"
	"iter"

	"datum/events"
)

// ErrData is wrapped where there is nothing to learn, or to measure with.
var ErrData = errors.New("not a log to learn clicks from")

// ErrOptions is wrapped where a protocol makes no sense, whatever the log.
var ErrOptions = errors.New("not a protocol for clicks")

// A Source has the histories of a log, in the same order each time. A history is valid
// until the next.
type Source interface {
	Histories(ctx context.Context) iter.Seq2[*events.History, error]
}

// Data is a log with what is made of it.
type Data struct {
	Source   Source
	Protocol Protocol
	// Counts are how often each item occurs, by its number; that of 0 does not count.
	Counts []uint64
	// Seed is that of the order, and of what is drawn.
	Seed uint64

	drawn *popularity
}

// ready checks what is needed to draw items.
func (d *Data) ready() error {
	if err := d.Protocol.Check(); err != nil {
		return err
	}
	if d.drawn != nil {
		return nil
	}
	var err error
	d.drawn, err = newPopularity(d.Counts)
	return err
}

// users goes through the log once, with the rows of each user, which are valid until
// the next.
func (d *Data) users(ctx context.Context) iter.Seq2[*user, error] {
	return func(yield func(*user, error) bool) {
		var u user
		for h, err := range d.Source.Histories(ctx) {
			if err == nil && len(h.Items) != len(h.Values) {
				err = fmt.Errorf("%w: user %d has %d items and %d values", ErrData, h.User, len(h.Items), len(h.Values))
			}
			if err != nil {
				yield(nil, err)
				return
			}
			d.Protocol.rows(h, &u)
			if !yield(&u, nil) {
				return
			}
		}
	}
}
