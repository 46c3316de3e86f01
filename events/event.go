package events

import (
	"cmp"
)

// Purpose is for what the files of logs are sealed.
const Purpose = "events"

const (
	// LongestName is how many bytes the name of a user, an item or a category
	// may have.
	LongestName = 4096
	// most is how many users, items or categories a log may have: numbers fit
	// into what models take, an i32.
	most = 1<<31 - 2
)

// Place is where in its source an event was: a file and a line. Later ones are
// greater. [Builder.Place] makes them.
type Place uint64

// lineBits are the bits of a Place that hold the line, mostFiles is how many
// files the others tell apart.
const (
	lineBits  = 48
	mostFiles = 1 << 16
)

func (p Place) file() int { return int(p >> lineBits) }

func (p Place) line() int64 { return int64(p & (1<<lineBits - 1)) }

// Record is an event as its source tells of it. The names are used only until
// Add returns.
type Record struct {
	User, Item []byte
	// Category is that of the item, where the source tells it with each event;
	// see [Builder.Item].
	Category []byte
	// Time counts whatever the source counts, most often seconds since 1970.
	Time int64
	// Value is a rating, or 1 for what was merely clicked.
	Value float64
	Place Place
}

// row is an event while it is being sorted: with numbers in place of names.
type row struct {
	user, item uint32
	time       int64
	value      float64
	place      Place
}

// compare orders rows as they are stored. Rows that are equal in it are equal in
// everything, so no order of sorting makes another file.
func compare(a, b *row) int {
	if a.user != b.user {
		return cmp.Compare(a.user, b.user)
	}
	if a.time != b.time {
		return cmp.Compare(a.time, b.time)
	}
	if a.place != b.place {
		return cmp.Compare(a.place, b.place)
	}
	if a.item != b.item {
		return cmp.Compare(a.item, b.item)
	}
	return cmp.Compare(a.value, b.value)
}
