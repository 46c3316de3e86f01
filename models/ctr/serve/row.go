package serve

import (
	"context"
	"errors"
	"fmt"
)

// A Row is an item that is shown to a user, in the numbers of a model. 0 is what the
// model does not know.
type Row struct {
	User, Item, Category uint32
	// History is the items that the user clicked before, from the oldest on. Their
	// categories follow from them.
	History []uint32
}

// A Scorer predicts clicks. It is used by one goroutine at a time.
type Scorer interface {
	// Score returns the probability of a click for each row, which must not depend on the
	// rows beside it.
	Score(ctx context.Context, rows []Row) ([]float32, error)
}

// A Vocabulary turns names into numbers, and those that it does not have into 0. It is
// used by several goroutines at a time, and keeps no name that it is given.
type Vocabulary interface {
	User(name []byte) uint32
	Item(name []byte) uint32
	Category(name []byte) uint32
	// CategoryOf is the category of an item.
	CategoryOf(item uint32) uint32
	// Sizes are how many numbers there are, 0 among them.
	Sizes() Sizes
}

// Sizes are those of a model's tables.
type Sizes struct{ Users, Items, Categories uint32 }

// ErrInvalid is wrapped by whatever is wrong with a request.
var ErrInvalid = errors.New("invalid request")

// An InvalidError says what is wrong with a request, and where. It never has a name of a
// user, an item or a category in it.
type InvalidError struct {
	// Field is like rows[3].history[7]; "" is the request as a whole.
	Field, Reason string
}

func (e *InvalidError) Error() string {
	if e.Field == "" {
		return e.Reason
	}
	return e.Field + ": " + e.Reason
}

// Is makes it an [ErrInvalid].
func (*InvalidError) Is(target error) bool { return target == ErrInvalid }

func invalid(field, format string, args ...any) error {
	return &InvalidError{field, fmt.Sprintf(format, args...)}
}

// Unknown counts what a model did not know.
type Unknown struct{ Users, Items, Categories uint32 }

// Answer is what a request is told.
type Answer struct {
	Probabilities []float32
	Unknown       Unknown
	// Shortened is how many histories were longer than the model's.
	Shortened uint32
}
