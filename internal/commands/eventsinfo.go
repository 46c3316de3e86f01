package commands

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"time"

	"datum"
	"datum/events"
	"datum/formats"
)

// eventsInfo says what a log holds, or what anybody can see of it.
func (a *app) eventsInfo(ctx context.Context, m *datum.Found, o datum.Options) error {
	if m.Encrypted && o.Key == nil {
		return a.eventsFromOutside(m)
	}
	var noticed found
	l, err := a.openEvents(ctx, m, o.ImportOptions, &eventOptions{}, os.TempDir(), &noticed)
	if err != nil {
		return err
	}
	defer l.Close()
	s, err := a.summarizeEvents(ctx, l)
	if err != nil {
		return err
	}
	if err := m.Folder.Trouble(); err != nil {
		return err
	}
	s.Path, s.Format, s.Encrypted = m.Path(), m.Format.Name, m.Encrypted
	a.Loss("tolerated", noticed.tolerated)
	a.Loss("a log has no place for", noticed.lost)
	if err := a.Result(s); err != nil {
		return err
	}
	return a.skipped(o.Skip)
}

// sealedEvents is what anybody can see of an encrypted log.
type sealedEvents struct {
	Path   string `json:"path"`
	Format string `json:"format"`
	Bytes  int64  `json:"bytes"`
}

func (sealedEvents) Kind() string { return "encrypted_events" }

func (v sealedEvents) Text(w io.Writer) {
	fmt.Fprintf(w, "path         %s\nformat       %s, encrypted\nsize         %d bytes\n", v.Path, v.Format, v.Bytes)
}

func (a *app) eventsFromOutside(m *datum.Found) error {
	name := m.Folder.Only()
	if name == "" {
		name = events.FileName
	}
	st, err := m.Folder.Stat(name)
	if err != nil {
		return formats.At(m.Folder, m.Format.Name, name, err)
	}
	if err := a.Result(sealedEvents{m.Path(), m.Format.Name, st.Size()}); err != nil {
		return err
	}
	a.Note("this is what anybody can see; there is more with the key: --encryption-key-file FILE")
	return nil
}

// eventsSummary is what a log holds.
type eventsSummary struct {
	Path      string `json:"path"`
	Format    string `json:"format"`
	Encrypted bool   `json:"encrypted"`
	events.Info
	// Lengths are the numbers of events of users: of how many percent of them
	// there are not more.
	Lengths      map[string]uint64 `json:"history_lengths"`
	SingleEvents int               `json:"users_with_one_event"`
	Uncategory   int               `json:"items_without_category"`
	// MeanValue is the mean of all values; Positive the share of those above 0.
	MeanValue float64 `json:"mean_value"`
	Positive  float64 `json:"positive_share"`
	Least     float64 `json:"least_value"`
	Greatest  float64 `json:"greatest_value"`
	// Values counts the different values, where they are few.
	Values []valueCount `json:"values"`
}

type valueCount struct {
	Value  float64 `json:"value"`
	Events int64   `json:"events"`
}

// fewDifferent is how many different values are counted one by one.
const fewDifferent = 20

// percentiles are the ones that are told of.
var percentiles = []struct {
	name  string
	share float64
}{{"min", 0}, {"p10", 0.1}, {"p25", 0.25}, {"p50", 0.5}, {"p75", 0.75}, {"p90", 0.9}, {"p99", 0.99}, {"max", 1}}

func (a *app) summarizeEvents(ctx context.Context, l *events.Log) (*eventsSummary, error) {
	v, err := l.Vocabularies()
	if err != nil {
		return nil, err
	}
	s := &eventsSummary{Info: l.Info(), Lengths: map[string]uint64{}}
	falling := v.Users.Counts[1:]
	for _, p := range percentiles {
		if n := len(falling); n > 0 {
			rank := max(1, int(math.Ceil(p.share*float64(n))))
			s.Lengths[p.name] = falling[n-rank]
		}
	}
	for _, n := range falling {
		if n == 1 {
			s.SingleEvents++
		}
	}
	for _, c := range v.Category[1:] {
		if c == 0 {
			s.Uncategory++
		}
	}
	return s, s.addValues(ctx, a, l)
}

