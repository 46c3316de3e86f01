package cvat

import (
	"cmp"
	"slices"
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

// xmlFile makes a folder with one annotation file.
func xmlFile(t testing.TB, body string) string {
	return formatstest.Tree(t, map[string]string{annotationFile: "<annotations>\n" + body + "\n</annotations>\n"})
}

// byKind sorts annotations by kind, in their order otherwise: those of tracks
// come after the others.
func byKind(list []dataset.Annotation) {
	slices.SortStableFunc(list, func(a, b dataset.Annotation) int {
		return cmp.Or(cmp.Compare(a.Kind(), b.Kind()), cmp.Compare(label(a), label(b)))
	})
}

func label(a dataset.Annotation) int32 { return *dataset.LabelOf(a) }
