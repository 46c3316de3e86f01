package events

import (
	"context"
	"math"

	"datum/formats"
)

// Verify reads everything and compares what can be compared: every checksum or
// tag, the order of users, times and names, whether names have as many events as
// is said of them, and no name twice.
func (l *Log) Verify(ctx context.Context) error {
	n, err := l.Vocabularies()
	if err != nil {
		return err
	}
	users, items := make([]uint64, len(n.Users.Names)), make([]uint64, len(n.Items.Names))
	info := l.index.info
	first, last := int64(math.MaxInt64), int64(math.MinInt64)
	for c, err := range l.Chunks(ctx) {
		if err != nil {
			return err
		}
		for i, u := range c.Users {
			users[u] += uint64(c.Starts[i+1] - c.Starts[i])
		}
		for i, item := range c.Items {
			items[item]++
			first, last = min(first, c.Times[i]), max(last, c.Times[i])
		}
	}
	if info.Events > 0 && (first != info.First || last != info.Last) {
		return l.wrong("its events are from another time than it says")
	}
	categories := make([]uint64, len(n.Categories.Names))
	for i, c := range n.Category {
		categories[c] += items[i]
	}
	categories[0] = 0 // those of items without one
	for _, v := range []struct {
		found []uint64
		said  *Vocabulary
	}{{users, n.Users}, {items, n.Items}, {categories, n.Categories}} {
		if err := l.verifyNames(v.found, v.said); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) verifyNames(found []uint64, said *Vocabulary) error {
	for i, want := range said.Counts {
		if found[i] != want {
			return l.wrong("a name has another number of events than is said of it")
		}
		if i > 0 && said.Number(said.Names[i]) != uint32(i) {
			return l.wrong("a name is there twice")
		}
	}
	return nil
}

func (l *Log) wrong(reason string) error {
	return &formats.Error{Path: l.path, Err: formats.Reason(formats.ErrCorrupt, "%s", reason)}
}
