package text

import (
	"bytes"
	"fmt"
	"slices"

	"datum/events"
	"datum/files"
	"datum/formats"
)

// The files of the reference, in the order in which its scripts make them.
const (
	itemInfo     = "item-info"
	reviewsInfo  = "reviews-info"
	jointed      = "jointed-new"
	jointedSplit = "jointed-new-split-info"
	localTrain   = "local_train"
	localTest    = "local_test"
	splitTrain   = "local_train_splitByUser"
	splitTest    = "local_test_splitByUser"
	userVoc      = "uid_voc.pkl"
	itemVoc      = "mid_voc.pkl"
	categoryVoc  = "cat_voc.pkl"
)

// What stands for unknown ones.
const (
	defaultCategory = "default_cat"
	defaultItem     = "default_mid"
)

// historySeparator is between the items of a history.
const historySeparator = '\x02'

// dienLayouts are the files from which events can be had, those that hold most of
// them first.
var dienLayouts = []struct {
	kind  string
	files []string
	why   string
}{
	{reviewsInfo, []string{reviewsInfo}, "reviews-info has every event with its time and value"},
	{jointed, []string{jointed}, "jointed-new has every event with its time and value, between others that were drawn"},
	{jointedSplit, []string{jointedSplit}, "jointed-new-split-info has every event with its time and value, between others that were drawn"},
	{localTest, []string{localTest}, "local_test has the whole history of each user, without times"},
	{localTest, []string{splitTrain, splitTest}, "local_train_splitByUser and local_test_splitByUser have the whole history of each user, without times"},
	{localTest, []string{localTrain}, "local_train has the history of each user without the last event, and without times"},
}

// findDIEN takes the files that hold most.
func findDIEN(f *files.Folder, _ *events.Columns) *sources {
	s := &sources{}
	for _, l := range dienLayouts {
		if s.events = chosen(f, l.files...); s.events != nil {
			if s.kind, s.why = l.kind, l.why; len(s.events) < len(l.files) {
				s.why = s.events[0] + " has the whole history of its part of the users, without times"
			}
			break
		}
	}
	if s.events == nil {
		s.unmet = []string{"reviews-info, jointed-new, or local_test and its parts"}
		return s
	}
	s.items = present(f, itemInfo)
	if s.kind == localTest {
		s.items = append(s.items, present(f, itemVoc)...)
	}
	s.looksLikeDIEN(f)
	if f.Only() == "" {
		s.others(f)
	}
	return s
}

// looksLikeDIEN reads the first line.
func (s *sources) looksLikeDIEN(f *files.Folder) {
	need := map[string]int{reviewsInfo: 4, jointed: 6, jointedSplit: 7, localTest: 6}[s.kind]
	words := fmt.Sprintf("lines of %d fields with tabs between them in %s", need, s.events[0])
	first := firstLine(f, s.events[0])
	got := bytes.Count(first, []byte{'\t'}) + 1
	if len(first) == firstBytes && got == need-1 {
		got = need // a long history, of which not all was looked at
	}
	if got != need {
		s.unmet = []string{words}
		return
	}
	s.met, s.confidence = []string{words}, formats.High
}

// others lists what else there is.
func (s *sources) others(f *files.Folder) {
	all := present(f, reviewsInfo, jointed, jointedSplit, localTrain, localTest, splitTrain, splitTest, userVoc, itemVoc, categoryVoc)
	s.unread = slices.DeleteFunc(all, func(name string) bool { return slices.Contains(s.events, name) || slices.Contains(s.items, name) })
}

func readDIEN(r *reader) error {
	if err := r.fixed(); err != nil {
		return err
	}
	for _, name := range r.found.items {
		var err error
		if endsIn(name, ".pkl") {
			err = r.itemVocabulary(name)
		} else {
			err = r.each(name, nil, itemLine)
		}
		if err != nil {
			return err
		}
	}
	switch r.found.kind {
	case reviewsInfo:
		return r.each(r.found.events[0], nil, reviewLine)
	case jointed:
		return r.each(r.found.events[0], nil, func(l line, b *batch) error { return jointedLine(l, b, 0) })
	case jointedSplit:
		return r.each(r.found.events[0], nil, func(l line, b *batch) error { return jointedLine(l, b, 1) })
	}
	return r.samples()
}

// itemLine reads a line of item-info.
func itemLine(l line, b *batch) error {
	b.fields = splitAt(l.text, '\t', b.fields[:0], mostFields)
	if len(b.fields) != 2 {
		return corrupt("%d fields, and an item has a name and a category", len(b.fields))
	}
	b.item(l, b.fields[0], known(b.fields[1]))
	return nil
}

// known is a category, or nothing where the reference knows none.
func known(category []byte) []byte {
	if string(category) == defaultCategory {
		return nil
	}
	return category
}

// reviewLine reads a line of reviews-info.
func reviewLine(l line, b *batch) error {
	b.fields = splitAt(l.text, '\t', b.fields[:0], mostFields)
	reviews := layout{user: 0, item: 1, value: 2, time: 3, category: -1, width: 4}
	return reviews.event(l, b.fields, b)
}

// jointedLine reads a line of jointed-new, or, after one more field, of
// jointed-new-split-info. An item that was drawn tells of its category only.
func jointedLine(l line, b *batch, before int) error {
	b.fields = splitAt(l.text, '\t', b.fields[:0], mostFields)
	if want := 6 + before; len(b.fields) != want {
		return corrupt("%d fields, and there have to be %d", len(b.fields), want)
	}
	f := b.fields[before:]
	f[5] = known(f[5])
	switch string(f[0]) {
	case "1":
		events := layout{user: 1, item: 2, value: 3, time: 4, category: 5, width: 6}
		return events.event(l, f, b)
	case "0":
		b.loss.Add(drawnRows, "", 1)
		b.item(l, f[2], f[5])
		return nil
	}
	return corrupt("the label %s is neither 0 nor 1", shown(f[0]))
}

// drawnRows is what the rows with negatives are called where they are counted.
const drawnRows = "rows with the label 0 dropped: their items were drawn, nobody saw them"

// itemVocabulary takes the names of mid_voc.pkl: of an item without an event.
func (r *reader) itemVocabulary(name string) error {
	r.to.File(name)
	f, err := openText(r.folder, name)
	if err != nil {
		return formats.At(r.folder, r.format, name, err)
	}
	defer f.Close()
	err = ReadVocabulary(f, func(item []byte, _ int64) error {
		if string(item) == defaultItem {
			return nil
		}
		return r.to.Item(item, nil)
	})
	return formats.At(r.folder, r.format, name, err)
}
