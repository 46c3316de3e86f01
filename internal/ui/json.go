package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"datum/formats"
)

// jsonLines speaks to programs: one object a line, each with a "type".
type jsonLines struct{ Options }

// NewJSON returns a printer for programs. It shows neither colour nor
// progress.
func NewJSON(o Options) Printer { return jsonLines{o} }

func (j jsonLines) Result(r Result) error { return writeLine(j.Stdout, r.Kind(), r) }

func (j jsonLines) Loss(title string, l formats.Loss) {
	if !j.Quiet && l.Total() > 0 {
		writeLine(j.Stderr, "loss", map[string]any{"title": title, "entries": l.Entries()})
	}
}

func (j jsonLines) Note(format string, args ...any) {
	if !j.Quiet {
		j.message("note", format, args...)
	}
}

func (j jsonLines) Detail(format string, args ...any) {
	if j.Verbose {
		j.message("detail", format, args...)
	}
}

func (j jsonLines) Warn(format string, args ...any) { j.message("warning", format, args...) }

func (j jsonLines) message(kind, format string, args ...any) {
	writeLine(j.Stderr, kind, map[string]string{"message": oneLine(fmt.Sprintf(format, args...))})
}

// failure is an error as JSON, with its place where it has one.
type failure struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint,omitempty"`
	Format  string `json:"format,omitempty"`
	Path    string `json:"path,omitempty"`
	Line    int    `json:"line,omitempty"`
	// Offset is in bytes from the start of the file.
	Offset *int64 `json:"offset,omitempty"`
	Item   string `json:"item,omitempty"`
}

func (j jsonLines) Error(err error, code int, hint string) {
	f := failure{Code: code, Message: oneLine(err.Error()), Hint: hint}
	var at *formats.Error
	if errors.As(err, &at) {
		f.Format, f.Path, f.Line, f.Item = at.Format, at.Path, at.Line, at.Item
		if at.Offset > 0 {
			offset := at.Offset - 1
			f.Offset = &offset
		}
	}
	writeLine(j.Stderr, "error", f)
}

// Programs are not shown how far anything is.
func (j jsonLines) Meter(what string, total int) *Meter {
	return startMeter(Options{Quiet: true}, nil, itemUnit, what, total)
}

func (j jsonLines) ByteMeter(what string, total int) *Meter {
	return startMeter(Options{Quiet: true}, nil, byteUnit, what, total)
}

// writeLine writes v, which is a struct or a map, with its type in front.
func writeLine(w io.Writer, kind string, v any) error {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		b.Reset()
		fmt.Fprintf(&b, "{\"message\":%q}\n", err)
	}
	body := bytes.TrimPrefix(b.Bytes(), []byte{'{'})
	sep := ","
	if body[0] == '}' {
		sep = ""
	}
	_, err := fmt.Fprintf(w, "{\"type\":%q%s%s", kind, sep, body)
	return err
}
