package ui

import (
	"bytes"
	"fmt"
	"io"

	"datum/formats"
)

// text speaks to people.
type text struct {
	Options
	screen *screen
}

// NewText returns a printer for people.
func NewText(o Options) Printer { return text{o, &screen{w: o.Stderr}} }

// The colours are the plain ones that every terminal has.
const (
	red    = "\x1b[1;31m"
	yellow = "\x1b[1;33m"
	cyan   = "\x1b[1;36m"
	reset  = "\x1b[0m"
)

func (t text) Result(r Result) error {
	var b bytes.Buffer
	r.Text(&b)
	_, err := io.WriteString(t.Stdout, harmless(b.String()))
	return err
}

func (t text) Loss(title string, l formats.Loss) {
	for _, e := range l.Entries() {
		first := ""
		if e.Example != "" {
			first = " (first: " + e.Example + ")"
		}
		t.Note("%s: %d %s%s", title, e.Count, e.What, first)
	}
}

func (t text) Note(format string, args ...any) {
	if !t.Quiet {
		t.line("", "", format, args...)
	}
}

func (t text) Detail(format string, args ...any) {
	if t.Verbose {
		t.line("", "", format, args...)
	}
}

func (t text) Warn(format string, args ...any) { t.line(yellow, "warning", format, args...) }

func (t text) Error(err error, _ int, hint string) {
	t.line(red, "error", "%v", err)
	if hint != "" {
		t.line(cyan, "hint", "%s", hint)
	}
}

func (t text) Meter(what string, total int) *Meter {
	return startMeter(t.Options, t.screen, itemUnit, what, total)
}

func (t text) ByteMeter(what string, total int) *Meter {
	return startMeter(t.Options, t.screen, byteUnit, what, total)
}

func (t text) line(color, mark, format string, args ...any) {
	msg := harmless(oneLine(fmt.Sprintf(format, args...)))
	switch {
	case mark == "":
		fmt.Fprintf(t.screen, "datum: %s\n", msg)
	case t.Color:
		fmt.Fprintf(t.screen, "datum: %s%s:%s %s\n", color, mark, reset, msg)
	default:
		fmt.Fprintf(t.screen, "datum: %s: %s\n", mark, msg)
	}
}
