package formats

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Loss counts what was dropped, changed or guessed, by kind. The zero value
// is empty.
type Loss struct {
	entries map[string]*LossEntry
	// latest are kinds that were counted last, which are likely to be counted
	// next: some are for each annotation of a dataset.
	latest [4]*LossEntry
	turn   uint8
}

// LossEntry is one kind of loss. What reads after a number ("polygons
// dropped: the format has no place for them"); Example names the first place.
type LossEntry struct {
	What    string `json:"what"`
	Count   int    `json:"count"`
	Example string `json:"example,omitempty"`
}

// Add counts n more of what; example is kept where it is the first.
func (l *Loss) Add(what, example string, n int) {
	if n == 0 {
		return
	}
	for _, e := range l.latest {
		if e != nil && e.What == what {
			e.Count += n
			return
		}
	}
	if l.entries == nil {
		l.entries = map[string]*LossEntry{}
	}
	e := l.entries[what]
	if e == nil {
		e = &LossEntry{What: what, Example: example}
		l.entries[what] = e
	}
	e.Count += n
	l.latest[l.turn%uint8(len(l.latest))] = e
	l.turn++
}

// Merge adds everything that other counted.
func (l *Loss) Merge(other Loss) {
	for _, e := range other.Entries() {
		l.Add(e.What, e.Example, e.Count)
	}
}

// Entries returns the kinds in alphabetical order.
func (l Loss) Entries() []LossEntry {
	out := make([]LossEntry, 0, len(l.entries))
	for _, e := range l.entries {
		out = append(out, *e)
	}
	slices.SortFunc(out, func(a, b LossEntry) int { return cmp.Compare(a.What, b.What) })
	return out
}

// Total returns how much was counted in all.
func (l Loss) Total() int {
	total := 0
	for _, e := range l.entries {
		total += e.Count
	}
	return total
}

// String lists the kinds, one a line.
func (l Loss) String() string {
	var b strings.Builder
	for _, e := range l.Entries() {
		fmt.Fprintf(&b, "%d %s", e.Count, e.What)
		if e.Example != "" {
			fmt.Fprintf(&b, " (first: %s)", e.Example)
		}
		b.WriteByte('\n')
	}
	return b.String()
}
