package datumaro

import (
	"errors"
	"io/fs"
	"path"
	"strings"

	"datum/files"
	"datum/formats"
)

// The folders of a dataset.
const (
	annotationsDir = "annotations"
	imagesDir      = "images"
	pointCloudsDir = "point_clouds"
	videosDir      = "videos"
)

const extension = ".json"

// layout says where a dataset is: its folder and its annotation files in that.
type layout struct {
	folder *files.Folder
	files  []string
}

// locate finds the annotation files of a dataset folder, or takes the one
// named. One that lies outside of a folder annotations is a dataset without
// media folders.
func locate(f *files.Folder) (layout, error) {
	if f.Only() != "" {
		return locateFile(f)
	}
	l := layout{folder: f}
	entries, err := f.ReadDir(annotationsDir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return l, formats.At(f, formatName, annotationsDir, err)
	}
	for _, e := range entries {
		if !e.IsDir() && isJSON(e.Name()) {
			l.files = append(l.files, path.Join(annotationsDir, e.Name()))
		}
	}
	if len(l.files) == 0 {
		return l, formats.Reason(formats.ErrUnknownFormat, "%s: no %s file in its folder %s", f.Path("."), extension, annotationsDir)
	}
	return l, nil
}

func isJSON(name string) bool { return strings.EqualFold(path.Ext(name), extension) }

func locateFile(f *files.Folder) (layout, error) {
	if !isJSON(f.Only()) {
		return layout{}, formats.Reason(formats.ErrUnknownFormat, "%s: not a folder and no %s file", f.Path(f.Only()), extension)
	}
	if f.Base() == annotationsDir {
		if parent, _, err := f.Parent(); err == nil {
			f = parent
		}
	}
	return layout{folder: f, files: []string{f.Only()}}, nil
}

// subsetOf returns the subset that an annotation file holds.
func subsetOf(file string) string { return strings.TrimSuffix(path.Base(file), path.Ext(file)) }
