package key

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// Format prints "[redacted]" for every verb.
func (Key) Format(f fmt.State, _ rune) { io.WriteString(f, redacted) }

// String returns "[redacted]".
func (Key) String() string { return redacted }

// LogValue logs "[redacted]".
func (Key) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText returns "[redacted]", so that a structure with a key in it can be
// shown as JSON. There is no way back.
func (Key) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// GobEncode refuses: what is encoded so is meant to be decoded again.
func (Key) GobEncode() ([]byte, error) {
	return nil, errors.New("a key cannot be encoded; AppendText gives its text")
}
