package ade20k

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"

	"datum/formats"
)

// reader goes through a JSON text that is known to be valid.
type reader struct {
	dec  *json.Decoder
	text []byte
	line int // of the byte at
	at   int
}

func newReader(text []byte) (*reader, error) {
	var all json.RawMessage
	if err := json.Unmarshal(text, &all); err != nil {
		line := 1
		var syntax *json.SyntaxError
		if errors.As(err, &syntax) {
			line += bytes.Count(text[:min(int(syntax.Offset), len(text))], []byte{'\n'})
		}
		return &reader{line: line}, formats.Reason(formats.ErrCorrupt, "no JSON: %w", err)
	}
	return &reader{dec: json.NewDecoder(bytes.NewReader(text)), text: text, line: 1}, nil
}

// peek returns the first byte of the next value, and moves line to it.
func (r *reader) peek() byte {
	i := int(r.dec.InputOffset())
	for i < len(r.text) && bytes.IndexByte([]byte(" \t\r\n,:"), r.text[i]) >= 0 {
		i++
	}
	if i >= len(r.text) {
		return 0
	}
	r.line += bytes.Count(r.text[r.at:i], []byte{'\n'})
	r.at = i
	return r.text[i]
}

// members calls do for each member of the object that comes next; do reads the
// value.
func (r *reader) members(what string, do func(name string) error) error {
	if r.peek() != '{' {
		return formats.Reason(formats.ErrCorrupt, "%s is no JSON object", what)
	}
	return r.inside(func() error {
		name, err := r.dec.Token()
		if err != nil {
			return err
		}
		return do(name.(string))
	})
}

// inside goes through a list or an object.
func (r *reader) inside(do func() error) error {
	if _, err := r.dec.Token(); err != nil {
		return err
	}
	for r.dec.More() {
		if err := do(); err != nil {
			return err
		}
	}
	_, err := r.dec.Token()
	return err
}

// value returns the next value, after which line is where it began.
func (r *reader) value() (json.RawMessage, error) {
	r.peek()
	var raw json.RawMessage
	err := r.dec.Decode(&raw)
	return raw, err
}

// parseJSON reads x.json of the 2020 layout.
func parseJSON(name string, content []byte, bad badRecord) (*record, error) {
	r := &record{}
	in, err := newReader(r.text(name, content))
	if err == nil {
		err = in.members("the file", func(member string) error {
			if member == "annotation" {
				r.found = true
				return in.members(`"annotation"`, func(member string) error { return r.member(in, member, bad) })
			}
			raw, err := in.value()
			r.beside.SetRaw(member, compact(raw))
			return err
		})
	}
	if err == nil && !r.found {
		err = formats.Reason(formats.ErrCorrupt, `it has no "annotation"`)
	}
	if err != nil {
		var placed *formats.Error
		if errors.As(err, &placed) {
			return nil, err // of one record
		}
		if err := bad(in.line, err); err != nil {
			return nil, err
		}
		return &record{found: r.found, broken: true}, nil
	}
	return r, nil
}

// member reads a member of "annotation".
func (r *record) member(in *reader, name string, bad badRecord) error {
	if name == "object" {
		if in.peek() == '[' {
			return in.inside(func() error { return r.object(in, bad) })
		}
		return r.object(in, bad)
	}
	raw, err := in.value()
	if err != nil {
		return err
	}
	switch name {
	case "scene":
		if len(listOf(raw)) > 0 {
			r.scene = compact(raw)
		}
	case "imsize":
		if v, ok := floatsOf(raw); ok && len(v) >= 2 && isSize(v[0]) && isSize(v[1]) {
			r.height, r.width = int32(v[0]), int32(v[1])
		}
	}
	r.rest.SetRaw(name, compact(raw))
	return nil
}

func isSize(v float64) bool { return v >= 1 && v <= math.MaxInt32 && v == math.Trunc(v) }

// object reads one object.
func (r *record) object(in *reader, bad badRecord) error {
	raw, err := in.value()
	if err != nil {
		return err
	}
	o, err := parseObject(raw, len(r.objects))
	if err != nil {
		return bad(in.line, err)
	}
	if o != nil {
		r.objects = append(r.objects, o)
	}
	return nil
}
