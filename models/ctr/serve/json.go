package serve

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"sync"

	"github.com/go-json-experiment/json/jsontext"
)

// A body is {"rows": [{"user": ID, "item": ID, "category": ID, "history": [ID, …]}, …]},
// where an ID is a name or a number. It is read token by token, so that what is too much
// is noticed before it is in memory.
type body struct {
	*jsontext.Decoder
	r       *request
	scratch []byte // of names
}

var decoders = sync.Pool{New: func() any { return &body{Decoder: new(jsontext.Decoder)} }}

func readJSON(b *bytes.Buffer, r *request) error {
	d := decoders.Get().(*body)
	defer decoders.Put(d)
	d.Reset(b)
	d.r = r
	defer func() { d.r = nil }()
	if err := d.read(); err != nil {
		return asInvalid(err)
	}
	return r.done()
}

// asInvalid makes an error of the syntax one of the request. What the decoder says may
// have a part of the body in it: where it is, is enough.
func asInvalid(err error) error {
	var syntax *jsontext.SyntacticError
	switch {
	case errors.Is(err, ErrInvalid):
		return err
	case errors.Is(err, jsontext.ErrDuplicateName):
		return invalid("", "a name is there twice in an object")
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return invalid("", "the JSON ends too early")
	case errors.As(err, &syntax):
		return invalid("", "the JSON is wrong at byte %d", syntax.ByteOffset)
	}
	return invalid("", "the JSON is wrong")
}

func (d *body) read() error {
	if err := d.object("", d.field); err != nil {
		return err
	}
	if _, err := d.ReadToken(); !errors.Is(err, io.EOF) {
		return invalid("", "something is behind the JSON")
	}
	return nil
}

// object reads an object, whose fields read reads.
func (d *body) object(where string, read func(field string) error) error {
	if d.PeekKind() != '{' {
		return d.unexpected(where, "it must be an object")
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != '}' {
		name, err := d.ReadToken()
		if err != nil {
			return err
		}
		if err := read(name.String()); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// array reads an array, whose elements read reads.
func (d *body) array(where string, read func() error) error {
	if d.PeekKind() != '[' {
		return d.unexpected(where, "it must be an array")
	}
	if _, err := d.ReadToken(); err != nil {
		return err
	}
	for d.PeekKind() != ']' {
		if err := read(); err != nil {
			return err
		}
	}
	_, err := d.ReadToken()
	return err
}

// unexpected says that a value is of the wrong kind, unless the syntax is wrong.
func (d *body) unexpected(where, reason string) error {
	if d.PeekKind() == 0 {
		if _, err := d.ReadToken(); err != nil {
			return err
		}
	}
	return invalid(where, "%s", reason)
}

func (d *body) field(name string) error {
	if name != "rows" {
		return invalid("", "there is a field that is not known; the only one is rows")
	}
	return d.array("rows", d.row)
}

func (d *body) row() error {
	if d.PeekKind() == 0 {
		_, err := d.ReadToken()
		return err
	}
	if err := d.r.begin(); err != nil {
		return err
	}
	if err := d.object(at("rows", len(d.r.rows)-1), d.rowField); err != nil {
		return err
	}
	return d.r.end()
}

func (d *body) rowField(name string) error {
	switch name {
	case "user":
		return d.id(name, d.r.user)
	case "item":
		return d.id(name, d.r.item)
	case "category":
		return d.id(name, d.r.category)
	case "history":
		return d.array(d.r.field(name), d.event)
	}
	return invalid(at("rows", len(d.r.rows)-1), "there is a field that is not known; there are user, item, category and history")
}

func (d *body) event() error { return d.id("history", d.r.event) }

// id reads a name or a number.
func (d *body) id(field string, take func(id) error) error {
	value, err := d.ReadValue()
	if err != nil {
		return err
	}
	switch value.Kind() {
	case '"':
		name, err := jsontext.AppendUnquote(d.scratch[:0], value)
		if err != nil {
			return err
		}
		d.scratch = name[:0]
		return take(named(name))
	case '0':
		n, err := strconv.ParseUint(string(value), 10, 32)
		if err != nil {
			return invalid(d.r.field(field), "it is no whole number from 0 to 4294967295")
		}
		return take(numbered(n))
	}
	return invalid(d.r.field(field), "it must be a name or a number")
}

// appendAnswer writes an answer as JSON.
func appendAnswer(b []byte, a *Answer) []byte {
	b = append(b, `{"probabilities":[`...)
	for i, p := range a.Probabilities {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, float64(p), 'g', -1, 32)
	}
	b = append(b, `],"unknown":{"users":`...)
	b = strconv.AppendUint(b, uint64(a.Unknown.Users), 10)
	b = append(b, `,"items":`...)
	b = strconv.AppendUint(b, uint64(a.Unknown.Items), 10)
	b = append(b, `,"categories":`...)
	b = strconv.AppendUint(b, uint64(a.Unknown.Categories), 10)
	b = append(b, `},"shortened":`...)
	b = strconv.AppendUint(b, uint64(a.Shortened), 10)
	return append(b, "}\n"...)
}

// appendError writes an error as JSON. All of it is our own text.
func appendError(b []byte, code, message, field string) []byte {
	b = append(b, `{"error":{"code":`...)
	b = strconv.AppendQuote(b, code)
	b = append(b, `,"message":`...)
	b = strconv.AppendQuote(b, message)
	if field != "" {
		b = append(b, `,"field":`...)
		b = strconv.AppendQuote(b, field)
	}
	return append(b, "}}\n"...)
}
