package formats

import (
	"strings"

	"datum/files"
)

// EachLine calls do with the lines of a text file that are not blank, without
// their ends; n counts all lines from 1 on. An error of do ends the reading.
func EachLine(f *files.Folder, format, name string, o *ImportOptions, do func(n int, text string) error) error {
	text, err := f.ReadFile(name, o.Limits.WithDefaults().RecordBytes)
	if err != nil {
		return At(f, format, name, err)
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

// IsNumber tells decimal numbers from words and from what else Go would read
// as one, such as "Inf" and "0x1".
func IsNumber(s string) bool {
	digits := false
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			digits = true
		case c != '+' && c != '-' && c != '.' && (!digits || c != 'e' && c != 'E'):
			return false
		}
	}
	return digits
}
