package text

import (
	"slices"
	"strings"

	"datum/events"
	"datum/files"
	"datum/formats"
)

// amazonEnds are how the names of the files end.
var amazonEnds = []string{".json", ".jsonl", ".ndjson"}

// findAmazon looks into the JSON files of a folder: those of reviews name a user.
func findAmazon(f *files.Folder, _ *events.Columns) *sources {
	s := &sources{}
	var metas []string
	for _, name := range jsonNames(f) {
		switch kind := amazonKind(f, name); {
		case kind == amazonItems:
			metas = append(metas, name)
		case kind == amazonReviews && (f.Only() == "" || f.Only() == name):
			s.events = append(s.events, name)
		}
	}
	switch len(s.events) {
	case 0:
		s.unmet = []string{"a file whose lines are dictionaries with reviewerID and asin"}
	case 1:
		s.confidence = formats.High
		s.met = []string{"a file whose lines are dictionaries with reviewerID and asin"}
		s.items = metaOf(s.events[0], metas)
	default:
		s.unmet = []string{"to be told which of its files of reviews to read (" + listed(s.events) + ")"}
	}
	return s
}

// jsonNames returns the names of JSON files; none where there are so many that it is
// something else.
func jsonNames(f *files.Folder) []string {
	const most = 32
	names := slices.DeleteFunc(f.List().Files("."), func(name string) bool { return !endsIn(name, amazonEnds...) })
	if len(names) > most {
		return nil
	}
	return names
}

// The kinds of files.
const (
	amazonNeither = iota
	amazonReviews
	amazonItems
)

// amazonKind looks at the first line of a file.
func amazonKind(f *files.Folder, name string) int {
	user, item := false, false
	p := &literal{b: firstLine(f, name)}
	err := p.whole(func(key []byte) error {
		switch string(key) {
		case "reviewerID", "user_id":
			user = true
		case "asin", "parent_asin":
			item = true
		}
		return p.skip()
	})
	switch {
	case err != nil || !item:
		return amazonNeither
	case user:
		return amazonReviews
	}
	return amazonItems
}

// metaOf finds the file of items that belongs to one of reviews: the one with the
// same name behind "meta" and "reviews", else the only one.
func metaOf(reviews string, metas []string) []string {
	stem := func(name string) string {
		name, _, _ = strings.Cut(name, ".json")
		return strings.TrimSuffix(strings.Trim(strings.TrimPrefix(strings.TrimPrefix(name, "reviews"), "meta"), "_"), "_5")
	}
	for _, m := range metas {
		if stem(m) == stem(reviews) {
			return []string{m}
		}
	}
	if len(metas) == 1 {
		return metas
	}
	return nil
}

func readAmazon(r *reader) error {
	if err := r.fixed(); err != nil {
		return err
	}
	if err := r.each(r.found.events[0], nil, amazonReview); err != nil {
		return err
	}
	for _, name := range r.found.items {
		if err := r.each(name, nil, amazonItem); err != nil {
			return err
		}
	}
	return nil
}

// amazonReview reads a review: of 2014 and 2018, or of 2023, which has other names.
func amazonReview(l line, b *batch) error {
	var user, item, parent, value, when []byte
	p := &literal{b: l.text}
	err := p.whole(func(key []byte) error {
		switch string(key) {
		case "reviewerID", "user_id":
			return p.keep(&user)
		case "asin":
			return p.keep(&item)
		case "parent_asin":
			return p.keep(&parent)
		case "overall", "rating":
			return p.keep(&value)
		case "unixReviewTime", "timestamp":
			return p.keep(&when)
		}
		b.drop(key)
		return p.skip()
	})
	if err != nil {
		return err
	}
	if len(parent) > 0 { // what the items are called in the other file
		item = parent
	}
	t, err := b.time(when)
	if err != nil {
		return err
	}
	rating := 1.0
	if value != nil {
		if rating, err = parseValue(value); err != nil {
			return err
		}
	}
	b.record(l, user, item, nil, t, rating)
	return nil
}

// amazonItem takes the last name of the first path of categories, as the reference
// does. Since 2018 there is one path.
func amazonItem(l line, b *batch) error {
	var item, parent, category []byte
	p := &literal{b: l.text}
	err := p.whole(func(key []byte) error {
		switch string(key) {
		case "asin":
			return p.keep(&item)
		case "parent_asin":
			return p.keep(&parent)
		case "categories", "category":
			return p.path(&category, b)
		}
		b.drop(key)
		return p.skip()
	})
	if err != nil {
		return err
	}
	if len(parent) > 0 {
		item = parent
	}
	b.item(l, item, category)
	return nil
}

// path reads one path of categories, or several in a list.
func (p *literal) path(category *[]byte, b *batch) error {
	if c := p.peek(); c != '[' && c != '(' {
		return p.keep(category)
	}
	paths := 0
	return p.list(func() error {
		if c := p.peek(); c != '[' && c != '(' {
			return p.keep(category)
		}
		if paths++; paths > 1 {
			b.loss.Add("further paths of categories dropped: an item has one category", "", 1)
			return p.skip()
		}
		return p.list(func() error { return p.keep(category) })
	})
}
