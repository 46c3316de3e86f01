package datumaro

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"datum/files"
	"datum/formats"
)

// text is a JSON text being read. A name that comes twice in an object counts
// with its last value, as for Datumaro.
type text struct {
	dec  *jsontext.Decoder
	skip int64 // bytes before the text: a byte order mark
	// broken says that the text is no JSON at some place behind which nothing
	// can be read.
	broken bool
}

var byteOrderMark = []byte("\xef\xbb\xbf")

func newText(r io.Reader) (*text, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	t := &text{}
	if front, err := b.Peek(len(byteOrderMark)); err == nil && bytes.Equal(front, byteOrderMark) {
		t.skip = int64(len(byteOrderMark))
		if _, err := b.Discard(len(byteOrderMark)); err != nil {
			return nil, err
		}
	}
	t.dec = jsontext.NewDecoder(b, jsontext.AllowDuplicateNames(true))
	return t, nil
}

// begin reads the bracket that opens an object or array.
func (t *text) begin(kind jsontext.Kind) error {
	if found := t.dec.PeekKind(); found != kind && found != jsontext.KindInvalid {
		return fmt.Errorf("want %s, found %s", kindName(kind), kindName(found))
	}
	_, err := t.dec.ReadToken()
	return err
}

// decode reads a value into v. With whole, the text stands behind the value
// even if its content is not what v needs, so that reading can go on.
func (t *text) decode(v any, whole bool) error {
	if !whole {
		return json.UnmarshalDecode(t.dec, v)
	}
	value, err := t.dec.ReadValue()
	if err != nil {
		t.broken = true
		return err
	}
	err = json.Unmarshal(value, v, jsontext.AllowDuplicateNames(true))
	var semantic *json.SemanticError
	if errors.As(err, &semantic) {
		semantic.ByteOffset += t.dec.InputOffset() - int64(len(value))
	}
	return err
}

// between reports whether the text stands between two values.
func (t *text) between() bool { return !t.broken }

// end reads the bracket that closes the whole text and requires that nothing
// follows.
func (t *text) end() error {
	if _, err := t.dec.ReadToken(); err != nil {
		return err
	}
	if _, err := t.dec.ReadToken(); err != io.EOF {
		return errors.New("text after the end of the JSON object")
	}
	return nil
}

// offset returns where in the file err, or else the value just read, is.
func (t *text) offset(err error) int64 {
	var semantic *json.SemanticError
	var syntactic *jsontext.SyntacticError
	switch {
	case errors.As(err, &syntactic):
		return t.skip + syntactic.ByteOffset
	case errors.As(err, &semantic):
		return t.skip + semantic.ByteOffset
	}
	return t.skip + t.dec.InputOffset()
}

// plain says in the words of a dataset what is wrong with its JSON.
func plain(err error) error {
	var semantic *json.SemanticError
	if !errors.As(err, &semantic) {
		if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
			return errors.New("the file ends inside the JSON text")
		}
		return err
	}
	at := ""
	if p := memberPath(semantic.JSONPointer); p != "" {
		at = p + ": "
	}
	if semantic.Err != nil {
		return fmt.Errorf("%s%w", at, semantic.Err)
	}
	return fmt.Errorf("%s%s is not expected here", at, kindName(semantic.JSONKind))
}

// memberPath drops the place of the item from a JSON pointer: "/items/3/image"
// becomes "image".
func memberPath(p jsontext.Pointer) string {
	s := strings.TrimPrefix(string(p), "/")
	if rest, ok := strings.CutPrefix(s, "items/"); ok {
		_, s, _ = strings.Cut(rest, "/")
	}
	return s
}

func kindName(k jsontext.Kind) string {
	switch k {
	case jsontext.KindBeginObject:
		return "an object"
	case jsontext.KindBeginArray:
		return "a list"
	case jsontext.KindString:
		return "a string"
	case jsontext.KindNumber:
		return "a number"
	case jsontext.KindNull:
		return "null"
	case jsontext.KindTrue, jsontext.KindFalse:
		return "a truth value"
	}
	return "a closing bracket"
}

// place fills in where in the file an error is: the line, or the byte where
// the text before it is a single line, as Datumaro writes it.
func place(e *formats.Error, folder *files.Folder, file string, offset int64) {
	f, err := folder.OpenFile(file)
	if err != nil {
		return
	}
	defer f.Close()
	line, buf, left := 1, make([]byte, 64<<10), offset
	for left > 0 {
		n, err := f.Read(buf[:min(int64(len(buf)), left)])
		line += bytes.Count(buf[:n], []byte{'\n'})
		left -= int64(n)
		if err != nil {
			break
		}
	}
	if line > 1 {
		e.Line = line
	} else {
		e.Offset = offset + 1
	}
}
