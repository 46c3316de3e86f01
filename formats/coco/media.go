package coco

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// picture is a picture in the dataset folder. It is opened through the root,
// so that no link leads out of it.
type picture struct {
	root     *os.Root
	dir      string // the dataset folder
	path     string // slash-separated, below dir
	external bool   // links may lead out
}

// Open opens the picture.
func (s picture) Open() (io.ReadCloser, error) {
	f, err := s.root.Open(s.path)
	if err == nil {
		return f, nil
	}
	local := filepath.Join(s.dir, filepath.FromSlash(s.path))
	if formats.Escapes(err) {
		if s.external {
			return os.Open(local)
		}
		err = formats.WithHint(corrupt("the path leaves the dataset through a link"), "--allow-external-media opens it all the same, where you trust the dataset")
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	return nil, &formats.Error{Format: formatName, Path: local, Err: err}
}

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
		return picture{m.root, m.dir, path.Join(d, name), m.opts.AllowExternalMedia}
	}
	likely := usualDir(s.name)
	if s.media != "" && m.has(s.media, name, &likely) {
		return at(s.media), s.media
	}
	for _, d := range s.dirs {
		if m.has(d, name, &likely) {
			return at(d), d
		}
	}
	return at(likely), ""
}

// has reports whether a folder has a picture. Where it may have it behind a
// link that leads out of the dataset, which is not looked at unless that is
// allowed, it becomes the likely folder: opening the picture will say so.
func (m *importer) has(dir, name string, likely *string) bool {
	p := path.Join(dir, name)
	_, err := m.root.Stat(p)
	if err == nil || !formats.Escapes(err) {
		return err == nil
	}
	if m.opts.AllowExternalMedia {
		_, err := os.Stat(filepath.Join(m.dir, filepath.FromSlash(p)))
		return err == nil
	}
	*likely = dir
	return false
}

// external takes a file_name as the path that it says it is.
func (m *importer) external(raw string) (p string, ok bool) {
	p = strings.ReplaceAll(raw, `\`, "/")
	if !isAbsolute(p) {
		if filepath.IsLocal(p) || strings.Contains(p, "://") {
			return "", false
		}
		p = filepath.Join(m.dir, p)
	}
	st, err := os.Stat(p)
	return p, err == nil && st.Mode().IsRegular()
}
