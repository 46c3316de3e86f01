package sidecar

import (
	"bytes"
	"fmt"
	"math"
	"unicode/utf8"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"datum/dataset"
	"datum/formats/binary/internal/record"
)

// BlockReader reads a [Block] without making messages of it: the fields, and the
// items one by one. Its memory can be used again, by one goroutine.
//
// It goes through the encoding as [BlockWriter] makes it. Any other encoding of
// a block is first brought into this form by package proto, which also says
// whether it is one.
type BlockReader struct {
	ExportID, Blob []byte
	Subset         string
	Ordinal        uint64

	packed, raw []byte
	items       [][]byte // encoded, in raw
	names       dataset.Names
}

// ReadBlock opens a frame, without its length.
func (c *Codec) ReadBlock(frame []byte, r *BlockReader) (err error) {
	if r.packed, err = c.appendOpen(r.packed[:0], frame); err != nil {
		return err
	}
	if r.raw, err = c.appendUnpacked(r.raw[:0], r.packed); err != nil {
		return fmt.Errorf("%w: %v", ErrSealed, err)
	}
	return r.read()
}

// read reads the block that is in raw.
func (r *BlockReader) read() (err error) {
	if r.split(r.raw) {
		return nil
	}
	if r.raw, err = rewritten(r.raw, &Block{}); err == nil && !r.split(r.raw) {
		err = fmt.Errorf("%w: a block of unknown form", ErrSealed)
	}
	return err
}

// rewritten brings an encoded message into the form that BlockWriter makes.
func rewritten(raw []byte, m proto.Message) ([]byte, error) {
	if err := (proto.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(raw, m); err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSealed, err)
	}
	out, err := proto.MarshalOptions{Deterministic: true}.Marshal(m)
	if err != nil {
		return nil, fmt.Errorf("%w: %v", ErrSealed, err)
	}
	return out, nil
}

func (r *BlockReader) split(raw []byte) bool {
	r.ExportID, r.Subset, r.Ordinal, r.Blob, r.items = nil, "", 0, nil, r.items[:0]
	f := fields{rest: raw}
	for f.next() {
		switch {
		case f.is(1, protowire.BytesType):
			r.ExportID = f.bytes
		case f.is(2, protowire.BytesType):
			r.Subset = f.text()
		case f.is(3, protowire.VarintType):
			r.Ordinal = f.number
		case f.is(4, protowire.BytesType):
			r.Blob = f.bytes
		case f.is(fieldBlockItem, protowire.BytesType):
			r.items = append(r.items, f.bytes)
			f.again()
		default:
			return false
		}
	}
	return f.ok()
}

// Len returns the number of items.
func (r *BlockReader) Len() int { return len(r.items) }

// Said is what the sidecar says of one item. Its memory can be used again, but
// for what it points to.
type Said struct {
	ID          string
	Media       []MediaFile
	Attributes  []byte
	annotations []saidOf
	// exact says that something was said of an annotation besides its carried
	// attributes.
	exact bool
}

// saidOf is what is said of one annotation: all of it is in whole, unless that
// is nil.
type saidOf struct {
	index   uint32
	carried []byte
	whole   *Annotation
}

// Item reads item i.
func (r *BlockReader) Item(i int, s *Said) error {
	text := bytes.Clone(r.items[i]) // on its own, for the sake of whoever keeps a single item
	if s.read(text) {
		return nil
	}
	text, err := rewritten(text, &Item{})
	if err == nil && !s.read(text) {
		err = fmt.Errorf("%w: an item of unknown form", ErrSealed)
	}
	return err
}

func (s *Said) read(raw []byte) bool {
	*s = Said{Media: s.Media[:0], annotations: s.annotations[:0]}
	var id []byte
	f := fields{rest: raw}
	for f.next() {
		switch {
		case f.is(fieldItemID, protowire.BytesType):
			id = f.bytes
		case f.is(fieldItemMedia, protowire.BytesType):
			if !s.readMedia(f.bytes) {
				return false
			}
			f.again()
		case f.is(fieldItemAttributes, protowire.BytesType):
			s.Attributes = f.bytes
		case f.is(fieldItemAnnotation, protowire.BytesType):
			if !s.readAnnotation(f.bytes) {
				return false
			}
			f.again()
		default:
			return false
		}
	}
	s.nameAs(id)
	return f.ok() && utf8.Valid(id)
}

// nameAs sets the ID. Mostly it is the name of the file without its extension,
// and then it shares the memory of that.
func (s *Said) nameAs(id []byte) {
	if len(s.Media) > 0 {
		if name := s.Media[0].Name; len(name) >= len(id) && name[:len(id)] == string(id) {
			s.ID = name[:len(id)]
			return
		}
	}
	s.ID = string(id)
}

func (s *Said) readMedia(raw []byte) bool {
	var m MediaFile
	f := fields{rest: raw}
	for f.next() {
		switch {
		case f.is(fieldMediaName, protowire.BytesType):
			m.Name = f.text()
		case f.is(fieldMediaDigest, protowire.BytesType):
			m.Digest = f.bytes
		case f.is(fieldMediaSealed, protowire.VarintType):
			m.Sealed = f.flag()
		case f.is(fieldMediaEndIsZero, protowire.VarintType):
			m.EndIsZero = f.flag()
		default:
			return false
		}
	}
	s.Media = append(s.Media, m)
	return f.ok()
}

