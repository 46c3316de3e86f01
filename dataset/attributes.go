package dataset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"unicode/utf8"
)

// Attribute is one named value of an item, an annotation, a subset or a
// dataset. Value is JSON text, compact and valid, kept as it was read so that
// 1, 1.0 and 18446744073709551615 all come back unchanged.
type Attribute struct {
	Name  string
	Value []byte
}

// Attributes is an ordered list of attributes with unique names. The zero
// value is an empty list.
type Attributes []Attribute

// carriedMark begins the name of a carried attribute.
const carriedMark = '@'

// CarriedName names the attribute that carries what format calls name and the
// model has no field for, as in "@coco.license".
func CarriedName(format, name string) string {
	return string(carriedMark) + format + "." + name
}

// IsCarried reports whether name was made by [CarriedName]. A carried
// attribute belongs to the file it came from, not to the user: only the format
// that made it reads it back, others neither show it nor count it as lost.
func IsCarried(name string) bool {
	if name == "" || name[0] != carriedMark {
		return false
	}
	for i := 1; i < len(name); i++ {
		switch c := name[i]; {
		case c == '.':
			return i > 1 && i+1 < len(name)
		case (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_':
			return false
		}
	}
	return false
}

// Get returns the JSON text of the attribute called name.
func (a Attributes) Get(name string) ([]byte, bool) {
	if i := a.index(name); i >= 0 {
		return a[i].Value, true
	}
	return nil, false
}

// Has reports whether there is an attribute called name.
func (a Attributes) Has(name string) bool { return a.index(name) >= 0 }

// Decode unmarshals the attribute called name into v and reports whether it
// was there and fitted.
func (a Attributes) Decode(name string, v any) bool {
	raw, ok := a.Get(name)
	return ok && json.Unmarshal(raw, v) == nil
}

// SetRaw gives the attribute called name the JSON text value, in the place of
// an older one or at the end.
func (a *Attributes) SetRaw(name string, value []byte) {
	if i := a.index(name); i >= 0 {
		(*a)[i].Value = value
		return
	}
	*a = append(*a, Attribute{Name: name, Value: value})
}

// Set gives the attribute called name the value v as JSON. It fails where v
// has no JSON form, as NaN has none.
func (a *Attributes) Set(name string, v any) error {
	raw, err := MarshalValue(v)
	if err != nil {
		return fmt.Errorf("attribute %q: %w", name, err)
	}
	a.SetRaw(name, raw)
	return nil
}

// Delete removes the attribute called name, if there is one.
func (a *Attributes) Delete(name string) {
	if i := a.index(name); i >= 0 {
		*a = slices.Delete(*a, i, i+1)
	}
}

// Split separates the user's attributes from the carried ones, each in its
// order.
func (a Attributes) Split() (user, carried Attributes) {
	for _, x := range a {
		if IsCarried(x.Name) {
			carried = append(carried, x)
		} else {
			user = append(user, x)
		}
	}
	return user, carried
}

// Clone returns a deep copy.
func (a Attributes) Clone() Attributes {
	c := slices.Clone(a)
	for i := range c {
		c[i].Value = slices.Clone(c[i].Value)
	}
	return c
}

// AppendJSON appends the attributes to dst as one JSON object, in order.
func (a Attributes) AppendJSON(dst []byte) []byte {
	dst = append(dst, '{')
	for i, x := range a {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = AppendString(dst, x.Name)
		dst = append(dst, ':')
		dst = append(dst, x.Value...)
	}
	return append(dst, '}')
}

// AppendUser appends the user's attributes to dst as one JSON object, in order;
// nothing where there are none.
func (a Attributes) AppendUser(dst []byte) []byte { return a.appendPart(dst, false) }

// AppendCarried appends the carried attributes to dst as one JSON object, in
// order; nothing where there are none.
func (a Attributes) AppendCarried(dst []byte) []byte { return a.appendPart(dst, true) }

func (a Attributes) appendPart(dst []byte, carried bool) []byte {
	before := byte('{')
	for i := range a {
		if IsCarried(a[i].Name) != carried {
			continue
		}
		dst = AppendString(append(dst, before), a[i].Name)
		dst = append(append(dst, ':'), a[i].Value...)
		before = ','
	}
	if before == ',' {
		dst = append(dst, '}')
	}
	return dst
}

// Carried returns how many of the attributes are carried ones.
func (a Attributes) Carried() int {
	n := 0
	for i := range a {
		if IsCarried(a[i].Name) {
			n++
		}
	}
	return n
}

// MarshalJSON returns the attributes as one JSON object, in order.
func (a Attributes) MarshalJSON() ([]byte, error) { return a.AppendJSON(nil), nil }

// ParseAttributes reads one JSON object. Of a repeated name the last value
// counts, as in Python's reader. Values are copied and compacted.
func ParseAttributes(text []byte) (Attributes, error) {
	var b bytes.Buffer
	b.Grow(len(text))
	if err := json.Compact(&b, text); err != nil {
		return nil, fmt.Errorf("attributes: %w", err)
	}
	object := b.Bytes()
	if object[0] != '{' {
		return nil, fmt.Errorf("attributes: want a JSON object")
	}
	var c collector
	for i := 1; object[i] != '}'; {
		if object[i] == ',' {
			i++
		}
		colon := valueEnd(object, i)
		end := valueEnd(object, colon+1)
		c.set(Attribute{Name: unquote(object[i:colon]), Value: object[colon+1 : end : end]})
		i = end
	}
	return c.list, nil
}

// collector is a list of attributes being read. Past a few names, a search of
// the list for each of them would be quadratic.
type collector struct {
	list   Attributes
	places map[string]int
}

func (c *collector) set(x Attribute) {
	const few = 16
	switch {
	case len(c.list) < few:
		c.list.SetRaw(x.Name, x.Value)
		return
	case c.places == nil:
		c.places = map[string]int{}
		for i, y := range c.list {
			c.places[y.Name] = i
		}
	}
	if i, again := c.places[x.Name]; again {
		c.list[i] = x
		return
	}
	c.places[x.Name] = len(c.list)
	c.list = append(c.list, x)
}

// valueEnd returns the index after the value that begins at i, in JSON that is
// valid and compact.
func valueEnd(b []byte, i int) int {
	for depth := 0; ; i++ {
		switch b[i] {
		case '"':
			for i++; b[i] != '"'; i++ {
				if b[i] == '\\' {
					i++
				}
			}
			if depth == 0 {
				return i + 1
			}
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
			if depth < 0 { // after a number or literal
				return i
			}
		case ',':
			if depth == 0 {
				return i
			}
		}
	}
}

func unquote(name []byte) string {
	inner := name[1 : len(name)-1]
	if bytes.IndexByte(inner, '\\') < 0 && utf8.Valid(inner) {
		return string(inner)
	}
	var s string
	if json.Unmarshal(name, &s) != nil {
		return string(inner) // not reached: the text is valid JSON
	}
	return s
}

// MarshalValue returns v as compact JSON text that leaves <, >, & and every
// character outside ASCII as they are.
func MarshalValue(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte{'\n'}), nil
}

