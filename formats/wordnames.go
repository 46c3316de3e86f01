package formats

import (
	"fmt"
	"strings"
	"unicode"
)

// WordNames returns names without blanks, each different, for formats whose
// lines are words. A name that is a word stays as it is where it is the first of
// its kind. What a list of names gives is always the same, so that a reader
// knows what a writer did.
func WordNames(names []string) []string {
	used, seen := map[string]bool{}, map[string]bool{}
	for _, name := range names {
		used[name] = used[name] || word(name) == name
	}
	out := make([]string, len(names))
	for i, real := range names {
		name := word(real)
		if name != real || seen[name] {
			for n := 2; used[name]; n++ {
				name = fmt.Sprintf("%s_%d", word(real), n)
			}
		}
		used[name], seen[name], out[i] = true, true, name
	}
	return out
}

// word replaces each blank of a name.
func word(name string) string {
	if name == "" {
		return "_"
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return '_'
		}
		return r
	}, name)
}
