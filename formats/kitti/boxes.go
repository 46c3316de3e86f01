package kitti

import (
	"strings"
	"unicode/utf8"

	"datum/dataset"
	"datum/formats"
)

const carryLine = "@" + formatName + ".line"

// readBoxes reads a file of label_2.
func (im *importer) readBoxes(e *entry) ([]dataset.Annotation, error) {
	var out []dataset.Annotation
	err := im.eachLine(e.label, func(n int, text string) error {
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

// typesOf returns the types in a file; what cannot be read is found out later.
func (im *importer) typesOf(name string) (types []string, err error) {
	err = im.eachLine(name, func(_ int, text string) error {
		if l, err := parseLine(text); err == nil && utf8.ValidString(text) {
			types = append(types, l.label)
		}
		return nil
	})
	return types, err
}

// eachLine calls do with the lines of a file that are not empty.
func (im *importer) eachLine(name string, do func(n int, text string) error) error {
	text, err := im.folder.ReadFile(name, im.limits.RecordBytes)
	if err != nil {
		return im.opts.Bad(formats.At(im.folder, formatName, name, err))
	}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := do(n, line); err != nil {
			return err
		}
	}
	return nil
}
