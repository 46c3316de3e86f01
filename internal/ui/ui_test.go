package ui

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
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

type named string

func (named) Kind() string       { return "named" }
func (n named) Text(w io.Writer) { fmt.Fprintf(w, "name\t%s\n", string(n)) }

// Names that a terminal would obey are spelt out, in results and in messages.
func TestNamesThatTerminalsObey(t *testing.T) {
	for name, want := range map[string]string{
		"Käse 🧀": "Käse 🧀", "a\x1b[2Jb": `a\x1b[2Jb`, "\x1b]0;title\a": `\x1b]0;title\a`, "a\rb\x00": `a\rb\x00`,
		"\u009b31m": `\u009b31m`, "photo\u202egnp.exe": `photo\u202egnp.exe`, "شارع\u200f": "شارع\u200f", "raw \xff": "raw \xff",
	} {
		var out, err bytes.Buffer
		p := NewText(Options{Stdout: &out, Stderr: &err, Verbose: true})
		p.Result(named(name))
		p.Detail("%s", strings.ReplaceAll(name, "\r", ""))
		if out.String() != "name\t"+want+"\n" || err.String() != "datum: "+strings.ReplaceAll(want, `\r`, "")+"\n" {
			t.Errorf("%q is printed as %q and %q", name, out.String(), err.String())
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

// terminal is one that can be looked at while it is written to.
type terminal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (s *terminal) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.Write(p)
}

func (s *terminal) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String()
}

// shows waits until want was written.
func (s *terminal) shows(t *testing.T, want string) {
	t.Helper()
	for range 1000 {
		if strings.Contains(s.String(), want) {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%q is not in %q", want, s.String())
}

func TestPlainMeter(t *testing.T) {
	for _, test := range []struct {
		unit      unit
		total, at int
		want      string
	}{
		{itemUnit, 10, 4, "datum: writing: 4 of 10 items, "},
		{itemUnit, -1, 4, "datum: writing: 4 items, "},
		{byteUnit, 28_400_000, 12_300_000, "datum: writing: 12 of 28 MB, "},
		{byteUnit, -1, 12_300_000, "datum: writing: 12 MB, "},
	} {
		var s terminal
		m := &Meter{unit: test.unit, stop: make(chan struct{})}
		m.Set(test.at)
		m.over.Go(func() { m.runPlain(&s, "writing", test.total, time.Millisecond) })
		s.shows(t, test.want)
		m.Done()
		m.Done()
	}
}

// TestBar lets the bar run to its end: it stays, and says that what is left is
// to finish.
func TestBar(t *testing.T) {
	var s terminal
	m := NewText(Options{Stderr: &s, Progress: BarProgress}).Meter("writing", 20)
	s.shows(t, "writing")
	m.Set(5)
	s.shows(t, "5/20")
	m.Set(20)
	s.shows(t, "finishing")
	m.Done()
	for _, want := range []string{"20/20", "/s", "ETA"} {
		s.shows(t, want)
	}
}

// TestLinesAboveABar: what is said while a bar moves is not wiped out by it, and the
// last word is not lost with it.
func TestLinesAboveABar(t *testing.T) {
	t.Parallel()
	for range 10 {
		var s terminal
		p := NewText(Options{Stderr: &s, Progress: BarProgress})
		m := p.Meter("training", 20)
		s.shows(t, "training")
		p.Note("one")
		s.shows(t, "datum: one\n")
		m.Set(20)
		p.Note("two")
		m.Done()
		p.Note("three")
		if got := s.String(); strings.Count(got, "datum: two\n") != 1 || !strings.HasSuffix(got, "datum: three\n") {
			t.Fatalf("%q", got)
		}
	}
}

func TestBarOfBytes(t *testing.T) {
	for total, want := range map[int]string{28_400_000: "12.3MB/28.4MB", -1: "12.3MB"} {
		var s terminal
		m := NewText(Options{Stderr: &s, Progress: BarProgress}).ByteMeter("downloading", total)
		m.Set(12_300_000)
		s.shows(t, want)
		s.shows(t, "B/s")
		m.Done()
	}
}

func TestBarOfUnknownLength(t *testing.T) {
	var s terminal
	m := NewText(Options{Stderr: &s, Progress: BarProgress}).Meter("reading", -1)
	m.Set(50)
	s.shows(t, "50")
	m.Done()
}

func TestNoMeter(t *testing.T) {
	for name, o := range map[string]Options{"quiet": {Quiet: true, Progress: BarProgress}, "none": {}, "plain, not long enough": {Progress: PlainProgress}} {
		var s terminal
		o.Stderr = &s
		m := NewText(o).Meter("x", 1)
		m.Set(1)
		m.Done()
		if s.String() != "" {
			t.Errorf("%s prints %q", name, s.String())
		}
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

func TestMessagesKeepTheirLine(t *testing.T) {
	for in, want := range map[string]string{
		"plain": "plain", "two\nlines": "two; lines", "\r\nwindows\r\n": "windows", "": "", "\n": "",
	} {
		if got := oneLine(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestJSONIsOneLineWhateverIsInIt(t *testing.T) {
	var out, err bytes.Buffer
	p := NewJSON(Options{Stdout: &out, Stderr: &err})
	p.Result(answer{Items: 1, Name: "<&>\n\"\u2028 \xff"})
	p.Error(errors.New("first\nsecond"), 1, "")
	p.Warn("%s", "{\"type\":\"error\"}")
	for _, text := range []string{out.String(), err.String()} {
		for line := range strings.Lines(text) {
			if !json.Valid([]byte(line)) || !strings.HasPrefix(line, `{"type":"`) {
				t.Errorf("no JSON object with a type: %q", line)
			}
		}
	}
	if strings.Count(out.String(), "\n") != 1 || strings.Count(err.String(), "\n") != 2 || !strings.Contains(out.String(), "<&>") {
		t.Errorf("stdout %q, stderr %q", out.String(), err.String())
	}
}

func TestJSONOfWhatCannotBeJSON(t *testing.T) {
	var out bytes.Buffer
	if err := writeLine(&out, "x", map[string]any{"f": func() {}}); err != nil || !json.Valid(out.Bytes()) {
		t.Errorf("%q, %v", out.String(), err)
	}
}
