package clicks

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"datum/events"
)

// The protocols there are.
const (
	// Neg takes each event for a click, and draws items that were not clicked, the
	// popular ones more often. The last event of a user is the test, the last but one
	// the validation.
	Neg = "neg"
	// Rate takes events that fulfil a condition for clicks, and the others for items
	// that were shown and not clicked. Histories are of clicks only. The last share of a
	// user's rows is the test, and as many before them the validation.
	Rate = "rate"
)

// Protocol says what rows a history has.
type Protocol struct {
	// Name is Neg or Rate.
	Name string
	// Positive says which events are clicks; its zero value takes all.
	Positive events.Condition
	// MaxHistory is how many events a row knows of, the last ones.
	MaxHistory int
	// Negatives is how many items are drawn for each click, under Neg.
	Negatives int
	// Share of the rows of each user is the test, under Rate.
	Share float64
}

// Limits of a protocol: more than makes sense.
const (
	mostHistory   = 1 << 14
	mostNegatives = 1 << 10
)

// Check says what is wrong with a protocol.
func (p *Protocol) Check() error {
	switch {
	case p.Name != Neg && p.Name != Rate:
		return fmt.Errorf("%w: the protocol is %s or %s, not %q", ErrOptions, Neg, Rate, p.Name)
	case p.MaxHistory < 1 || p.MaxHistory > mostHistory:
		return fmt.Errorf("%w: a history has from 1 to %d events, not %d", ErrOptions, mostHistory, p.MaxHistory)
	case p.Name == Neg && (p.Negatives < 1 || p.Negatives > mostNegatives):
		return fmt.Errorf("%w: there are from 1 to %d negatives of a click, not %d", ErrOptions, mostNegatives, p.Negatives)
	case p.Name == Rate && !(p.Share > 0 && p.Share < 0.5):
		return fmt.Errorf("%w: the test is more than nothing and less than half of the rows, not %v of them", ErrOptions, p.Share)
	case p.Name == Rate && p.Positive == events.Condition{}:
		return fmt.Errorf("%w: under %s, a condition has to say what a click is", ErrOptions, Rate)
	}
	return nil
}

// each is how many samples a row stands for.
func (p *Protocol) each() int {
	if p.Name == Neg {
		return 1 + p.Negatives
	}
	return 1
}

// ParseCondition reads a condition such as rating>=4. A log has one value of each event,
// which may be called value or label, too.
func ParseCondition(text string) (events.Condition, error) {
	column, operator, number, ok := events.CutCondition(text)
	switch {
	case !ok || strings.Trim(number, "+-.0123456789eE") != "":
		return events.Condition{}, fmt.Errorf("%w: %q is no condition such as rating>=4", ErrOptions, text)
	case !slices.Contains([]string{"", "rating", "value", "label"}, column):
		return events.Condition{}, fmt.Errorf("%w: the value of an event in a log is called rating, label or value, not %q", ErrOptions, column)
	}
	v, err := strconv.ParseFloat(number, 64)
	if err != nil {
		return events.Condition{}, fmt.Errorf("%w: %q is no number to compare with", ErrOptions, number)
	}
	return events.Condition{Operator: operator, Number: v}, nil
}

// A Split is what a row is for.
type Split int

// The splits.
const (
	Train Split = iota
	Validation
	Test
	splits
)

func (s Split) String() string { return [...]string{"train", "validation", "test"}[s] }

// A user has clicks, and rows that point into them.
type user struct {
	number uint32
	clicks []uint32
	rows   []row
	events int
}

// A row is an item that a user was shown, when so many clicks had been.
type row struct {
	item, before uint32
	at           uint32 // among the user's events
	clicked      bool
	split        Split
}

// known is how many clicks a row knows of, at most so many.
func (r *row) known(most int) int { return min(int(r.before), most) }

// rows fills u with the rows of a history.
func (p *Protocol) rows(h *events.History, u *user) {
	u.number, u.events, u.clicks, u.rows = h.User, len(h.Items), u.clicks[:0], u.rows[:0]
	for i, item := range h.Items {
		clicked := p.Positive.Of(h.Values[i])
		before := len(u.clicks)
		if before > 0 && (clicked || p.Name == Rate) {
			u.rows = append(u.rows, row{item: item, before: uint32(before), at: uint32(i), clicked: clicked})
		}
		if clicked {
			u.clicks = append(u.clicks, item)
		}
	}
	test := 1
	if p.Name == Rate {
		test = max(1, int(p.Share*float64(len(u.rows))))
	}
	n := len(u.rows)
	for i := range u.rows {
		switch {
		case i >= n-test:
			u.rows[i].split = Test
		case i >= n-2*test:
			u.rows[i].split = Validation
		}
	}
}
