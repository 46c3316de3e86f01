package datumaro

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// file turns a stored path into a media file: a name, and a source where the
// dataset may have the bytes.
func (m *importer) file(it *dataset.Item, dir string, stored *string) (dataset.File, error) {
	if stored == nil || *stored == "" {
		return m.unnamedFile(it, dir), nil
	}
	p := strings.ReplaceAll(*stored, `\`, "/")
	if !path.IsAbs(p) && !windowsDrive(p) && filepath.IsLocal(p) {
		if p = path.Clean(p); p == "." {
			return dataset.File{}, fmt.Errorf("the media path %q is no file", *stored)
		}
		return dataset.File{Name: ownName(it.ID, p), Source: m.source(dir, it, p)}, nil
	}
	f := dataset.File{Name: it.ID + path.Ext(p)}
	switch {
	case m.opts.AllowExternalMedia:
		at := *stored
		if !filepath.IsAbs(at) {
			at = m.outside(dir, it.Subset, at)
		}
		f.Source = dataset.LocalFile(at)
	case path.IsAbs(p) || windowsDrive(p):
		m.notes.Add("media outside of the dataset, known by name only (--allow-external-media opens them)", *stored, 1)
	default:
		return f, formats.WithHint(formats.Reason(formats.ErrCorrupt, "the media path %q leaves the dataset", *stored),
			"--allow-external-media opens it all the same")
	}
	return f, nil
}

// outside is the path of a file beside the dataset, given relative to where its
// media lie.
func (m *importer) outside(dir, subset, name string) string {
	local, ok := m.folder.Local(".")
	if !ok {
		return name
	}
	return filepath.Join(local, dir, subset, name)
}

func windowsDrive(p string) bool { return len(p) > 2 && p[1] == ':' && p[2] == '/' }

// unnamedFile is the file of a media without path: Datumaro held it in memory,
// or, in files of its first versions, it is an image named by the item.
func (m *importer) unnamedFile(it *dataset.Item, dir string) dataset.File {
	if dir == imagesDir {
		name := it.ID + ".jpg"
		s := m.source(dir, it, name)
		for _, p := range s.paths {
			if m.folder.Has(p) {
				return dataset.File{Name: name, Source: s}
			}
		}
	}
	return dataset.File{Name: it.ID}
}

// ownName undoes what Datumaro does to the names of nested items.
func ownName(id, stored string) string {
	if ext := path.Ext(stored); strings.ReplaceAll(id, "/", "_")+ext == stored {
		return id + ext
	}
	return stored
}

// source reads one media file.
type source struct {
	m     *importer
	paths []string // below the dataset folder; the first that exists counts
}

// source lists the places where versions of Datumaro left a file.
func (m *importer) source(dir string, it *dataset.Item, name string) *source {
	s := &source{m: m, paths: []string{path.Join(dir, it.Subset, name), path.Join(dir, name)}}
	if dir == imagesDir && strings.HasPrefix(path.Base(name), "extra_image_") {
		s.paths = append(s.paths, path.Join(dir, it.Subset, it.ID, path.Base(name)))
	}
	return s
}

// Open opens the file, which cannot be outside of the dataset.
func (s *source) Open() (io.ReadCloser, error) {
	var first error
	for _, p := range s.paths {
		f, err := s.m.folder.OpenFile(p)
		if err == nil {
			return f, nil
		}
		if first == nil {
			first = err
		}
		if !errors.Is(err, fs.ErrNotExist) {
			first = err
			break
		}
	}
	return nil, formats.At(s.m.folder, formatName, s.paths[0], first)
}
