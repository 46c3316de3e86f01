package events

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"datum/formats"
)

// Whatever goes in comes out, in its order, however little fits into memory.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	list := invent(1, 20_000, 300, 100)
	var first []byte
	for _, o := range []struct{ rows, fanIn int }{{0, fanIn}, {20_000, fanIn}, {4999, fanIn}, {100, 3}, {777, 2}} {
		b := builderOf(t, Options{Rows: o.rows}, list)
		b.fanIn = o.fanIn
		text, info, _ := finished(t, b)
		if first == nil {
			first = text
			l := logOf(t, text)
			if got, want := eventsOf(t, l), sorted(list); !slices.Equal(got, want) {
				t.Errorf("%d events, want %d, or others", len(got), len(want))
			}
			if err := l.Verify(t.Context()); err != nil {
				t.Error(err)
			}
			if l.Info() != info || info.Events != int64(len(list)) || info.Users == 0 || info.Categories != 9 {
				t.Errorf("%+v, said %+v", l.Info(), info)
			}
		}
		if !bytes.Equal(text, first) {
			t.Errorf("%+v: another file", o)
		}
	}
}

// Numbers are by falling frequency, then by name.
func TestVocabularies(t *testing.T) {
	t.Parallel()
	b := builderOf(t, Options{}, []made{{"b", "x1", 1, 1}, {"a", "y2", 2, 1}, {"c", "x1", 3, 1}, {"c", "z9", 4, 0}})
	if err := b.Item([]byte("unseen"), []byte("c1")); err != nil {
		t.Fatal(err)
	}
	text, _, report := finished(t, b)
	v, err := logOf(t, text).Vocabularies()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		got   *Vocabulary
		names string
		count string
	}{
		{v.Users, ",c,a,b", "[0 2 1 1]"},
		{v.Items, ",x1,y2,z9,unseen", "[0 2 1 1 0]"},
		{v.Categories, ",c1,c2", "[0 2 1]"},
	} {
		if names := strings.Join(test.got.Names, ","); names != test.names || fmt.Sprint(test.got.Counts) != test.count {
			t.Errorf("%s %v, want %s %s", names, test.got.Counts, test.names, test.count)
		}
		for i, name := range test.got.Names {
			if n := test.got.Number(name); n != uint32(i) {
				t.Errorf("the number of %q is %d, want %d", name, n, i)
			}
		}
		if n := test.got.Number("none of them"); n != 0 {
			t.Errorf("what is not known has the number %d", n)
		}
	}
	if got := fmt.Sprint(v.Category); got != "[0 1 2 0 1]" {
		t.Errorf("categories of items %s", got)
	}
	if report.Uncategorized != 1 || report.Unused != 1 {
		t.Errorf("%+v", report)
	}
}

func TestReport(t *testing.T) {
	t.Parallel()
	b := builderOf(t, Options{Rows: 2}, []made{
		{"a", "x1", 5, 1}, {"a", "x1", 5, 1}, {"a", "x1", 5, 2}, {"a", "y1", 5, 1}, {"a", "x1", 5, 1}, // two that are there before
		{"b", "x1", 9, 1}, {"b", "x1", 8, 1}, {"b", "y1", 8, 1}, {"b", "x1", 9, 1}, // two late, one twice
		{"c", "y1", 1, 1}, // single
	})
	for _, c := range []string{"c1", "other", "", "another"} {
		if err := b.Item([]byte("x1"), []byte(c)); err != nil {
			t.Fatal(err)
		}
	}
	_, _, r := finished(t, b)
	want := Report{Unsorted: Found{2, 7}, Duplicates: Found{3, 2}, Single: Found{1, 10}, Recategorized: 2, files: []string{"source"}}
	if !reflect.DeepEqual(r, want) {
		t.Errorf("%+v, want %+v", r, want)
	}
	tolerated, lost := r.Tolerated(), r.Lost()
	if got := tolerated.Total(); got != 6 || !strings.Contains(tolerated.String(), "(first: source:7)") {
		t.Errorf("%s", tolerated)
	}
	if lost.Total() != 2 {
		t.Errorf("%s", lost)
	}
}

