package bundle

import (
	"fmt"

	"datum/models/ctr/score"
)

// A Row is what a prediction is asked of: whether a user clicks an item, with what the
// user clicked before, the oldest first. What is not known is 0; a history may be empty.
// Of one that is longer than those of the training, the last events count.
type Row struct {
	User, Item uint32
	History    []uint32
}

// Recent are the events of a history that count.
func (m *Model) Recent(history []uint32) []uint32 {
	return history[max(0, len(history)-m.Protocol.MaxHistory):]
}

// Rounded is a length to which histories are padded: there are few of them, so that the
// runtime prepares itself for few sizes, and they are at most a quarter longer.
func Rounded(length int) int {
	step := 1
	for step*8 <= length {
		step *= 2
	}
	return max(1, (length+step-1)/step*step)
}

// Fill looks up the embeddings of rows, for a [score.Scorer]. Memory that the batch has
// is used again. Rows of similar length are predicted fastest together.
func (m *Model) Fill(b *score.Batch, rows []Row) error {
	longest := 0
	for i := range rows {
		if err := m.known(i, &rows[i]); err != nil {
			return err
		}
		longest = max(longest, len(m.Recent(rows[i].History)))
	}
	e := m.network.Embedding
	b.Rows, b.Time = len(rows), min(Rounded(longest), m.Protocol.MaxHistory)
	b.User, b.Item = resized(b.User, b.Rows*e), resized(b.Item, b.Rows*2*e)
	b.History, b.Lengths = resized(b.History, b.Rows*b.Time*2*e), resized(b.Lengths, b.Rows)
	for i := range rows {
		r := &rows[i]
		copy(b.User[i*e:][:e], m.Tables.User[int(r.User)*e:])
		m.item(b.Item[i*2*e:], r.Item)
		history := m.Recent(r.History)
		for k, item := range history {
			m.item(b.History[(i*b.Time+k)*2*e:], item)
		}
		padding := b.History[(i*b.Time+len(history))*2*e : (i+1)*b.Time*2*e]
		if m.Config.Reference { // as published, padding is item 0
			for at := 0; at < len(padding); at += 2 * e {
				m.item(padding[at:], 0)
			}
		} else {
			clear(padding)
		}
		b.Lengths[i] = int32(len(history))
	}
	return nil
}

// known looks whether a row has numbers of the model.
func (m *Model) known(i int, r *Row) error {
	fail := func(what string, number uint32) error {
		return fmt.Errorf("%w: row %d has %s %d, which there is not", score.ErrBatch, i, what, number)
	}
	if int64(r.User) >= int64(m.Users.Len()) {
		return fail("user", r.User)
	}
	if int64(r.Item) >= int64(len(m.Category)) {
		return fail("item", r.Item)
	}
	for _, item := range m.Recent(r.History) {
		if int64(item) >= int64(len(m.Category)) {
			return fail("item", item)
		}
	}
	return nil
}

// item copies the row of an item, and behind it that of its category.
func (m *Model) item(to []float32, number uint32) {
	e := m.network.Embedding
	copy(to[:e], m.Tables.Item[int(number)*e:])
	copy(to[e:2*e], m.Tables.Category[int(m.Category[number])*e:])
}

// resized is a list of n numbers, in the memory of an old one if that is enough.
func resized[T any](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, n)
	}
	return list[:n]
}
