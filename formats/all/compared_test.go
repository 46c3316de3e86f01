package all

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/detect"
	"datum/files"
	"datum/formats"
	"datum/formats/coco/cocotest"
	"datum/formats/formatstest"
)

// compared is one thing that Datumaro 1.13.12 gets wrong, and what comes of it
// here. The table in docs/compared.md is made of them.
type compared struct {
	what   string
	theirs string
	// ours makes the conversion, checks it, and says how it ended: one of the
	// outcomes below, with what was counted.
	ours func(t *testing.T) string
}

const (
	isExact    = "exact"
	isReported = "counted"
	isRefused  = "refused"
)

const sampleDir = "../../testdata/coco/sample"

// folderOf writes files, "path = content" as in package detecttest, into a
// folder.
func folderOf(t *testing.T, list ...string) string {
	t.Helper()
	dir := t.TempDir()
	for _, f := range list {
		name, content, given := strings.Cut(f, " = ")
		if !given {
			content = string(formatstest.Picture(name).Source.(formatstest.Bytes))
		}
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(p), 0o777), os.WriteFile(p, []byte(content), 0o666)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// converted is the result of a conversion.
type converted struct {
	dir         string
	loss, notes formats.Loss
	err         error
}

// convertTo detects what is in a folder and writes it in another format.
func convertTo(t *testing.T, from, format string, in formats.ImportOptions, out formats.ExportOptions) (c converted) {
	t.Helper()
	folder, err := files.Open(from, files.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer folder.Close()
	m, err := detect.One(t.Context(), Registry(), folder, detect.Depth)
	if err != nil {
		return converted{err: err}
	}
	im, err := m.Format.Import(t.Context(), m.Folder, in)
	if err != nil {
		return converted{err: err}
	}
	defer im.Close()
	f, err := Registry().Lookup(format)
	if err != nil {
		t.Fatal(err)
	}
	c.dir = t.TempDir()
	c.loss, c.err = formatstest.Write(t.Context(), f, c.dir, im, out)
	c.notes = im.Notes()
	return c
}

// with is a conversion with media and no other options, which has to work.
func with(t *testing.T, from, format string) converted {
	t.Helper()
	c := convertTo(t, from, format, formats.ImportOptions{}, formats.ExportOptions{SaveMedia: true})
	if c.err != nil {
		t.Errorf("to %s: %v", format, c.err)
	}
	return c
}

// contents reads a folder in whatever format it is.
func contents(t *testing.T, dir string) *formatstest.Dataset {
	t.Helper()
	m, err := detect.One(t.Context(), Registry(), formatstest.Folder(t, dir), detect.Depth)
	if err != nil {
		t.Error(err)
		return &formatstest.Dataset{}
	}
	im, err := m.Format.Import(t.Context(), m.Folder, formats.ImportOptions{})
	if err != nil {
		t.Error(err)
		return &formatstest.Dataset{}
	}
	defer im.Close()
	d := &formatstest.Dataset{}
	if d.List, err = formatstest.Collect(t.Context(), im); err != nil {
		t.Error(err)
	}
	d.Meta = *im.Info()
	return d
}

// counted says what was counted, in one line.
func counted(losses ...formats.Loss) string {
	var all []string
	for _, l := range losses {
		for _, e := range l.Entries() {
			all = append(all, fmt.Sprintf("%d %s", e.Count, e.What))
		}
	}
	if len(all) == 0 {
		return isExact
	}
	return isReported + ": " + strings.Join(all, "; ")
}

// refused says why a conversion was refused, and wants a hint or a place.
func refused(t *testing.T, c converted) string {
	t.Helper()
	if c.err == nil {
		t.Error("it was not refused")
		return ""
	}
	var placed *formats.Error
	if formats.Hint(c.err) == "" && !errors.As(c.err, &placed) {
		t.Errorf("%v has neither a hint nor a place", c.err)
	}
	text := c.err.Error()
	if errors.As(c.err, &placed) {
		short := *placed
		if short.Path = filepath.Base(placed.Path); filepath.Ext(short.Path) == "" {
			short.Path = "OUT"
		}
		text = short.Error()
	}
	return isRefused + ": " + text
}

// byLabel lists kinds and labels of the annotations of each group, which is to
// say, what belongs together.
func byLabel(d *formatstest.Dataset) []string {
	var out []string
	for _, it := range d.List {
		groups := map[int64][]string{}
		for _, a := range it.Annotations {
			if l := dataset.LabelOf(a); l != nil && a.Common().Group != 0 {
				groups[a.Common().Group] = append(groups[a.Common().Group], string(a.Kind())+" "+d.Meta.Categories.Name(*l))
			}
		}
		for _, g := range groups {
			slices.Sort(g)
			out = append(out, strings.Join(g, "+"))
		}
	}
	slices.Sort(out)
	return out
}

func sameTree(t *testing.T, a, b string) {
	t.Helper()
	x, y := os.DirFS(a), os.DirFS(b)
	list := func(dir string) []string {
		var names []string
		err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				rel, _ := filepath.Rel(dir, p)
				names = append(names, filepath.ToSlash(rel))
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		return names
	}
	if !slices.Equal(list(a), list(b)) {
		t.Errorf("files %v and %v", list(a), list(b))
		return
	}
	for _, name := range list(a) {
		p, err1 := readAllOf(x, name)
		q, err2 := readAllOf(y, name)
		if err1 != nil || err2 != nil || !bytes.Equal(p, q) {
			t.Errorf("%s differs", name)
		}
	}
}

// TestCompared makes each conversion, and wants the outcomes that
// docs/compared.md lists. With -update it writes that anew.
func TestCompared(t *testing.T) {
	var b strings.Builder
	b.WriteString("\n| what | Datumaro 1.13.12 | datum |\n| --- | --- | --- |\n")
	for _, c := range comparisons {
		outcome := ""
		t.Run(c.what, func(t *testing.T) { outcome = c.ours(t) })
		if !strings.HasPrefix(outcome, isExact) && !strings.HasPrefix(outcome, isReported) && !strings.HasPrefix(outcome, isRefused) {
			t.Errorf("%s: no outcome: %q", c.what, outcome)
		}
		fmt.Fprintf(&b, "| %s | %s | %s |\n", cell(c.what), cell(c.theirs), cell(outcome))
	}
	const path = "../../docs/compared.md"
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	text := between(t, old, "<!-- compared -->", b.String()+"\n")
	if *update {
		if err := os.WriteFile(path, text, 0o666); err != nil {
			t.Fatal(err)
		}
	} else if !bytes.Equal(text, old) {
		t.Error("docs/compared.md is not what happens: go test ./formats/all -run TestCompared -update writes it anew")
	}
}

func cell(s string) string { return strings.ReplaceAll(s, "|", "\\|") }

// newKey is a key for an encrypted dataset.
func newKey(t *testing.T) *key.Key {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// backTo converts a second time, with a key where the first result is
// encrypted, and wants the COCO files of from again.
func backToCOCO(t *testing.T, from string, c converted, k *key.Key) string {
	t.Helper()
	back := convertTo(t, c.dir, "coco", formats.ImportOptions{Key: k}, formats.ExportOptions{SaveMedia: true})
	if back.err != nil {
		t.Error(back.err)
		return ""
	}
	for _, d := range cocotest.Diff(from, back.dir) {
		t.Error(d)
	}
	return counted(c.loss, back.loss)
}
