package clicks

import (
	"context"
	"iter"
)

// A Sample is a row to measure with.
type Sample struct {
	User, Item uint32
	Clicked    bool
	// History is what the user had clicked before, at most the last events that count.
	History []uint32
}

// fixed is the epoch of what is drawn to measure with: the same for all models.
const fixed = -1

// Samples streams the samples of a split, user by user. A sample is valid until the
// next. Rejected counts as [Batch].Rejected does.
func (d *Data) Samples(ctx context.Context, split Split, rejected *int64) iter.Seq2[*Sample, error] {
	return func(yield func(*Sample, error) bool) {
		if err := d.ready(); err != nil {
			yield(nil, err)
			return
		}
		for u, err := range d.users(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			for i := range u.rows {
				if u.rows[i].split == split && !d.samplesOf(u, &u.rows[i], rejected, yield) {
					return
				}
			}
		}
	}
}

// samplesOf yields the samples of a row.
func (d *Data) samplesOf(u *user, r *row, rejected *int64, yield func(*Sample, error) bool) bool {
	s := &Sample{User: u.number, Item: r.item, Clicked: r.clicked, History: u.clicks[int(r.before)-r.known(d.Protocol.MaxHistory) : r.before]}
	random := drawAt(0, fixed, u.number, r.at)
	for range d.Protocol.each() - 1 {
		if !yield(s, nil) {
			return false
		}
		item := d.drawn.other(&random, r.item, rejected)
		s = &Sample{User: s.User, Item: item, History: s.History}
	}
	return yield(s, nil)
}
