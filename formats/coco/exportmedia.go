package coco

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"path/filepath"

	"datum/dataset"
	"datum/formats"
	"datum/internal/nameset"
	"datum/internal/workers"
)

// mediaWriter copies pictures on the pool, a bounded number at a time.
type mediaWriter struct {
	e       *exporter
	pool    *workers.Pool
	pending []*workers.Future[struct{}]
	written *nameset.Set // paths
}

// maxPending bounds the copies that are under way.
const maxPending = 64

// save starts copying the media of an item to a path in the dataset.
func (w *mediaWriter) save(it *dataset.Item, to string) error {
	if it.Media == nil || !w.e.opts.SaveMedia {
		return nil
	}
	f := *it.Media.Main()
	if f.Source == nil {
		w.e.lost(it, "media files not saved, since the source holds only their names")
		return nil
	}
	item := it.ID
	if !w.written.Add(to) {
		return w.sameAgain(item, &f, to)
	}
	if err := w.wait(maxPending - 1); err != nil {
		return err
	}
	w.pending = append(w.pending, workers.Go(w.pool, func() (struct{}, error) {
		return struct{}{}, w.copy(item, &f, to)
	}))
	return nil
}

// wait waits until no more than most copies are under way.
func (w *mediaWriter) wait(most int) error {
	for len(w.pending) > most {
		_, err := w.pending[0].Wait()
		w.pending = w.pending[1:]
		if err != nil {
			return err
		}
	}
	return nil
}

// copy runs on the pool.
func (w *mediaWriter) copy(item string, f *dataset.File, to string) (err error) {
	if err := w.e.ctx.Err(); err != nil {
		return err
	}
	in, err := w.open(item, f)
	if err != nil {
		return err
	}
	defer in.Close()
	out, err := w.e.create(to)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if _, err := io.Copy(out, in); err != nil {
		return &formats.Error{Format: formatName, Path: f.Name, Item: item, Err: err}
	}
	return nil
}

func (w *mediaWriter) open(item string, f *dataset.File) (io.ReadCloser, error) {
	in, err := f.Open()
	if err == nil {
		return in, nil
	}
	var placed *formats.Error
	if !errors.As(err, &placed) {
		placed = &formats.Error{Format: formatName, Path: f.Name, Err: err}
	}
	placed.Item = item
	err = placed
	if errors.Is(err, fs.ErrNotExist) {
		return nil, formats.WithHint(err, "leave out --save-media to convert the annotations alone")
	}
	return nil, err
}

// sameAgain lets two items share a file, as two subsets of one folder of
// pictures do, if it has the same content.
func (w *mediaWriter) sameAgain(item string, f *dataset.File, to string) error {
	if err := w.wait(0); err != nil {
		return err
	}
	old, err := w.e.root.Open(to)
	if errors.Is(err, fs.ErrNotExist) {
		return w.copy(item, f, to)
	}
	if err != nil {
		return w.e.placed(to, err)
	}
	defer old.Close()
	in, err := w.open(item, f)
	if err != nil {
		return err
	}
	defer in.Close()
	same, err := sameContent(in, old)
	if err != nil {
		return err
	}
	if !same {
		return &formats.Error{Format: formatName, Path: filepath.Join(w.e.dir, filepath.FromSlash(to)), Item: item,
			Err: corrupt("another picture has this place")}
	}
	return nil
}

func sameContent(a, b io.Reader) (bool, error) {
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err1 := io.ReadFull(a, x)
		m, err2 := io.ReadFull(b, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		if err1 != nil || err2 != nil {
			if isEnd(err1) && isEnd(err2) {
				return true, nil
			}
			return false, errors.Join(err1, err2)
		}
	}
}

func isEnd(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }

// mediaDir is the folder of the pictures of an item: where they were in the
// source, if its layout is kept, or images/<subset>.
func (s *outSubset) mediaDir(it *dataset.Item) string {
	var dir string
	if s.sameLayout && (it.Attributes.Decode(carryMedia, &dir) || s.info != nil && s.info.Attributes.Decode(carryMedia, &dir)) {
		if filepath.IsLocal(filepath.FromSlash(dir)) {
			return path.Clean(dir)
		}
	}
	return usualDir(s.name)
}
