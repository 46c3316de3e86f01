package clicks

import (
	"context"
	"errors"
	"iter"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"datum/events"
)

// listed is a log in memory.
type listed []events.History

func (l listed) Histories(ctx context.Context) iter.Seq2[*events.History, error] {
	return func(yield func(*events.History, error) bool) {
		for i := range l {
			if err := ctx.Err(); err != nil {
				yield(nil, err)
				return
			}
			h := l[i]
			h.Items, h.Values = slices.Clone(h.Items), slices.Clone(h.Values)
			if !yield(&h, nil) {
				return
			}
			clear(h.Items) // it was valid until here
		}
	}
}

// generated is a log of users with up to so many events each.
func generated(users, items, most int, seed uint64) (listed, []uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	counts := make([]uint64, items+1)
	var l listed
	for u := range users {
		h := events.History{User: uint32(u + 1)}
		for range 1 + random.IntN(most) {
			item := uint32(1 + random.IntN(items)*random.IntN(items)/items)
			counts[item]++
			h.Items, h.Values = append(h.Items, item), append(h.Values, float64(1+random.IntN(5)))
			h.Times = append(h.Times, int64(len(h.Items)))
		}
		l = append(l, h)
	}
	return l, counts
}

func data(l listed, counts []uint64, p Protocol) *Data {
	return &Data{Source: l, Protocol: p, Counts: counts, Seed: 7}
}

func samplesOf(t *testing.T, d *Data, s Split) (list []Sample) {
	t.Helper()
	var rejected int64
	for x, err := range d.Samples(t.Context(), s, &rejected) {
		if err != nil {
			t.Fatal(err)
		}
		y := *x
		y.History = slices.Clone(x.History)
		list = append(list, y)
	}
	return list
}

func TestNegRows(t *testing.T) {
	t.Parallel()
	l := listed{{User: 1, Items: []uint32{5, 6, 7, 8, 9}, Values: []float64{1, 1, 1, 1, 1}}, {User: 2, Items: []uint32{5}, Values: []float64{1}}, {User: 3, Items: []uint32{6, 5}, Values: []float64{1, 1}}}
	counts := []uint64{0, 0, 0, 0, 0, 3, 2, 1, 1, 1}
	d := data(l, counts, Protocol{Name: Neg, MaxHistory: 3, Negatives: 2})
	test := samplesOf(t, d, Test)
	if len(test) != 6 {
		t.Fatalf("%d samples for the test: %+v", len(test), test)
	}
	if want := (Sample{User: 1, Item: 9, Clicked: true, History: []uint32{6, 7, 8}}); !reflect.DeepEqual(test[0], want) {
		t.Errorf("%+v instead of %+v", test[0], want)
	}
	if want := (Sample{User: 3, Item: 5, Clicked: true, History: []uint32{6}}); !reflect.DeepEqual(test[3], want) {
		t.Errorf("%+v instead of %+v", test[3], want)
	}
	for _, s := range test {
		if !s.Clicked && (s.Item == 0 || s.User == 1 && s.Item == 9 || s.User == 3 && s.Item == 5 || counts[s.Item] == 0) {
			t.Errorf("%+v is no negative", s)
		}
	}
	if again := samplesOf(t, d, Test); !reflect.DeepEqual(again, test) {
		t.Error("other samples come the second time")
	}
	s, err := d.Look(t.Context(), 8)
	if err != nil {
		t.Fatal(err)
	}
	if s.Users != 3 || s.Events != 8 || s.Short != 1 || s.Silent != 0 || s.Samples != [3]int64{6, 3, 6} || s.Clicked != [3]int64{2, 1, 2} || s.Longer != 1 {
		t.Errorf("%+v", s)
	}
}

func TestRateRows(t *testing.T) {
	t.Parallel()
	c, err := ParseCondition("rating >= 4")
	if err != nil {
		t.Fatal(err)
	}
	l := listed{{User: 1, Items: []uint32{1, 2, 3, 4, 5, 6, 7}, Values: []float64{2, 4, 3, 5, 1, 4, 3}}, {User: 2, Items: []uint32{1, 2}, Values: []float64{1, 2}}}
	d := data(l, []uint64{0, 2, 2, 1, 1, 1, 1, 1}, Protocol{Name: Rate, MaxHistory: 2, Positive: c, Share: 0.1})
	want := map[Split][]Sample{
		Train:      {{1, 3, false, []uint32{2}}, {1, 4, true, []uint32{2}}, {1, 5, false, []uint32{2, 4}}},
		Validation: {{1, 6, true, []uint32{2, 4}}},
		Test:       {{1, 7, false, []uint32{4, 6}}},
	}
	for split, list := range want {
		if got := samplesOf(t, d, split); !reflect.DeepEqual(got, list) {
			t.Errorf("%s: %+v instead of %+v", split, got, list)
		}
	}
	s, err := d.Look(t.Context(), 9)
	if err != nil || s.Silent != 1 || s.Short != 0 || s.Samples != [3]int64{3, 1, 1} {
		t.Errorf("%+v, %v", s, err)
	}
}

