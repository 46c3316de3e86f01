package coco

import (
	"cmp"
	"errors"
	"io"
	"math"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"datum/formats"
)

// span is the place of a record in a file.
type span struct {
	at   int64
	size int32
}

// annotationAt is the place of an annotation's record, 24 bytes.
type annotationAt struct {
	span
	image int32 // index into index.images
	order int32 // its place among all annotations of the file
}

// index is what the first reading of a file notes.
type index struct {
	members     []topMember
	images      []span // in file order
	annotations []annotationAt
	starts      []int32 // annotations of image i are [starts[i], starts[i+1])
	maxID       int64   // the largest annotation id
	// twice holds the annotation ids that more than one record has.
	twice map[int64]struct{}
	// unclean counts the literals in the text that are no JSON; marked says
	// that it begins with a byte order mark.
	unclean int
	marked  bool
	// listed is what bringing several files together needs of each image; it
	// is dropped afterwards.
	listed []listedImage
}

// topMember is a member of the top-level object. The lists of images and
// annotations have no value here.
type topMember struct {
	name string
	list bool
	span
}

// listedImage is what identifies an image.
type listedImage struct{ id, name string }

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
func scan(f io.Reader, external bool, bad func(error) error) (*index, error) {
	clean := &tolerantText{r: f}
	s := &scanner{
		dec:      jsontext.NewDecoder(clean, jsontext.AllowDuplicateNames(true)),
		x:        &index{twice: map[int64]struct{}{}},
		numbered: map[int64]int32{},
		named:    map[string]int32{},
		external: external,
		bad:      bad,
	}
	if err := s.object(); err != nil {
		return nil, s.place(err)
	}
	if _, err := s.dec.ReadToken(); err != io.EOF {
		return nil, atRecord(s.dec.InputOffset(), "there is more text after the end of the JSON object")
	}
	s.x.unclean, s.x.marked = clean.clean.replaced, clean.marked
	return s.x, s.finish()
}

type scanner struct {
	dec      *jsontext.Decoder
	x        *index
	external bool
	bad      func(error) error
	// Ids of images and their numbers, in the order of first mention: whole
	// numbers and other ids.
	numbered map[int64]int32
	named    map[string]int32
	found    []foundImage
	annIDs   []int64
}

type foundImage struct {
	span
	listedImage
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
		if err := s.member(t.String()); err != nil {
			return err
		}
	}
	_, err = s.dec.ReadToken()
	return err
}

