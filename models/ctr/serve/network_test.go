package serve

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"datum/internal/openvinotest"
	"datum/models/ctr"
	"datum/models/ctr/bundle"
	"datum/models/ctr/score"
)

// newModel is a model that nobody has trained.
func newModel(t testing.TB, architecture string, embedding, longest int) *bundle.Model {
	t.Helper()
	const users, items, categories = 50, 200, 10
	n, err := ctr.New(ctr.Config{Architecture: architecture, Embedding: embedding})
	if err != nil {
		t.Fatal(err)
	}
	random := rand.New(rand.NewPCG(1, 2))
	m := &bundle.Model{Config: n.Config, Protocol: bundle.Protocol{Name: "neg", MaxHistory: longest}, Values: n.Parameters().Initial(3), Category: make([]uint32, items)}
	for i := range m.Category[1:] {
		m.Category[i+1] = 1 + random.Uint32N(categories-1)
	}
	for _, v := range []struct {
		letter string
		size   int
		names  **bundle.Names
		rows   *[]float32
	}{{"u", users, &m.Users, &m.Tables.User}, {"i", items, &m.Items, &m.Tables.Item}, {"c", categories, &m.Categories, &m.Tables.Category}} {
		list := []string{""}
		for i := 1; i < v.size; i++ {
			list = append(list, fmt.Sprint(v.letter, i))
		}
		if *v.names, err = bundle.NewNames(list); err != nil {
			t.Fatal(err)
		}
		*v.rows = make([]float32, v.size*embedding)
		for i := range *v.rows {
			(*v.rows)[i] = float32(random.NormFloat64())
		}
	}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return m
}

func newNetwork(t testing.TB, m *bundle.Model, rows int, o score.Options) *Network {
	t.Helper()
	s, err := score.New(openvinotest.Core(t), m.Network(), m.Values, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(s.Close)
	n, err := NewNetwork(s, m, rows)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// anyRows are rows with histories of all lengths, some of them empty or too long.
func anyRows(m *bundle.Model, n int, seed uint64) []Row {
	random := rand.New(rand.NewPCG(seed, 9))
	rows := make([]Row, n)
	for i := range rows {
		r := &rows[i]
		r.User, r.Item = random.Uint32N(uint32(m.Users.Len())), random.Uint32N(uint32(m.Items.Len()))
		r.Category = m.Category[r.Item]
		r.History = make([]uint32, random.IntN(m.Protocol.MaxHistory+5))
		for k := range r.History {
			r.History[k] = random.Uint32N(uint32(m.Items.Len()))
		}
	}
	rows[0].History = nil
	return rows
}

// What is said of a row does not depend on the rows beside it, and is what the network
// says in its portable form without any padding.
func TestRowsBesideDoNotMatter(t *testing.T) {
	for _, architecture := range []string{ctr.DIEN, ctr.DIN, ctr.DNN} {
		m := newModel(t, architecture, 18, 20)
		n := newNetwork(t, m, 64, score.Options{Threads: 2})
		rows := anyRows(m, 150, 5) // three batches
		together, err := n.Score(t.Context(), rows)
		if err != nil {
			t.Fatal(err)
		}
		exact, err := score.New(openvinotest.Core(t), m.Network(), m.Values, score.Options{Portable: true, Threads: 1})
		if err != nil {
			t.Fatal(err)
		}
		defer exact.Close()
		var alone, others, plain, spread float64
		beside := newNetwork(t, m, 24, score.Options{Threads: 1})
		order := rand.New(rand.NewPCG(3, 4)).Perm(len(rows))
		mixed := make([]Row, len(rows))
		for i, k := range order {
			mixed[i] = rows[k]
		}
		shuffled, err := beside.Score(t.Context(), mixed)
		if err != nil {
			t.Fatal(err)
		}
		for i, k := range order {
			others = max(others, math.Abs(float64(shuffled[i]-together[k])))
		}
		for i := range rows {
			one, err := n.Score(t.Context(), rows[i:i+1])
			if err != nil {
				t.Fatal(err)
			}
			alone = max(alone, math.Abs(float64(one[0]-together[i])))
			var b score.Batch
			if err := m.Fill(&b, []bundle.Row{{User: rows[i].User, Item: rows[i].Item, History: rows[i].History}}); err != nil {
				t.Fatal(err)
			}
			want, err := exact.Score(t.Context(), &b)
			if err != nil {
				t.Fatal(err)
			}
			plain = max(plain, math.Abs(float64(want[0]-together[i])))
			spread = max(spread, math.Abs(float64(together[i]-together[0])))
		}
		t.Logf("%s: alone %.2g, beside others %.2g, without padding %.2g apart; rows differ by %.2g", architecture, alone, others, plain, spread)
		if !(alone <= 1e-6 && others <= 1e-6 && plain <= 2e-6) || spread < 1e-3 {
			t.Errorf("%s: alone %g, beside others %g, without padding %g apart; rows differ by %g", architecture, alone, others, plain, spread)
		}
	}
}

// After the warming up no size is new to the runtime.
func TestWarmUp(t *testing.T) {
	m := newModel(t, ctr.DIEN, 4, 10)
	n := newNetwork(t, m, 6, score.Options{})
	if err := n.WarmUp(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(n.sizes, []int{1, 2, 3, 4, 6}) || !slices.Equal(n.times, []int{4, 6, 8, 10}) {
		t.Errorf("sizes %v, times %v", n.sizes, n.times)
	}
	for _, rows := range n.sizes {
		for _, time := range n.times {
			if n.scorer.Chosen(rows, time) == "" {
				t.Errorf("%d rows with histories of %d are new", rows, time)
			}
		}
	}
}

func TestCategories(t *testing.T) {
	m := newModel(t, ctr.DIN, 4, 5)
	n := newNetwork(t, m, 4, score.Options{})
	p, err := n.Score(t.Context(), []Row{{User: 1, Item: 2, Category: 3}, {User: 1, Item: 2, Category: 4}})
	if err != nil || p[0] == p[1] {
		t.Errorf("%v %v: the category does not matter", p, err)
	}
	for _, r := range []Row{{User: 50}, {Item: 200}, {Category: 10}, {History: []uint32{200}}, {User: math.MaxUint32}, {History: []uint32{math.MaxUint32}}} {
		if _, err := n.Score(t.Context(), []Row{r}); err == nil {
			t.Errorf("%v was scored", r)
		}
	}
}

func TestReferenceModelsAreNotServed(t *testing.T) {
	if _, err := NewNetwork(nil, &bundle.Model{Config: ctr.Config{Reference: true}}, 1); !errors.Is(err, ErrReference) {
		t.Errorf("%v", err)
	}
}

func TestPlan(t *testing.T) {
	n := &Network{times: []int{4, 8, 100}}
	some := func(from, to int) []int {
		var list []int
		for i := from; i < to; i++ {
			list = append(list, i)
		}
		return list
	}
	for name, test := range map[string]struct {
		byTime [][]int
		want   []group
	}{
		"one":                      {[][]int{nil, {0}, nil}, []group{{[]int{0}, 8}}},
		"a few short ones":         {[][]int{{0}, {1}, nil}, []group{{[]int{0, 1}, 8}}},
		"many short beside a long": {[][]int{some(0, 40), nil, {40}}, []group{{[]int{40}, 100}, {some(0, 40), 4}}},
		"one short beside a long":  {[][]int{{0}, nil, some(1, 9)}, []group{{some(0, 9), 100}}},
	} {
		got := n.plan(test.byTime)
		if !slices.EqualFunc(got, test.want, func(a, b group) bool { return a.time == b.time && slices.Equal(a.rows, b.rows) }) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}
