package cityscapes

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"datum/files"
	"datum/formats"
)

// placed says in which file an error is.
func placed(f *files.Folder, name string, err error) error {
	return &formats.Error{Format: formatName, Path: f.Path(name), Err: err}
}

// maxUp is how far above a file of annotations the dataset may begin: split,
// city, gtFine, and the folder that holds that.
const maxUp = 5

// datasetFolder returns the folder of the dataset: f, or where f is a folder of
// annotations, or one file in it was named, the one above gtFine; and a
// function that closes it.
func datasetFolder(f *files.Folder) (*files.Folder, func() error) {
	stay := func() error { return nil }
	if !isTruthDir(f.Base()) && f.Only() == "" || f.HasDir(fineDir) || f.HasDir(coarseDir) {
		return f, stay
	}
	var opened []*files.Folder
	closeAll := func() (err error) {
		for _, o := range opened {
			err = errors.Join(err, o.Close())
		}
		return err
	}
	at := f
	for range maxUp {
		base := at.Base()
		parent, _, err := at.Parent()
		if err != nil {
			break
		}
		opened = append(opened, parent)
		if at = parent; isTruthDir(base) {
			return at, closeAll
		}
	}
	closeAll()
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