func (s *Said) readAnnotation(raw []byte) bool {
	var x saidOf
	f := fields{rest: raw}
	for f.next() {
		switch {
		case f.is(fieldAnnotationIndex, protowire.VarintType):
			if x.index = uint32(f.number); f.number > math.MaxUint32 {
				return false
			}
		case f.is(fieldAnnotationCarried, protowire.BytesType):
			x.carried = f.bytes
		default:
			x.whole, s.exact = &Annotation{}, true
			s.annotations = append(s.annotations, x)
			return (proto.UnmarshalOptions{DiscardUnknown: true}).Unmarshal(raw, x.whole) == nil
		}
	}
	s.annotations = append(s.annotations, x)
	return f.ok()
}

// Apply is [Apply] with what is said of the annotations of the item, and gives
// each of them attributes of its own.
func (r *BlockReader) Apply(recorded []dataset.Annotation, s *Said) ([]dataset.Annotation, error) {
	if s.exact {
		record.Own(recorded)
		return Apply(recorded, s.messages())
	}
	attributes := len(s.annotations)
	for _, a := range recorded {
		if err := record.SetDecimal(a); err != nil {
			return nil, err
		}
		attributes += len(a.Common().Attributes)
	}
	slab := make(dataset.Attributes, 0, attributes)
	said := s.annotations
	for i, a := range recorded {
		base, at := a.Common(), len(slab)
		slab = append(slab, base.Attributes...)
		if len(said) > 0 && int(said[0].index) == i {
			var err error
			if slab, err = r.Carried(slab, said[0].carried); err != nil {
				return nil, err
			}
			said = said[1:]
		}
		if len(slab) > at {
			base.Attributes = slab[at:len(slab):len(slab)]
		}
	}
	if len(said) > 0 {
		return nil, fmt.Errorf("%w: it speaks of annotation %d of %d", ErrSealed, said[0].index, len(recorded))
	}
	return recorded, nil
}

func (s *Said) messages() []*Annotation {
	list := make([]*Annotation, 0, len(s.annotations))
	for _, x := range s.annotations {
		if x.whole == nil {
			x.whole = &Annotation{Index: x.index, Carried: x.carried}
		}
		list = append(list, x.whole)
	}
	return list
}

// Carried appends carried attributes, of which text is a JSON object or
// nothing, to list.
func (r *BlockReader) Carried(list dataset.Attributes, text []byte) (dataset.Attributes, error) {
	if len(text) == 0 {
		return list, nil
	}
	if all, ok := r.names.Append(list, text); ok {
		return all, nil
	}
	carried, err := parseObject(text)
	return append(list, carried...), err
}

// fields goes through the fields of an encoded message, as long as they stand
// in the order of their numbers and none is empty or there twice, unless it may
// be repeated.
type fields struct {
	rest   []byte
	before protowire.Number // the number of the field before
	kind   protowire.Type
	bytes  []byte
	number uint64
	wrong  bool
}

// next reads a field. It ends at the first thing that is unusual.
func (f *fields) next() bool {
	if len(f.rest) == 0 || f.wrong {
		return false
	}
	field, kind, n := f.tag()
	if f.wrong = n < 0 || field <= f.before; f.wrong {
		return false
	}
	f.before, f.kind, f.rest = field, kind, f.rest[n:]
	switch kind {
	case protowire.BytesType:
		f.bytes, n = f.counted()
	case protowire.VarintType:
		f.number, n = protowire.ConsumeVarint(f.rest)
	default:
		n = -1
	}
	if f.wrong = n < 0; f.wrong {
		return false
	}
	f.rest = f.rest[n:]
	return true
}

// tag is protowire.ConsumeTag, faster for the tags of one byte that all of ours
// are. A field of number 0, which is none, is left to the caller.
func (f *fields) tag() (protowire.Number, protowire.Type, int) {
	if c := f.rest[0]; c < 0x80 {
		return protowire.Number(c >> 3), protowire.Type(c & 7), 1
	}
	return protowire.ConsumeTag(f.rest)
}

// counted is protowire.ConsumeBytes, faster for less than 128 bytes.
func (f *fields) counted() ([]byte, int) {
	if len(f.rest) > 0 && f.rest[0] < 0x80 {
		if end := 1 + int(f.rest[0]); end <= len(f.rest) {
			return f.rest[1:end], end
		}
	}
	return protowire.ConsumeBytes(f.rest)
}

func (f *fields) is(field protowire.Number, kind protowire.Type) bool {
	return f.before == field && f.kind == kind
}

// again says that the field may be repeated.
func (f *fields) again() { f.before-- }

// text returns the bytes as text. It is wrong if they are not UTF-8.
func (f *fields) text() string {
	f.wrong = f.wrong || !utf8.Valid(f.bytes)
	return string(f.bytes)
}

// flag returns the number as a truth value.
func (f *fields) flag() bool { return f.number != 0 }

// ok reports whether all fields were read.
func (f *fields) ok() bool { return !f.wrong && len(f.rest) == 0 }
