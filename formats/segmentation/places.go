package segmentation

import (
	"errors"
	"io/fs"
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
