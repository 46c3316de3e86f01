package labelme

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/dataset"

	"datum/formats"
	"datum/formats/formatstest"
)

// read reads everything of a dataset.
func read(t *testing.T, dir string, o formats.ImportOptions) *formatstest.Dataset {
	t.Helper()
	d, _ := readNotes(t, dir, o)
	return d
}

// readNotes is read, with what was tolerated.
func readNotes(t *testing.T, dir string, o formats.ImportOptions) (*formatstest.Dataset, map[string]int) {
	t.Helper()
	im, err := formatstest.Open(t.Context(), Format(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err == nil {
		err = formatstest.LoadMedia(items)
	}
	if err != nil {
		t.Fatal(err)
	}
	notes := map[string]int{}
	for _, e := range im.Notes().Entries() {
		notes[e.What] = e.Count
	}
	return &formatstest.Dataset{Meta: *im.Info(), List: items}, notes
}

// readError reads everything and returns the error that ends it.
func readError(t *testing.T, dir string, o formats.ImportOptions) error {
	t.Helper()
	im, err := formatstest.Open(t.Context(), Format(), dir, o)
	if err != nil {
		return err
	}
	defer im.Close()
	_, err = formatstest.Collect(t.Context(), im)
	return err
}

// folder makes a folder with files.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// byName sorts attributes, since flags come before the others.
func byName(a dataset.Attributes) dataset.Attributes {
	slices.SortFunc(a, func(x, y dataset.Attribute) int { return strings.Compare(x.Name, y.Name) })
	return a
}
