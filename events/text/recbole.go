package text

import (
	"slices"
	"strings"

	"datum/events"
	"datum/files"
	"datum/formats"
)

// findRecBole takes the one data set of a folder. Its events may lie in parts, as in
// x.part1.inter; where there is x.inter, too, that has them all.
func findRecBole(f *files.Folder, _ *events.Columns) *sources {
	s := &sources{}
	inter := named(f, ".inter")
	stems := map[string]bool{}
	for _, name := range inter {
		stem, rest, _ := strings.Cut(name, ".")
		stems[stem] = true
		if rest == "inter" || rest == "inter.gz" {
			s.events = []string{name}
		}
	}
	switch {
	case len(inter) == 0:
		s.unmet = []string{"a file called NAME.inter"}
	case len(stems) > 1:
		s.events, s.unmet = nil, []string{"to be told which of its .inter files to read (" + listed(inter) + ")"}
	case s.events == nil:
		s.events = inter
	case len(inter) > 1:
		s.why = s.events[0] + " has the events of all parts"
		s.unread = slices.DeleteFunc(inter, func(n string) bool { return n == s.events[0] })
	}
	if len(s.unmet) == 0 {
		s.atomic(f)
	}
	return s
}

// atomic looks at the header of the first file and for the other kinds.
func (s *sources) atomic(f *files.Folder) {
	const need = "a first line like user_id:token<tab>item_id:token in its .inter file"
	names, err := atomicHead(f, s.events[0])
	if err != nil || len(names) < 2 {
		s.unmet = []string{need}
		return
	}
	s.met, s.confidence = []string{need}, formats.High
	stem, _, _ := strings.Cut(s.events[0], ".")
	s.items = present(f, stem+".item")
}

// atomicHead reads the names of the columns, without their types.
func atomicHead(f *files.Folder, name string) ([]string, error) {
	var names []string
	for _, field := range splitAt(firstLine(f, name), '\t', nil, mostFields) {
		column, kind, ok := strings.Cut(string(field), ":")
		switch kind {
		case "token", "token_seq", "float", "float_seq":
		default:
			ok = false
		}
		if !ok {
			return nil, formats.WithHint(corrupt("%s in the first line is no column", shown(field)), "columns are called NAME:TYPE, the type is token, token_seq, float or float_seq, tabs are between them")
		}
		names = append(names, column)
	}
	return names, nil
}

// untyped takes the types off the names of columns.
func untyped(c events.Columns) events.Columns {
	for _, s := range []*string{&c.User, &c.Item, &c.Category, &c.Time, &c.Value} {
		*s, _, _ = strings.Cut(*s, ":")
	}
	return c
}

func readRecBole(r *reader) error {
	columns := untyped(r.o.Columns)
	items, err := r.itemColumns(&columns)
	if err != nil {
		return err
	}
	for _, name := range r.found.events {
		names, err := atomicHead(r.folder, name)
		if err != nil {
			return r.at(name, 1, err)
		}
		of := columns
		if items != nil && items.category >= 0 {
			of.Category = "" // it is one of the items
		}
		l, err := newLayout(names, &of)
		if err == nil {
			err = l.need(names, &of)
		}
		if err != nil {
			return r.at(name, 1, err)
		}
		r.dropColumns(&l, names, name)
		if err := r.atomicRows(name, &l, l.event); err != nil {
			return err
		}
	}
	if items != nil {
		if err := r.atomicRows(r.found.items[0], items, items.itemRow); err != nil {
			return err
		}
	}
	return r.atomicUsers()
}

// inEvents reports whether there is a column of a name in the first file of events.
func (r *reader) inEvents(column string) bool {
	names, err := atomicHead(r.folder, r.found.events[0])
	return err == nil && find(names, column, nil) >= 0
}

// itemColumns finds the columns of the file of items, nil where there is none.
func (r *reader) itemColumns(c *events.Columns) (*layout, error) {
	if len(r.found.items) == 0 {
		return nil, nil
	}
	name := r.found.items[0]
	names, err := atomicHead(r.folder, name)
	if err != nil {
		return nil, r.at(name, 1, err)
	}
	of := events.Columns{Item: c.Item}
	if numbered(c) {
		of.Item = "" // the number of one of the events
	}
	of.Category = c.Category
	if c.Category != "" && find(names, c.Category, nil) < 0 && r.inEvents(c.Category) {
		of.Category = NoColumn
	}
	l, err := newItemLayout(names, &of)
	if err != nil {
		return nil, r.at(name, 1, err)
	}
	r.dropColumns(&l, names, name)
	return &l, nil
}

// atomicRows reads the lines below the header, which have no quotes. A sequence of
// tokens is taken as it is written.
func (r *reader) atomicRows(name string, l *layout, row rowReader) error {
	return r.each(name, nil, func(at line, b *batch) error {
		if at.number == 1 {
			return nil
		}
		b.fields = splitAt(at.text, '\t', b.fields[:0], mostFields)
		return row(at, b.fields, b)
	})
}

// atomicUsers counts what is known of users.
func (r *reader) atomicUsers() error {
	stem, _, _ := strings.Cut(r.found.events[0], ".")
	for _, name := range present(r.folder, stem+".user", stem+".kg", stem+".link", stem+".net") {
		r.loss.Add("files dropped: a log has no place for what they hold", name, 1)
	}
	return nil
}
