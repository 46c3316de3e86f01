package text

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"datum/events"
	"datum/files"
	"datum/formats"
)

// itemsSuffix is how the name of a table of items ends, which belongs to one of
// events.
const itemsSuffix = ".items"

// tableEnds are how the names of tables end.
var tableEnds = []string{".csv", ".tsv", ".tab"}

// findCSV takes the one table of a folder, or the file that was asked for, whatever
// it is called.
func findCSV(f *files.Folder, c *events.Columns) *sources {
	s := &sources{}
	tables := named(f, tableEnds...)
	if f.Only() != "" {
		tables = []string{f.Only()}
	}
	for _, name := range tables {
		if strings.HasSuffix(tableStem(name), itemsSuffix) && f.Only() == "" {
			continue
		}
		s.events = append(s.events, name)
	}
	switch len(s.events) {
	case 0:
		s.unmet = []string{"a .csv or .tsv file"}
	case 1:
		s.items = itemTable(f, s.events[0])
		s.recognise(f, c)
	default:
		s.unmet = []string{fmt.Sprintf("to be told which of its %d tables has the events (%s)", len(s.events), listed(s.events))}
	}
	return s
}

// recognise looks at the first line of a table.
func (s *sources) recognise(f *files.Folder, c *events.Columns) {
	if f.Only() != "" {
		s.met = []string{"a .csv or .tsv file"} // nearer to what was meant than any format of pictures
	}
	_, names, err := tableHead(f, s.events[0])
	automatic := *c == (events.Columns{})
	if err != nil || automatic && !utf8.ValidString(strings.Join(names, "")) {
		s.unmet = []string{"a first line with the names of the columns"}
		return
	}
	l, err := newLayout(names, c)
	if err == nil && automatic {
		if l.user < 0 {
			s.unmet = append(s.unmet, "a column of users, among "+listed(names)+" (--user names it, or gives its number)")
		}
		if l.item < 0 {
			s.unmet = append(s.unmet, "one of items (--item)")
		}
	}
	if len(s.unmet) == 0 {
		s.met = []string{"a table with columns of users and items"}
	}
	s.confidence = formats.Medium
}

// tableStem is the name of a table without its ends.
func tableStem(name string) string {
	for _, end := range append([]string{".gz"}, tableEnds...) {
		if cut := len(name) - len(end); cut > 0 && strings.EqualFold(name[cut:], end) {
			name = name[:cut]
		}
	}
	return name
}

// itemTable returns the table of items that lies beside one of events.
func itemTable(f *files.Folder, name string) []string {
	for _, end := range tableEnds {
		if found := present(f, tableStem(name)+itemsSuffix+end); found != nil {
			return found
		}
	}
	return nil
}

// tableHead reads the names of the columns, and finds out what separates them.
func tableHead(f *files.Folder, name string) (*quoting, []string, error) {
	text := firstLines(f, name)
	if len(bytes.TrimSpace(text)) == 0 {
		return nil, nil, corrupt("it is empty")
	}
	q := &quoting{separator: separator(name, text)}
	first := bytes.TrimRight(text[:q.end(text)], "\r\n")
	fields, err := q.split(first, nil)
	if err != nil {
		return nil, nil, err
	}
	var names []string
	for _, field := range fields {
		names = append(names, strings.TrimSpace(string(field)))
	}
	return q, names, nil
}

// separator is the one of the usual characters that is most often in the first
// line.
func separator(name string, text []byte) byte {
	first, _, _ := bytes.Cut(text, []byte{'\n'})
	best, most := byte(','), 0
	if endsIn(name, ".tsv", ".tab") {
		best = '\t'
	}
	for _, c := range []byte{best, ',', '\t', ';', '|'} {
		if n := bytes.Count(first, []byte{c}); n > most {
			best, most = c, n
		}
	}
	return best
}

func readCSV(r *reader) error {
	name := r.found.events[0]
	q, names, err := tableHead(r.folder, name)
	if err != nil {
		return formats.At(r.folder, r.format, name, err)
	}
	l, err := newLayout(names, &r.o.Columns)
	if err == nil {
		err = l.need(names, &r.o.Columns)
	}
	if err != nil {
		return r.at(name, 1, err)
	}
	r.dropColumns(&l, names, name)
	if err := r.table(name, q, &l, l.event); err != nil {
		return err
	}
	for _, items := range r.found.items {
		if err := r.itemTable(items); err != nil {
			return err
		}
	}
	return nil
}

// dropColumns counts the columns of a file that are not read.
func (r *reader) dropColumns(l *layout, names []string, file string) {
	for i, name := range names {
		if slices.Contains([]int{l.user, l.item, l.category, l.time, l.value}, i) {
			continue
		}
		if l.bare {
			name = strconv.Itoa(i + 1)
		}
		r.loss.Add("columns dropped: a log has no place for them", file+": "+bare(name), 1)
	}
}

// rowReader takes the fields of a row.
type rowReader func(at line, fields [][]byte, b *batch) error

// table reads the rows below the names of the columns.
func (r *reader) table(name string, q *quoting, l *layout, row rowReader) error {
	return r.each(name, q, func(at line, b *batch) error {
		if !l.bare && at.number == 1 {
			return nil
		}
		var err error
		if b.fields, err = q.split(at.text, b.fields[:0]); err != nil {
			return err
		}
		err = row(at, b.fields, b)
		if err != nil && at.number == 1 {
			return formats.WithHint(err, "columns that are given by numbers have no line of names above them; where there is one, give names")
		}
		return err
	})
}

// itemTable reads what is known of items without events.
func (r *reader) itemTable(name string) error {
	q, names, err := tableHead(r.folder, name)
	if err != nil {
		return formats.At(r.folder, r.format, name, err)
	}
	l, err := newItemLayout(names, &events.Columns{})
	if err != nil {
		return r.at(name, 1, err)
	}
	r.dropColumns(&l, names, name)
	return r.table(name, q, &l, l.itemRow)
}

// itemRow takes the item of a row.
func (l *layout) itemRow(at line, fields [][]byte, b *batch) error {
	if len(fields) != l.width {
		return corrupt("%d fields, and there are %d columns", len(fields), l.width)
	}
	var category []byte
	if l.category >= 0 {
		category = fields[l.category]
	}
	b.item(at, fields[l.item], category)
	return nil
}
