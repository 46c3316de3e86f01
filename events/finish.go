package events

import (
	"context"
	"errors"
	"io"
)

// write writes the log in plain.
func (b *Builder) write(ctx context.Context, w io.Writer) (Info, error) {
	out, err := newWriter(w)
	if err != nil {
		return Info{}, err
	}
	items := b.rankItems()
	s := &sorter{dir: b.o.Scratch, key: b.temporary, size: b.o.Rows, fanIn: b.fanIn}
	defer s.close()
	if err := b.passOn(ctx, s, b.users.rank(), items); err != nil {
		return Info{}, err
	}
	t := &tally{report: &b.report, out: out}
	if err := s.each(ctx, t.take); err != nil {
		return Info{}, err
	}
	if err := t.end(); err != nil {
		return Info{}, err
	}
	if err := out.names(kindUsers, b.users, nil); err != nil {
		return Info{}, err
	}
	if err := out.names(kindItems, b.items, b.category); err != nil {
		return Info{}, err
	}
	if err := out.names(kindCategories, b.categories, nil); err != nil {
		return Info{}, err
	}
	n := &out.index.info
	n.Users, n.Items, n.Categories = len(b.users.names), len(b.items.names), len(b.categories.names)
	n.Pseudonyms = b.pseudonyms
	return *n, out.close()
}

// rankItems gives items and categories their final order, and returns the final
// numbers of items.
func (b *Builder) rankItems() []uint32 {
	for len(b.category) < len(b.items.names) {
		b.category = append(b.category, 0)
	}
	for item, c := range b.category {
		if c > 0 {
			b.categories.counts[c-1] += b.items.counts[item]
		}
	}
	categories, items := b.categories.rank(), b.items.rank()
	final := make([]uint32, len(items))
	for old, n := range items {
		if c := b.category[old]; c > 0 {
			final[n-1] = categories[c-1]
		} else if len(categories) > 0 {
			b.report.Uncategorized++
		}
	}
	b.category = final
	for _, n := range b.items.counts {
		if n == 0 {
			b.report.Unused++
		}
	}
	return items
}

// passOn hands all rows, with their final numbers, to s.
func (b *Builder) passOn(ctx context.Context, s *sorter, users, items []uint32) error {
	b.recent = nil
	if b.raw == nil { // all are here
		for i := range b.rows {
			r := &b.rows[i]
			r.user, r.item = users[r.user], items[r.item]
		}
		s.rows, b.rows = b.rows, nil
		return nil
	}
	if err := b.spill(); err != nil {
		return err
	}
	s.rows, b.rows = b.rows[:0], nil
	from, err := b.raw.reader()
	if err != nil {
		return err
	}
	var r row
	for n := 0; ; n++ {
		if n%between == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		switch err := from.next(&r); {
		case errors.Is(err, io.EOF):
			b.raw.close()
			b.raw = nil
			return nil
		case err != nil:
			return err
		}
		final := r
		final.user, final.item = users[r.user], items[r.item]
		if err := s.add(&final); err != nil {
			return err
		}
	}
}
