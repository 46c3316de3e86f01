package labelme

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
	"datum/formats"
)

// document is an annotation file.
type document struct {
	version    string
	flags      dataset.Attributes
	attributes dataset.Attributes
	shapes     []rawShape
	imagePath  string
	hasData    bool
	height     int32
	width      int32
	other      dataset.Attributes // members that the format does not define
	xml        bool
}

// rawShape is a shape as it stands in the file, at an offset of it.
type rawShape struct {
	at   int64
	text jsontext.Value
}

// placed is an error at an offset of a file.
type placed struct {
	at  int64
	err error
}

func (p *placed) Error() string { return p.err.Error() }
func (p *placed) Unwrap() error { return p.err }

func badAt(at int64, format string, args ...any) error {
	return &placed{at, formats.Reason(formats.ErrCorrupt, format, args...)}
}

// errNotOurs says that a JSON file is none of LabelMe's.
var errNotOurs = errors.New("no file of LabelMe")

// parseJSON reads a file. The bytes of a picture in it stay where they are.
func parseJSON(text []byte, notes *noter) (*document, error) {
	if rest, marked := bytes.CutPrefix(text, byteOrderMark); marked {
		notes.add("byte order marks at the beginning of a file")
		text = append([]byte("   "), rest...) // offsets stay what they are
	}
	p := &parser{dec: jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true)), notes: notes, doc: &document{}}
	if err := p.object(); err != nil {
		return nil, p.placed(err)
	}
	if _, err := p.dec.ReadToken(); err == nil {
		return nil, badAt(p.dec.InputOffset(), "there is more behind the JSON object")
	}
	if !p.shapes || !p.beside {
		return p.doc, errNotOurs
	}
	return p.doc, nil
}

// parser reads one file.
type parser struct {
	dec   *jsontext.Decoder
	notes *noter
	doc   *document
	// shapes and beside say that there were shapes, and one of the members
	// that no other format has beside them.
	shapes, beside bool
}

// placed gives an error of the JSON reader its offset.
func (p *parser) placed(err error) error {
	var at *placed
	if errors.As(err, &at) {
		return err
	}
	var syntax *jsontext.SyntacticError
	offset := p.dec.InputOffset()
	if errors.As(err, &syntax) {
		offset = syntax.ByteOffset
		if syntax.Err != nil {
			err = syntax.Err
		}
	}
	return badAt(offset, "no JSON: %w", err)
}

func (p *parser) object() error {
	t, err := p.dec.ReadToken()
	if err != nil {
		return err
	}
	if t.Kind() != jsontext.KindBeginObject {
		return errNotOurs
	}
	for p.dec.PeekKind() == jsontext.KindString {
		t, err := p.dec.ReadToken()
		if err != nil {
			return err
		}
		name := t.String()
		if name == "shapes" && p.dec.PeekKind() == jsontext.KindBeginArray {
			if err := p.list(); err != nil {
				return err
			}
			continue
		}
		value, err := p.dec.ReadValue()
		if err != nil {
			return err
		}
		p.member(name, value)
	}
	_, err = p.dec.ReadToken()
	return err
}

// list reads the shapes.
func (p *parser) list() error {
	p.shapes, p.doc.shapes = true, nil
	if _, err := p.dec.ReadToken(); err != nil {
		return err
	}
	for p.dec.PeekKind() != jsontext.KindEndArray {
		value, err := p.dec.ReadValue()
		if err != nil {
			return err
		}
		at := p.dec.InputOffset() - int64(len(value))
		p.doc.shapes = append(p.doc.shapes, rawShape{at, value.Clone()})
	}
	_, err := p.dec.ReadToken()
	return err
}

// member takes a member other than the shapes. What is of another type than it
// should be counts as missing.
func (p *parser) member(name string, value jsontext.Value) {
	isNull := value.Kind() == jsontext.KindNull
	ok := true
	switch name {
	case "version":
		p.beside = true
		ok = json.Unmarshal(value, &p.doc.version) == nil
	case "flags":
		p.doc.flags, ok = readObject(value)
	case "attributes":
		p.doc.attributes, ok = readObject(value)
	case "imagePath":
		p.beside = true
		ok = json.Unmarshal(value, &p.doc.imagePath) == nil
	case "imageData":
		p.beside = true
		p.doc.hasData = value.Kind() == jsontext.KindString && len(value) > 2
	case "imageHeight":
		p.doc.height, ok = pixels(value)
	case "imageWidth":
		p.doc.width, ok = pixels(value)
	default:
		p.doc.other.SetRaw(name, compact(value))
	}
	if !ok && !isNull {
		p.notes.add(fmt.Sprintf("values of %s that are of another type and ignored", name))
	}
}

func readObject(value jsontext.Value) (dataset.Attributes, bool) {
	if value.Kind() != jsontext.KindBeginObject {
		return nil, false
	}
	a, err := dataset.ParseAttributes(value)
	return a, err == nil
}

func compact(value []byte) []byte {
	var b bytes.Buffer
	if json.Compact(&b, value) != nil {
		return []byte("null")
	}
	return b.Bytes()
}

// pixels reads a width or height, which some tools write as 100.0.
func pixels(value []byte) (int32, bool) {
	var v float64
	if json.Unmarshal(value, &v) != nil || v < 0 || v != float64(int32(v)) {
		return 0, false
	}
	return int32(v), true
}

// noter counts what is tolerated in one file.
type noter struct {
	loss  *formats.Loss
	where string
}

func (n *noter) add(what string) { n.loss.Add(what, n.where, 1) }
