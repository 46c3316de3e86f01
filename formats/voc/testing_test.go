package voc

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

const layouts = "../../testdata/voc/layouts/"

// folder writes files and returns the folder with them.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// readAll reads a dataset and what was noted.
func readAll(t testing.TB, path string, o formats.ImportOptions) (*formatstest.Dataset, map[string]int) {
	t.Helper()
	im, err := formatstest.Open(t.Context(), Format(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	d := &formatstest.Dataset{Meta: *im.Info()}
	if d.List, err = formatstest.Collect(t.Context(), im); err != nil {
		t.Fatal(err)
	}
	if err := formatstest.LoadMedia(d.List); err != nil {
		t.Fatal(err)
	}
	return d, counts(im.Notes())
}

func counts(l formats.Loss) map[string]int {
	m := map[string]int{}
	for _, e := range l.Entries() {
		m[e.What] = e.Count
	}
	return m
}

// writeAll writes a dataset and returns its folder.
func writeAll(t testing.TB, d *formatstest.Dataset, o formats.ExportOptions) (string, map[string]int) {
	t.Helper()
	dir := t.TempDir()
	o.SaveMedia = true
	loss, err := formatstest.Write(t.Context(), Format(), dir, d, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, counts(loss)
}

// show is a short text of an item.
func show(d *formatstest.Dataset, it dataset.Item) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s/%s", it.Subset, it.ID)
	if it.Media != nil {
		fmt.Fprintf(&b, " %s", it.Media.Main().Name)
	}
	for _, a := range it.Annotations {
		fmt.Fprintf(&b, ", %s", a.Kind())
		if l := dataset.LabelOf(a); l != nil {
			fmt.Fprintf(&b, " %s", d.Meta.Categories.Name(*l))
		}
		if g := a.Common().Group; g != 0 {
			fmt.Fprintf(&b, " %d", g)
		}
	}
	return b.String()
}

func showAll(d *formatstest.Dataset) (out []string) {
	for _, it := range d.List {
		out = append(out, show(d, it))
	}
	return out
}

func read(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
