package coco

import (
	"errors"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// recordError is an error at a record, whose line is found when it is needed.
type recordError struct {
	at  int64
	err error
}

func (e *recordError) Error() string { return e.err.Error() }

func (e *recordError) Unwrap() error { return e.err }

func atRecord(at int64, format string, args ...any) error {
	return &recordError{at, corrupt(format, args...)}
}

// maxRecord bounds one record: that of a mask of a gigapixel image can be
// large, one of a quarter of a gigabyte is an attack.
const maxRecord = 1 << 28

// scan reads a file once and validates it. external lets file names lead out
// of the dataset. bad is told of each record that is wrong; where it returns
// nil, the record is left out.
func scan(f io.ReadSeeker, external bool, bad func(error) error) (*index, error) {
	if x := quickScan(f, external); x != nil {
		return x, nil
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	return thoroughScan(f, external, bad)
}

// thoroughScan reads what is not as simple as [quickScan] wants it, and finds
// the place of what is wrong.
func thoroughScan(f io.Reader, external bool, bad func(error) error) (*index, error) {
	clean := &tolerantText{r: f}
	s := &scanner{
		dec:       jsontext.NewDecoder(clean, jsontext.AllowDuplicateNames(true)),
		gathering: newGathering(external),
		bad:       bad,
	}
	if err := s.object(); err != nil {
		return nil, s.place(err)
	}
	if _, err := s.dec.ReadToken(); err != io.EOF {
		return nil, atRecord(s.dec.InputOffset(), "there is more text after the end of the JSON object")
	}
	s.x.unclean, s.x.marked = clean.clean.replaced, clean.marked
	return s.x, s.finish(bad)
}

type scanner struct {
	*gathering
	dec *jsontext.Decoder
	bad func(error) error
}

// place gives errors of the tokenizer their offset.
func (s *scanner) place(err error) error {
	var known *recordError
	if errors.As(err, &known) {
		return err
	}
	at := s.dec.InputOffset()
	var syntax *jsontext.SyntacticError
	if errors.As(err, &syntax) {
		at, err = syntax.ByteOffset, syntax.Err
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || err == io.EOF {
		return atRecord(at, "the JSON text ends too early")
	}
	return atRecord(at, "not COCO: %w", err)
}

func (s *scanner) object() error {
	t, err := s.dec.ReadToken()
	if err != nil {
		return err
	}
	if t.Kind() != '{' {
		return atRecord(0, "the file holds no JSON object")
	}
	for s.dec.PeekKind() != '}' {
		t, err := s.dec.ReadToken()
		if err != nil {
			return err
		}
		if err := s.topMember(t.String()); err != nil {
			return err
		}
	}
	_, err = s.dec.ReadToken()
	return err
}

func (s *scanner) topMember(name string) error {
	kind := s.dec.PeekKind()
	if kind == '[' && (name == "images" || name == "annotations") {
		if err := s.startList(s.dec.InputOffset(), name); err != nil {
			return err
		}
		if name == "images" {
			return s.array(name, s.imageRecord)
		}
		return s.array(name, s.annotationRecord)
	}
	v, err := s.dec.ReadValue()
	if err != nil {
		return err
	}
	at := s.dec.InputOffset() - int64(len(v))
	if kind != 'n' && (name == "images" || name == "annotations") {
		return atRecord(at, "%s is no list", name)
	}
	if len(v) > maxRecord {
		return atRecord(at, "a value of %d bytes is over the limit of %d", len(v), maxRecord)
	}
	s.gathering.member(name, span{at, int32(len(v))})
	return nil
}

// array calls each for the records of an array.
func (s *scanner) array(name string, each func(span, jsontext.Value) error) error {
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	for s.dec.PeekKind() != ']' {
		v, err := s.dec.ReadValue()
		if err != nil {
			return err
		}
		at := s.dec.InputOffset() - int64(len(v))
		switch {
		case v.Kind() != '{':
			err = atRecord(at, "an entry of %s is no JSON object", name)
		case len(v) > maxRecord:
			err = atRecord(at, "a record of %d bytes is over the limit of %d", len(v), maxRecord)
		default:
			err = each(span{at, int32(len(v))}, v)
		}
		if err != nil {
			if err = s.bad(err); err != nil {
				return err
			}
		}
	}
	_, err := s.dec.ReadToken()
	return err
}

func (s *scanner) imageRecord(sp span, v jsontext.Value) error {
	return s.image(sp, member(v, "id"), member(v, "file_name"))
}

func (s *scanner) annotationRecord(sp span, v jsontext.Value) error {
	var rawImage, rawID []byte
	if err := eachMember(v, func(name, value []byte) error {
		switch string(name) {
		case "image_id":
			rawImage = value
		case "id":
			rawID = value
		}
		return nil
	}); err != nil {
		return atRecord(sp.at, "%w", err)
	}
	return s.annotation(sp, rawImage, rawID)
}
