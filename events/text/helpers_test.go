package text

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"datum/events"
	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

// folder writes files and opens the folder; only is the file that was asked for.
func folder(t testing.TB, only string, contents map[string]string) *files.Folder {
	t.Helper()
	return formatstest.Folder(t, filepath.Join(formatstest.Tree(t, contents), only))
}

// packed is a text as a .gz file.
func packed(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// format returns one of the formats.
func format(t testing.TB, name string) *events.Format {
	t.Helper()
	for _, f := range Formats() {
		if f.Name == name || slices.Contains(f.Aliases, name) {
			return &f
		}
	}
	t.Fatalf("there is no %s", name)
	return nil
}

// detected returns what the format that is most confident says of a folder.
func detected(t testing.TB, f *files.Folder) (name string, best formats.Verdict) {
	t.Helper()
	for _, x := range Formats() {
		if v := x.Probe(t.Context(), f); v.Confidence > best.Confidence {
			name, best = x.Name, v
		}
	}
	return name, best
}

// imported is what a format made of a folder.
type imported struct {
	log    *events.Log
	report events.Report
	loss   formats.Loss
}

// tryImport makes a log of a folder.
func tryImport(t testing.TB, name string, f *files.Folder, o events.ImportOptions) (*imported, error) {
	t.Helper()
	b, err := events.NewBuilder(events.Options{Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	loss, err := format(t, name).Import(t.Context(), f, b, o)
	if err != nil {
		return &imported{loss: loss}, err
	}
	log, report := finished(t, b)
	return &imported{log, report, loss}, nil
}

// finished is the log that a builder makes.
func finished(t testing.TB, b *events.Builder) (*events.Log, events.Report) {
	t.Helper()
	var out bytes.Buffer
	_, report, err := b.Finish(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	log, err := events.Read(bytes.NewReader(out.Bytes()), int64(out.Len()))
	if err != nil {
		t.Fatal(err)
	}
	return log, report
}

func mustImport(t testing.TB, name string, f *files.Folder, o events.ImportOptions) *imported {
	t.Helper()
	in, err := tryImport(t, name, f, o)
	if err != nil {
		t.Fatal(err)
	}
	return in
}

// each calls use with every event of a log.
func each(t testing.TB, log *events.Log, use func(event)) {
	t.Helper()
	for h, err := range log.Histories(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for i, item := range h.Items {
			use(event{h.User, item, h.Times[i], h.Values[i]})
		}
	}
}

// dump spells a log: its events, and its items with their categories.
func dump(t testing.TB, log *events.Log) string {
	t.Helper()
	v, err := log.Vocabularies()
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	each(t, log, func(e event) {
		fmt.Fprintf(&b, "%s %s %d %v\n", v.Users.Names[e.user], v.Items.Names[e.item], e.time, e.value)
	})
	for i, name := range v.Items.Names[1:] {
		fmt.Fprintf(&b, "%s: %s\n", name, v.Categories.Names[v.Category[i+1]])
	}
	return b.String()
}

// export writes a log into a new folder.
func export(t testing.TB, name string, log *events.Log, o events.ExportOptions) (string, formats.Loss) {
	t.Helper()
	dir := t.TempDir()
	loss, err := format(t, name).Export(t.Context(), log, dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, loss
}

// same compares texts line by line.
func same(t testing.TB, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			t.Fatalf("line %d is missing: %q", i+1, w[i])
		case i >= len(w):
			t.Fatalf("line %d is too much: %q", i+1, g[i])
		case g[i] != w[i]:
			t.Fatalf("line %d: %q, want %q", i+1, g[i], w[i])
		}
	}
}

// lossIs compares what was lost, without examples.
func lossIs(t testing.TB, l formats.Loss, want ...string) {
	t.Helper()
	var got []string
	for _, e := range l.Entries() {
		got = append(got, fmt.Sprintf("%d %s", e.Count, e.What))
	}
	same(t, strings.Join(got, "\n"), strings.Join(want, "\n"))
}

// failure is what an error says, with its hint, and without the folder.
func failure(t testing.TB, err error) string {
	t.Helper()
	var placed *formats.Error
	text := err.Error()
	if errors.As(err, &placed) {
		text = strings.Replace(text, filepath.Dir(placed.Path)+string(filepath.Separator), "", 1)
	}
	if hint := formats.Hint(err); hint != "" {
		text += " (" + hint + ")"
	}
	return text
}