func (a Attributes) index(name string) int {
	for i := range a {
		if a[i].Name == name {
			return i
		}
	}
	return -1
}

// isPlain reports whether a byte of a text stands for itself in a JSON string.
func isPlain(c byte) bool { return c >= ' ' && c < utf8.RuneSelf && c != '"' && c != '\\' }

const hexDigits = "0123456789abcdef"

// AppendString appends s to dst as a JSON string. Only the quote, the
// backslash and control characters are escaped, which is how Datumaro writes
// text; bytes that are not UTF-8 become U+FFFD.
func AppendString(dst []byte, s string) []byte {
	dst = append(dst, '"')
	plain := 0
	for plain < len(s) && isPlain(s[plain]) {
		plain++
	}
	dst = append(dst, s[:plain]...)
	for _, r := range s[plain:] {
		switch r {
		case '"', '\\':
			dst = append(dst, '\\', byte(r))
		case '\b':
			dst = append(dst, '\\', 'b')
		case '\t':
			dst = append(dst, '\\', 't')
		case '\n':
			dst = append(dst, '\\', 'n')
		case '\f':
			dst = append(dst, '\\', 'f')
		case '\r':
			dst = append(dst, '\\', 'r')
		default:
			if r < 0x20 {
				dst = append(dst, '\\', 'u', '0', '0', hexDigits[r>>4], hexDigits[r&15])
			} else {
				dst = append(dst, string(r)...)
			}
		}
	}
	return append(dst, '"')
}
