package ade20k

import (
	"strconv"
	"strings"

	"datum/formats"
)

// parseText reads x_atr.txt of the 2017 layout: a line for each object, of six
// columns between number signs.
func parseText(name string, content []byte, bad badRecord) (*record, error) {
	r := &record{}
	seen := map[[2]int64]bool{}
	line := 0
	for text := range strings.Lines(string(r.text(name, content))) {
		line++
		if strings.TrimSpace(text) == "" {
			continue
		}
		o, err := parseLine(text)
		if err == nil {
			if key := [2]int64{int64(o.level), o.id}; seen[key] {
				err = formats.Reason(formats.ErrCorrupt, "the number %d comes twice at part level %d", o.id, o.level)
			} else {
				seen[key] = true
			}
		}
		if err != nil {
			if err := bad(line, err); err != nil {
				return nil, err
			}
			r.skipped++
			continue
		}
		r.objects = append(r.objects, o)
	}
	r.found = true
	return r, nil
}

// columns are number, part level, occluded, class, the annotator's name, and
// attributes in quotes.
const columns = 6

// parseLine reads a line such as
//
//	002 # 0 # 1 # person, individual # person # "walking, old"
func parseLine(text string) (*object, error) {
	fields := strings.Split(text, "#")
	if len(fields) > columns { // one that is part of a name has no blanks around it
		fields = strings.Split(text, " # ")
	}
	if len(fields) != columns {
		return nil, formats.Reason(formats.ErrCorrupt, "the line has %d columns between #, want %d", len(fields), columns)
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	o := &object{class: fields[3], raw: fields[4], number: noNumber}
	var err error
	if o.id, err = strconv.ParseInt(fields[0], 10, 32); err != nil || o.id < 0 {
		return nil, formats.Reason(formats.ErrCorrupt, "the number of the object is %q", fields[0])
	}
	if o.level, err = strconv.Atoi(fields[1]); err != nil || o.level < 0 || o.level > maxLevel {
		return nil, formats.Reason(formats.ErrCorrupt, "the part level is %q, want a number up to %d", fields[1], maxLevel)
	}
	if fields[2] != "0" && fields[2] != "1" {
		return nil, formats.Reason(formats.ErrCorrupt, "the column for occluded is %q, want 0 or 1", fields[2])
	}
	hidden := fields[2] == "1"
	o.occluded = &hidden
	if o.raw == "" && o.class == "" {
		return nil, formats.Reason(formats.ErrCorrupt, "the object has no name")
	}
	o.words, err = parseWords(fields[5])
	return o, err
}

// parseWords reads attributes: words between commas, all of them in quotes.
func parseWords(text string) ([]string, error) {
	if len(text) < 2 || text[0] != '"' || text[len(text)-1] != '"' {
		return nil, formats.Reason(formats.ErrCorrupt, "the attributes are %s, want them in quotes", text)
	}
	return splitWords(text[1 : len(text)-1]), nil
}

func splitWords(text string) (words []string) {
	for w := range strings.SplitSeq(text, ",") {
		if w = strings.TrimSpace(w); w != "" {
			words = append(words, w)
		}
	}
	return words
}
