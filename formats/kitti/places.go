package kitti

import (
	"errors"
	"io/fs"
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

// maxDeep bounds folders in folders, as links can make endless ones.
const maxDeep = 32

// walk calls found with the path of each file below dir, below dir. A link that
// leads out of the dataset is an error where strict is set; for pictures that
// is found out when they are opened.
func walk(f *files.Folder, dir string, strict bool, found func(name string)) error {
	var down func(sub string, deep int) error
	down = func(sub string, deep int) error {
		entries, err := f.ReadDir(path.Join(dir, sub))
		if err != nil {
			return formats.At(f, formatName, path.Join(dir, sub), err)
		}
		for _, e := range entries {
			name := path.Join(sub, e.Name())
			isDir := e.IsDir()
			if e.Type()&fs.ModeSymlink != 0 {
				st, err := f.Stat(path.Join(dir, name))
				if strict && err != nil && !errors.Is(err, fs.ErrNotExist) {
					return formats.At(f, formatName, path.Join(dir, name), err)
				}
				isDir = err == nil && st.IsDir()
			}
			if !isDir {
				found(name)
				continue
			}
			if deep < maxDeep {
				if err := down(name, deep+1); err != nil {
					return err
				}
			}
		}
		return nil
	}
	return down(".", 0)
}

// stem is a path without its extension.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

func hasExt(name, ext string) bool { return strings.EqualFold(path.Ext(name), ext) }