func TestConditions(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]events.Condition{
		"rating>=4": {Operator: ">=", Number: 4}, "value < -1e1": {Operator: "<", Number: -10}, "==3.5": {Operator: "=", Number: 3.5},
		">0": {Operator: ">", Number: 0}, "rating<=2": {Operator: "<=", Number: 2}, "rating!=2": {Operator: "!=", Number: 2},
		"label=1": {Operator: "=", Number: 1},
	} {
		c, err := ParseCondition(text)
		if err != nil || c != want {
			t.Errorf("%s: %+v, %v", text, c, err)
		}
		if again, err := ParseCondition(c.String()); err != nil || again != c {
			t.Errorf("%s is written as %s", text, c)
		}
		for _, v := range []float64{-20, -10, 0, 2, 3.5, 4, 5} {
			right := map[string]bool{">=": v >= c.Number, "<": v < c.Number, "=": v == c.Number, ">": v > c.Number, "<=": v <= c.Number, "!=": v != c.Number}[c.Operator]
			if c.Of(v) != right {
				t.Errorf("%v %s is %v", v, c, c.Of(v))
			}
		}
	}
	for _, text := range []string{"", "rating", "rating>=", "rating>=x", "rating=>4", "stars>=4", ">=1e999", "rating>=4 or 5", ">inf", ">NaN", ">0x4", ">1_0", "rating!4"} {
		if _, err := ParseCondition(text); !errors.Is(err, ErrOptions) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// seen are the batches of an epoch.
func seen(t *testing.T, d *Data, s *Survey, o BatchOptions) (list []*Batch) {
	t.Helper()
	for b, err := range d.Batches(t.Context(), s, o) {
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, b)
	}
	return list
}

// The batches of an epoch have each sample at most once, nearly all of them, and none of
// the validation and the test; a training that goes on sees those that are left; an
// epoch has another order and other negatives; a log in several passes has as many.
func TestBatches(t *testing.T) {
	t.Parallel()
	l, counts := generated(300, 50, 40, 1)
	d := data(l, counts, Protocol{Name: Neg, MaxHistory: 12, Negatives: 1})
	for _, parts := range []int64{1, 3} {
		s, err := d.Look(t.Context(), (parts-1)*mostEvents+1)
		if err != nil || int64(len(s.parts)) != parts {
			t.Fatalf("%d parts: %v", len(s.parts), err)
		}
		o := BatchOptions{Size: 16, Lengths: []int{4, 8, 12}, Negatives: true}
		list := seen(t, d, s, o)
		if len(list) != s.Batches(16) || int64(len(list)) < s.Samples[Train]/16-parts {
			t.Fatalf("%d batches of %d samples, said are %d", len(list), s.Samples[Train], s.Batches(16))
		}
		positives := map[[2]int32]int{}
		padded, events := 0, 0
		for _, b := range list {
			for i := range b.Rows {
				h := b.Histories[i*b.Time:][:b.Time]
				n := int(b.Lengths[i])
				user := l[b.Users[i]-1]
				if n < 1 || n > 12 || n < b.Time && h[n] != -1 || slices.Contains(h[:n], -1) {
					t.Fatalf("a history of %d: %v", n, h)
				}
				for k := range n {
					if x := b.Negatives[i*b.Time+k]; x == h[k] || x < 1 {
						t.Fatalf("%d is no negative of %d", x, h[k])
					}
				}
				padded, events = padded+b.Time, events+n
				if !b.Clicked[i] {
					continue
				}
				at := place(t, user, h[:n], uint32(b.Items[i]))
				if at >= len(user.Items)-2 {
					t.Fatalf("event %d of %d was trained with", at, len(user.Items))
				}
				positives[[2]int32{b.Users[i], int32(at)}]++
			}
		}
		if float64(padded) > 1.35*float64(events) {
			t.Errorf("%d events were padded to %d", events, padded)
		}
		if len(positives) < int(s.Clicked[Train])*9/10 {
			t.Errorf("%d of %d clicks were seen", len(positives), s.Clicked[Train])
		}
		o.From = 5
		if rest := seen(t, d, s, o); !reflect.DeepEqual(rest, list[5:]) {
			t.Error("who goes on sees other batches")
		}
		o.From, o.Epoch = 0, 1
		if other := seen(t, d, s, o); reflect.DeepEqual(other[0], list[0]) {
			t.Error("the next epoch is the same")
		}
	}
}

