package labelme

import (
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
	d, notes := formatstest.MustReadAll(t, Format(), dir, o)
	return d, formatstest.Counts(notes)
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

// byName sorts attributes, since flags come before the others.
func byName(a dataset.Attributes) dataset.Attributes {
	slices.SortFunc(a, func(x, y dataset.Attribute) int { return strings.Compare(x.Name, y.Name) })
	return a
}
