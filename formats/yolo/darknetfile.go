package yolo

import (
	"bytes"
	"fmt"
	"strings"

	"datum/formats"
)

// darknet is the content of an obj.data file.
type darknet struct {
	names   string // path of the list of names
	classes string
	subsets []listed
}

// listed is a key of a configuration and the files or folders that it names.
type listed struct {
	key    string
	values []string
}

// darknetKeys are keys that name no subset.
var darknetKeys = map[string]bool{
	"classes": true, "names": true, "backup": true, "labels": true, "eval": true, "results": true, "top": true, "tree": true,
	"map": true, "leaves": true, "hierarchy": true, "difficult": true,
}

// parseDarknet reads lines of key = value. It reports false for a text that
// has none of the keys which every such file has.
func parseDarknet(text []byte) (d darknet, ok bool) {
	for _, raw := range textLines(text) {
		key, value, found := strings.Cut(raw, "=")
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if !found || strings.HasPrefix(key, "#") || key == "" {
			continue
		}
		switch {
		case key == "names":
			d.names, ok = value, true
		case key == "classes":
			d.classes = value
		case darknetKeys[key]:
		default:
			d.subsets = append(d.subsets, listed{key, []string{value}})
			ok = ok || key == "train" || key == "valid"
		}
	}
	return d, ok
}

// textLines returns the lines of a text without blanks around them.
func textLines(text []byte) []string {
	text = bytes.TrimPrefix(text, byteOrderMark)
	var out []string
	for len(text) > 0 {
		var one []byte
		one, text = cutLine(text)
		out = append(out, string(bytes.TrimSpace(one)))
	}
	return out
}

// parseNames reads a list of names, one a line. The number of a class is the
// number of its line, so that a blank line is a class as well.
func parseNames(text []byte, where string, notes *formats.Loss) []string {
	names := textLines(text)
	for len(names) > 0 && names[len(names)-1] == "" {
		names = names[:len(names)-1]
	}
	for i := range names {
		if names[i] == "" {
			names[i] = className(i)
			notes.Add("blank lines in a list of class names, read as classes all the same", fmt.Sprintf("%s:%d", where, i+1), 1)
		}
	}
	return names
}

// className names a class that has only a number.
func className(id int) string { return fmt.Sprintf("class_%d", id) }
