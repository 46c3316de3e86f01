package formats

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
)

func TestLossCounts(t *testing.T) {
	var l Loss
	if l.Total() != 0 || len(l.Entries()) != 0 || l.String() != "" {
		t.Errorf("the zero value is not empty: %v", l)
	}
	l.Add("nothing", "here", 0)
	l.Add("polygons dropped", "item 1", 2)
	l.Add("boxes dropped", "", 1)
	l.Add("polygons dropped", "item 2", 3)
	const want = "1 boxes dropped\n5 polygons dropped (first: item 1)\n"
	if l.Total() != 6 || l.String() != want {
		t.Errorf("%d in all:\n%s", l.Total(), l)
	}
	entries := l.Entries()
	entries[0].Count = 100
	if l.Total() != 6 {
		t.Error("an entry is not a copy")
	}
	text, err := json.Marshal(l.Entries())
	if err != nil || string(text) != `[{"what":"boxes dropped","count":1},{"what":"polygons dropped","count":5,"example":"item 1"}]` {
		t.Errorf("%s, %v", text, err)
	}
}

func TestLossMerge(t *testing.T) {
	var a, b Loss
	a.Add("x", "first", 1)
	b.Add("x", "second", 2)
	b.Add("y", "third", 3)
	a.Merge(b)
	if a.String() != "3 x (first: first)\n3 y (first: third)\n" {
		t.Errorf("merged:\n%s", a)
	}
	if b.Total() != 5 {
		t.Errorf("the other one changed:\n%s", b)
	}
	var empty Loss
	a.Merge(empty)
	empty.Merge(a)
	empty.Add("x", "", 1)
	if a.Total() != 6 || empty.Total() != 7 {
		t.Errorf("%d and %d: they share entries", a.Total(), empty.Total())
	}
}

// TestLossIsDeterministic: entries have one order, whatever the order in which
// they were counted.
func TestLossIsDeterministic(t *testing.T) {
	var want string
	for round := range 50 {
		var l Loss
		for _, i := range rand.New(rand.NewPCG(uint64(round), 0)).Perm(30) {
			l.Add(fmt.Sprintf("kind %02d", i), fmt.Sprintf("example %d", i), i+1)
		}
		if round == 0 {
			want = l.String()
		}
		if got := l.String(); got != want {
			t.Fatalf("round %d:\n%s\nwant\n%s", round, got, want)
		}
	}
}
