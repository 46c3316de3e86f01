package cvat

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/xmltext"
)

// reader reads the elements of one item.
type reader struct {
	m    *importer
	x    *source
	job  *job
	item *dataset.Item
	// height and width are those of the picture, 0 where they are not known.
	height, width int64
	notes         *formats.Loss
}

// work reads one item.
func (m *importer) work(h *handles, j *job) (r result, err error) {
	r.item.Subset = j.subset
	if j.lone != nil {
		r.item.ID = stem(j.lone.name)
		r.item.Media = m.image(j.lone.name, j.lone.path, 0, 0)
		return r, nil
	}
	file, err := h.take(j.x)
	if err != nil {
		return r, err
	}
	defer h.free(j.x)
	d := &reader{m: m, x: j.x, job: j, item: &r.item, notes: &r.notes}
	if j.image != nil {
		err = d.image(file)
	} else {
		d.looseFrame()
	}
	for i := 0; err == nil && i < len(j.shapes); i++ {
		err = d.tracked(file, &j.shapes[i])
	}
	if err == nil {
		return r, nil
	}
	r.left = true
	return r, m.opts.Bad(j.x.at(d.start(), r.item.ID, err))
}

// start is where the item begins in the file.
func (d *reader) start() int64 {
	if d.job.image != nil {
		return d.job.image.at
	}
	if len(d.job.shapes) > 0 {
		return d.job.shapes[0].at
	}
	return 0
}

// chunk reads a piece of the file.
func chunk(file io.ReaderAt, at int64, size uint32) (*xmltext.Scanner, error) {
	text := make([]byte, size)
	if _, err := file.ReadAt(text, at); err != nil {
		if errors.Is(err, io.EOF) {
			return nil, xmltext.Errorf(at, "the file has become shorter")
		}
		return nil, err
	}
	return xmltext.Of(text, at), nil
}

// image reads an <image>.
func (d *reader) image(file io.ReaderAt) error {
	s, err := chunk(file, d.job.image.at, d.job.image.size)
	if err != nil {
		return err
	}
	e, err := first(s)
	if err != nil {
		return err
	}
	if err := d.head(e); err != nil {
		return err
	}
	for {
		t, err := s.Next()
		switch {
		case err != nil:
			return err
		case t.Kind == xmltext.End:
			return nil
		case t.Kind == xmltext.Text:
			if len(bytes.TrimSpace(t.Raw)) > 0 {
				d.notes.Add("texts between shapes ignored", d.where(), 1)
			}
			continue
		}
		shape, err := readElement(s, t, 0)
		if err != nil {
			return err
		}
		if err := d.add(shape, nil); err != nil {
			return err
		}
	}
}

// first reads the start tag of a piece.
func first(s *xmltext.Scanner) (*element, error) {
	t, err := s.Next()
	if err != nil {
		return nil, err
	}
	e := &element{at: t.At, name: t.Name}
	e.attrs, err = t.Attribs(nil)
	return e, err
}

// head takes the attributes of an <image>.
func (d *reader) head(e *element) error {
	raw, err := e.text("name")
	if err != nil {
		return err
	}
	name, err := itemName(raw)
	if err != nil {
		return err
	}
	if name != raw {
		d.notes.Add("image names written anew as plain paths with slashes", raw, 1)
	}
	d.item.ID = name
	if err := d.size(e); err != nil {
		return err
	}
	if d.job.image.id >= 0 {
		carry(&d.item.Attributes, carryID, d.job.image.id)
	}
	task, err := e.text("task_id")
	if err != nil {
		return err
	}
	if task != "" {
		carry(&d.item.Attributes, carryTask, task)
	}
	d.media(name)
	return nil
}

// What an item carries along: the number of its <image>, and its task.
var (
	carryID   = dataset.CarriedName(formatName, "id")
	carryTask = dataset.CarriedName(formatName, "task_id")
)

func (d *reader) size(e *element) error {
	for _, side := range []struct {
		name string
		to   *int64
	}{{"width", &d.width}, {"height", &d.height}} {
		if !e.has(side.name) {
			continue
		}
		n, err := e.integer(side.name, 0)
		if err != nil || n < 0 || n > maxEdge {
			return xmltext.Errorf(e.at, "the image's %s is no number of pixels", side.name)
		}
		*side.to = n
	}
	return nil
}

// maxEdge bounds the width and the height of a picture.
const maxEdge = 1<<31 - 1

// media finds the picture of an <image>. A name without the ending of a
// picture, a size or a file is that of an item without one.
func (d *reader) media(name string) {
	place, ok := d.x.picture(d.job.subset, name)
	switch {
	case ok || imagesize.IsImage(name):
		d.item.ID = stem(name)
	case d.width > 0 && d.height > 0:
	case d.x.video != "" && d.job.image.id >= 0:
		d.item.Media = d.m.videoFrame(d.x, d.job.frame)
		return
	default:
		return
	}
	d.item.Media = d.m.image(name, place, int32(d.width), int32(d.height))
}

// looseFrame makes the item of a frame that no <image> stands for.
func (d *reader) looseFrame() {
	d.item.ID = frameName(d.job.frame)
	d.width, d.height = int64(d.x.width), int64(d.x.height)
	carry(&d.item.Attributes, carryID, d.job.frame)
	if task := d.x.groups[d.job.group].task; task != "" {
		carry(&d.item.Attributes, carryTask, task)
	}
	name, place, ok := d.x.framePicture(d.job.subset, d.job.frame)
	switch {
	case ok:
		d.item.Media = d.m.image(name, place, d.x.width, d.x.height)
	case d.x.video != "" && !imagesize.IsImage(d.x.video):
		d.item.Media = d.m.videoFrame(d.x, d.job.frame)
	default:
		d.item.Media = d.m.image(d.item.ID, "", d.x.width, d.x.height)
	}
}

// tracked reads a shape of a track.
func (d *reader) tracked(file io.ReaderAt, ref *shapeRef) error {
	s, err := chunk(file, ref.at, ref.size)
	if err != nil {
		return err
	}
	t, err := s.Next()
	if err != nil {
		return err
	}
	shape, err := readElement(s, t, 0)
	if err != nil {
		return err
	}
	return d.add(shape, &d.x.tracks[ref.track])
}

// where names the item for people.
func (d *reader) where() string { return fmt.Sprintf("item %q of %s", d.item.ID, d.job.subset) }
