package voc

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// list is a file of ImageSets: the names of a subset, or the flags of a class.
type list struct {
	task, name, path string
	refs             []int32 // entries
	flags            []int8  // of each, noFlag where it has none
	columns          int     // the most fields of a line besides the name
}

// noFlag stands for a line without -1, 0 or 1 at its end.
const noFlag int8 = -2

// loadLists reads the files of ImageSets.
func (p *part) loadLists(f *files.Folder, notes *formats.Loss, most int64) error {
	if p.sets == "" {
		return nil
	}
	if _, err := f.ReadDir(p.sets); err != nil {
		return at(f, p.sets, "", err)
	}
	folders := foldersIn(f, p.sets)
	for _, task := range tasks {
		dir := pick(f, p.sets, folders, []string{strings.ToLower(task)})
		if dir == "" {
			continue
		}
		names, err := f.ReadDir(dir)
		if err != nil {
			return at(f, dir, "", err)
		}
		for _, n := range names {
			if n.IsDir() || !strings.EqualFold(path.Ext(n.Name()), ".txt") {
				continue
			}
			l := &list{task: task, path: path.Join(dir, n.Name())}
			l.name = strings.TrimSuffix(n.Name(), path.Ext(n.Name()))
			if err := p.readList(f, notes, l, most); err != nil {
				return err
			}
			p.lists = append(p.lists, l)
		}
	}
	return nil
}

// readList reads one file.
func (p *part) readList(f *files.Folder, notes *formats.Loss, l *list, most int64) error {
	text, err := f.ReadFile(l.path, most)
	if err == nil {
		text, err = checkUTF8(text)
	}
	if err != nil {
		return at(f, l.path, "", err)
	}
	for row := range bytes.Lines(text) {
		row = bytes.TrimSpace(row)
		if len(row) == 0 {
			continue
		}
		ref, rest, ok := p.listed(row, notes, l.path)
		if !ok {
			continue // a comment
		}
		fields := bytes.Fields(rest)
		l.columns = max(l.columns, len(fields))
		l.refs = append(l.refs, ref)
		l.flags = append(l.flags, flagOf(fields))
	}
	return nil
}

func flagOf(fields [][]byte) int8 {
	if len(fields) > 0 {
		switch string(fields[len(fields)-1]) {
		case "1", "+1":
			return 1
		case "0":
			return 0
		case "-1":
			return -1
		}
	}
	return noFlag
}

// listed returns the entry that a line names, and the rest of the line. A name
// with spaces in it is in quotes, or known.
func (p *part) listed(row []byte, notes *formats.Loss, list string) (ref int32, rest []byte, ok bool) {
	if row[0] == '"' {
		var name string
		dec := json.NewDecoder(bytes.NewReader(row))
		if dec.Decode(&name) == nil {
			return p.known(name, notes, list), row[dec.InputOffset():], true
		}
	}
	if i, ok := p.byID[string(row)]; ok {
		return i, nil, true
	}
	if row[0] == '#' {
		return 0, nil, false
	}
	end := bytes.IndexAny(row, " \t")
	if end < 0 {
		return p.known(string(row), notes, list), nil, true
	}
	if i, ok := p.find(string(row)); ok {
		return i, nil, true
	}
	for e := bytes.LastIndexAny(row, " \t"); e > end; e = bytes.LastIndexAny(row[:e], " \t") {
		if i, ok := p.byID[string(bytes.TrimSpace(row[:e]))]; ok {
			return i, row[e:], true
		}
	}
	return p.known(string(row[:end]), notes, list), row[end:], true
}

// known returns the entry for a name in a list: the one of that name, or what
// is left when folders and extension are taken away; else a new one, of which
// there is no file.
func (p *part) known(name string, notes *formats.Loss, list string) int32 {
	if i, ok := p.byID[name]; ok {
		return i
	}
	plain := strings.ReplaceAll(name, `\`, "/")
	if imagesize.IsImage(plain) || isXML(plain) {
		plain = strings.TrimSuffix(plain, path.Ext(plain))
	}
	if i, ok := p.find(plain); ok {
		notes.Add("names in lists that are not quite those of the files", list+": "+name, 1)
		return i
	}
	plain = strings.TrimPrefix(path.Clean("/"+plain), "/")
	if plain == "" {
		plain = "_"
	}
	p.entry(plain)
	return p.byID[plain]
}

// isClassList tells from its content whether a list has the flags of a class:
// each line ends with one, and there is nothing else in it.
func (l *list) isClassList() bool {
	return l.task == taskMain && l.columns == 1 && !slices.Contains(l.flags, noFlag)
}

// isActionList tells whether a list has the flags of an action, of which the
// XML files tell as well: its lines have an object's number and a flag.
func (l *list) isActionList() bool { return l.task == taskAction && l.columns >= 2 }

// classOf splits the name of a list of flags into a label and a subset. The
// label is one that is known, or the subset has a list of its own; the longest
// such label counts.
func classOf(name string, isLabel, isSubset func(string) bool) (label, subset string, ok bool) {
	best := 0
	for i := len(name) - 1; i > 0; i-- {
		if name[i] != '_' || i == len(name)-1 {
			continue
		}
		grade := 1
		if isLabel(name[:i]) {
			grade += 1
		}
		if isSubset(name[i+1:]) {
			grade += 2
		}
		if grade > best {
			best, label, subset = grade, name[:i], name[i+1:]
		}
	}
	return label, subset, best > 0
}

// appendLine appends a name that is all there is to its line, or all but a
// flag. Datumaro takes such a line as it is, so that a name with spaces in it
// goes without quotes where it can.
func appendLine(dst []byte, name string) []byte {
	if isName(name) && !strings.ContainsAny(name, "\t\r\n\v\f\"\\\u0085\u2028\u2029") && name[0] != '#' && strings.TrimSpace(name) == name {
		return append(dst, name...)
	}
	return appendListName(dst, name)
}

// appendListName appends a name as a list has it whose lines go on.
func appendListName(dst []byte, name string) []byte {
	if isName(name) && !strings.ContainsAny(name, " \t\n\"\\") && name[0] != '#' && len(strings.Fields(name)) == 1 {
		return append(dst, name...)
	}
	return append(dst, quote(name)...)
}