// sumOfValues adds values up, of which the sum may be no number any more: then the one of
// their parts is taken, which is one.
type sumOfValues struct{ whole, part float64 }

const partOfValues = 0x1p-64

func (s *sumOfValues) add(v float64) {
	s.whole += v
	s.part += v * partOfValues
}

// over divides the sum.
func (s *sumOfValues) over(n int64) float64 {
	if s.whole-s.whole == 0 {
		return s.whole / float64(n)
	}
	return s.part / float64(n) / partOfValues
}

// addValues reads the events.
func (s *eventsSummary) addValues(ctx context.Context, a *app, l *events.Log) error {
	meter := a.Meter("reading", int(s.Events))
	defer meter.Done()
	counts := map[float64]int64{}
	var sum sumOfValues
	positive, done := int64(0), 0
	s.Least, s.Greatest = math.Inf(1), math.Inf(-1)
	for c, err := range l.Chunks(ctx) {
		if err != nil {
			return err
		}
		for _, v := range c.Values {
			sum.add(v)
			if v > 0 {
				positive++
			}
			s.Least, s.Greatest = min(s.Least, v), max(s.Greatest, v)
			if len(counts) <= fewDifferent {
				counts[v]++
			}
		}
		done += len(c.Values)
		meter.Set(done)
	}
	if s.Events == 0 {
		s.Least, s.Greatest = 0, 0
		return nil
	}
	// Whatever was rounded, a mean lies between what it is the mean of.
	s.MeanValue, s.Positive = min(max(sum.over(s.Events), s.Least), s.Greatest), float64(positive)/float64(s.Events)
	if len(counts) <= fewDifferent {
		for v, n := range counts {
			s.Values = append(s.Values, valueCount{v, n})
		}
		slices.SortFunc(s.Values, func(a, b valueCount) int { return int(math.Copysign(1, a.Value-b.Value)) })
	}
	return nil
}

func (*eventsSummary) Kind() string { return "events" }

func (s *eventsSummary) Text(w io.Writer) {
	how := "plain"
	if s.Encrypted {
		how = "encrypted"
	}
	if s.Pseudonyms {
		how += ", under pseudonyms"
	}
	fmt.Fprintf(w, "path         %s\nformat       %s, %s\n", s.Path, s.Format, how)
	fmt.Fprintf(w, "events       %9d\nusers        %9d  (%d with one event)\nitems        %9d  (%d without a category)\ncategories   %9d\n",
		s.Events, s.Users, s.SingleEvents, s.Items, s.Uncategory, s.Categories)
	if s.Events == 0 {
		return
	}
	fmt.Fprint(w, "histories   ")
	for _, p := range percentiles {
		fmt.Fprintf(w, " %s %d", p.name, s.Lengths[p.name])
	}
	fmt.Fprintf(w, "\ntimes        %s to %s\n", timeForPeople(s.First), timeForPeople(s.Last))
	fmt.Fprintf(w, "values       %g to %g, mean %.4g, %.1f %% above 0\n", s.Least, s.Greatest, s.MeanValue, 100*s.Positive)
	for _, v := range s.Values {
		fmt.Fprintf(w, "value        %9d  %g (%.1f %%)\n", v.Events, v.Value, 100*float64(v.Events)/float64(s.Events))
	}
}

// timeForPeople spells a time of which nobody says what it counts: seconds and
// milliseconds since 1970 are told by their size.
func timeForPeople(t int64) string {
	const year = 365 * 24 * 3600
	for _, unit := range []struct {
		perSecond int64
		layout    string
	}{{1, "2006-01-02 15:04:05"}, {1000, "2006-01-02 15:04:05.000"}} {
		if s := t / unit.perSecond; s > 10*year && s < 130*year {
			return fmt.Sprintf("%s UTC (%d)", time.UnixMilli(t*(1000/unit.perSecond)).UTC().Format(unit.layout), t)
		}
	}
	return fmt.Sprint(t)
}
