package clicks

import (
	"context"
	"iter"
	"math/rand/v2"
	"slices"
)

// A Batch is samples to train with, as numbers of users and items. Histories are padded
// at their end with −1.
type Batch struct {
	Rows, Time int
	Users      []int32 // [rows]
	Items      []int32 // [rows]
	Clicked    []bool  // [rows]
	Lengths    []int32 // [rows]
	Histories  []int32 // [rows, time]
	// Negatives are drawn items, one for each of the histories; nil unless wanted.
	Negatives []int32
	// Rejected is how often an item was drawn that was the clicked one, and another
	// was drawn in its place.
	Rejected int64
}

// BatchOptions say what batches are like.
type BatchOptions struct {
	Size, Epoch int
	// Lengths are those that histories are padded to, rising; the last is at least that of the
	// longest history.
	Lengths []int
	// Negatives asks for those of a history.
	Negatives bool
	// From is how many batches are left out at the beginning: those of which a training
	// that was interrupted has learnt.
	From int
}

// sortedOver is over how many batches samples are sorted by length. More pads less, and
// mixes less.
const sortedOver = 20

// A window is the users of one pass.
type window struct {
	clicks []uint32
	rows   []windowed
}

// A windowed row points into the clicks of its window.
type windowed struct {
	row
	user, first uint32
}

// history are the clicks that a row knows of.
func (w *window) history(r *windowed, most int) []uint32 {
	end := int(r.first) + int(r.before)
	return w.clicks[end-r.known(most) : end]
}

// Batches streams the samples to train with in an epoch. The survey is that of this
// data. What a window leaves over fills no batch, see [Survey.Batches].
func (d *Data) Batches(ctx context.Context, s *Survey, o BatchOptions) iter.Seq2[*Batch, error] {
	return func(yield func(*Batch, error) bool) {
		if err := d.ready(); err != nil {
			yield(nil, err)
			return
		}
		left := o.From
		for part := range len(s.parts) {
			if n := int(s.parts[part] / int64(o.Size)); left >= n {
				left -= n
				continue
			}
			w, err := d.window(ctx, part, len(s.parts))
			if err != nil {
				yield(nil, err)
				return
			}
			for b := range d.shuffled(w, part, &o) {
				if left > 0 {
					left--
					continue
				}
				if err := ctx.Err(); err != nil {
					yield(nil, err)
					return
				}
				if !yield(d.batch(w, b, &o), nil) {
					return
				}
			}
		}
	}
}

// window reads the users of a pass.
func (d *Data) window(ctx context.Context, part, parts int) (*window, error) {
	w := &window{}
	for u, err := range d.users(ctx) {
		if err != nil {
			return nil, err
		}
		if d.part(u.number, parts) != part {
			continue
		}
		first := uint32(len(w.clicks))
		w.clicks = append(w.clicks, u.clicks...)
		for _, r := range u.rows {
			if r.split == Train {
				w.rows = append(w.rows, windowed{r, u.number, first})
			}
		}
	}
	return w, ctx.Err()
}

// shuffled yields batches of samples: each is a row, and which of its samples, as one
// number. They are shuffled, then sorted by length over a few batches, of which the
// order is shuffled.
func (d *Data) shuffled(w *window, part int, o *BatchOptions) iter.Seq[[]uint32] {
	return func(yield func([]uint32) bool) {
		each := d.Protocol.each()
		order := make([]uint32, len(w.rows)*each)
		for i := range order {
			order[i] = uint32(i)
		}
		random := rand.New(rand.NewPCG(mixed(d.Seed), mixed(uint64(o.Epoch)<<32|uint64(part))))
		random.Shuffle(len(order), func(i, k int) { order[i], order[k] = order[k], order[i] })
		length := func(sample uint32) int { return w.rows[int(sample)/each].known(d.Protocol.MaxHistory) }
		for block := range slices.Chunk(order, sortedOver*o.Size) {
			slices.SortStableFunc(block, func(a, b uint32) int { return length(b) - length(a) })
			block = block[:len(block)/o.Size*o.Size]
			var list [][]uint32
			for b := range slices.Chunk(block, o.Size) {
				list = append(list, b)
			}
			random.Shuffle(len(list), func(i, k int) { list[i], list[k] = list[k], list[i] })
			for _, b := range list {
				if !yield(b) {
					return
				}
			}
		}
	}
}

// batch makes a batch of samples.
func (d *Data) batch(w *window, samples []uint32, o *BatchOptions) *Batch {
	each, longest := d.Protocol.each(), 0
	for _, s := range samples {
		longest = max(longest, w.rows[int(s)/each].known(d.Protocol.MaxHistory))
	}
	n := len(samples)
	b := &Batch{Rows: n, Time: o.Lengths[len(o.Lengths)-1], Users: make([]int32, n), Items: make([]int32, n), Clicked: make([]bool, n), Lengths: make([]int32, n)}
	if i, _ := slices.BinarySearch(o.Lengths, longest); i < len(o.Lengths) {
		b.Time = o.Lengths[i]
	}
	b.Histories = filled(n*b.Time, -1)
	if o.Negatives {
		b.Negatives = filled(n*b.Time, -1)
	}
	for i, s := range samples {
		d.sample(b, i, w, &w.rows[int(s)/each], int(s)%each, o)
	}
	return b
}

func filled(n int, with int32) []int32 {
	list := make([]int32, n)
	for i := range list {
		list[i] = with
	}
	return list
}

// sample puts one sample into a batch: the row itself, or a negative of it.
func (d *Data) sample(b *Batch, i int, w *window, r *windowed, which int, o *BatchOptions) {
	history := w.history(r, d.Protocol.MaxHistory)
	b.Users[i], b.Lengths[i] = int32(r.user), int32(len(history))
	random := drawAt(d.Seed, o.Epoch, r.user, r.at)
	b.Items[i], b.Clicked[i] = int32(r.item), r.clicked
	for k := range which { // negatives of a row are drawn one after the other
		item := d.drawn.other(&random, r.item, &b.Rejected)
		if k == which-1 {
			b.Items[i], b.Clicked[i] = int32(item), false
		}
	}
	for k, item := range history {
		b.Histories[i*b.Time+k] = int32(item)
	}
	if o.Negatives {
		random = drawAt(mixed(d.Seed)+uint64(which)+1, o.Epoch, r.user, r.at)
		for k, item := range history {
			b.Negatives[i*b.Time+k] = int32(d.drawn.other(&random, item, &b.Rejected))
		}
	}
}
