package ctr

import (
	"errors"
	"math/rand/v2"
	"slices"
	"testing"

	"datum/train/embedding"
	"datum/train/step"
)

// Tables learn together with a network which items go with which: users click what is of
// the kind of what they clicked before. Rows that nobody sees stay as they are.
func TestTablesLearn(t *testing.T) {
	const batch, time, items, users, unseen = 64, 6, 40, 10, 39
	n := newNetwork(t, Config{Architecture: DIN, Embedding: 6})
	r := newTrainer(t, n, batch, time, step.Adam{}, n.Parameters().Initial(1))
	random := rand.New(rand.NewPCG(4, 4))
	table := func(rows int) *embedding.Table {
		made, err := embedding.New(rows, n.Embedding, embedding.Glorot(rows, n.Embedding), 5)
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	user, item, category := table(users), table(items), table(2)
	before := slices.Clone(item.Values()[unseen*n.Embedding:])
	width := 2 * n.Embedding
	left, right := embedding.Place{First: 0, Stride: width}, embedding.Place{First: n.Embedding, Stride: width}
	alone := embedding.Place{Stride: n.Embedding}
	var first, last float64
	const steps = 150
	for i := range steps {
		x := generated(n, batch, time, uint64(i), false)
		u, shown, history := make([]int32, batch), make([]int32, batch), make([]int32, batch*time)
		of, ofHistory := make([]int32, batch), make([]int32, batch*time) // which categories do not tell
		for row := range batch {
			kind := random.Int32N(2)
			u[row] = random.Int32N(users)
			for at := range time {
				history[row*time+at] = -1
				ofHistory[row*time+at] = -1
				if at < int(x["lengths"][row]) {
					history[row*time+at], ofHistory[row*time+at] = 2*random.Int32N(19)+kind, 0
				}
			}
			shown[row] = 2*random.Int32N(19) + kind
			if x["clicked"][row] == 0 {
				shown[row] ^= 1
			}
		}
		padding := func(ids []int32) []int32 { // is looked up as row 0, as was published
			ids = slices.Clone(ids)
			for i := range ids {
				ids[i] = max(ids[i], 0)
			}
			return ids
		}
		if err := errors.Join(user.Look(x["user"], u, alone), item.Look(x["item"], shown, left), category.Look(x["item"], of, right),
			item.Look(x["history"], padding(history), left), category.Look(x["history"], padding(ofHistory), right)); err != nil {
			t.Fatal(err)
		}
		r.run(x, 5e-3)
		if err := errors.Join(user.Add(r.more(1), u, alone), item.Add(r.more(2), shown, left), category.Add(r.more(2), of, right),
			item.Add(r.more(3), history, left), category.Add(r.more(3), ofHistory, right),
			user.Step(5e-3), item.Step(5e-3), category.Step(5e-3)); err != nil {
			t.Fatal(err)
		}
		if click := float64(r.more(0)[0]) / 10; i < 10 {
			first += click
		} else if i >= steps-10 {
			last += click
		}
	}
	t.Logf("the loss goes from %.3f to %.3f", first, last)
	if !(last < first/2) {
		t.Errorf("the loss was %v and is %v", first, last)
	}
	if !slices.Equal(before, item.Values()[unseen*n.Embedding:]) {
		t.Error("a row that was never looked up has changed")
	}
}
