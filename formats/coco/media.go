package coco

import (
	"errors"
	"os"
	"path"
	"path/filepath"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// locate finds the picture called name, whose record says raw. found is the
// folder that has it, empty where none has; the most likely place is given
// then.
func (m *importer) locate(s *subset, name, raw string) (src dataset.Source, found string) {
	if m.opts.AllowExternalMedia {
		if p, ok := m.external(raw); ok {
			return dataset.LocalFile(p), ""
		}
	}
	at := func(d string) dataset.Source {
		return formats.MediaIn(m.dir, formatName, path.Join(d, name))
	}
	likely, known := usualDir(s.name), m.pictures.name(name)
	if s.media != "" && m.has(s.media, name, &known, &likely) {
		return at(s.media), s.media
	}
	for _, d := range s.dirs {
		if m.has(d, name, &known, &likely) {
			return at(d), d
		}
	}
	return at(likely), ""
}

// has reports whether a folder has a picture. Where it may have it behind a
// link that leads out of the dataset, which is not looked at unless that is
// allowed, it becomes the likely folder: opening the picture will say so.
func (m *importer) has(dir, name string, known *pictureName, likely *string) bool {
	switch m.pictures.look(m.dir, dir, known) {
	case present:
		return true
	case absent:
		return false
	}
	p := path.Join(dir, name)
	_, err := m.dir.Stat(p)
	if err == nil || !errors.Is(err, files.ErrLeaves) {
		return err == nil
	}
	*likely = dir
	return false
}

// external takes a file_name as the path that it says it is.
func (m *importer) external(raw string) (p string, ok bool) {
	p = strings.ReplaceAll(raw, `\`, "/")
	if !isAbsolute(p) {
		local, ok := m.dir.Local(".")
		if !ok || filepath.IsLocal(p) || strings.Contains(p, "://") {
			return "", false
		}
		p = filepath.Join(local, p)
	}
	st, err := os.Stat(p)
	return p, err == nil && st.Mode().IsRegular()
}
