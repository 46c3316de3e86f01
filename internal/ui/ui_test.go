package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"datum/formats"
)

type answer struct {
	Items int    `json:"items"`
	Name  string `json:"name,omitempty"`
}

func (answer) Kind() string       { return "answer" }
func (a answer) Text(w io.Writer) { fmt.Fprintf(w, "%d items\n", a.Items) }

type nothing struct{}

func (nothing) Kind() string   { return "nothing" }
func (nothing) Text(io.Writer) {}

func speak(p Printer) {
	p.Result(answer{Items: 3})
	p.Note("reading %s", "a")
	var l formats.Loss
	p.Loss("lost", l)
	l.Add("ellipses", "item a", 2)
	l.Add("dots", "", 1)
	p.Loss("lost", l)
	p.Detail("detail")
	p.Warn("two\nlines")
	p.Error(formats.WithHint(&formats.Error{Format: "coco", Path: "a.json", Line: 7, Err: errors.New("bad")}, "x"), 13, "mend it")
}

func TestText(t *testing.T) {
	const (
		errors  = "datum: warning: two; lines\ndatum: error: a.json:7: bad\ndatum: hint: mend it\n"
		note    = "datum: reading a\ndatum: lost: 1 dots\ndatum: lost: 2 ellipses (first: item a)\n"
		details = "datum: detail\n"
	)
	for name, test := range map[string]struct {
		o    Options
		want string
	}{
		"normal":  {Options{}, note + errors},
		"quiet":   {Options{Quiet: true}, errors},
		"verbose": {Options{Verbose: true}, note + details + errors},
		"colour": {Options{Quiet: true, Color: true},
			"datum: \x1b[1;33mwarning:\x1b[0m two; lines\ndatum: \x1b[1;31merror:\x1b[0m a.json:7: bad\ndatum: \x1b[1;36mhint:\x1b[0m mend it\n"},
	} {
		var out, err bytes.Buffer
		test.o.Stdout, test.o.Stderr = &out, &err
		speak(NewText(test.o))
		if out.String() != "3 items\n" || err.String() != test.want {
			t.Errorf("%s: stdout %q, stderr %q", name, out.String(), err.String())
		}
	}
}

func TestJSON(t *testing.T) {
	var out, err bytes.Buffer
	p := NewJSON(Options{Stdout: &out, Stderr: &err, Color: true, Verbose: true, Progress: BarProgress})
	speak(p)
	p.Result(nothing{})
	m := p.Meter("reading", 5)
	m.Set(3)
	m.Done()
	if want := "{\"type\":\"answer\",\"items\":3}\n{\"type\":\"nothing\"}\n"; out.String() != want {
		t.Errorf("stdout %q, want %q", out.String(), want)
	}
	var types []string
	for line := range strings.Lines(err.String()) {
		var v struct {
			Type string
			Line int
			Code int
			Hint string
		}
		if json.Unmarshal([]byte(line), &v) != nil {
			t.Fatalf("no JSON: %q", line)
		}
		types = append(types, v.Type)
		if v.Type == "error" && (v.Line != 7 || v.Code != 13 || v.Hint != "mend it") {
			t.Errorf("error object: %s", line)
		}
	}
	if got := strings.Join(types, " "); got != "note loss detail warning error" {
		t.Errorf("types %s", got)
	}
}

func TestOffsetOfTheFirstByteIsShown(t *testing.T) {
	var err bytes.Buffer
	NewJSON(Options{Stderr: &err}).Error(&formats.Error{Path: "a", Offset: 1, Err: errors.New("bad")}, 13, "")
	if !strings.Contains(err.String(), `"offset":0`) {
		t.Error(err.String())
	}
}

func TestMeter(t *testing.T) {
	for name, test := range map[string]struct {
		total int
		want  string
	}{
		"known":   {10, "datum: writing: 4 of 10 items, "},
		"unknown": {-1, "datum: writing: 4 items, "},
	} {
		var err bytes.Buffer
		m := &Meter{stop: make(chan struct{})}
		m.Set(4)
		m.over.Go(func() { m.runPlain(&err, "writing", test.total, time.Millisecond) })
		time.Sleep(20 * time.Millisecond)
		m.Done()
		m.Done()
		if !strings.HasPrefix(err.String(), test.want) {
			t.Errorf("%s: %q", name, err.String())
		}
	}
}

func TestBarLeavesTheScreenClean(t *testing.T) {
	for _, total := range []int{100, -1} {
		var err bytes.Buffer
		m := NewText(Options{Stderr: &err, Progress: BarProgress}).Meter("writing", total)
		m.Set(50)
		time.Sleep(3 * barInterval)
		m.Done()
		if !strings.Contains(err.String(), "writing") {
			t.Errorf("total %d: no bar in %q", total, err.String())
		}
	}
	var err bytes.Buffer
	NewText(Options{Stderr: &err, Progress: BarProgress, Quiet: true}).Meter("x", 1).Done()
	if err.Len() > 0 {
		t.Errorf("quiet prints %q", err.String())
	}
}

// broken cannot be written to.
type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestResultTellsThatItCouldNotBeWritten(t *testing.T) {
	for _, p := range []Printer{NewText(Options{Stdout: broken{}}), NewJSON(Options{Stdout: broken{}})} {
		if err := p.Result(answer{}); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%T: %v", p, err)
		}
	}
}
