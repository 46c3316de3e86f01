package events

import (
	"bufio"
	"context"
	"errors"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/formats"
	"datum/internal/atomicdir"
)

// Options say how a log is made. The zero value makes one in plain, and sorts in
// the system's folder for temporary files.
type Options struct {
	// Scratch is a folder for what is being sorted.
	Scratch string
	// Key seals the log; nil leaves it in plain.
	Key *key.Key
	// Pseudonyms take the place of the names of users and items, where they are
	// not nil. The names of categories stay.
	Pseudonyms *Pseudonyms
	// Value changes the value of each event, where it is not nil: a rating to
	// whether it is a good one.
	Value func(float64) float64
	// Rows is how many events are sorted in memory; 0 stands for what is best.
	Rows int
	// Progress is called now and then with the number of events that were added,
	// where it is not nil.
	Progress func(events int)
}

// Builder makes a log of events in any order. It is used by one goroutine at a
// time.
type Builder struct {
	o          Options
	temporary  *key.Key
	users      *numbering
	items      *numbering
	categories *numbering
	category   []uint32 // of each item, plus one
	recent     []int64  // the latest time of each user so far
	rows       []row
	raw        *spill // what did not fit into rows, as it came
	pseudonyms bool
	fanIn      int
	events     int
	report     Report
}

// NewBuilder prepares a log. The caller closes the builder.
func NewBuilder(o Options) (*Builder, error) {
	if o.Rows <= 0 {
		o.Rows = runRows
	}
	b := &Builder{o: o, users: newNumbering(), items: newNumbering(), categories: newNumbering(), fanIn: fanIn}
	if o.Pseudonyms != nil {
		b.users.stored, b.items.stored, b.pseudonyms = o.Pseudonyms.User, o.Pseudonyms.Item, true
	}
	var err error
	b.temporary, err = key.New()
	return b, err
}

// File tells of the next file of the source. It returns what [Builder.Place] calls
// it. Files are told of in the order in which they are read.
func (b *Builder) File(name string) (file int) {
	if n := len(b.report.files); n == mostFiles {
		return n - 1 // the place of its events is not told as well, which is all
	}
	b.report.files = append(b.report.files, name)
	return len(b.report.files) - 1
}

// Place is the place of a line, counted from 1, of a file.
func (b *Builder) Place(file int, line int64) Place {
	return Place(file)<<lineBits | Place(line)&(1<<lineBits-1)
}

// Add takes an event. An error that matches ErrCorrupt is about this event only,
// and nothing of it was taken.
func (b *Builder) Add(r *Record) error {
	if math.IsNaN(r.Value) || math.IsInf(r.Value, 0) {
		return formats.Reason(formats.ErrCorrupt, "the value is no number")
	}
	if err := CheckName("user", r.User); err != nil {
		return err
	}
	if err := b.Item(r.Item, r.Category); err != nil {
		return err
	}
	user, err := b.users.number(r.User)
	if err != nil {
		return err
	}
	item, err := b.items.number(r.Item)
	if err != nil {
		return err
	}
	return b.take(&row{user: user, item: item, time: r.Time, value: r.Value, place: r.Place})
}

// take counts an event and keeps it to be sorted.
func (b *Builder) take(r *row) error {
	b.users.counts[r.user]++
	b.items.counts[r.item]++
	b.ordered(r)
	if b.o.Value != nil {
		r.value = b.o.Value(r.value)
	}
	if r.value == 0 {
		r.value = 0 // of two zeros the one without a sign
	}
	if len(b.rows) == b.o.Rows {
		if err := b.spill(); err != nil {
			return err
		}
	}
	if n := len(b.rows); n == cap(b.rows) && n >= between {
		b.rows = slices.Grow(b.rows, b.o.Rows-n) // at once, in place of by and by
	}
	b.rows = append(b.rows, *r)
	if b.events++; b.events%1024 == 0 && b.o.Progress != nil {
		b.o.Progress(b.events)
	}
	return nil
}

// ordered counts events that come too late.
func (b *Builder) ordered(r *row) {
	for int(r.user) >= len(b.recent) {
		b.recent = append(b.recent, math.MinInt64)
	}
	if r.time < b.recent[r.user] {
		b.report.Unsorted.add(r.place)
		return
	}
	b.recent[r.user] = r.time
}

// Item tells of which category an item is, be there events of it or not. An empty
// one is none. The first that an item gets counts.
func (b *Builder) Item(item, category []byte) error {
	err := CheckName("item", item)
	if err == nil && len(category) > 0 {
		err = CheckName("category", category)
	}
	if err != nil {
		return err
	}
	n, err := b.items.number(item)
	if err != nil || len(category) == 0 {
		return err
	}
	c, err := b.categories.number(category)
	if err != nil {
		return err
	}
	for int(n) >= len(b.category) {
		b.category = append(b.category, 0)
	}
	switch b.category[n] {
	case 0:
		b.category[n] = c + 1
	case c + 1:
	default:
		b.report.Recategorized++
	}
	return nil
}

func (b *Builder) spill() error {
	var err error
	if b.raw == nil {
		if b.raw, err = newSpill(b.o.Scratch, b.temporary); err != nil {
			return err
		}
	}
	for i := range b.rows {
		if err := b.raw.add(&b.rows[i]); err != nil {
			return err
		}
	}
	b.rows = b.rows[:0]
	return nil
}

// Finish writes the log, sealed where there is a key. It may be called once.
func (b *Builder) Finish(ctx context.Context, w io.Writer) (Info, Report, error) {
	out, closeOut, err := sealedWriter(w, b.o.Key)
	if err != nil {
		return Info{}, b.report, err
	}
	info, err := b.write(ctx, out)
	if err == nil {
		err = closeOut()
	}
	return info, b.report, err
}

// sealedWriter seals what is written to it, where there is a key.
func sealedWriter(w io.Writer, k *key.Key) (out io.Writer, closeOut func() error, err error) {
	if k == nil {
		const buffer = 256 << 10
		out := bufio.NewWriterSize(w, buffer)
		return out, out.Flush, nil
	}
	s, err := sealed.NewWriter(w, k, Purpose)
	if err != nil {
		return nil, nil, err
	}
	return s, s.Close, nil
}

// FinishFile is Finish into a file, which appears when it is complete and on disk,
// or not at all. An existing one is an error that matches ErrExists.
func (b *Builder) FinishFile(ctx context.Context, path string) (Info, Report, error) {
	const name = "log"
	stage, err := atomicdir.StageFile(path)
	if err != nil {
		return Info{}, b.report, err
	}
	defer stage.Abort()
	f, err := os.OpenFile(filepath.Join(stage.Path(), name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return Info{}, b.report, err
	}
	info, report, err := b.Finish(ctx, f)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = stage.CommitFile(ctx, name, func() error {
			if _, err := os.Lstat(path); err == nil {
				return formats.Reason(formats.ErrExists, "%s: it exists already", path)
			}
			return nil
		})
	}
	return info, report, err
}

// Close removes what is on the disk, and forgets its key.
func (b *Builder) Close() {
	if b.raw != nil {
		b.raw.close()
		b.raw = nil
	}
	b.temporary.Destroy()
}
