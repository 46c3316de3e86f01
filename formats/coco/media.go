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
	if escapes(err) {
		if s.external {
			return os.Open(local)
		}
		err = formats.WithHint(corrupt("the path leaves the dataset through a link"), "where you trust the dataset, allow external media")
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
func (m *importer) locate(s *subset, name, raw string) (src dataset.Source, found string, err error) {
	if m.opts.AllowExternalMedia {
		if p, ok := m.external(raw); ok {
			return dataset.LocalFile(p), "", nil
		}
	}
	try := func(d string) (bool, error) {
		_, err := m.root.Stat(path.Join(d, name))
		if err != nil && escapes(err) {
			if m.opts.AllowExternalMedia {
				return true, nil
			}
			return false, formats.WithHint(corrupt("the file_name %q leaves the dataset through a link", raw),
				"where you trust the dataset, allow external media")
		}
		return err == nil, nil
	}
	dirs := s.dirs
	if s.media != "" {
		dirs = append([]string{s.media}, dirs...)
	}
	for _, d := range dirs {
		ok, err := try(d)
		if err != nil {
			return nil, "", err
		}
		if ok {
			return picture{m.root, m.dir, path.Join(d, name), m.opts.AllowExternalMedia}, d, nil
		}
	}
	return picture{m.root, m.dir, path.Join(dirs[0], name), m.opts.AllowExternalMedia}, "", nil
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
