package yolo

import (
	"bufio"
	"errors"
	"os"
	"path"

	"datum/formats"
	"datum/internal/workers"
)

// made is a label file.
type made struct {
	path string
	text []byte
	loss formats.Loss
}

// emit makes the label file of a record on another goroutine.
func (e *exporter) emit(r *record) error {
	if err := e.drain(2*workers.Count(e.opts.Workers) - 1); err != nil {
		return err
	}
	e.pending = append(e.pending, workers.Go(e.pool, func() (made, error) {
		t := &texter{task: e.task, kpt: e.kpt, clip: e.clip, ids: e.ids, most: e.opts.Limits.WithDefaults().ImagePixels}
		err := t.record(r)
		return made{e.layout.label(r.Subset, r.Name), t.text, t.loss}, e.errorIn(r, err)
	}))
	return nil
}

func (e *exporter) errorIn(r *record, err error) error {
	if err == nil {
		return nil
	}
	return &formats.Error{Format: e.format, Path: e.dir, Item: r.Name, Err: err}
}

// drain saves label files, in order, until no more than most are being made.
func (e *exporter) drain(most int) error {
	for len(e.pending) > most {
		m, err := e.pending[0].Wait()
		e.pending = e.pending[1:]
		if err != nil {
			return err
		}
		e.loss.Merge(m.loss)
		if err := e.media.SaveBytes(m.path, m.text); err != nil {
			return err
		}
	}
	return nil
}

// outFile is a file that grows line by line.
type outFile struct {
	f *os.File
	w *bufio.Writer
}

// create creates a file of the dataset.
func (e *exporter) create(name string) (*outFile, error) {
	if err := e.root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return nil, err
	}
	f, err := e.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, e.errorAt("", err)
	}
	return &outFile{f, bufio.NewWriter(f)}, nil
}

func (o *outFile) write(text []byte) error {
	_, err := o.w.Write(text)
	return err
}

func (o *outFile) close() error {
	err := errors.Join(o.w.Flush(), o.f.Close())
	o.f = nil
	return err
}

// abandon closes a file that may be open.
func (o *outFile) abandon() {
	if o != nil && o.f != nil {
		o.f.Close()
		o.f = nil
	}
}

// file writes a whole file.
func (e *exporter) file(name string, text []byte) error {
	o, err := e.create(name)
	if err != nil {
		return err
	}
	return errors.Join(o.write(text), o.close())
}
