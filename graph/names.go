package graph

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"datum/internal/xmltext"
)

// splitNames undoes the list of names of a port, in which a comma inside a name
// is written with a backslash before it.
func splitNames(s string) []string {
	var list []string
	cur := make([]byte, 0, len(s))
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && i+1 < len(s) && s[i+1] == ',':
			cur = append(cur, ',')
			i++
		case s[i] == ',':
			list, cur = append(list, string(cur)), cur[:0]
		default:
			cur = append(cur, s[i])
		}
	}
	return append(list, string(cur))
}

// joinNames makes the list. A backslash has none before it, so that a name that
// ends in one can only be the last: OpenVINO, whose list this is, loses it
// elsewhere.
func joinNames(names []string) string {
	if len(names) == 1 && !strings.Contains(names[0], ",") {
		return names[0]
	}
	list, last := make([]string, 0, len(names)), []string(nil)
	for _, s := range names {
		s = strings.ReplaceAll(s, ",", `\,`)
		if strings.HasSuffix(s, `\`) {
			last = append(last, s)
		} else {
			list = append(list, s)
		}
	}
	return strings.Join(append(list, last...), ",")
}

// oddNames says which names the text of a model cannot hold.
func (m *Model) oddNames() error {
	var list []error
	if why := oddText(m.Name); why != "" {
		list = append(list, &Error{Err: fmt.Errorf("the name of the model %s", why)})
	}
	m.Each(func(n *Node) {
		if err := n.oddName(); err != nil {
			list = append(list, err)
		}
	})
	return errors.Join(list...)
}

// oddName says which name of a node, of an attribute or of a tensor the text of a
// model cannot hold.
func (n *Node) oddName() error {
	texts := []string{n.name, n.Type, n.Version}
	for _, a := range n.Attrs {
		texts = append(texts, a.Value)
	}
	for _, o := range n.outputs {
		texts = append(texts, o.names...)
		if ends := endsInBackslash(o.names); len(ends) > 1 {
			return nodeErrorf(n, "its output has the names %q: only one may end in a backslash", ends)
		}
	}
	for _, s := range texts {
		if why := oddText(s); why != "" {
			return nodeErrorf(n, "%q %s", xmltext.Shorten(s), why)
		}
	}
	return nil
}

func endsInBackslash(names []string) (list []string) {
	for _, s := range names {
		if strings.HasSuffix(s, `\`) {
			list = append(list, s)
		}
	}
	return list
}

// oddText says why a text cannot be written: OpenVINO cuts it at a zero byte. The
// other control characters are written as references, as it does.
func oddText(s string) string {
	switch {
	case strings.IndexByte(s, 0) >= 0:
		return "has a zero byte, at which OpenVINO would cut it"
	case !utf8.ValidString(s):
		return "is not UTF-8"
	}
	return ""
}

// unescaped is the text of an attribute. OpenVINO writes control characters as
// references, and reads them, though XML knows none such: so do we.
func unescaped(raw []byte) (string, error) {
	s, err := xmltext.Unescape(raw, true)
	if err == nil {
		return s, nil
	}
	var b strings.Builder
	rest := string(raw)
	for {
		before, behind, found := strings.Cut(rest, "&#")
		part, bad := xmltext.Unescape([]byte(before), true)
		if bad != nil {
			return "", bad
		}
		b.WriteString(part)
		if !found {
			return b.String(), nil
		}
		digits, behind, ended := strings.Cut(behind, ";")
		if !ended {
			return "", err
		}
		c, bad := strconv.ParseUint(digits, 10, 8)
		if bad != nil || c == 0 || c >= 0x20 {
			one, bad := xmltext.Unescape([]byte("&#"+digits+";"), true)
			if bad != nil {
				return "", err
			}
			b.WriteString(one)
		} else {
			b.WriteByte(byte(c))
		}
		rest = behind
	}
}
