package cityscapes

import (
	"errors"

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
