package yolo

import (
	"bufio"
	"errors"
	"os"
	"path"
	"sync"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
)

// sheet is an item of which nothing was made yet.
type sheet struct {
	record
	annotations []dataset.Annotation // that its objects are made of, unless there are objects already
}

// batch are items that are handed to another goroutine together.
type batch struct {
	sheets []sheet
	weight int
}

const (
	// maxSheets bounds the items of a batch, maxWeight what they hold.
	maxSheets = 128
	maxWeight = 1 << 14
)

func (b *batch) add(s sheet) {
	b.sheets = append(b.sheets, s)
	b.weight += len(s.annotations) + len(s.Objects)
	for _, a := range s.annotations {
		switch a := a.(type) {
		case *dataset.Polygon:
			b.weight += len(a.Points) / 16
		case *dataset.Mask:
			b.weight += len(a.RLE.Counts) / 16
		}
	}
}

func (b *batch) full() bool { return len(b.sheets) == maxSheets || b.weight >= maxWeight }

// made is what became of a batch: label files, or records where it is not known
// yet how to write them.
type made struct {
	files   *formats.SmallFiles
	records []byte
	seen    seen
	loss    formats.Loss
}

// maker makes label files.
type maker struct {
	assembler assembler
	texter    texter
}

var makers = sync.Pool{New: func() any { return &maker{} }}

// hand takes an item that is to be written.
func (e *exporter) hand(s sheet) error {
	e.waiting.add(s)
	if !e.waiting.full() {
		return nil
	}
	return e.emit()
}

// emit begins to make the label files of the items that wait for it.
func (e *exporter) emit() error {
	b := e.waiting
	if e.waiting = (batch{}); len(b.sheets) == 0 {
		return nil
	}
	if err := e.drain(2*workers.Count(e.opts.Workers) - 1); err != nil {
		return err
	}
	e.pending = append(e.pending, workers.Go(e.pool, func() (made, error) { return e.make(b.sheets) }))
	return nil
}

// make makes the label files of items, in their order.
func (e *exporter) make(sheets []sheet) (out made, err error) {
	m := makers.Get().(*maker)
	defer makers.Put(m)
	m.assembler.confidence, m.assembler.loss = e.confidence, &out.loss
	if e.spools() {
		e.makeRecords(m, sheets, &out)
		return out, nil
	}
	out.files = formats.NewSmallFiles()
	m.texter = texter{task: e.task, kpt: e.kpt, clip: e.clip, ids: e.ids, most: e.opts.Limits.WithDefaults().ImagePixels}
	for i := range sheets {
		r := &sheets[i].record
		if r.Objects == nil {
			r.Objects = m.assembler.assemble(sheets[i].annotations, r.Item)
			e.see(&out, r)
		}
		m.texter.text = out.files.Text
		if err := m.texter.record(r); err != nil {
			return out, e.errorIn(r, err)
		}
		out.files.Text = m.texter.text
		out.files.End(e.layout.label(r.Subset, r.Name))
		r.Objects = nil
	}
	out.loss.Merge(m.texter.loss)
	return out, nil
}

func (e *exporter) errorIn(r *record, err error) error {
	if err == nil {
		return nil
	}
	return &formats.Error{Format: e.format, Path: e.dir, Item: r.Name, Err: err}
}

// see notes what kinds of annotation a picture has.
func (e *exporter) see(m *made, r *record) {
	for i := range r.Objects {
		o := &r.Objects[i]
		m.seen.outline = m.seen.outline || len(o.Polygons)+len(o.Masks) > 0
		m.seen.rotated = m.seen.rotated || o.Rotated != nil
		if o.Points != nil {
			m.seen.keypoints = max(m.seen.keypoints, len(o.Points.Points)/2)
		}
		if e.info.Categories.Labels == nil {
			m.seen.bareLabel = max(m.seen.bareLabel, int(o.Label)+1)
			m.loss.Add("labels that are bare numbers, given names", r.Item, 1)
		}
	}
}

// merge adds what a batch had.
func (s *seen) merge(o seen) {
	s.outline, s.rotated = s.outline || o.outline, s.rotated || o.rotated
	s.keypoints, s.bareLabel = max(s.keypoints, o.keypoints), max(s.bareLabel, o.bareLabel)
}

// drain saves what was made, in order, until no more than most batches are
// being made.
func (e *exporter) drain(most int) error {
	for len(e.pending) > most {
		m, err := e.pending[0].Wait()
		e.pending = e.pending[1:]
		if err != nil {
			return err
		}
		e.loss.Merge(m.loss)
		e.seen.merge(m.seen)
		if m.files != nil {
			err = e.media.SaveFiles(m.files)
		} else {
			err = e.addRecords(m.records)
		}
		if err != nil {
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
