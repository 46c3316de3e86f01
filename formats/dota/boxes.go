package dota

import (
	"math"
	"unicode/utf8"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
)

// readLabels reads a file of labels into an item.
func (im *importer) readLabels(r *formats.Record, name string, picture *dataset.Image) error {
	width, height, known := 1.0, 1.0, true
	if im.fractions {
		width, height, known = sizeOf(picture)
	}
	var header []string
	err := formats.EachLine(im.folder, formatName, name, &im.opts, func(n int, text string) error {
		if isHeader(text) && len(r.Item.Annotations) == 0 {
			header = append(header, text)
			return nil
		}
		q, err := parseLine(text)
		label, listed := im.table.index[q.label]
		switch {
		case err == nil && !utf8.ValidString(text):
			err = formats.Reason(formats.ErrCorrupt, "it is no text in UTF-8")
		case err == nil && !listed:
			err = formats.Reason(formats.ErrCorrupt, "the label %q appeared while the dataset was read", q.label)
		case err == nil && !known:
			err = formats.WithHint(formats.Reason(formats.ErrCorrupt, "the coordinates are fractions of a picture whose size is not known"),
				"where they are pixels, say so: --dota-coordinates pixels")
		}
		if err != nil {
			return im.opts.Bad(placed(im.folder, name, n, err))
		}
		if q.difficult == "" {
			r.Notes.Add("boxes without a last field that says whether they are difficult", name, 1)
		}
		a := q.annotation(label, width, height)
		if p, ok := cornersOf(a); !im.fractions && (!ok || format(p, im.table.written[label], a.Common().Attributes) != text) {
			a.Common().Attributes.SetRaw(carryLine, dataset.AppendString(nil, text))
		}
		r.Item.Annotations = append(r.Item.Annotations, a)
		return nil
	})
	r.Item.Attributes = headerAttributes(header)
	return err
}

// sizeOf reads the size of a picture from its header.
func sizeOf(picture *dataset.Image) (width, height float64, ok bool) {
	if picture == nil {
		return 0, 0, false
	}
	size, err := imagesize.Of(&picture.File)
	if err != nil {
		return 0, 0, false
	}
	w, h := size.Shown()
	return float64(w), float64(h), true
}

// lookInto returns the labels of an item and the range of its coordinates; what
// cannot be read is found out later.
func (im *importer) lookInto(j job) (s seen, err error) {
	s.within, s.whole = true, true
	if j.Entry.label == "" {
		return s, nil
	}
	labels := map[string]bool{}
	err = formats.EachLine(im.folder, formatName, j.Entry.label, &im.opts, func(_ int, text string) error {
		q, err := parseLine(text)
		if err != nil || !utf8.ValidString(text) {
			return nil
		}
		s.files = 1
		if !labels[q.label] {
			labels[q.label] = true
			s.labels = append(s.labels, q.label)
		}
		for _, v := range q.points {
			s.within = s.within && v >= -0.5 && v <= 1.5
			s.whole = s.whole && v == math.Trunc(v)
		}
		return nil
	})
	err = im.opts.Bad(err)
	return s, err
}
