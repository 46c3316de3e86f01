package clicks

import (
	"context"
	"fmt"
)

// Survey is what a log has to learn from.
type Survey struct {
	Users  int64 `json:"users"`
	Events int64 `json:"events"`
	// Short are users with fewer than two events, of whom nothing can be learnt, and
	// Silent those who have more and never a click before another event.
	Short  int64 `json:"users_with_one_event"`
	Silent int64 `json:"users_without_history"`
	// Samples and Clicked count the samples of each split.
	Samples [splits]int64 `json:"samples"`
	Clicked [splits]int64 `json:"clicked"`
	// Longer are rows that know only of the last events, as there are too many.
	Longer int64 `json:"longer_histories"`
	// Known is how many events all samples to train with know of together.
	Known int64 `json:"events_in_histories"`

	parts []int64 // samples to train with, of each pass
}

// mostEvents is how many events, and rows, are in memory at a time, and mostSamples how many
// samples of these are shuffled: four bytes each.
const (
	mostEvents  = 1 << 21
	mostSamples = 1 << 25
)

// Look goes through the log, which has about so many events, once. It says how long an
// epoch is, and in how many passes its rows fit into memory.
func (d *Data) Look(ctx context.Context, events int64) (*Survey, error) {
	if err := d.ready(); err != nil {
		return nil, err
	}
	each := int64(d.Protocol.each())
	parts := max(1, (events+mostEvents-1)/mostEvents, (events*each+mostSamples-1)/mostSamples)
	s := &Survey{parts: make([]int64, parts)}
	for u, err := range d.users(ctx) {
		if err != nil {
			return nil, err
		}
		s.add(u, &d.Protocol, d.part(u.number, int(parts)))
	}
	return s, ctx.Err()
}

// part is in which of the passes of an epoch a user is.
func (d *Data) part(user uint32, parts int) int {
	return int(mixed(d.Seed^uint64(user)<<32) % uint64(parts))
}

func (s *Survey) add(u *user, p *Protocol, part int) {
	s.Users++
	s.Events += int64(u.events)
	switch {
	case u.events < 2:
		s.Short++
	case len(u.rows) == 0:
		s.Silent++
	}
	for i := range u.rows {
		r := &u.rows[i]
		n := int64(p.each())
		s.Samples[r.split] += n
		if r.clicked {
			s.Clicked[r.split]++
		}
		if int(r.before) > p.MaxHistory {
			s.Longer++
		}
		if r.split == Train {
			s.parts[part] += n
			s.Known += n * int64(r.known(p.MaxHistory))
		}
	}
}

// Batches is how many full batches an epoch has. What is left over in a pass fills
// none; which samples these are changes from epoch to epoch.
func (s *Survey) Batches(size int) (n int) {
	for _, samples := range s.parts {
		n += int(samples / int64(size))
	}
	return n
}

// Enough says what is missing to train with batches of a size.
func (s *Survey) Enough(size int) error {
	switch {
	case s.Samples[Train] == 0:
		return fmt.Errorf("%w: no user has a history to train with", ErrData)
	case s.Samples[Validation] == 0:
		return fmt.Errorf("%w: no user has a history to validate with", ErrData)
	case s.Batches(size) == 0:
		return fmt.Errorf("%w: %d samples do not fill a batch of %d", ErrData, s.Samples[Train], size)
	}
	return nil
}
