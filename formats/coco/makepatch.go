package coco

import "slices"

// patchMember is a member of a JSON object, as it stands there.
type patchMember struct{ name, value []byte }

// quickPatch reads a patch of nothing but simple members that are set: words,
// numbers and strings without escapes. The members are appended to list. It
// reports false of everything else, whether it is a patch or not.
func quickPatch(list []patchMember, patch []byte) (members []patchMember, ok bool) {
	const most = 16 // more are compared in better ways
	if len(patch) < 2 || patch[0] != '{' {
		return list, false
	}
	for i := 1; ; i++ {
		n := simpleString(patch[i:])
		if n < 3 || patch[i+1] == patchAbsent[0] || i+n >= len(patch) || patch[i+n] != ':' {
			return list, false
		}
		name := patch[i+1 : i+n-1]
		i += n + 1
		if n = simpleValue(patch[i:]); n == 0 || i+n >= len(patch) || len(list) == most || listed(list, name) {
			return list, false
		}
		list = append(list, patchMember{name, patch[i : i+n]})
		i += n
		if patch[i] == '}' {
			return list, i == len(patch)-1
		}
		if patch[i] != ',' {
			return list, false
		}
	}
}

func listed(list []patchMember, name []byte) bool {
	return slices.ContainsFunc(list, func(m patchMember) bool { return string(m.name) == string(name) })
}

// simpleString returns the length of a string of plain ASCII at the beginning
// of b, 0 where there is none.
func simpleString(b []byte) int {
	if len(b) == 0 || b[0] != '"' {
		return 0
	}
	for i := 1; i < len(b); i++ {
		switch c := b[i]; {
		case c == '"':
			return i + 1
		case c < ' ' || c == '\\' || c > '~':
			return 0
		}
	}
	return 0
}

// simpleValue returns the length of a word, a number or a simple string.
func simpleValue(b []byte) int {
	if len(b) == 0 {
		return 0
	}
	switch b[0] {
	case '"':
		return simpleString(b)
	case 't', 'f', 'n':
		for _, word := range []string{"true", "false", "null"} {
			if len(b) >= len(word) && string(b[:len(word)]) == word {
				return len(word)
			}
		}
		return 0
	}
	return simpleNumber(b)
}

// simpleNumber returns the length of a number without exponent.
func simpleNumber(b []byte) int {
	i := 0
	if b[0] == '-' {
		i++
	}
	whole := countDigits(b[i:])
	if whole == 0 || whole > 1 && b[i] == '0' {
		return 0
	}
	if i += whole; i < len(b) && b[i] == '.' {
		decimals := countDigits(b[i+1:])
		if decimals == 0 {
			return 0
		}
		i += 1 + decimals
	}
	return i
}

func countDigits(b []byte) (n int) {
	for n < len(b) && b[n] >= '0' && b[n] <= '9' {
		n++
	}
	return n
}