// Extremes survive: times at both ends, values of all kinds, users that fill
// chunks, names as long as can be.
func TestExtremes(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("n", LongestName)
	list := []made{
		{"a", "x", math.MinInt64, 0.1}, {"a", "x", math.MaxInt64, -math.MaxFloat64}, {"a", "x", 0, math.SmallestNonzeroFloat64},
		{"b", long, math.MaxInt64, 0}, {long, "\xff\x00\n", math.MinInt64, 1}, {"c", "x", -1, 5},
	}
	for i := range 3 * chunkEvents {
		list = append(list, made{"big", fmt.Sprint("x", i%1000), int64(i / 7), float64(i%300) / 7}) // more than a table of values has room for
	}
	for i := range 1000 {
		list = append(list, made{fmt.Sprint("u", i%13), "x", int64(i), 1})
	}
	for _, e := range list[:3] {
		list = append(list, made{"zero", e.item, e.time, 0})
	}
	text, _, _ := finished(t, builderOf(t, Options{Rows: 50_000}, list))
	l := logOf(t, text)
	if !slices.Equal(eventsOf(t, l), sorted(list)) {
		t.Error("other events came out")
	}
	if err := l.Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestEmpty(t *testing.T) {
	t.Parallel()
	text, info, report := finished(t, builderOf(t, Options{}, nil))
	l := logOf(t, text)
	if err := l.Verify(t.Context()); err != nil || info != (Info{}) || report.Tolerated().Total() != 0 || report.Lost().Total() != 0 || len(eventsOf(t, l)) != 0 {
		t.Errorf("%v, %+v %+v", err, info, report)
	}
}

// What cannot be an event changes nothing.
func TestBadRecords(t *testing.T) {
	t.Parallel()
	b := builderOf(t, Options{}, []made{{"a", "x1", 1, 1}, {"a", "x1", 2, 1}})
	long := bytes.Repeat([]byte{'n'}, LongestName+1)
	for name, r := range map[string]Record{
		"no user":         {Item: []byte("i")},
		"no item":         {User: []byte("new")},
		"a long user":     {User: long, Item: []byte("new")},
		"a long item":     {User: []byte("new"), Item: long},
		"a long category": {User: []byte("new"), Item: []byte("new"), Category: long},
		"no number":       {User: []byte("new"), Item: []byte("new"), Value: math.NaN()},
		"infinity":        {User: []byte("new"), Item: []byte("new"), Value: math.Inf(-1)},
	} {
		if err := b.Add(&r); !errors.Is(err, formats.ErrCorrupt) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := b.Item(nil, []byte("c")); !errors.Is(err, formats.ErrCorrupt) {
		t.Error(err)
	}
	text, info, _ := finished(t, b)
	if info.Users != 1 || info.Items != 1 || info.Events != 2 {
		t.Errorf("%+v", info)
	}
	if err := logOf(t, text).Verify(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestValueAndCategoryOfEvents(t *testing.T) {
	t.Parallel()
	b := builderOf(t, Options{Value: func(v float64) float64 {
		if v >= 4 {
			return 1
		}
		return math.Copysign(0, -1)
	}}, nil)
	for i, value := range []float64{5, 4, 3} {
		if err := b.Add(&Record{User: []byte("u"), Item: []byte("i"), Category: []byte("shoes"), Time: int64(i), Value: value}); err != nil {
			t.Fatal(err)
		}
	}
	text, _, _ := finished(t, b)
	l := logOf(t, text)
	for h, err := range l.Histories(t.Context()) {
		if err != nil || fmt.Sprint(h.Values) != "[1 1 0]" {
			t.Error(h, err)
		}
	}
	v, err := l.Vocabularies()
	if err != nil || v.Categories.Names[v.Category[1]] != "shoes" {
		t.Errorf("%v %v", v, err)
	}
}

// A log under pseudonyms has none of the names in it, and they are the same under
// the same key.
func TestPseudonyms(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	p, err := NewPseudonyms(k)
	if err != nil {
		t.Fatal(err)
	}
	list := invent(3, 5000, 50, 50)
	text, info, _ := finished(t, builderOf(t, Options{Pseudonyms: p}, list))
	again, _, _ := finished(t, builderOf(t, Options{Pseudonyms: p, Rows: 100}, list))
	if !bytes.Equal(text, again) || !info.Pseudonyms {
		t.Error("another file the second time")
	}
	l := logOf(t, text)
	want := slices.Clone(list)
	for i := range want {
		want[i].user, want[i].item = p.User(want[i].user), p.Item(want[i].item)
	}
	if !slices.Equal(eventsOf(t, l), sorted(want)) {
		t.Error("other events came out")
	}
	if a, b := p.User("x"), p.Item("x"); a == b || len(a) != 22 {
		t.Errorf("%q %q", a, b)
	}
	other, err := NewPseudonyms(newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	if p.User("x") == other.User("x") {
		t.Error("another key gives the same pseudonym")
	}
}

// Nothing is left on the disk, and what is there meanwhile is not readable.
func TestScratch(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := builderOf(t, Options{Scratch: dir, Rows: 10}, invent(4, 1000, 10, 10))
	finished(t, b)
	b.Close()
	entries, err := os.ReadDir(dir)
	if err != nil || len(entries) > 0 {
		t.Errorf("%v %v", entries, err)
	}
	b = builderOf(t, Options{Scratch: dir + "/none", Rows: 10}, invent(4, 10, 10, 10))
	if err := b.Add(&Record{User: []byte("u"), Item: []byte("i")}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a folder: %v", err)
	}
}

func TestInterrupted(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{0, 100} {
		b := builderOf(t, Options{Rows: rows}, invent(5, 1000, 10, 10))
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := b.Finish(ctx, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
			t.Errorf("rows %d: %v", rows, err)
		}
	}
}

// A full disk is an error in each place.
func TestWriterFails(t *testing.T) {
	t.Parallel()
	list := invent(6, 3000, 10, 10)
	text, _, _ := finished(t, builderOf(t, Options{}, list))
	for room := 0; room < len(text); room += 1 + len(text)/50 {
		b := builderOf(t, Options{}, list)
		if _, _, err := b.Finish(t.Context(), &small{room: room}); !errors.Is(err, errFull) {
			t.Errorf("room for %d bytes: %v", room, err)
		}
	}
}

var errFull = errors.New("full")

// small is a disk with little room.
type small struct{ room int }

func (s *small) Write(b []byte) (int, error) {
	if s.room -= len(b); s.room < 0 {
		return 0, errFull
	}
	return len(b), nil
}

func TestFinishFile(t *testing.T) {
	t.Parallel()
	k, list := newKey(t), invent(7, 3000, 30, 10)
	path := put(t, "other", nil) + ".datumlog"
	if _, _, err := builderOf(t, Options{Key: k}, list).FinishFile(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	before, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	l, err := Open(path, k)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if !slices.Equal(eventsOf(t, l), sorted(list)) {
		t.Error("other events came out")
	}
	if _, _, err := builderOf(t, Options{Key: k}, list).FinishFile(t.Context(), path); !errors.Is(err, formats.ErrExists) {
		t.Errorf("a second time: %v", err)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
		t.Error("it was changed")
	}
}

func TestCompareIsAnOrder(t *testing.T) {
	t.Parallel()
	rows := []row{{1, 1, 1, 1, 1}, {1, 1, 1, 2, 1}, {1, 2, 1, 1, 1}, {1, 1, 1, 1, 2}, {1, 1, 2, 1, 1}, {2, 1, 1, 1, 1}}
	for i := range rows {
		for j := range rows {
			if got, want := compare(&rows[i], &rows[j]), cmp.Compare(i, j); got != want {
				t.Errorf("%d and %d: %d, want %d", i, j, got, want)
			}
		}
	}
}
