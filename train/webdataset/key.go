package webdataset

import (
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"datum/dataset"
)

// Key returns the key of an item, see the package comment.
func Key(it *dataset.Item) string {
	b := appendEscaped(nil, it.Subset, "/")
	if len(b) > 0 && b[0] == '_' { // webdataset leaves out what begins like __meta__
		b = append([]byte("%5F"), b[1:]...)
	}
	b = appendEscaped(append(b, '/'), it.ID, "")
	if it.Media != nil {
		if ext := path.Ext(it.Media.Main().Name); ext != ".jpg" {
			b = appendEscaped(append(b, '~'), strings.TrimPrefix(ext, "."), "/")
		}
	}
	return string(b)
}

// appendEscaped appends text with the bytes that mean something in a key, and
// those in also, as %XX.
func appendEscaped(b []byte, text, also string) []byte {
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		if r == utf8.RuneError && n == 1 || strings.ContainsRune(`.%~\`, r) || unicode.IsControl(r) || strings.ContainsRune(also, r) {
			for _, c := range []byte(text[:n]) {
				const digits = "0123456789ABCDEF"
				b = append(b, '%', digits[c>>4], digits[c&15])
			}
		} else {
			b = append(b, text[:n]...)
		}
		text = text[n:]
	}
	return b
}

// extension returns what a media file is called behind its key.
func extension(name string) string {
	ext := strings.ToLower(strings.TrimPrefix(path.Ext(name), "."))
	switch ext {
	case "jpeg", "jpe", "jfif":
		return "jpg"
	case "", "json", "cls":
		return "bin"
	}
	for _, c := range []byte(ext) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') {
			return "bin"
		}
	}
	return ext
}
