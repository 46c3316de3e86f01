package formats

import (
	"path/filepath"
	"strings"
	"unicode/utf8"

	"datum/dataset"
)

// SubsetFileName returns the name under which the files of a subset are
// written: its own, or that of the default subset where it has none. A name
// that cannot be one in every file system's eyes is an error that matches
// [ErrCorrupt].
func SubsetFileName(name string) (string, error) {
	if name == "" {
		return dataset.DefaultSubset, nil
	}
	if strings.ContainsAny(name, `/\`) || !filepath.IsLocal(name) || name == "." || !utf8.ValidString(name) {
		return "", Reason(ErrCorrupt, "the subset name %q cannot be a file name", name)
	}
	return name, nil
}

// CheckItem checks what every writer relies on: that the id is a path inside a
// dataset, and that each label is one of the categories, if these are listed.
// The error matches [ErrCorrupt].
func CheckItem(info *dataset.Info, it *dataset.Item) error {
	if !filepath.IsLocal(it.ID) || !utf8.ValidString(it.ID) {
		return Reason(ErrCorrupt, "the item id is no path inside a dataset")
	}
	labels := info.Categories.Len()
	listed := info.Categories.Labels != nil // without a list, labels are bare numbers
	for i, a := range it.Annotations {
		if l := dataset.LabelOf(a); l != nil && (*l < dataset.NoLabel || listed && int(*l) >= labels) {
			return Reason(ErrCorrupt, "annotation %d has label %d, the dataset has %d categories", i, *l, labels)
		}
	}
	return nil
}
