package text

import (
	"bytes"
	"fmt"

	"datum/events"
	"datum/internal/nameset"
)

// rebuilder makes events of samples: of the rows of a user, which lie one behind
// the other, each has the history of the row before, and goes on.
type rebuilder struct {
	*reader
	file int
	seen *nameset.Set // users
	user []byte       // of the rows that are being read
	// again says that there were rows of this user before.
	again bool
	// past has the items of the user so far, each with an end.
	past  []byte
	count int64
	// events is how many there were of all users.
	events int
	row    sample
}

// longestHistory bounds the history of a row.
const longestHistory = 1 << 20

// sample is a row of the reference.
type sample struct {
	number               int64
	clicked              bool
	user, item, category []byte
	items, categories    [][]byte // of the history
}

func (r *reader) samples() error {
	b := &rebuilder{reader: r, seen: nameset.New()}
	for _, name := range r.found.events {
		b.file = r.to.File(name)
		err := r.inOrder(name, func(l line) error {
			if err := b.row.parse(l); err != nil {
				return err
			}
			return b.take(name)
		})
		if err != nil {
			return err
		}
	}
	r.loss.Add("times and values lost: samples have the order of events only, which stands for the time", r.found.events[0], b.events)
	return nil
}

// parse cuts a row.
func (s *sample) parse(l line) error {
	const fields = 6
	var f [fields][]byte
	if n := bytes.Count(l.text, []byte{'\t'}) + 1; n != fields {
		return corrupt("%d fields, and a sample has %d", n, fields)
	}
	splitAt(l.text, '\t', f[:0], mostFields)
	s.number = l.number
	if s.clicked = string(f[0]) == "1"; !s.clicked && string(f[0]) != "0" {
		return corrupt("the label %s is neither 0 nor 1", shown(f[0]))
	}
	s.user, s.item, s.category = f[1], f[2], known(f[3])
	s.items, s.categories = s.items[:0], s.categories[:0]
	if len(f[4]) > 0 {
		s.items = splitAt(f[4], historySeparator, s.items, longestHistory)
		s.categories = splitAt(f[5], historySeparator, s.categories, longestHistory)
	}
	if len(s.items) > longestHistory {
		return corrupt("a history of more than %d items", longestHistory)
	}
	if len(s.items) != len(s.categories) {
		return corrupt("%d items in the history, and %d categories", len(s.items), len(s.categories))
	}
	return s.checkNames()
}

// checkNames looks at all names of a row: it is taken as a whole or not at all.
func (s *sample) checkNames() error {
	for _, item := range append(s.items, s.item) {
		if err := events.CheckName("item", item); err != nil {
			return err
		}
	}
	for _, category := range append(s.categories, s.category) {
		if len(category) > events.LongestName {
			return corrupt("a category of more than %d bytes", events.LongestName)
		}
	}
	return events.CheckName("user", s.user)
}

// take adds the events of a row that are new.
func (b *rebuilder) take(name string) error {
	s := &b.row
	if !bytes.Equal(s.user, b.user) {
		b.user = append(b.user[:0], s.user...)
		b.again = !b.seen.Add(string(s.user))
		b.past, b.count = b.past[:0], 0
	}
	if !s.clicked {
		b.loss.Add(drawnRows, name, 1)
		return b.to.Item(s.item, s.category)
	}
	s.items, s.categories = append(s.items, s.item), append(s.categories, s.category)
	fresh := b.continues()
	if b.again || fresh < 0 {
		b.loss.Add("rows not used: their history does not go on from that of the row before", fmt.Sprintf("%s:%d", name, s.number), 1)
		return nil
	}
	for i := fresh; i < len(s.items); i++ {
		if err := b.event(s.items[i], known(s.categories[i])); err != nil {
			return b.at(name, s.number, err)
		}
	}
	return nil
}

// continues returns how many items of the row were there before; -1 where others
// were.
func (b *rebuilder) continues() int {
	past := b.past
	for i, item := range b.row.items {
		if len(past) == 0 {
			return i
		}
		if len(past) <= len(item) || !bytes.HasPrefix(past, item) || past[len(item)] != historySeparator {
			return -1
		}
		past = past[len(item)+1:]
	}
	if len(past) > 0 {
		return -1
	}
	return len(b.row.items)
}

func (b *rebuilder) event(item, category []byte) error {
	b.past = append(append(b.past, item...), historySeparator)
	err := b.to.Add(&events.Record{User: b.user, Item: item, Category: category, Time: b.count, Value: 1, Place: b.to.Place(b.file, b.row.number)})
	b.count++
	b.events++
	return err
}
