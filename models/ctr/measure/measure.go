// Package measure says how well a click-through model predicts the rows of a log.
//
// Rows are predicted in batches of histories of similar length. Memory does not grow with
// the log: some thousand rows wait for their batch, and scores for which there is no room
// are sorted on disk, encrypted, as package metrics does it.
package measure

import (
	"cmp"
	"context"
	"iter"
	"slices"

	"datum/metrics"
	"datum/models/ctr/bundle"
	"datum/models/ctr/score"
	"datum/train/clicks"
)

// Options say how a model is run. The zero value is good.
type Options struct {
	// Batch is how many rows are predicted at a time, 256 if 0.
	Batch int
	// Numbers are what the numbers of the log are in the model; nil where they are the same.
	Numbers *Numbers
	// OnRows, where it is not nil, is told how many rows are done.
	OnRows func(done int)
}

// Numbers are the model's numbers of the users and of the items of a log, by those of the
// log.
type Numbers struct{ Users, Items []uint32 }

// Result is what was measured.
type Result struct {
	metrics.BinaryResult
	// Users is how many have rows.
	Users int `json:"users"`
	// Events is how many events the histories had together, Padded with padding.
	Events int64 `json:"events"`
	Padded int64 `json:"padded"`
	// UnknownUsers and UnknownItems are rows whose user, or whose item, the model does
	// not know; Empty are rows without a history.
	UnknownUsers int `json:"unknown_users"`
	UnknownItems int `json:"unknown_items"`
	Empty        int `json:"empty_histories"`
}

// sortedOver is over how many batches rows are sorted by the length of their history.
const sortedOver = 20

// A row waits for its batch.
type row struct {
	bundle.Row
	group   uint64
	clicked bool
}

// measuring is one that is under way.
type measuring struct {
	scorer *score.Scorer
	model  *bundle.Model
	o      Options
	binary *metrics.Binary
	batch  score.Batch
	rows   []row
	events []uint32 // of all histories that wait
	done   int
	result Result
}

// Run predicts all samples and compares. A sample may be reused when the next is asked
// for.
func Run(ctx context.Context, s *score.Scorer, m *bundle.Model, samples iter.Seq2[*clicks.Sample, error], o Options) (*Result, error) {
	o.Batch = cmp.Or(o.Batch, 256)
	r := &measuring{scorer: s, model: m, o: o, binary: metrics.NewBinary(metrics.BinaryOptions{Grouped: true})}
	defer r.binary.Close()
	last := uint32(0)
	for x, err := range samples {
		if err != nil {
			return nil, err
		}
		if x.User != last {
			last = x.User
			r.result.Users++
		}
		r.add(x)
		if len(r.rows) == sortedOver*o.Batch {
			if err := r.flush(ctx); err != nil {
				return nil, err
			}
		}
	}
	if err := r.flush(ctx); err != nil {
		return nil, err
	}
	var err error
	r.result.BinaryResult, err = r.binary.Result()
	return &r.result, err
}

// add keeps a sample until there are enough.
func (r *measuring) add(x *clicks.Sample) {
	n := row{bundle.Row{User: x.User, Item: x.Item}, uint64(x.User), x.Clicked}
	first := len(r.events)
	r.events = append(r.events, r.model.Recent(x.History)...)
	n.History = r.events[first:len(r.events):len(r.events)]
	if of := r.o.Numbers; of != nil {
		n.User, n.Item = of.Users[x.User], of.Items[x.Item]
		for i, item := range n.History {
			n.History[i] = of.Items[item]
		}
	}
	if n.User == 0 {
		r.result.UnknownUsers++
	}
	if n.Item == 0 {
		r.result.UnknownItems++
	}
	if len(n.History) == 0 {
		r.result.Empty++
	}
	r.rows = append(r.rows, n)
}

// flush predicts what has come together, the longest histories first.
func (r *measuring) flush(ctx context.Context) error {
	slices.SortStableFunc(r.rows, func(a, b row) int { return len(b.History) - len(a.History) })
	list := make([]bundle.Row, 0, r.o.Batch)
	for rows := range slices.Chunk(r.rows, r.o.Batch) {
		list = list[:0]
		for i := range rows {
			list = append(list, rows[i].Row)
		}
		if err := r.model.Fill(&r.batch, list); err != nil {
			return err
		}
		said, err := r.scorer.Score(ctx, &r.batch)
		if err != nil {
			return err
		}
		for i, p := range said {
			if err := r.binary.Add(rows[i].group, min(p, 1), rows[i].clicked); err != nil {
				return err
			}
			r.result.Events += int64(len(rows[i].History))
		}
		r.result.Padded += int64(r.batch.Rows) * int64(r.batch.Time)
		if r.done += len(rows); r.o.OnRows != nil {
			r.o.OnRows(r.done)
		}
	}
	r.rows, r.events = r.rows[:0], r.events[:0]
	return ctx.Err()
}
