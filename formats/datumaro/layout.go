package datumaro

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

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

// layout says where a dataset is: its folder and its annotation files below
// that, with slashes.
type layout struct {
	dir   string
	files []string
}

// locate finds the annotation files of a dataset folder, or takes the one
// named. One that lies outside of a folder annotations is a dataset without
// media folders.
func locate(name string) (layout, error) {
	st, err := os.Stat(name)
	if err != nil {
		return layout{}, formats.Reason(formats.ErrUnknownFormat, "%w", err)
	}
	if !st.IsDir() {
		return locateFile(name)
	}
	l := layout{dir: name}
	entries, err := os.ReadDir(filepath.Join(name, annotationsDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return l, err
	}
	for _, e := range entries {
		if !e.IsDir() && strings.HasSuffix(e.Name(), extension) {
			l.files = append(l.files, path.Join(annotationsDir, e.Name()))
		}
	}
	if len(l.files) == 0 {
		return l, formats.Reason(formats.ErrUnknownFormat, "%s: no %s file in its folder %s", name, extension, annotationsDir)
	}
	return l, nil
}

func locateFile(name string) (layout, error) {
	if !strings.HasSuffix(name, extension) {
		return layout{}, formats.Reason(formats.ErrUnknownFormat, "%s: not a folder and no %s file", name, extension)
	}
	abs, err := filepath.Abs(name)
	if err != nil {
		return layout{}, err
	}
	parent, base := filepath.Split(abs)
	if parent = filepath.Clean(parent); filepath.Base(parent) == annotationsDir {
		return layout{dir: filepath.Dir(parent), files: []string{path.Join(annotationsDir, base)}}, nil
	}
	return layout{dir: parent, files: []string{base}}, nil
}

// subsetOf returns the subset that an annotation file holds.
func subsetOf(file string) string { return strings.TrimSuffix(path.Base(file), extension) }
