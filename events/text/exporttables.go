package text

import (
	"bufio"
	"strconv"
	"strings"
	"unicode/utf8"

	"datum/events"
)

// comma is how tables are written.
var comma = &quoting{','}

// writeCSV writes one table, in which each event has the category of its item. The
// items without an event are written into another one.
func writeCSV(e *exporter) error {
	err := e.file(e.o.Name+".csv", func(w *bufio.Writer) error {
		if _, err := w.WriteString("user,item,category,time,value\n"); err != nil {
			return err
		}
		var b []byte
		return e.each(func(ev event) error {
			b = comma.appendField(b[:0], e.Users.Names[ev.user])
			b = comma.appendField(append(b, ','), e.Items.Names[ev.item])
			b = comma.appendField(append(b, ','), e.category(ev.item, ""))
			b = strconv.AppendInt(append(b, ','), ev.time, 10)
			b = append(appendShort(append(b, ','), ev.value), '\n')
			_, err := w.Write(b)
			return err
		})
	})
	if err != nil {
		return err
	}
	return e.unusedItems()
}

// unusedItems writes the items that no event tells of.
func (e *exporter) unusedItems() error {
	if last := e.Items.Len(); last == 0 || e.Items.Counts[last] > 0 { // the rarest come last
		return nil
	}
	return e.file(e.o.Name+itemsSuffix+".csv", func(w *bufio.Writer) error {
		if _, err := w.WriteString("item,category\n"); err != nil {
			return err
		}
		var b []byte
		for i, name := range e.Items.Names {
			if i == 0 || e.Items.Counts[i] > 0 {
				continue
			}
			b = comma.appendField(b[:0], name)
			b = append(comma.appendField(append(b, ','), e.category(uint32(i), "")), '\n')
			if _, err := w.Write(b); err != nil {
				return err
			}
		}
		return nil
	})
}

// writeRecBole writes atomic files.
func writeRecBole(e *exporter) error {
	e.fit(func(name string) bool { return !strings.ContainsAny(name, "\t\n\r") && name[0] != '"' })
	e.countRecBole()
	var b []byte
	err := e.file(e.o.Name+".inter", func(w *bufio.Writer) error {
		if _, err := w.WriteString("user_id:token\titem_id:token\trating:float\ttimestamp:float\n"); err != nil {
			return err
		}
		return e.each(func(ev event) error {
			b = append(append(append(b[:0], e.Users.Names[ev.user]...), '\t'), e.Items.Names[ev.item]...)
			b = appendShort(append(b, '\t'), ev.value)
			b = strconv.AppendInt(append(b, '\t'), ev.time, 10)
			_, err := w.Write(append(b, '\n'))
			return err
		})
	})
	if err != nil {
		return err
	}
	return e.file(e.o.Name+".item", func(w *bufio.Writer) error {
		if _, err := w.WriteString("item_id:token\tcategory:token\n"); err != nil {
			return err
		}
		return e.items(w, "")
	})
}

// missingWords are words that pandas, with which RecBole reads, takes for no value.
var missingWords = map[string]bool{
	"#N/A": true, "#N/A N/A": true, "#NA": true, "-1.#IND": true, "-1.#QNAN": true, "-NaN": true, "-nan": true, "1.#IND": true, "1.#QNAN": true,
	"<NA>": true, "N/A": true, "NA": true, "NULL": true, "NaN": true, "None": true, "n/a": true, "nan": true, "null": true,
}

// countRecBole counts names that are written, and that RecBole reads as something
// else.
func (e *exporter) countRecBole() {
	for _, v := range []*events.Vocabulary{e.Users, e.Items, e.Categories} {
		for _, name := range v.Names {
			if missingWords[name] {
				e.loss.Add("names are words that RecBole takes for no name: it leaves their events out", shown([]byte(name)), 1)
			}
			if !utf8.ValidString(name) {
				e.loss.Add("names are no UTF-8, which RecBole reads files as", shown([]byte(name)), 1)
			}
		}
	}
}

// items writes a line for each item, with its category.
func (e *exporter) items(w *bufio.Writer, none string) error {
	var b []byte
	for i, name := range e.Items.Names {
		if i == 0 || e.unfitItems[uint32(i)] {
			continue
		}
		b = append(append(append(b[:0], name...), '\t'), e.category(uint32(i), none)...)
		if _, err := w.Write(append(b, '\n')); err != nil {
			return err
		}
	}
	return nil
}
