package yolo

import (
	"context"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/workers"
)

// read is an item with the notes about it.
type read struct {
	item  dataset.Item
	notes formats.Loss
	left  bool // left out, as the user wants it
}

// Items streams the items, subset after subset.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		m.run = formats.Loss{}
		if err := ctx.Err(); err != nil {
			yield(dataset.Item{}, err)
			return
		}
		for list, err := range workers.Map(ctx, workers.Count(m.opts.Workers), workers.Batches(m.each(), atOnce), m.readItems) {
			for i := range list {
				r := &list[i]
				m.run.Merge(r.notes)
				if !r.left && !yield(r.item, nil) {
					return
				}
			}
			if err != nil {
				yield(dataset.Item{}, err)
				return
			}
		}
	}
}

// readItems reads some items. One whose label file cannot be read is left out
// where the user wants it so, and ends the list where not.
func (m *importer) readItems(jobs []job) ([]read, error) {
	list := make([]read, 0, len(jobs))
	var text []byte
	for _, j := range jobs {
		r, err := m.readItem(j, &text)
		r.left = err != nil
		if err := m.opts.Bad(err); err != nil {
			return list, err
		}
		list = append(list, r)
	}
	return list, nil
}

// readItem reads the item of one picture. room is where label files are read
// into, one after the other.
func (m *importer) readItem(j job, room *[]byte) (r read, err error) {
	e := j.entry
	r.item = dataset.Item{ID: e.id(), Subset: j.part.name}
	z, problem := m.sizeOf(e)
	if e.listed != "" || e.picture != "" || z != (size{}) {
		image := &dataset.Image{File: dataset.File{Name: e.name}, Height: z.height, Width: z.width}
		if e.picture != "" {
			image.Source = formats.MediaIn(m.folder, m.format, e.picture)
		}
		r.item.Media = image
	} else {
		r.notes.Add("label files without a picture", j.part.name+"/"+e.name, 1)
	}
	if m.task == classify {
		err = m.readClass(j, &r.item)
		return r, err
	}
	if e.label == "" {
		if e.picture != "" {
			r.notes.Add("pictures without a label file, read as empty of objects", j.part.name+"/"+e.name, 1)
		}
	} else if r.item.Annotations, err = m.readLabels(j, z, problem, &r.notes, room); err != nil {
		return r, err
	}
	if z == (size{}) && problem != nil && e.picture != "" {
		r.notes.Add("pictures whose size cannot be read", j.part.name+"/"+e.name, 1)
	}
	return r, nil
}

// id is the id of the item. A picture that is known has an extension, which a
// name without one that has a dot in it does not lose.
func (e *entry) id() string {
	if e.listed == "" && e.picture == "" {
		return e.name
	}
	return stem(e.name)
}

// readLabels reads a label file.
func (m *importer) readLabels(j job, z size, problem error, notes *formats.Loss, room *[]byte) ([]dataset.Annotation, error) {
	e := j.entry
	text, err := m.folder.AppendFile((*room)[:0], e.label, m.most)
	if err != nil {
		return nil, formats.At(m.folder, m.format, e.label, err)
	}
	*room = text
	s := &shaper{task: m.task, kpt: m.kpt, width: z.width, height: z.height, clip: m.clip, notes: notes}
	s.where = j.part.name + "/" + e.id()
	plain := m.newPlainBoxes(s, text)
	var out []dataset.Annotation
	for n, fields := range eachLine(text) {
		if z == (size{}) {
			return nil, m.errorAt(e, n, m.noSize(e, problem))
		}
		if b, ok := plain.read(fields); ok {
			if out == nil {
				out = make([]dataset.Annotation, 0, cap(plain.room))
			}
			out = append(out, b)
			continue
		}
		one, err := m.readLine(s, fields)
		if err != nil {
			if err := m.opts.Bad(m.errorAt(e, n, err)); err != nil {
				return nil, err
			}
			continue
		}
		out = append(out, one...)
	}
	return out, nil
}

// readLine reads one line.
func (m *importer) readLine(s *shaper, fields [][]byte) ([]dataset.Annotation, error) {
	var l line
	if err := l.parse(fields); err != nil {
		return nil, err
	}
	label, ok := m.labels[l.class]
	if !ok {
		return nil, m.classError(l.class)
	}
	if l.decimalClass {
		s.note("class numbers written as decimals")
	}
	l.class = int(label)
	out, err := s.annotations(&l)
	if err != nil {
		return nil, err
	}
	return s.clipped(&l, out), nil
}

// noSize says why the size of a picture is not known.
func (m *importer) noSize(e *entry, problem error) error {
	var err error
	switch {
	case problem != nil:
		err = corrupt("the size of the picture cannot be read: %w", problem)
	case e.listed != "":
		err = corrupt("the size of the picture is not known: there is no %s", e.listed)
	default:
		err = corrupt("the size of the picture is not known: there is no picture for this file")
	}
	return formats.WithHint(err, "put the pictures where they belong, or list their sizes in %s, in lines like \"a.jpg\" 480 640 (the height first)", metaName)
}

// sizeOf returns the size of a picture as it is shown, from its header or else
// from images.meta, and why the header does not give it.
func (m *importer) sizeOf(e *entry) (z size, problem error) {
	if e.size != (size{}) {
		return e.size, nil
	}
	if e.picture != "" {
		z, problem = m.headerSize(e.picture)
	}
	if z == (size{}) && len(m.sizes) > 0 {
		z = m.sizes.of(e.listed, strings.TrimPrefix(e.listed, "data/"), e.name, e.id())
	}
	e.size = z
	return z, problem
}

func (m *importer) headerSize(picture string) (size, error) {
	f, err := formats.MediaIn(m.folder, m.format, picture).Open()
	if err != nil {
		return size{}, err
	}
	defer f.Close()
	got, err := imagesize.Read(f)
	if err != nil {
		return size{}, err
	}
	w, h := got.Shown()
	if w <= 0 || h <= 0 || w > maxClass || h > maxClass {
		return size{}, imagesize.ErrUnknown
	}
	return size{int32(w), int32(h)}, nil
}
