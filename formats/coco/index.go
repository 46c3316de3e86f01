package coco

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"datum/formats"
)

// span is the place of a record in a file.
type span struct {
	at   int64
	size int32
}

// annotationAt is the place of an annotation's record.
type annotationAt struct {
	span
	image int32 // index into index.images
	order int32 // its place among all annotations
}

// index is what the first reading of a file notes.
type index struct {
	members     []member // everything at the top but images and annotations
	images      []span
	ids         map[string]int32 // JSON text of the id → index into images
	annotations []annotationAt   // by image, each image's in file order
	starts      []int32          // annotations of image i are [starts[i], starts[i+1])
	// grouped says that the annotations stand in the order of their images,
	// so that writing needs no sorting.
	grouped bool
	// unclean says that the text has literals that are no JSON.
	unclean int
}

// member is one key of the top-level object. The values of images and
// annotations are not kept.
type member struct {
	name  string
	value []byte
}

// recordError is an error at a record, whose line is found when it is needed.
type recordError struct {
	at  int64
	err error
}

func (e *recordError) Error() string { return e.err.Error() }

func (e *recordError) Unwrap() error { return e.err }

func atRecord(at int64, format string, args ...any) error {
	return &recordError{at, formats.Reason(formats.ErrCorrupt, format, args...)}
}

// maxRecord bounds one record: the annotation of a mask of a gigapixel image
// can be large, a record of a gigabyte is an attack.
const maxRecord = 1 << 30

// scan reads a file once.
func scan(f *os.File) (*index, error) {
	text := &tolerantText{r: f}
	s := &scanner{dec: jsontext.NewDecoder(text, jsontext.AllowDuplicateNames(true)), x: &index{ids: map[string]int32{}}}
	if err := s.object(); err != nil {
		return nil, s.place(err)
	}
	if _, err := s.dec.ReadToken(); err != io.EOF {
		return nil, s.place(errors.New("there is more text after the end of the JSON object"))
	}
	s.x.unclean = text.clean.replaced
	return s.x, s.finish()
}

type scanner struct {
	dec *jsontext.Decoder
	x   *index
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
	return atRecord(at, "not JSON: %w", err)
}

func (s *scanner) object() error {
	t, err := s.dec.ReadToken()
	if err != nil {
		return err
	}
	if t.Kind() != '{' {
		return errors.New("the file holds no JSON object")
	}
	for s.dec.PeekKind() != '}' {
		t, err := s.dec.ReadToken()
		if err != nil {
			return err
		}
		name := t.String()
		switch name {
		case "images":
			err = s.array(name, s.image)
		case "annotations":
			err = s.array(name, s.annotation)
		default:
			var v jsontext.Value
			if v, err = s.dec.ReadValue(); err == nil {
				v = v.Clone()
				err = v.Compact()
				s.x.members = append(s.x.members, member{name, v})
			}
		}
		if err != nil {
			return err
		}
	}
	_, err = s.dec.ReadToken()
	return err
}

// array calls each for the records of an array and notes where it stands
// among the members.
func (s *scanner) array(name string, each func(span, jsontext.Value) error) error {
	if slices.ContainsFunc(s.x.members, func(m member) bool { return m.name == name }) {
		return fmt.Errorf("there are two lists of %s", name)
	}
	s.x.members = append(s.x.members, member{name: name})
	if k := s.dec.PeekKind(); k == 'n' {
		_, err := s.dec.ReadToken()
		return err
	} else if k != '[' {
		return fmt.Errorf("%s is no list", name)
	}
	if _, err := s.dec.ReadToken(); err != nil {
		return err
	}
	for s.dec.PeekKind() != ']' {
		v, err := s.dec.ReadValue()
		if err != nil {
			return err
		}
		at := s.dec.InputOffset() - int64(len(v))
		if v.Kind() != '{' {
			return atRecord(at, "an entry of %s is no JSON object", name)
		}
		if len(v) > maxRecord {
			return atRecord(at, "a record of %d bytes is over the limit of %d", len(v), maxRecord)
		}
		if err := each(span{at, int32(len(v))}, v); err != nil {
			return err
		}
	}
	_, err := s.dec.ReadToken()
	return err
}

