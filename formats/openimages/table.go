package openimages

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
)

// kind says what the rows of a table are. Annotations of an image come in this
// order.
type kind int

const (
	kindNone kind = iota
	kindImages
	kindLabels
	kindBoxes
	kindMasks
)

// table is a CSV file.
type table struct {
	name    string
	kind    kind
	subset  string // empty: its rows are about all subsets
	columns []string
	place   map[string]int
	file    files.File
}

const (
	// maxRecord bounds a row, quotes and line breaks included.
	maxRecord  = 1 << 20
	maxColumns = 200
)

// bounded ends the reading of a record that does not end.
type bounded struct {
	r    io.Reader
	left int
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, formats.Reason(formats.ErrCorrupt, "a row of more than %d bytes", maxRecord)
	}
	n, err := b.r.Read(p)
	b.left -= n
	return n, err
}

// rows reads CSV.
type rows struct {
	*csv.Reader
	in *bounded
}

func newRows(r io.Reader) *rows {
	in := &bounded{r, maxRecord}
	c := csv.NewReader(in)
	c.FieldsPerRecord, c.LazyQuotes, c.ReuseRecord = -1, true, true
	return &rows{c, in}
}

// next reads a row, which is valid until the next one is read.
func (r *rows) next() ([]string, error) {
	r.in.left = maxRecord
	row, err := r.Read()
	var p *csv.ParseError
	if errors.As(err, &p) {
		err = formats.Reason(formats.ErrCorrupt, "line %d: %w", p.Line, p.Err)
	}
	return row, err
}

// line returns the line of the row read last.
func (r *rows) line() int {
	line, _ := r.FieldPos(0)
	return line
}

// openTable opens a CSV file and says what its header means. The file stays
// open where it means something.
func openTable(f *files.Folder, name string) (*table, error) {
	file, err := f.OpenFile(name)
	if err != nil {
		return nil, err
	}
	t := &table{name: name, place: map[string]int{}, file: file}
	header, err := newRows(io.NewSectionReader(file, 0, maxRecord)).next()
	if err != nil && err != io.EOF || len(header) > maxColumns {
		file.Close()
		return t, nil
	}
	for i, c := range header {
		if i == 0 {
			c = strings.TrimPrefix(c, "\ufeff")
		}
		c = strings.TrimSpace(c)
		t.columns = append(t.columns, c)
		if _, twice := t.place[c]; !twice {
			t.place[c] = i
		}
	}
	if t.kind = t.meaning(); t.kind == kindNone {
		file.Close()
		return t, nil
	}
	t.subset = subsetOf(name)
	return t, nil
}

func (t *table) has(columns ...string) bool {
	return !slices.ContainsFunc(columns, func(c string) bool { _, ok := t.place[c]; return !ok })
}

// meaning tells tables by their columns.
func (t *table) meaning() kind {
	switch {
	case t.has("ImageID", "LabelName", "MaskPath"):
		return kindMasks
	case t.has("ImageID", "LabelName", "XMin", "XMax", "YMin", "YMax"):
		return kindBoxes
	case t.has("ImageID", "LabelName", "Confidence") && !t.has("X", "Y"):
		return kindLabels
	case t.has("ImageID", "Subset"):
		return kindImages
	}
	return kindNone
}

// get returns a field of a row, empty where it has none.
func (t *table) get(row []string, column string) string {
	if i, ok := t.place[column]; ok && i < len(row) {
		return row[i]
	}
	return ""
}

// fullList is the list of all images.
const fullList = "image_ids_and_rotation.csv"

// subsetOf returns the subset that the name of a file speaks of, or the folder
// that it is in.
func subsetOf(name string) string {
	base := path.Base(name)
	for _, middle := range []string{"-annotations-", "-images-"} {
		if before, _, ok := strings.Cut(base, middle); ok {
			if rest, ok := strings.CutPrefix(before, "oidv"); ok {
				if version, subset, ok := strings.Cut(rest, "-"); ok && strings.Trim(version, "0123456789") == "" {
					before = subset
				}
			}
			return before
		}
	}
	for _, dir := range strings.Split(path.Dir(name), "/") {
		if isSubsetName(dir) {
			return dir
		}
	}
	return ""
}

func isSubsetName(name string) bool {
	return slices.Contains([]string{"train", "training", "val", "valid", "validation", "test", "challenge2018"}, strings.ToLower(name))
}

// at reads the rows of a run.
func (t *table) at(r run) (*rows, error) {
	text := make([]byte, r.bytes)
	if _, err := t.file.ReadAt(text, r.offset()); err != nil {
		return nil, err
	}
	return newRows(bytes.NewReader(text)), nil
}
