package kitti

import (
	"unicode/utf8"

	"datum/dataset"
	"datum/formats"
)

const carryLine = "@" + formatName + ".line"

// readBoxes reads a file of label_2.
func (im *importer) readBoxes(e *entry) ([]dataset.Annotation, error) {
	var out []dataset.Annotation
	err := formats.EachLine(im.folder, formatName, e.label, &im.opts, func(n int, text string) error {
		l, err := parseLine(text)
		label, known := im.table.index[l.label]
		switch {
		case err == nil && !utf8.ValidString(text):
			err = formats.Reason(formats.ErrCorrupt, "it is no text in UTF-8")
		case err == nil && !known:
			err = formats.Reason(formats.ErrCorrupt, "the label %q appeared while the dataset was read", l.label)
		}
		if err != nil {
			return im.opts.Bad(placed(im.folder, e.label, n, err))
		}
		b := l.box()
		b.Label = label
		if format(im.table.written[label], b) != text {
			if err := b.Attributes.Set(carryLine, text); err != nil {
				return err
			}
		}
		out = append(out, b)
		return nil
	})
	return out, err
}

// typesIn returns the types in label_2 of an item; what cannot be read is found
// out later.
func (im *importer) typesIn(j job) (types []string, err error) {
	if j.Entry.label == "" {
		return nil, nil
	}
	err = formats.EachLine(im.folder, formatName, j.Entry.label, &im.opts, func(_ int, text string) error {
		if l, err := parseLine(text); err == nil && utf8.ValidString(text) {
			types = append(types, l.label)
		}
		return nil
	})
	return types, err
}
