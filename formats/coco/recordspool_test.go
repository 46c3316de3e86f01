package coco

import (
	"bytes"
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"testing"

	"datum/dataset"
)

// readList reads all records of a list, with their order.
func readList(t *testing.T, l *recordList) (out []spooledRecord) {
	t.Helper()
	m, err := l.merge()
	if err != nil {
		t.Fatal(err)
	}
	for {
		r, ok, err := m.next()
		if err != nil {
			t.Fatal(err)
		}
		if !ok {
			return out
		}
		r.text = bytes.Clone(r.text)
		out = append(out, r)
	}
}

// TestRecordSpool requires that records come back in their order, those of one
// place as they came, from memory and from disk.
func TestRecordSpool(t *testing.T) {
	t.Parallel()
	orders := map[string]func(r *rand.Rand, i int) int32{
		"shuffled":      func(r *rand.Rand, i int) int32 { return r.Int32N(5000) },
		"as they come":  func(r *rand.Rand, i int) int32 { return int32(i) },
		"none":          func(r *rand.Rand, i int) int32 { return noOrder },
		"some":          func(r *rand.Rand, i int) int32 { return max(noOrder, r.Int32N(4000)-2000) },
		"from the back": func(r *rand.Rand, i int) int32 { return math.MaxInt32 - int32(i) },
		"negative too":  func(r *rand.Rand, i int) int32 { return r.Int32() - r.Int32() },
	}
	for name, order := range orders {
		for _, n := range []int{0, 1, 300, 20000} {
			t.Run(fmt.Sprint(name, " ", n), func(t *testing.T) {
				t.Parallel()
				spoolAndRead(t, n, order)
			})
		}
	}
}

func spoolAndRead(t *testing.T, n int, order func(r *rand.Rand, i int) int32) {
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	s := &recordSpool{root: root, name: ".s"}
	r := rand.New(rand.NewPCG(1, uint64(n)))
	lists := []*recordList{s.list(), s.list(), s.list()}
	want := make([][]spooledRecord, len(lists))
	for i := range n {
		k := r.IntN(2) // the third stays empty
		x := spooledRecord{order: order(r, i), image: r.Int32(), kind: idKind(r.IntN(4)), id: int64(r.Uint64()), text: make([]byte, r.IntN(400))}
		if r.IntN(5000) == 0 {
			x.text = make([]byte, 3*heldSize)
		}
		for j := range x.text {
			x.text[j] = byte(i + j)
		}
		if err := lists[k].add(x); err != nil {
			t.Fatal(err)
		}
		want[k] = append(want[k], x)
	}
	for k, l := range lists {
		slices.SortStableFunc(want[k], func(a, b spooledRecord) int {
			place := func(r spooledRecord) int32 {
				if r.order == noOrder {
					return math.MaxInt32
				}
				return r.order
			}
			return cmp.Compare(place(a), place(b))
		})
		got := readList(t, l)
		if len(got) != len(want[k]) || l.n != len(got) {
			t.Fatalf("%d records, want %d", len(got), len(want[k]))
		}
		for i, w := range want[k] {
			g := got[i]
			if g.image != w.image || g.kind != w.kind || g.id != w.id || !bytes.Equal(g.text, w.text) {
				t.Fatalf("list %d, record %d is %d %d, want %d %d", k, i, g.id, len(g.text), w.id, len(w.text))
			}
		}
	}
	if err := s.close(); err != nil {
		t.Error(err)
	}
	if entries, _ := os.ReadDir(root.Name()); len(entries) > 0 {
		t.Errorf("%d files are left", len(entries))
	}
}

// TestRunsOfOrderedRecords: what comes in order is read in one go.
func TestRunsOfOrderedRecords(t *testing.T) {
	t.Parallel()
	root, err := os.OpenRoot(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer root.Close()
	s := &recordSpool{root: root, name: ".s"}
	defer s.close()
	l := s.list()
	for i := range 10 * heldSize / 1000 {
		if err := l.add(spooledRecord{order: int32(i / 2), text: make([]byte, 1000)}); err != nil {
			t.Fatal(err)
		}
	}
	if len(l.runs) != 1 {
		t.Errorf("%d runs", len(l.runs))
	}
}

// TestFreeIDs compares the ids that are given, record by record, with a plain
// way of giving them when all are known.
func TestFreeIDs(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	for range 300 {
		e := &exporter{records: &recordSpool{}}
		f := newOutFile(&outSubset{e: e, name: "s", images: imageList{n: 1, blocks: []*[imageBlock]imageEntry{{}}}}, carriedFile{Task: taskInstances})
		most := 1 + r.Int64N(60)
		for range r.IntN(40) {
			id := recordID{n: r.Int64N(most) - 3}
			switch r.IntN(8) {
			case 0:
				id = recordID{forced: fmt.Append(nil, r.Int64N(most))}
			case 1:
				id = recordID{none: true}
			case 2:
				id = recordID{forced: []byte(`"a"`)}
			}
			if err := f.add(0, id, noOrder, dataset.Attributes{{Name: "id"}}); err != nil {
				t.Fatal(err)
			}
		}
		records := readList(t, f.records)
		want, anew, example := plainIDs(f, records)
		ids := f.freeIDs()
		for i, x := range records {
			if x.kind == idNone || x.kind == idForced {
				continue
			}
			if got := ids.of(x); got != want[i] {
				t.Fatalf("record %d of %v has id %d, want %d", i, records, got, want[i])
			}
		}
		if e.loss.Total() != anew || anew > 0 && e.loss.Entries()[0].Example != fmt.Sprintf("%d of s", example) {
			t.Fatalf("loss %v, want %d and %d", e.loss.Entries(), anew, example)
		}
	}
}

// plainIDs gives ids: the first record that has one keeps it unless it is
// forced on another, the rest are counted on from the largest.
func plainIDs(f *outFile, records []spooledRecord) (ids []int64, anew int, example int64) {
	taken, last := map[int64]bool{}, int64(0)
	for _, raw := range f.forced {
		if n, ok := integer(raw); ok {
			taken[n] = true
			last = max(last, n)
		}
	}
	ids = make([]int64, len(records))
	keeps := make([]bool, len(records))
	example = math.MaxInt64
	for i, r := range records {
		if r.kind != idGiven {
			continue
		}
		if taken[r.id] {
			anew, example = anew+1, min(example, r.id)
			continue
		}
		taken[r.id], keeps[i], ids[i] = true, true, r.id
		last = max(last, r.id)
	}
	for i, r := range records {
		if !keeps[i] && (r.kind == idFree || r.kind == idGiven) {
			last++
			ids[i] = last
		}
	}
	return ids, anew, example
}

func TestNumberSet(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(11, 12))
	s, want := numberSet{}, map[int64]bool{}
	for range 100000 {
		n := r.Int64N(2000) - 1000
		if r.IntN(10) == 0 {
			n = int64(r.Uint64())
		}
		if s.has(n) != want[n] || s.add(n) == want[n] {
			t.Fatal(n)
		}
		want[n] = true
	}
}
