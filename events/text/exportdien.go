package text

import (
	"bufio"
	"math/rand/v2"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"

	"datum/events"
)

// writeDIEN writes the seven files that the reference trains on: items and events,
// of each user one sample with the last event, once with an item that was drawn,
// a tenth of the users for testing, and the vocabularies of the others.
func writeDIEN(e *exporter) error {
	e.fit(fitsDIEN)
	e.countDIEN()
	err := e.file(itemInfo, func(w *bufio.Writer) error { return e.items(w, defaultCategory) })
	if err != nil {
		return err
	}
	if err := e.file(reviewsInfo, e.reviews); err != nil {
		return err
	}
	s := newSampler(e)
	err = e.file(splitTrain, func(train *bufio.Writer) error {
		return e.file(splitTest, func(test *bufio.Writer) error { return s.write(train, test) })
	})
	if err != nil {
		return err
	}
	return s.vocabularies()
}

// fitsDIEN says which names survive: the scripts of the reference cut lines at
// tabs, histories at another character, and spaces off the ends.
func fitsDIEN(name string) bool {
	return !strings.ContainsAny(name, "\t\n\r\x02") && strings.TrimSpace(name) == name
}

// countDIEN counts what is read back as something else.
func (e *exporter) countDIEN() {
	for _, v := range []*events.Vocabulary{e.Users, e.Items, e.Categories} {
		for _, name := range v.Names {
			if !utf8.ValidString(name) {
				e.loss.Add("names are no UTF-8: Python 3 reads the vocabularies with encoding='latin-1' only", shown([]byte(name)), 1)
			}
		}
	}
	for c, name := range e.Categories.Names {
		if name == defaultCategory {
			e.loss.Add("categories called default_cat: there it is none", "", 1)
			e.unfitCategories[uint32(c)] = true
		}
	}
	for i, name := range e.Items.Names {
		if name == defaultItem {
			e.loss.Add("items called default_mid: there it is the unknown one", "", 1)
			e.unfitItems[uint32(i)] = true
		}
	}
}

func (e *exporter) reviews(w *bufio.Writer) error {
	var b []byte
	return e.each(func(ev event) error {
		b = append(append(append(b[:0], e.Users.Names[ev.user]...), '\t'), e.Items.Names[ev.item]...)
		b = appendValue(append(b, '\t'), ev.value)
		b = strconv.AppendInt(append(b, '\t'), ev.time, 10)
		_, err := w.Write(append(b, '\n'))
		return err
	})
}

// sampler makes the rows of the reference, and counts what is in those that are
// trained on.
type sampler struct {
	*exporter
	// upTo are the numbers of events of all items up to each: what is drawn is as
	// popular as it is there.
	upTo                     []uint64
	users, items, categories []uint64
	past                     []uint32 // of the user
	line                     []byte
}

func newSampler(e *exporter) *sampler {
	s := &sampler{exporter: e, upTo: make([]uint64, len(e.Items.Names))}
	for i := 1; i < len(s.upTo); i++ {
		s.upTo[i] = s.upTo[i-1]
		if !e.unfitItems[uint32(i)] {
			s.upTo[i] += e.Items.Counts[i]
		}
	}
	s.users, s.items, s.categories = make([]uint64, len(e.Users.Names)), make([]uint64, len(e.Items.Names)), make([]uint64, len(e.Categories.Names))
	return s
}

func (s *sampler) write(train, test *bufio.Writer) error {
	const tenth = 10
	for h, err := range s.log.Histories(s.ctx) {
		if err != nil {
			return err
		}
		if s.unfitUsers[h.User] {
			continue
		}
		s.positives(h)
		if len(s.past) < 2 {
			s.loss.Add("users have no sample: one needs two events", shown([]byte(s.Users.Names[h.User])), 1)
			continue
		}
		// A source of its own for each user: what is drawn does not depend on others.
		draw := rand.New(rand.NewPCG(s.o.Seed, uint64(h.User)))
		w, counted := train, true
		if draw.IntN(tenth) == 1 {
			w, counted = test, false
		}
		drawn := s.other(draw, s.past[len(s.past)-1])
		if drawn == 0 {
			s.loss.Add("users have no sample: there is no other item to draw", shown([]byte(s.Users.Names[h.User])), 1)
			continue
		}
		if err := s.pair(w, h.User, drawn, counted); err != nil {
			return err
		}
	}
	return nil
}

