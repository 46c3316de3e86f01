package segmentation

import (
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
)

// placed says in which file an error is.
func placed(f *files.Folder, name string, err error) error {
	return &formats.Error{Format: formatName, Path: f.Path(name), Err: err}
}

// datasetFolder returns the folder of the dataset: f, or the one above where f
// is a folder of masks, and a function that closes it.
func datasetFolder(f *files.Folder) (*files.Folder, func() error) {
	if f.Base() == maskDir && !f.HasDir(maskDir) {
		if parent, _, err := f.Parent(); err == nil {
			return parent, parent.Close
		}
	}
	return f, func() error { return nil }
}

// inside tells whether a folder lies in one of pictures or masks: it is one in
// the ids of items then.
func inside(dir string) bool {
	return slices.ContainsFunc(strings.Split(dir, "/"), func(s string) bool { return s == imageDir || s == maskDir })
}

// stem is a path without its extension.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }
