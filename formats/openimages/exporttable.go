package openimages

import (
	"encoding/csv"
	"encoding/json"
	"slices"

	"datum/dataset"
)

// outTable is a CSV file being written.
type outTable struct {
	kind    kind
	columns []string
	csv     *csv.Writer
	row     []string
}

// names end the names of tables.
var names = map[kind]string{
	kindImages: "-images-with-rotation.csv",
	kindLabels: "-annotations-human-imagelabels.csv",
	kindBoxes:  "-annotations-bbox.csv",
	kindMasks:  "-annotations-object-segmentation.csv",
}

// table returns a table of a subset, made on first use.
func (e *exporter) table(s *outSubset, k kind) (*outTable, error) {
	if t := s.tables[k]; t != nil {
		return t, nil
	}
	out, err := e.create(s.name + names[k])
	if err != nil {
		return nil, err
	}
	t := &outTable{kind: k, columns: columnsFor(s.info, k), csv: csv.NewWriter(out)}
	s.tables[k] = t
	return t, t.csv.Write(t.columns)
}

// columnsFor returns the columns of a table: those of the source, if it was one
// of this format, and what is missing there.
func columnsFor(s *dataset.Subset, k kind) []string {
	name, usual := columnsOf(k)
	var columns []string
	if s == nil || !s.Attributes.Decode(name, &columns) || len(columns) > maxColumns/2 {
		return usual
	}
	for _, c := range understood[k] {
		if !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
	}
	t := table{place: map[string]int{}}
	for i, c := range columns {
		t.place[c] = i
	}
	if t.meaning() != k || len(t.place) != len(columns) {
		return usual
	}
	return columns
}

// write writes a row: the values given, and the columns that are carried.
func (t *outTable) write(carried dataset.Attributes, values map[string]string) error {
	var columns map[string]string
	if text, ok := carried.Get(carryRow); !ok || json.Unmarshal(text, &columns) != nil {
		columns = nil
	}
	t.row = t.row[:0]
	for _, c := range t.columns {
		v, ok := values[c]
		if !ok && !slices.Contains(understood[t.kind], c) {
			v = columns[c]
		}
		t.row = append(t.row, v)
	}
	return t.csv.Write(t.row)
}

func (t *outTable) flush() error {
	t.csv.Flush()
	return t.csv.Error()
}
