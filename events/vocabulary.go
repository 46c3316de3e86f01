package events

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"sync"
)

// Vocabulary is the names behind the numbers of users, items or categories, by
// falling number of events, then by name. At index 0 is what is not known, which
// has no name and no event. It is not changed by who reads it; several goroutines
// may use it.
type Vocabulary struct {
	Names []string
	// Counts are how many events there are of each.
	Counts []uint64

	once    sync.Once
	numbers map[string]uint32
}

// Len is how many names there are.
func (v *Vocabulary) Len() int { return len(v.Names) - 1 }

// Number returns the number of a name, 0 where it is not known. The first call
// makes what finds it.
func (v *Vocabulary) Number(name string) uint32 {
	v.once.Do(func() {
		v.numbers = make(map[string]uint32, len(v.Names))
		for i, s := range v.Names[1:] {
			v.numbers[s] = uint32(i + 1)
		}
	})
	return v.numbers[name]
}

// Vocabularies is what the numbers of a log stand for.
type Vocabularies struct {
	Users, Items, Categories *Vocabulary
	// Category is that of each item, 0 where it has none.
	Category []uint32
}

// Vocabularies reads the names into memory.
func (l *Log) Vocabularies() (*Vocabularies, error) {
	info := l.index.info
	n := &Vocabularies{
		Users: emptyVocabulary(), Items: emptyVocabulary(), Categories: emptyVocabulary(),
		Category: []uint32{0},
	}
	for i, k := range l.index.blocks {
		if k.kind == kindEvents {
			continue
		}
		b, err := l.block(i)
		if err != nil {
			return nil, err
		}
		switch k.kind {
		case kindUsers:
			err = n.Users.read(b, k.count, nil)
		case kindItems:
			err = n.Items.read(b, k.count, func(f *fields) { n.Category = append(n.Category, uint32(f.upTo(uint64(info.Categories)))) })
		case kindCategories:
			err = n.Categories.read(b, k.count, nil)
		}
		if err != nil {
			return nil, l.fail(i, err)
		}
	}
	return n, l.counted(n)
}

// counted looks whether the names have as many events together as there are: whoever adds
// their numbers up relies on it. That each has its own, [Log.Verify] knows.
func (l *Log) counted(n *Vocabularies) error {
	events := uint64(l.index.info.Events)
	for _, v := range []*Vocabulary{n.Users, n.Items, n.Categories} {
		left := events
		for _, count := range v.Counts {
			if count > left {
				return l.wrong("its names have more events than there are")
			}
			left -= count
		}
		if left > 0 && v != n.Categories { // there are items without one
			return l.wrong("its names have fewer events than there are")
		}
	}
	return nil
}

func emptyVocabulary() *Vocabulary { return &Vocabulary{Names: []string{""}, Counts: []uint64{0}} }

// read takes the names of one block. What an item has besides is read by more.
func (v *Vocabulary) read(b []byte, count int, more func(*fields)) error {
	text := string(b) // all names of a block are parts of one piece of memory
	f := &fields{b: b}
	for range count {
		events := f.upTo(math.MaxInt64)
		if more != nil {
			more(f)
		}
		length := f.upTo(LongestName)
		at := len(text) - len(f.b)
		f.bytes(length)
		if length == 0 {
			f.fail(errors.New("a name in it is empty"))
		}
		if f.err != nil {
			return f.err
		}
		if err := v.add(text[at:at+int(length)], events); err != nil {
			return err
		}
	}
	return f.end()
}

// add appends a name, which must not come before the one that is there.
func (v *Vocabulary) add(name string, events uint64) error {
	last := v.Len()
	if last > 0 && (events > v.Counts[last] || events == v.Counts[last] && strings.Compare(name, v.Names[last]) <= 0) {
		return fmt.Errorf("its names are not in their order after the number %d", last)
	}
	v.Names, v.Counts = append(v.Names, name), append(v.Counts, events)
	return nil
}
