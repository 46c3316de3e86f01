package events

import (
	"fmt"

	"datum/formats"
)

// Found counts something that was noticed, and knows the first place.
type Found struct {
	Count int64
	First Place
}

func (f *Found) add(p Place) {
	if f.Count == 0 || p < f.First {
		f.First = p
	}
	f.Count++
}

// Report is what was noticed while a log was made.
type Report struct {
	// Unsorted are events that came after a later one of the same user.
	Unsorted Found
	// Duplicates equal an event before in user, item, time and value. They are
	// kept: whoever clicked twice in a second clicked twice.
	Duplicates Found
	// Single are users with a single event, of which there is no history.
	Single Found
	// Uncategorized are items without a category, though others have one.
	Uncategorized int
	// Unused are items without an event.
	Unused int
	// Recategorized is how often an item came with another category later, which
	// was not taken.
	Recategorized int

	// files are the names of the files of the source.
	files []string
}

// where spells a place.
func (r *Report) where(f Found) string {
	if n := f.First.file(); n < len(r.files) {
		return fmt.Sprintf("%s:%d", r.files[n], f.First.line())
	}
	return ""
}

// Tolerated counts what was found in the input and is in the log as well as it
// could be.
func (r *Report) Tolerated() formats.Loss {
	var l formats.Loss
	l.Add("events came after a later one of the same user, and were sorted", r.where(r.Unsorted), int(r.Unsorted.Count))
	l.Add("events are there twice, and were kept", r.where(r.Duplicates), int(r.Duplicates.Count))
	l.Add("users have a single event, and so no history", r.where(r.Single), int(r.Single.Count))
	l.Add("items have no category", "", r.Uncategorized)
	l.Add("items have no event", "", r.Unused)
	return l
}

// Lost counts what is not in the log.
func (r *Report) Lost() formats.Loss {
	var l formats.Loss
	l.Add("second categories of items dropped", "", r.Recategorized)
	return l
}
