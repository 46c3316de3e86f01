package voc

import "bytes"

// tagKind is a kind of tag of the XML files that a [usualReader] reads.
type tagKind uint8

const (
	none    tagKind = iota // something else
	opens                  // a start tag without attributes
	implied                // a start tag with implied="1"
	ends
)

// next goes to the next byte that is not blank.
func (u *usualReader) next() int {
	for u.pos < len(u.data) && (u.data[u.pos] == '\n' || u.data[u.pos] == '\t' || u.data[u.pos] == ' ' || u.data[u.pos] == '\r') {
		u.pos++
	}
	return u.pos
}

// isLetter has the bytes that the names of elements are made of.
var isLetter = func() (is [256]bool) {
	for c := 'a'; c <= 'z'; c++ {
		is[c] = true
	}
	return is
}()

var impliedEnd = []byte(` implied="1">`)

// tag reads the next tag.
func (u *usualReader) tag() (name []byte, kind tagKind) {
	rest := u.data[u.next():]
	if len(rest) < 2 || rest[0] != '<' {
		return nil, none
	}
	from, kind := 1, opens
	if rest[1] == '/' {
		from, kind = 2, ends
	}
	to := from
	for to < len(rest) && isLetter[rest[to]] {
		to++
	}
	switch {
	case to == from || to == len(rest):
		return nil, none
	case rest[to] == '>':
		u.pos += to + 1
	case kind == opens && bytes.HasPrefix(rest[to:], impliedEnd):
		u.pos += to + len(impliedEnd)
		kind = implied
	default:
		return nil, none
	}
	return rest[from:to], kind
}

// leaf reads the text of an element behind its start tag, and its end tag.
func (u *usualReader) leaf(name []byte) (text []byte, ok bool) {
	rest := u.data[u.pos:]
	n := bytes.IndexByte(rest, '<')
	if n < 0 {
		return nil, false
	}
	end := rest[n:]
	if len(end) < len(name)+3 || end[1] != '/' || end[len(name)+2] != '>' || string(end[2:len(name)+2]) != string(name) {
		return nil, false
	}
	u.pos += n + len(name) + 3
	return bytes.TrimSpace(rest[:n]), true
}

// maxSkipped is how deep elements that are skipped may lie in each other.
const maxSkipped = 8

// skip goes behind an element whose start tag was read, of elements and texts.
func (u *usualReader) skip(name []byte, depth int) bool {
	for {
		if _, ok := u.leaf(name); ok {
			return true
		}
		inner, kind := u.tag()
		if kind == ends {
			return string(inner) == string(name)
		}
		if kind == none || depth == maxSkipped || !u.skip(inner, depth+1) {
			return false
		}
	}
}
