package serve

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"slices"

	"datum/models/ctr/bundle"
	"datum/models/ctr/score"
)

// ErrReference is returned for models that behave as published: what they say of a row
// depends on the rows beside it, and those are of other clients.
var ErrReference = errors.New("the model behaves as it was published, where a prediction depends on the rows beside it, and cannot be served")

// A Network scores rows with a trained model. Batches are padded to a few sizes, since
// the runtime prepares itself for each that it has not met; and rows of similar
// histories go together, since one long history makes all beside it long.
type Network struct {
	scorer  *score.Scorer
	model   *bundle.Model
	width   int // of an embedding
	longest int
	sizes   []int // of batches
	times   []int // of histories
	batch   score.Batch
}

// NewNetwork returns a Scorer of batches of up to so many rows. Several may share a
// model, and none a scorer.
func NewNetwork(scorer *score.Scorer, m *bundle.Model, rows int) (*Network, error) {
	if m.Config.Reference {
		return nil, ErrReference
	}
	n := &Network{scorer: scorer, model: m, width: m.Config.Embedding, longest: m.Protocol.MaxHistory}
	n.sizes = steps(1, max(1, rows))
	n.times = steps(min(4, n.longest), n.longest)
	return n, nil
}

// steps are numbers from first to last, both among them: powers of two, and what lies in
// the middle of two of these.
func steps(first, last int) []int {
	var list []int
	for k := first; k < last; k += max(1, 1<<bits.Len(uint(k))/4) {
		list = append(list, k)
	}
	return append(list, last)
}

// Close gives the scorer back.
func (n *Network) Close() { n.scorer.Close() }

// WarmUp scores a batch of each size, so that no request waits for the runtime to
// prepare itself.
func (n *Network) WarmUp(ctx context.Context) error {
	row := Row{History: make([]uint32, n.longest)}
	for _, time := range n.times {
		for _, size := range n.sizes {
			rows := slices.Repeat([]Row{{History: row.History[:time]}}, size)
			if _, err := n.Score(ctx, rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// Score returns the probability of a click for each row.
func (n *Network) Score(ctx context.Context, rows []Row) ([]float32, error) {
	out := make([]float32, len(rows))
	most := n.sizes[len(n.sizes)-1]
	for from := 0; from < len(rows); from += most {
		to := min(from+most, len(rows))
		if err := n.some(ctx, rows[from:to], out[from:to]); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// some scores as many rows as a batch may have.
func (n *Network) some(ctx context.Context, rows []Row, out []float32) error {
	byTime := make([][]int, len(n.times)) // rows by the time that they are padded to
	for i, r := range rows {
		t, _ := slices.BinarySearch(n.times, min(len(r.History), n.longest))
		byTime[t] = append(byTime[t], i)
	}
	for _, g := range n.plan(byTime) {
		if err := n.fill(rows, g); err != nil {
			return err
		}
		p, err := n.scorer.Score(ctx, &n.batch)
		if err != nil {
			return err
		}
		for k, i := range g.rows {
			out[i] = p[k]
		}
	}
	return nil
}

// A group is rows that are scored together.
type group struct {
	rows []int
	time int
}

// plan puts rows together that are not worth a batch of their own. Of all ways to cut
// the list of times into pieces it takes the cheapest.
func (n *Network) plan(byTime [][]int) []group {
	cheapest := make([]int, len(byTime)+1) // of the times before each
	cut := make([]int, len(byTime)+1)      // where the last piece of these begins
	for to := 1; to <= len(byTime); to++ {
		rows := 0
		cheapest[to] = -1
		for from := to - 1; from >= 0; from-- {
			rows += len(byTime[from])
			if c := cheapest[from] + cost(rows, n.times[to-1]); cheapest[to] < 0 || c < cheapest[to] {
				cheapest[to], cut[to] = c, from
			}
		}
	}
	var list []group
	for to := len(byTime); to > 0; to = cut[to] {
		if rows := slices.Concat(byTime[cut[to]:to]...); len(rows) > 0 {
			list = append(list, group{rows, n.times[to-1]})
		}
	}
	return list
}

// cost is about how many microseconds a batch takes: each step of a history waits for
// the one before, however few rows there are.
func cost(rows, time int) int {
	const batch, step = 100, 13
	if rows == 0 {
		return 0
	}
	return batch + time*(step+rows)
}

// fill looks the embeddings of a group up. The rows that pad the batch are of what is
// not known, with no history.
func (n *Network) fill(rows []Row, g group) error {
	at, _ := slices.BinarySearch(n.sizes, len(g.rows))
	b, w := &n.batch, n.width
	b.Rows, b.Time = n.sizes[at], g.time
	b.User, b.Item = zeros(b.User, b.Rows*w), zeros(b.Item, b.Rows*2*w)
	b.History, b.Lengths = zeros(b.History, b.Rows*b.Time*2*w), zeros(b.Lengths, b.Rows)
	for k, i := range g.rows {
		r := &rows[i]
		history := n.model.Recent(r.History)
		b.Lengths[k] = int32(len(history))
		ok := look(b.User[k*w:], n.model.Tables.User, r.User, w) && n.item(b.Item[k*2*w:], r.Item, r.Category)
		for t, item := range history {
			ok = ok && int(item) < len(n.model.Category) && n.item(b.History[(k*b.Time+t)*2*w:], item, n.model.Category[item])
		}
		if !ok {
			return fmt.Errorf("%w: a number is not in its table", ErrOptions)
		}
	}
	return nil
}

// item writes the embedding of an item and that of its category behind it.
func (n *Network) item(to []float32, item, category uint32) bool {
	return look(to, n.model.Tables.Item, item, n.width) && look(to[n.width:], n.model.Tables.Category, category, n.width)
}

// look copies a row of a table.
func look(to, table []float32, number uint32, width int) bool {
	from := int(number) * width
	if from+width > len(table) {
		return false
	}
	copy(to[:width], table[from:from+width])
	return true
}

// zeros returns n zeros, in the memory of list where that is enough.
func zeros[T float32 | int32](list []T, n int) []T {
	if cap(list) < n {
		return make([]T, n)
	}
	list = list[:n]
	clear(list)
	return list
}
