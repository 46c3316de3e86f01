package formats_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
)

// numbered are n jobs.
func numbered(n int) iter.Seq2[int, error] {
	return func(yield func(int, error) bool) {
		for i := range n {
			if !yield(i, nil) {
				return
			}
		}
	}
}

// reads makes records of jobs, with an error for those at and with a note on
// each third.
func reads(at map[int]error) func(int) (formats.Record, error) {
	return func(i int) (r formats.Record, err error) {
		r.Item.ID = strconv.Itoa(i)
		if i%3 == 0 {
			r.Notes.Add("thirds", r.Item.ID, 1)
		}
		return r, at[i]
	}
}

func ids(items dataset.Items) (list []string, err error) {
	for it, err := range items {
		if err != nil {
			return list, err
		}
		list = append(list, it.ID)
	}
	return list, nil
}

func TestStream(t *testing.T) {
	bad, failed := formats.Reason(formats.ErrCorrupt, "bad"), errors.New("failed")
	for name, c := range map[string]struct {
		at    map[int]error
		skip  *formats.Skipped
		want  string
		notes int // of reading; bad records that are left out have theirs
		err   error
	}{
		"all":               {nil, nil, "0 1 2 3 4 5 6 7", 3, nil},
		"a bad record":      {map[int]error{3: bad}, nil, "0 1 2", 1, bad},
		"it is left out":    {map[int]error{3: bad, 4: formats.Reason(bad, "another")}, &formats.Skipped{}, "0 1 2 5 6 7", 3, nil},
		"others are fatal":  {map[int]error{1: bad, 6: failed}, &formats.Skipped{}, "0 2 3 4 5", 2, failed},
		"the first is told": {map[int]error{2: failed, 3: bad}, nil, "0 1", 1, failed},
	} {
		for _, workers := range []int{1, 3} {
			r := &formats.Reading{}
			r.Opening.Add("opening", "", 2)
			if got := r.Notes(); got.Total() != 2 {
				t.Errorf("%s: notes before: %v", name, got)
			}
			o := &formats.ImportOptions{Workers: workers, Skip: c.skip}
			items := formats.Stream(t.Context(), r, o, numbered(8), reads(c.at))
			for range 2 { // counted anew each time
				if c.skip != nil {
					c.skip.Reset()
				}
				got, err := ids(items)
				if strings.Join(got, " ") != c.want || !errors.Is(err, c.err) {
					t.Errorf("%s: %v, %v", name, got, err)
				}
				if notes := r.Notes(); notes.Total() != 2+c.notes || r.Latest.Total() != c.notes {
					t.Errorf("%s: notes: %v", name, notes)
				}
			}
			if c.skip != nil && c.skip.Count() != countOf(c.at, bad) {
				t.Errorf("%s: %d left out", name, c.skip.Count())
			}
		}
	}
}

func countOf(at map[int]error, what error) (n int) {
	for _, err := range at {
		if errors.Is(err, what) {
			n++
		}
	}
	return n
}

// TestStreamEnds: with the reader, with the context, and with an error among
// the jobs.
func TestStreamEnds(t *testing.T) {
	r := &formats.Reading{Meta: dataset.Info{Subsets: []dataset.Subset{{Name: "s"}}}}
	if r.Info().Subsets[0].Name != "s" {
		t.Error(r.Info())
	}
	o := &formats.ImportOptions{Workers: 2}
	for it, err := range formats.Stream(t.Context(), r, o, numbered(100), reads(nil)) {
		if err != nil || it.ID != "0" {
			t.Fatal(it.ID, err)
		}
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if got, err := ids(formats.Stream(ctx, r, o, numbered(3), reads(nil))); len(got) > 0 || !errors.Is(err, context.Canceled) {
		t.Error(got, err)
	}
	failing := func(yield func(int, error) bool) {
		if yield(0, nil) {
			yield(0, errors.New("failed"))
		}
	}
	if got, err := ids(formats.Stream(t.Context(), r, o, failing, reads(nil))); len(got) != 1 || err == nil {
		t.Error(got, err)
	}
}

func TestJobs(t *testing.T) {
	parts := []string{"b a", "", "c", "a d"}
	jobs := formats.Jobs(parts, strings.Fields)
	var got []string
	for j, err := range jobs {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, j.Part+":"+j.Entry)
	}
	if want := []string{"b a:b", "b a:a", "c:c", "a d:a", "a d:d"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	for j := range jobs {
		if j.Entry != "b" {
			t.Error(j)
		}
		break
	}
	failed := errors.New("failed")
	names := func(j formats.Job[string, string]) ([]string, error) {
		if j.Entry == "x" {
			return nil, failed
		}
		return []string{j.Entry, "z"}, nil
	}
	o := &formats.ImportOptions{Workers: 3}
	list, err := formats.NewNames(t.Context(), o, jobs, names, func(name string) bool { return name == "b" })
	if err != nil || !slices.Equal(list, []string{"a", "c", "d", "z"}) {
		t.Errorf("%q, %v", list, err)
	}
	if list, err := formats.NewNames(t.Context(), o, formats.Jobs([]string{"a x"}, strings.Fields), names, func(string) bool { return false }); err != failed {
		t.Errorf("%q, %v", list, err)
	}
}