func (s *scanner) image(sp span, v jsontext.Value) error {
	id := idText(lookup(v, "id"))
	if id == "" {
		return atRecord(sp.at, "an image without an id")
	}
	i := s.imageIndex(id)
	if s.x.images[i].size != 0 {
		return atRecord(sp.at, "image id %s is given twice", id)
	}
	// Images mentioned by annotations before have their place already; the
	// others are numbered as they come. finish puts all into file order.
	s.x.images[i] = sp
	return nil
}

func (s *scanner) imageIndex(id string) int32 {
	i, ok := s.x.ids[id]
	if !ok {
		i = int32(len(s.x.images))
		s.x.ids[id] = i
		s.x.images = append(s.x.images, span{})
	}
	return i
}

func (s *scanner) annotation(sp span, v jsontext.Value) error {
	id := idText(lookup(v, "image_id"))
	if id == "" {
		return atRecord(sp.at, "an annotation without an image_id")
	}
	s.x.annotations = append(s.x.annotations, annotationAt{sp, s.imageIndex(id), int32(len(s.x.annotations))})
	return nil
}

// finish checks that every image mentioned exists, puts the images into file
// order and the annotations behind their images.
func (s *scanner) finish() error {
	x := s.x
	for _, a := range x.annotations {
		if x.images[a.image].size == 0 {
			id := ""
			for k, i := range x.ids {
				if i == a.image {
					id = k
				}
			}
			return atRecord(a.at, "the annotation is of image %s, which is not listed", id)
		}
	}
	order := make([]int32, len(x.images))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(x.images[a].at, x.images[b].at) })
	rank := make([]int32, len(order))
	images := make([]span, len(order))
	for to, from := range order {
		rank[from], images[to] = int32(to), x.images[from]
	}
	x.images = images
	for k, i := range x.ids {
		x.ids[k] = rank[i]
	}
	for i := range x.annotations {
		x.annotations[i].image = rank[x.annotations[i].image]
	}
	byImage := func(a, b annotationAt) int { return cmp.Compare(a.image, b.image) }
	x.grouped = slices.IsSortedFunc(x.annotations, byImage)
	slices.SortStableFunc(x.annotations, byImage)
	x.starts = make([]int32, len(images)+1)
	for _, a := range x.annotations {
		x.starts[a.image+1]++
	}
	for i := range images {
		x.starts[i+1] += x.starts[i]
	}
	return nil
}

// of returns the annotations of an image.
func (x *index) of(image int32) []annotationAt {
	return x.annotations[x.starts[image]:x.starts[image+1]]
}

// record reads a record again.
func (x *index) record(f *os.File, s span) ([]byte, error) {
	b := make([]byte, s.size)
	if _, err := f.ReadAt(b, s.at); err != nil {
		return nil, atRecord(s.at, "the file changed while it was read: %w", err)
	}
	if x.unclean > 0 {
		var c cleaner
		c.fix(b, true)
	}
	return b, nil
}

// lookup returns the JSON text of the member called name of a valid object,
// nil when it has none.
func lookup(object []byte, name string) []byte {
	dec := jsontext.NewDecoder(bytes.NewReader(object), jsontext.AllowDuplicateNames(true))
	if _, err := dec.ReadToken(); err != nil {
		return nil
	}
	for dec.PeekKind() == '"' {
		t, err := dec.ReadToken()
		if err != nil {
			return nil
		}
		if t.String() == name {
			v, err := dec.ReadValue()
			if err != nil {
				return nil
			}
			return bytes.Clone(v)
		}
		if dec.SkipValue() != nil {
			return nil
		}
	}
	return nil
}
