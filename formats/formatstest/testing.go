package formatstest

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// Tree writes files, whose names are slash paths, into a new folder and returns
// its path.
func Tree(t testing.TB, contents map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	Plant(t, dir, contents)
	return dir
}

// Plant writes files, whose names are slash paths, below the folder dir.
func Plant(t testing.TB, dir string, contents map[string]string) {
	t.Helper()
	for name, text := range contents {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		put(t, p, []byte(text))
	}
}

// Folder opens the folder, or the file, at path until the test ends.
func Folder(t testing.TB, path string) *files.Folder {
	t.Helper()
	folder, err := files.OpenFolder(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Close() })
	return folder
}

// Text returns what a file holds.
func Text(t testing.TB, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Seeds adds the files of a fuzz target's first inputs: all those below the
// folder dir whose paths have the ending. There has to be one.
func Seeds(f *testing.F, dir, ending string) {
	f.Helper()
	none := true
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(filepath.ToSlash(p), ending) {
			return err
		}
		none = false
		f.Add([]byte(Text(f, p)))
		return nil
	})
	if err != nil || none {
		f.Fatalf("no seed %s in %s: %v", ending, dir, err)
	}
}

// ReadAll reads everything of the dataset at path, the bytes of its media too.
// The error is that of opening it or of reading the items, after the first of
// which the dataset has those that came before.
func ReadAll(t testing.TB, f *formats.Format, path string, o formats.ImportOptions) (*Dataset, formats.Loss, error) {
	t.Helper()
	im, err := Open(t.Context(), f, path, o)
	if err != nil {
		return nil, formats.Loss{}, err
	}
	defer im.Close()
	items, err := Collect(t.Context(), im)
	if err == nil {
		err = LoadMedia(items)
	}
	return &Dataset{Meta: *im.Info(), List: items}, im.Notes(), err
}

// MustReadAll is [ReadAll] for a dataset that can be read to its end.
func MustReadAll(t testing.TB, f *formats.Format, path string, o formats.ImportOptions) (*Dataset, formats.Loss) {
	t.Helper()
	d, notes, err := ReadAll(t, f, path, o)
	if err != nil {
		t.Fatal(err)
	}
	return d, notes
}

// ReadLines reads the items of the dataset at path and has each put in words.
// The importer stays open until the test ends. With an error of reading come
// the lines of the items before it.
func ReadLines(t testing.TB, f *formats.Format, path string, o formats.ImportOptions, describe func(*dataset.Info, *dataset.Item) []string) (lines []string, im formats.Importer, err error) {
	t.Helper()
	if im, err = Open(t.Context(), f, path, o); err != nil {
		return nil, nil, err
	}
	t.Cleanup(func() { im.Close() })
	items, err := Collect(t.Context(), im)
	for i := range items {
		lines = append(lines, describe(im.Info(), &items[i])...)
	}
	return lines, im, err
}

// MustWrite exports everything that im holds, which the format does not refuse,
// into a new folder.
func MustWrite(t testing.TB, f *formats.Format, im formats.Importer, o formats.ExportOptions) (dir string, loss formats.Loss) {
	t.Helper()
	dir = t.TempDir()
	loss, err := Write(t.Context(), f, dir, im, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, loss
}

// Counts returns how often each kind of loss was counted.
func Counts(l formats.Loss) map[string]int {
	counts := map[string]int{}
	for _, e := range l.Entries() {
		counts[e.What] = e.Count
	}
	return counts
}

// LabelNames returns the names of the labels of a dataset.
func LabelNames(d *Dataset) []string {
	var names []string
	for i := range d.Meta.Categories.Len() {
		names = append(names, d.Meta.Categories.Name(int32(i)))
	}
	return names
}

// Attributes reads the JSON object of a test's attributes. It panics where that
// is none.
func Attributes(text string) dataset.Attributes { return must(text) }

// BarePicture is [Picture] for formats that do not say how large pictures are:
// as their readers give it back.
func BarePicture(name string) *dataset.Image {
	m := Picture(name)
	m.Height, m.Width = 0, 0
	return m
}