// positives keeps the items that samples are made of.
func (s *sampler) positives(h *events.History) {
	s.past = s.past[:0]
	for i, item := range h.Items {
		switch {
		case s.unfitItems[item]:
		case s.o.Positive != nil && !s.o.Positive(h.Values[i]):
			s.loss.Add("events are in no sample: they are not positive", "", 1)
		default:
			if s.o.Positive == nil && h.Values[i] <= 0 {
				s.loss.Add("events of the value 0 are in samples as if they were clicks; say which are, as with --positive 'value>=1'", "", 1)
			}
			s.past = append(s.past, item)
		}
	}
}

// other draws an item that is not the one given; 0 where there is none.
func (s *sampler) other(draw *rand.Rand, item uint32) uint32 {
	own := s.upTo[item] - s.upTo[item-1]
	rest := s.upTo[len(s.upTo)-1] - own
	if rest == 0 { // all events are of one item: any of the others
		for i := range uint32(len(s.upTo)) {
			if i > 0 && i != item && !s.unfitItems[i] {
				return i
			}
		}
		return 0
	}
	n := draw.Uint64N(rest)
	if n >= s.upTo[item-1] {
		n += own
	}
	return uint32(sort.Search(len(s.upTo), func(i int) bool { return s.upTo[i] > n }))
}

// pair writes the sample that did not happen, and the one that did.
func (s *sampler) pair(w *bufio.Writer, user, drawn uint32, counted bool) error {
	last := len(s.past) - 1
	for label, item := range []uint32{drawn, s.past[last]} {
		if err := s.row(w, user, label, item); err != nil {
			return err
		}
		if counted {
			s.count(user, item)
		}
	}
	return nil
}

func (s *sampler) row(w *bufio.Writer, user uint32, label int, item uint32) error {
	b := strconv.AppendInt(s.line[:0], int64(label), 10)
	for _, field := range []string{s.Users.Names[user], s.Items.Names[item], s.category(item, defaultCategory)} {
		b = append(append(b, '\t'), field...)
	}
	past := s.past[:len(s.past)-1]
	b = append(b, '\t')
	for i, item := range past {
		if i > 0 {
			b = append(b, historySeparator)
		}
		b = append(b, s.Items.Names[item]...)
	}
	b = append(b, '\t')
	for i, item := range past {
		if i > 0 {
			b = append(b, historySeparator)
		}
		b = append(b, s.category(item, defaultCategory)...)
	}
	s.line = append(b, '\n')
	_, err := w.Write(s.line)
	return err
}

// count counts the names of a row.
func (s *sampler) count(user, item uint32) {
	s.users[user]++
	s.countItem(item)
	for _, i := range s.past[:len(s.past)-1] {
		s.countItem(i)
	}
}

func (s *sampler) countItem(item uint32) {
	s.items[item]++
	if c := s.Category[item]; !s.unfitCategories[c] {
		s.categories[c]++
	}
}

// vocabularies writes the numbers that the reference gives to the names.
func (s *sampler) vocabularies() error {
	for _, v := range []struct {
		file, unknown string
		names         []string
		counts        []uint64
	}{
		{userVoc, "", s.Users.Names, s.users},
		{itemVoc, defaultItem, s.Items.Names, s.items},
		{categoryVoc, defaultCategory, s.Categories.Names, s.categories},
	} {
		if err := s.file(v.file, func(w *bufio.Writer) error { return writePickle(w, v.unknown, v.names, v.counts) }); err != nil {
			return err
		}
	}
	return nil
}
