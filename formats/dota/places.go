package dota

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

// isLabelDir tells whether a folder of this name holds label files; versions
// follow after a dash.
func isLabelDir(name string) bool {
	return strings.EqualFold(name, labelDir) || len(name) > len(labelDir) && strings.EqualFold(name[:len(labelDir)+1], labelDir+"-")
}

// datasetFolder returns the folder of the dataset: f, or the one above where f
// is a folder of labels, and a function that closes it.
func datasetFolder(f *files.Folder) (*files.Folder, func() error) {
	if isLabelDir(f.Base()) && !f.HasDir(imageDir) {
		if parent, _, err := f.Parent(); err == nil {
			return parent, parent.Close
		}
	}
	return f, func() error { return nil }
}

// stem is a path without its extension.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

func hasExt(name, ext string) bool { return strings.EqualFold(path.Ext(name), ext) }
