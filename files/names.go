package files

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// Bounds of a name in an archive. Every folder in a name costs memory, so that
// short names with many of them would make a small archive a large index.
const (
	maxNameBytes = 4096
	maxNameDeep  = 64
)

// entryName checks the name of an entry of an archive and returns it as one of
// a tree. folder says that only a folder can be called so.
func entryName(name string) (clean string, folder bool, err error) {
	if err := plainText(name); err != nil {
		return "", false, err
	}
	clean = strings.TrimPrefix(name, "./")
	if clean == "" && name != "" || clean == "." {
		return ".", true, nil
	}
	if drive(clean) {
		return "", false, fmt.Errorf("%w: the name has a drive letter", ErrLeaves)
	}
	clean, folder = strings.CutSuffix(clean, "/")
	deep := 0
	for element := range strings.SplitSeq(clean, "/") {
		if err := nameElement(element, deep == 0); err != nil {
			return "", false, err
		}
		if deep++; deep > maxNameDeep {
			return "", false, fmt.Errorf("%w: more than %d folders in each other", ErrLimit, maxNameDeep)
		}
	}
	return clean, folder, nil
}

func plainText(name string) error {
	switch {
	case len(name) > maxNameBytes:
		return fmt.Errorf("%w: the name has more than %d bytes", ErrLimit, maxNameBytes)
	case !utf8.ValidString(name):
		return fmt.Errorf("%w: the name is not UTF-8", ErrArchive)
	case strings.Contains(name, "\x00"):
		return fmt.Errorf("%w: the name has a NUL", ErrArchive)
	case strings.Contains(name, `\`):
		return fmt.Errorf("%w: the name has a backslash", ErrLeaves)
	}
	return nil
}

func nameElement(element string, first bool) error {
	switch {
	case element == "" && first:
		return fmt.Errorf("%w: the name is empty or absolute", ErrLeaves)
	case element == "" || element == ".":
		return fmt.Errorf("%w: the name has an element %q", ErrArchive, element)
	case element == "..":
		return fmt.Errorf(`%w: the name has ".."`, ErrLeaves)
	}
	return nil
}

// drive reports whether a name begins as "C:" does.
func drive(name string) bool {
	if len(name) < 2 || name[1] != ':' {
		return false
	}
	c := name[0] | 0x20
	return 'a' <= c && c <= 'z'
}

// splitName cuts a clean name into its folder and the last element, without
// copying.
func splitName(name string) (dir, base string) {
	if i := strings.LastIndexByte(name, '/'); i >= 0 {
		return name[:i], name[i+1:]
	}
	return ".", name
}
