package formats

import (
	"errors"
	"io"
	"io/fs"

	"datum/dataset"
	"datum/files"
)

// MediaIn returns the source of a media file that lies in a folder. No link leads
// out of it, unless the folder follows links.
func MediaIn(f *files.Folder, format, name string) dataset.Source {
	s := mediaFile{f, format, name}
	if _, ok := f.Local(name); ok {
		return localMediaFile{s}
	}
	return s
}

type mediaFile struct {
	folder *files.Folder
	format string
	name   string
}

// Open opens the file through the folder.
func (m mediaFile) Open() (io.ReadCloser, error) {
	file, err := m.folder.OpenFile(m.name)
	if err != nil {
		return nil, At(m.folder, m.format, m.name, err)
	}
	return file, nil
}

// localMediaFile is a mediaFile that is a plain file of this machine.
type localMediaFile struct{ mediaFile }

// LocalPath returns its path.
func (m localMediaFile) LocalPath() string {
	local, _ := m.folder.Local(m.name)
	return local
}

// At returns err with its place, the file name in a folder. What leads out of
// the folder or goes beyond a limit matches [ErrCorrupt], and errors that have
// a place already keep it.
func At(f *files.Folder, format, name string, err error) error {
	if err == nil {
		return nil
	}
	var placed *Error
	if errors.As(err, &placed) {
		return err
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	e := &Error{Format: format, Path: f.Path(name), Err: err}
	_, local := f.Local(".")
	switch {
	case errors.Is(err, files.ErrArchive), errors.Is(err, files.ErrLeaves) && !local:
		e.Err = Reason(ErrCorrupt, "%w", err)
	case errors.Is(err, files.ErrLeaves):
		e.Err = Reason(ErrCorrupt, "the path leaves the dataset, by itself or through a link")
		return WithHint(e, "--allow-external-media opens media all the same, where you trust the dataset")
	case errors.Is(err, files.ErrLimit):
		e.Err = Reason(ErrCorrupt, "%w", err)
		return WithHint(e, "where you trust the file, raise the limit: see datum convert --help")
	}
	return e
}
