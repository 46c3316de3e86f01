// Package ui is how a command speaks: results on standard output, everything
// else on standard error. There are two ways of speaking behind one interface,
// for people ([NewText]) and for programs ([NewJSON]); a command does not know
// which one it has.
package ui

import (
	"io"
	"strconv"
	"strings"
	"unicode"

	"datum/formats"
)

// Printer takes what a command has to say.
type Printer interface {
	// Result prints what was asked for, to standard output. The error is that
	// of writing there.
	Result(Result) error
	// Loss prints what was lost, tolerated or changed, under a title.
	Loss(title string, l formats.Loss)
	// Note prints what a person may want to know on the way.
	Note(format string, args ...any)
	// Detail prints what only somebody looking for a fault wants to know.
	Detail(format string, args ...any)
	// Warn prints what the user should act on.
	Warn(format string, args ...any)
	// Error prints why the command failed, with its exit code and advice.
	Error(err error, code int, hint string)
	// Meter starts to show how far a piece of work is; total is -1 where it
	// is not known. Only one is shown at a time.
	Meter(what string, total int) *Meter
	// ByteMeter is a Meter of bytes.
	ByteMeter(what string, total int) *Meter
}

// Result is the answer of a command. Its exported fields are its JSON form.
type Result interface {
	// Kind names the answer; it is "type" in JSON.
	Kind() string
	// Text prints the answer for people.
	Text(w io.Writer)
}

// Progress says how progress is shown.
type Progress int

// The ways of showing progress.
const (
	NoProgress    Progress = iota
	PlainProgress          // a line every ten seconds
	BarProgress            // a moving bar, for a terminal
)

// Options say where and how much to print.
type Options struct {
	Stdout, Stderr io.Writer
	// Quiet leaves out notes, Verbose adds details.
	Quiet, Verbose bool
	// Color paints the words error, warning and hint on Stderr.
	Color    bool
	Progress Progress
}

// oneLine keeps a message in its line.
func oneLine(s string) string {
	return strings.Join(strings.FieldsFunc(s, func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
}

// harmless spells out what a terminal would obey and not show: a name in a dataset may be
// anything, also what clears the screen, writes a title or turns a line round.
func harmless(s string) string {
	if !strings.ContainsFunc(s, obeyed) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		if obeyed(r) {
			spelt := strconv.QuoteRuneToASCII(r)
			b.WriteString(spelt[1 : len(spelt)-1])
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

func obeyed(r rune) bool {
	turns := r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
	return turns || unicode.IsControl(r) && r != '\n' && r != '\t'
}
