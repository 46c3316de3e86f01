package dota

import (
	"strings"

	"datum/dataset"
	"datum/formats"
)

const (
	carryLine   = "@" + formatName + ".line"
	carryHeader = "@" + formatName + ".header"
)

// headerKeys are the lines at the beginning of a file, in their order.
var headerKeys = []string{"imagesource", "gsd"}

// isHeader tells whether a line is one of the header.
func isHeader(line string) bool {
	key, _, ok := strings.Cut(strings.TrimSpace(line), ":")
	return ok && (key == headerKeys[0] || key == headerKeys[1])
}

// headerAttributes returns the attributes that a header says, with the header
// itself where it would be written in another way.
func headerAttributes(lines []string) dataset.Attributes {
	var a dataset.Attributes
	for _, line := range lines {
		key, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		value = strings.TrimSpace(value)
		switch {
		case key == "gsd" && formats.IsNumber(value):
			a.SetRaw(key, jsonNumber(value))
		case key == "gsd" && value == "null":
			a.SetRaw(key, []byte("null"))
		default:
			a.SetRaw(key, dataset.AppendString(nil, value))
		}
	}
	if text := strings.Join(lines, "\n"); text != headerText(a) {
		a.SetRaw(carryHeader, dataset.AppendString(nil, text))
	}
	return a
}

// headerText spells the header of a file, without the last end of line.
func headerText(a dataset.Attributes) string {
	var lines []string
	for _, key := range headerKeys {
		raw, ok := a.Get(key)
		if !ok {
			continue
		}
		var text string
		if !a.Decode(key, &text) || string(raw) == "null" {
			text = string(raw)
		}
		lines = append(lines, key+":"+strings.Map(oneLine, text))
	}
	return strings.Join(lines, "\n")
}

func oneLine(r rune) rune {
	if r == '\n' || r == '\r' {
		return ' '
	}
	return r
}

// headerOf returns the header to write: the carried one where it still says the
// same.
func headerOf(a dataset.Attributes) string {
	var carried string
	if !a.Decode(carryHeader, &carried) {
		return headerText(a)
	}
	lines := strings.Split(carried, "\n")
	for _, line := range lines {
		if !isHeader(line) || strings.Contains(line, "\r") {
			return headerText(a)
		}
	}
	if again := headerAttributes(lines); headerText(again) != headerText(a) {
		return headerText(a)
	}
	return carried
}
