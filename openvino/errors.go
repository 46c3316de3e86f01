package openvino

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"datum/openvino/internal/capi"
)

// What a caller may want to tell apart.
var (
	// ErrUnavailable: this build of the program cannot use OpenVINO.
	ErrUnavailable = errors.New("OpenVINO cannot be used")
	// ErrNotInstalled: the folder has no OpenVINO.
	ErrNotInstalled = errors.New("OpenVINO is not installed")
	// ErrVersion: it is not OpenVINO 2026.4.
	ErrVersion = errors.New("OpenVINO 2026.4 is needed")
	// ErrDamaged: a library is incomplete, or not for this machine.
	ErrDamaged = errors.New("OpenVINO is damaged")
	// ErrNotLoaded: Load was not called, or failed.
	ErrNotLoaded = errors.New("OpenVINO is not loaded")
	// ErrModel: what was to be read is not a model, or not one that the runtime
	// understands.
	ErrModel = errors.New("not a usable model")
	// ErrClosed: the object was closed before.
	ErrClosed = errors.New("already closed")
)

// An Error is a call that failed.
type Error struct {
	Op   string // what was being done: "compiling a model"
	Text string // what the runtime said, in one line
	Err  error  // one of the sentinels, or nil
}

func (e *Error) Error() string { return "OpenVINO: " + e.Op + ": " + e.Text }

func (e *Error) Unwrap() error { return e.Err }

// errorText makes the text of an error that of the call: the library has one for the
// whole process. What runs for long, or often, and fails rarely, does without it.
var errorText sync.Mutex

// exclusively makes a call while no other one can set the text of an error.
func exclusively(op string, call func() capi.Status) error {
	errorText.Lock()
	defer errorText.Unlock()
	status := call()
	if status == capi.OK {
		return nil
	}
	return failed(op, status, capi.LastError())
}

// promptly makes an error of a call that failed just now, without keeping other calls
// from failing meanwhile: where calls are frequent, or must not wait for a model that is
// being compiled, the text of another's failure is the lesser evil.
func promptly(op string, status capi.Status) error {
	if status == capi.OK {
		return nil
	}
	return failed(op, status, capi.LastError())
}

func failed(op string, status capi.Status, text string) error {
	text = cleaned(text)
	if text == "" || status == capi.Invalid {
		// For an invalid argument the library sets no text: this is that of an earlier error.
		text = statusText(status)
	}
	return &Error{Op: op, Text: text}
}

// asModelError says of an error that it is the model's fault.
func asModelError(err error) error {
	if e := (*Error)(nil); errors.As(err, &e) && e.Err == nil {
		e.Err = ErrModel
	}
	return err
}

// statusText is for failures about which the runtime says nothing.
func statusText(status capi.Status) string {
	switch status {
	case capi.Invalid:
		return "that is not possible"
	case capi.Busy:
		return "the request is busy"
	case capi.NotReady:
		return "there is no result yet"
	case capi.NotStarted:
		return "nothing was started"
	case capi.Cancelled:
		return "cancelled"
	}
	return fmt.Sprintf("failed with status %d", status)
}

// maxText bounds what is repeated of a text: it may name every operation of a model.
const maxText = 600

var (
	// sources are the places in the runtime's source code where an exception was made.
	sources = regexp.MustCompile(`(?m)(?:Exception from |Check '.*' failed at |\bat )\S*\.[ch]pp:\d+:?`)
	blanks  = regexp.MustCompile(`\s+`)
)

// cleaned makes one line of what the runtime says, without the places in its source.
func cleaned(text string) string {
	text = sources.ReplaceAllString(strings.ToValidUTF8(text, "?"), "")
	var parts []string
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(blanks.ReplaceAllString(strings.Map(printable, line), " "))
		if line != "" {
			parts = append(parts, line)
		}
	}
	text = strings.Join(parts, " ")
	if len(text) <= maxText {
		return strings.TrimRight(text, " .:")
	}
	cut := maxText
	for !utf8.RuneStart(text[cut]) {
		cut--
	}
	return text[:cut] + "…"
}

func printable(r rune) rune {
	if unicode.IsSpace(r) || !unicode.IsPrint(r) {
		return ' '
	}
	return r
}
