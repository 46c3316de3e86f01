package events

import (
	"context"
	"fmt"
	"iter"
)

// LongestHistory is how many events a user may have where all of them are in memory at
// once. A log of some megabytes can have more than any memory holds: they are as short as
// they are equal.
const LongestHistory = 1 << 24

// History is all events of a user, the oldest first.
type History struct {
	User   uint32
	Items  []uint32
	Times  []int64
	Values []float64
}

// begin makes it that of another user.
func (h *History) begin(user uint32) {
	h.User = user
	h.Items, h.Times, h.Values = h.Items[:0], h.Times[:0], h.Values[:0]
}

// add appends the events of the i-th user of a chunk.
func (h *History) add(c *Chunk, i int) {
	from, to := c.Starts[i], c.Starts[i+1]
	h.Items = append(h.Items, c.Items[from:to]...)
	h.Times = append(h.Times, c.Times[from:to]...)
	h.Values = append(h.Values, c.Values[from:to]...)
}

// Histories gives the users, in the order of their numbers, each with all of its
// events. A history is valid until the next. One of more than [LongestHistory] events is an
// error that matches ErrCorrupt.
func (l *Log) Histories(ctx context.Context) iter.Seq2[*History, error] {
	return func(yield func(*History, error) bool) {
		var h History
		for c, err := range l.Chunks(ctx) {
			if err != nil {
				yield(nil, err)
				return
			}
			for i, user := range c.Users {
				if user != h.User {
					if h.User != 0 && !yield(&h, nil) {
						return
					}
					h.begin(user)
				}
				if len(h.Items)+c.Starts[i+1]-c.Starts[i] > l.longest {
					yield(nil, l.wrong(fmt.Sprintf("user %d has more than %d events, too many for one history", user, l.longest)))
					return
				}
				h.add(c, i)
			}
		}
		if h.User != 0 {
			yield(&h, nil)
		}
	}
}
