package formats

import (
	"errors"
	"fmt"
	"strings"
)

// Each sentinel is a decision that a caller takes; the commands turn them into
// exit codes.
var (
	// ErrUnknownFormat: there is no such dataset or format.
	ErrUnknownFormat = errors.New("no such dataset or format")
	// ErrAmbiguous: several formats match equally well.
	ErrAmbiguous = errors.New("several formats match")
	// ErrKey: a key is missing, malformed, wrong, or given for a plain
	// dataset.
	ErrKey = errors.New("key")
	// ErrAuthentication: what was read is not what was written under the key.
	ErrAuthentication = errors.New("authentication failed")
	// ErrCorrupt: a record breaks the rules of its format.
	ErrCorrupt = errors.New("corrupt")
	// ErrLoss: the target cannot hold everything and that was made fatal.
	ErrLoss = errors.New("the target format cannot hold everything")
	// ErrExists: the output is there already.
	ErrExists = errors.New("exists already")
	// ErrUsage: options that do not go together or have no meaning here.
	ErrUsage = errors.New("usage")
)

// Error says where in a dataset something is wrong. Its text is
// "path:place: reason" in one line.
type Error struct {
	// Format is the name of the format that was being read or written.
	Format string
	// Path is the file.
	Path string
	// Line is the 1-based line of a text file, 0 when not known.
	Line int
	// Offset is the byte offset plus one in a binary file, 0 when not known.
	Offset int64
	// Item is the id of the item, with its subset, empty when not known.
	Item string
	// Err is the reason; it wraps one of the sentinels.
	Err error
}

// Error returns one line.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Path)
	switch {
	case e.Line > 0:
		fmt.Fprintf(&b, ":%d", e.Line)
	case e.Offset > 0:
		fmt.Fprintf(&b, ":byte %d", e.Offset-1)
	}
	if e.Item != "" {
		fmt.Fprintf(&b, ": item %q", e.Item)
	}
	if b.Len() > 0 {
		b.WriteString(": ")
	}
	b.WriteString(strings.ReplaceAll(e.Err.Error(), "\n", " "))
	return b.String()
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// hinted is an error with advice.
type hinted struct {
	error
	hint string
}

func (h *hinted) Unwrap() error { return h.error }

// WithHint attaches advice on what to do next, as in "give the key with
// --encryption-key-file". Without an error there is none to attach it to.
func WithHint(err error, format string, args ...any) error {
	if err == nil {
		return nil
	}
	return &hinted{err, fmt.Sprintf(format, args...)}
}

// Hint returns the outermost advice attached to err, empty when there is none.
func Hint(err error) string {
	var h *hinted
	if errors.As(err, &h) {
		return h.hint
	}
	return ""
}

// reasonError is a reason in words of its own that still matches a sentinel.
type reasonError struct {
	error
	sentinel error
}

func (r *reasonError) Unwrap() []error { return []error{r.sentinel, r.error} }

// Reason returns an error that reads as fmt.Errorf(format, args...) alone and
// matches sentinel, and what a %w wraps. A sentinel's own words say less to a
// user than the reason does.
func Reason(sentinel error, format string, args ...any) error {
	return &reasonError{fmt.Errorf(format, args...), sentinel}
}