// place is where in the events of a user a row is; histories of the generated log are
// not all different, so it is the first that fits.
func place(t *testing.T, h events.History, history []int32, item uint32) int {
	t.Helper()
	for at := 1; at < len(h.Items); at++ {
		from := max(0, at-12)
		if h.Items[at] == item && at-from == len(history) && slices.EqualFunc(h.Items[from:at], history, func(a uint32, b int32) bool { return int64(a) == int64(b) }) {
			return at
		}
	}
	t.Fatalf("user %d has no event %d after %v", h.User, item, history)
	return 0
}

// With many negatives of each click an epoch goes through the log more often: its samples
// are in memory at once.
func TestManyNegatives(t *testing.T) {
	t.Parallel()
	l, counts := generated(30, 50, 40, 1)
	for negatives, parts := range map[int]int{1: 1, 15: 1, mostNegatives: 65} {
		d := data(l, counts, Protocol{Name: Neg, MaxHistory: 12, Negatives: negatives})
		if s, err := d.Look(t.Context(), mostEvents); err != nil || len(s.parts) != parts {
			t.Errorf("%d negatives: %d parts and not %d: %v", negatives, len(s.parts), parts, err)
		}
	}
}

// Items are drawn as often as they occur, without the one that was clicked.
func TestPopularity(t *testing.T) {
	t.Parallel()
	counts := []uint64{9, 50, 0, 30, 15, 5, 0}
	p, err := newPopularity(counts)
	if err != nil {
		t.Fatal(err)
	}
	got := make([]int, len(counts))
	var rejected int64
	const draws = 100_000
	for i := range draws {
		d := drawAt(1, 2, uint32(i), 3)
		got[p.other(&d, 3, &rejected)]++
	}
	for i, n := range got {
		want := float64(counts[i]) / 70 * draws
		if i == 0 || i == 3 {
			want = 0
		}
		if math.Abs(float64(n)-want) > 5*math.Sqrt(want) {
			t.Errorf("item %d was drawn %d times, and not about %.0f", i, n, want)
		}
	}
	if share := float64(rejected) / draws; math.Abs(share-3.0/7) > 0.02 { // 0.3 of all draws, and again
		t.Errorf("%.3f were rejected", share)
	}
	rare, err := newPopularity([]uint64{0, 1 << 40, 1})
	if err != nil {
		t.Fatal(err)
	}
	for i := range uint32(3) {
		d := drawAt(1, 2, i, 3)
		if item := rare.other(&d, 1, &rejected); item != 2 {
			t.Errorf("%d was drawn", item)
		}
	}
	for _, bad := range [][]uint64{nil, {0, 5}, {7, 5, 0}, {0, 1 << 63, 1 << 63}} {
		if _, err := newPopularity(bad); !errors.Is(err, ErrData) {
			t.Errorf("%v: %v", bad, err)
		}
	}
}

func TestBadProtocols(t *testing.T) {
	t.Parallel()
	l, counts := generated(3, 5, 9, 1)
	for _, p := range []Protocol{{}, {Name: "other", MaxHistory: 1}, {Name: Neg, MaxHistory: 1}, {Name: Neg, Negatives: 1}, {Name: Neg, Negatives: 1, MaxHistory: 1 << 20},
		{Name: Rate, MaxHistory: 1, Share: 0.1}, {Name: Rate, MaxHistory: 1, Positive: events.Condition{Operator: ">", Number: 1}, Share: 0.5}} {
		if _, err := data(l, counts, p).Look(t.Context(), 1); !errors.Is(err, ErrOptions) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	if _, err := data(listed{{User: 1, Items: []uint32{1}}}, counts, Protocol{Name: Neg, Negatives: 1, MaxHistory: 2}).Look(t.Context(), 1); !errors.Is(err, ErrData) {
		t.Errorf("a history without values: %v", err)
	}
}

// A condition that was read is written so that it is read again as the same.
func FuzzParseCondition(f *testing.F) {
	for _, text := range []string{"rating>=4", "value != -1e-3", "=5", ">>4"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c, err := ParseCondition(text)
		if err != nil {
			if !errors.Is(err, ErrOptions) {
				t.Fatal(err)
			}
			return
		}
		if again, err := ParseCondition(c.String()); err != nil || again != c {
			t.Fatalf("%q is %+v, and then %+v: %v", text, c, again, err)
		}
	})
}
