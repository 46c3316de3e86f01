package all

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

var update = flag.Bool("update", false, "write the tables of docs/formats.md anew")

// holding is what one format does with one fact.
type holding struct {
	grade
	refused bool
	// counted says that the writer counted a loss for it.
	counted bool
}

func (h holding) String() string {
	switch {
	case h.refused:
		return "×"
	case h.grade == exact && !h.counted:
		return "●"
	case h.grade > lost:
		return "◐"
	}
	return "–"
}

// try writes a dataset with a fact and reads it back.
func try(t *testing.T, f *formats.Format, x fact) holding {
	t.Helper()
	d := bare()
	if x.on != nil {
		x.on(d)
	}
	without, before, err := roundTrip(t, f, d)
	if err != nil {
		t.Fatalf("%s: before %s: %v", f.Name, x.name, err)
	}
	x.add(d)
	loss, got, err := roundTrip(t, f, d)
	if err != nil {
		if formats.Hint(err) == "" {
			t.Errorf("%s refuses %s without a hint: %v", f.Name, x.name, err)
		}
		return holding{refused: true}
	}
	h := holding{grade: x.kept(d, got), counted: more(loss, without)}
	if h.grade <= another && !h.counted && !goesWithIt(x, before) {
		t.Errorf("%s loses %s and does not say so", f.Name, x.name)
	}
	return h
}

// more reports whether anything was counted that was not counted before, or
// less of it.
func more(loss, before formats.Loss) bool {
	counts := map[string]int{}
	for _, e := range before.Entries() {
		counts[e.What] = e.Count
	}
	return slices.ContainsFunc(loss.Entries(), func(e formats.LossEntry) bool { return e.Count > counts[e.What] })
}

// goesWithIt reports whether a fact is about annotations none of which the
// format holds, so that nothing needs to be said of it.
func goesWithIt(x fact, before *formatstest.Dataset) bool {
	if x.code == "z" {
		return onAny(func(a dataset.Annotation) bool { return dataset.ZOf(a) != nil })(nil, before) == lost
	}
	if x.code == "p" || x.code == "c" {
		return before.Meta.Categories.Len() == 0
	}
	about := strings.HasPrefix(x.name, "attributes of annotations") || x.code == "g" || x.code == "t"
	return about && onAny(func(dataset.Annotation) bool { return true })(nil, before) == lost
}

func roundTrip(t *testing.T, f *formats.Format, d *formatstest.Dataset) (formats.Loss, *formatstest.Dataset, error) {
	t.Helper()
	dir := t.TempDir()
	loss, err := formatstest.Write(t.Context(), f, dir, d, formats.ExportOptions{SaveMedia: true})
	if err != nil {
		return loss, nil, err
	}
	im, err := formatstest.Open(t.Context(), f, dir, formats.ImportOptions{})
	if err != nil {
		if loss.Total() > 0 || len(d.List) == 0 { // nothing is there, as was said
			return loss, &formatstest.Dataset{}, nil
		}
		t.Fatalf("%s cannot read what it wrote: %v", f.Name, err)
	}
	defer im.Close()
	got := &formatstest.Dataset{}
	if got.List, err = formatstest.Collect(t.Context(), im); err != nil {
		t.Fatalf("%s cannot read what it wrote: %v", f.Name, err)
	}
	got.Meta = *im.Info()
	return loss, got, nil
}

const (
	holdsMark = "<!-- what each format holds -->"
	losesMark = "<!-- what is lost from one to another -->"
)

// TestHoldings tries every fact with every format, and wants what docs/formats.md
// says. With -update it writes that anew.
func TestHoldings(t *testing.T) {
	var writers []*formats.Format
	for _, f := range Registry().All() {
		if f.Export != nil && f.Import != nil {
			writers = append(writers, f)
		}
	}
	table := make([][]holding, len(facts))
	for i, x := range facts {
		for _, f := range writers {
			table[i] = append(table[i], try(t, f, x))
		}
	}
	const path = "../../docs/formats.md"
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := between(t, old, holdsMark, holdsTable(writers, table))
	text = between(t, text, losesMark, losesTable(writers, table))
	if *update {
		if err := os.WriteFile(path, text, 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(text, old) {
		t.Error("docs/formats.md is not what the formats do: go test ./formats/all -run TestHoldings -update writes it anew")
	}
}

// between puts text between two lines of the same mark.
func between(t *testing.T, page []byte, mark, text string) []byte {
	t.Helper()
	parts := strings.Split(string(page), mark+"\n")
	if len(parts) != 3 {
		t.Fatalf("the page has %d marks %s, want two", len(parts)-1, mark)
	}
	return []byte(parts[0] + mark + "\n" + text + mark + "\n" + parts[2])
}

func holdsTable(writers []*formats.Format, table [][]holding) string {
	var b strings.Builder
	b.WriteString("\n| | |")
	for _, f := range writers {
		fmt.Fprintf(&b, " %s |", f.Name)
	}
	b.WriteString("\n| --- | --- |" + strings.Repeat(" --- |", len(writers)) + "\n")
	for i, x := range facts {
		fmt.Fprintf(&b, "| `%s` | %s |", x.code, x.name)
		for k := range writers {
			fmt.Fprintf(&b, " %v |", table[i][k])
		}
		b.WriteString("\n")
	}
	return b.String() + "\n"
}

// losesTable lists for each pair what the one holds and the other does not.
func losesTable(writers []*formats.Format, table [][]holding) string {
	var b strings.Builder
	b.WriteString("\n| from ↓ to → |")
	for _, f := range writers {
		fmt.Fprintf(&b, " %s |", f.Name)
	}
	b.WriteString("\n| --- |" + strings.Repeat(" --- |", len(writers)) + "\n")
	for from, f := range writers {
		fmt.Fprintf(&b, "| **%s** |", f.Name)
		for to := range writers {
			fmt.Fprintf(&b, " %s |", losses(table, from, to))
		}
		b.WriteString("\n")
	}
	return b.String() + "\n"
}

func losses(table [][]holding, from, to int) string {
	var codes []string
	for i, x := range facts {
		has, keeps := table[i][from], table[i][to]
		if !has.refused && has.grade > lost && (keeps.refused || keeps.grade == lost) {
			codes = append(codes, x.code)
		}
	}
	switch {
	case from == to:
		return ""
	case len(codes) == 0:
		return "nothing"
	}
	return "`" + strings.Join(codes, " ") + "`"
}