func (s *scanner) member(name string) error {
	kind := s.dec.PeekKind()
	if kind == '[' && (name == "images" || name == "annotations") {
		if slices.ContainsFunc(s.x.members, func(m topMember) bool { return m.name == name }) {
			return atRecord(s.dec.InputOffset(), "there are two lists of %s", name)
		}
		s.x.members = append(s.x.members, topMember{name: name, list: true})
		if name == "images" {
			return s.array(name, s.image)
		}
		return s.array(name, s.annotation)
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
	s.x.members = slices.DeleteFunc(s.x.members, func(m topMember) bool { return m.name == name })
	s.x.members = append(s.x.members, topMember{name, false, span{at, int32(len(v))}})
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

func (s *scanner) image(sp span, v jsontext.Value) error {
	rawID := member(v, "id")
	i, ok := s.imageNumber(rawID)
	if !ok {
		return atRecord(sp.at, "an image without an id")
	}
	id := idText(rawID)
	raw, ok := text(member(v, "file_name"))
	if !ok || raw == "" {
		return atRecord(sp.at, "image %s has no file_name", id)
	}
	name, ok := cleanName(raw, s.external)
	if !ok {
		return formats.WithHint(atRecord(sp.at, "the file_name %q of image %s leaves the dataset", raw, id),
			"--allow-external-media opens it all the same, where you trust the dataset")
	}
	if s.found[i].size != 0 {
		return atRecord(sp.at, "image id %s is given twice", id)
	}
	s.found[i] = foundImage{sp, listedImage{id, name}}
	return nil
}

// imageNumber numbers images in the order of their first mention, which may be
// by an annotation.
func (s *scanner) imageNumber(rawID []byte) (int32, bool) {
	next := int32(len(s.found))
	if n, ok := integer(rawID); ok {
		if i, ok := s.numbered[n]; ok {
			return i, true
		}
		s.numbered[n] = next
	} else {
		id := idText(rawID)
		if i, ok := s.named[id]; ok || id == "" {
			return i, ok
		}
		s.named[id] = next
	}
	s.found = append(s.found, foundImage{listedImage: listedImage{id: idText(rawID)}})
	return next, true
}

func (s *scanner) annotation(sp span, v jsontext.Value) error {
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
	image, ok := s.imageNumber(rawImage)
	if !ok {
		return atRecord(sp.at, "an annotation without an image_id")
	}
	s.x.annotations = append(s.x.annotations, annotationAt{sp, image, int32(len(s.x.annotations))})
	if n, ok := integer(rawID); ok {
		s.annIDs = append(s.annIDs, n)
		s.x.maxID = max(s.x.maxID, n)
	}
	return nil
}

// dropStrays finds the annotations of images that are not in the list.
func (s *scanner) dropStrays() error {
	kept := s.x.annotations[:0]
	for _, a := range s.x.annotations {
		f := s.found[a.image]
		if f.size > 0 {
			kept = append(kept, a)
		} else if err := s.bad(atRecord(a.at, "the annotation is of image %s, which is not in the list of images", f.id)); err != nil {
			return err
		}
	}
	s.x.annotations = kept
	return nil
}

// finish checks that every image mentioned exists, puts the images into file
// order and the annotations behind their images.
func (s *scanner) finish() error {
	x := s.x
	if err := s.dropStrays(); err != nil {
		return err
	}
	order := make([]int32, 0, len(s.found))
	for i := range s.found {
		if s.found[i].size > 0 {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(s.found[a].at, s.found[b].at) })
	rank := make([]int32, len(s.found))
	x.images, x.listed = make([]span, len(order)), make([]listedImage, len(order))
	for to, from := range order {
		rank[from], x.images[to], x.listed[to] = int32(to), s.found[from].span, s.found[from].listedImage
	}
	for i := range x.annotations {
		x.annotations[i].image = rank[x.annotations[i].image]
	}
	slices.SortStableFunc(x.annotations, func(a, b annotationAt) int { return cmp.Compare(a.image, b.image) })
	x.starts = make([]int32, len(x.images)+1)
	for _, a := range x.annotations {
		x.starts[a.image+1]++
	}
	for i := range x.images {
		x.starts[i+1] += x.starts[i]
	}
	s.findTwice()
	return nil
}

func (s *scanner) findTwice() {
	slices.Sort(s.annIDs)
	for i := 1; i < len(s.annIDs); i++ {
		if s.annIDs[i] == s.annIDs[i-1] {
			s.x.twice[s.annIDs[i]] = struct{}{}
		}
	}
}

// of returns the annotations of an image, in file order.
func (x *index) of(image int32) []annotationAt {
	return x.annotations[x.starts[image]:x.starts[image+1]]
}

// freeID returns a number that no annotation of the file has as its id, for
// the record at place order.
func (x *index) freeID(order int32) int64 {
	if x.maxID > math.MaxInt64-math.MaxInt32-1 {
		return -1 - int64(order)
	}
	return max(x.maxID, 0) + 1 + int64(order)
}

// record reads a record again.
func (x *index) record(f io.ReaderAt, s span) ([]byte, error) {
	b := make([]byte, s.size)
	if n, err := f.ReadAt(b, s.at); n < len(b) {
		return nil, atRecord(s.at, "the file changed while it was read: %w", err)
	}
	return x.sanitized(b), nil
}

// sanitized returns the text with its bad literals replaced by null.
func (x *index) sanitized(b []byte) []byte {
	if x.unclean == 0 {
		return b
	}
	return nullLiterals(b)
}
