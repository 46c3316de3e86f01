package voc

import (
	"fmt"
	"math"
	"reflect"
	"testing"
)

// What is remembered of items comes back, in order, over several pieces, and more
// than once.
func TestListedItems(t *testing.T) {
	t.Parallel()
	var l listedItems
	var want []outName
	for i := range 20_000 {
		n := outName{name: fmt.Sprintf("folder %d/ä%d", i%7, i), tasks: uint8(i)}
		for k := range i % 4 {
			n.flags = append(n.flags, flag{int32(k*1000 - 1), k%2 == 0})
		}
		if i%5 == 0 {
			n.layout = []int32{1, math.MaxInt32}
		}
		if i%1000 == 0 {
			n.name, n.action = "", []int32{math.MinInt32, 0}
		}
		want = append(want, n)
		l.add(&n)
	}
	if len(l.full) == 0 {
		t.Fatal("all of it is in one piece")
	}
	for range 2 {
		i := 0
		for n := range l.all() {
			w := want[i]
			if n.name != w.name || n.tasks != w.tasks || !same(n.flags, w.flags) || !same(n.layout, w.layout) || !same(n.action, w.action) {
				t.Fatalf("%d: %+v, want %+v", i, *n, w)
			}
			i++
		}
		if i != len(want) {
			t.Fatalf("%d items, want %d", i, len(want))
		}
	}
	for range l.all() {
		break
	}
}

func same[T any](a, b []T) bool { return len(a) == len(b) && (len(a) == 0 || reflect.DeepEqual(a, b)) }
