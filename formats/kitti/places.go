package kitti

import (
	"path"
	"strings"

	"datum/files"
	"datum/formats"
)

// placed says where in a file an error is; line 0 is the whole file.
func placed(f *files.Folder, name string, line int, err error) error {
	return &formats.Error{Format: formatName, Path: f.Path(name), Line: line, Err: err}
}

// datasetFolder returns the folder of the dataset: f, or the one above where f
// is a folder of annotations, and a function that closes it.
func datasetFolder(f *files.Folder) (*files.Folder, func() error) {
	stay := func() error { return nil }
	switch f.Base() {
	case labelDir, instanceDir, semanticDir, rgbDir:
		if len(findParts(f)) > 0 { // a dataset that is called so
			return f, stay
		}
		if parent, _, err := f.Parent(); err == nil {
			return parent, parent.Close
		}
	}
	return f, stay
}

// stem is a path without its extension.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

func hasExt(name, ext string) bool { return strings.EqualFold(path.Ext(name), ext) }
