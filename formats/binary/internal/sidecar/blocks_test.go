package sidecar

import (
	"bytes"
	"reflect"
	"testing"

	"google.golang.org/protobuf/proto"

	"datum/dataset"
	"datum/formats/binary/internal/record"
)

// blockItem is an item as the writer sees it.
type blockItem struct {
	id          string
	media       []MediaFile
	attributes  dataset.Attributes
	annotations []dataset.Annotation
}

func blockItems(t testing.TB) []blockItem {
	parse := func(text string) dataset.Attributes {
		a, err := dataset.ParseAttributes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	base := func(text string) dataset.Base { return dataset.Base{ID: 7, Attributes: parse(text)} }
	return []blockItem{
		{},
		{id: "a/b", media: []MediaFile{{Name: "a/b.jpg", Saved: true, Sealed: true}}, attributes: parse(`{"id":1,"@coco.image":{"license":1}}`)},
		{id: "clip", media: []MediaFile{{Name: "clip.avi", EndIsZero: true}, {}, {Name: "x.png", Saved: true}}},
		{id: "é", attributes: parse(`{"user":1}`), annotations: []dataset.Annotation{
			&dataset.Bbox{Base: base(`{"is_crowd":false}`), X: 1, Y: 2, W: 3.25, H: 4},
			&dataset.Polygon{Base: base(`{"is_crowd":false,"@coco.order":16288}`), Points: []float64{1, 2, 3, 4, 5, 6}},
			&dataset.Bbox{Base: base(`{"@x.y":{"deep":[1,"\u00e9"]}}`), X: 0.001, W: 1, H: 1},
			&dataset.Polygon{Base: base(`{"@x.y":1}`), Points: []float64{1, 2}},
			&dataset.RotatedBbox{Base: base(`{"u":"v"}`), W: 1},
			&dataset.Caption{Base: base(`{"@x.z":"w"}`), Caption: "é"},
		}},
		{id: "last", annotations: []dataset.Annotation{&dataset.Polygon{Base: base(`{"@a.b":1,"@c.d":2}`), Points: []float64{1, 2, 3, 4, 5, 6.5}}}},
	}
}

var digest = bytes.Repeat([]byte{9}, 32)

// encodeBlock encodes the items as the writer does; also as messages.
func encodeBlock(t testing.TB, items []blockItem) ([]byte, *Block) {
	t.Helper()
	head := func() *Block {
		return &Block{ExportId: []byte("0123456789abcdef"), Subset: "train", Ordinal: 3, Blob: digest}
	}
	var w BlockWriter
	whole := head()
	for _, it := range items {
		x := &Item{Id: it.id}
		var at []int
		w.Begin(it.id)
		for _, m := range it.media {
			place := w.Media(m)
			entry := &Media{Name: m.Name, Sealed: m.Sealed, EndIsZero: m.EndIsZero}
			if m.Saved {
				at, entry.Digest = append(at, place), digest
			}
			x.Media = append(x.Media, entry)
		}
		w.Attributes(it.attributes)
		if _, carried := it.attributes.Split(); len(carried) > 0 {
			x.Attributes = carried.AppendJSON(nil)
		}
		for i, a := range it.annotations {
			_, decimal, why := record.Append(nil, a, record.Cuboid2DSince112)
			if err := w.Annotation(i, a, why == "", decimal); err != nil {
				t.Fatal(err)
			}
			if said := Exact(i, a, why == ""); said != nil {
				x.Annotations = append(x.Annotations, said)
			}
		}
		from := w.End()
		for _, place := range at {
			w.SetDigest(from+place, digest)
		}
		whole.Items = append(whole.Items, x)
	}
	raw, err := w.Append(nil, head())
	if err != nil {
		t.Fatal(err)
	}
	return raw, whole
}

// TestBlockWriterIsPackageProto byte for byte.
func TestBlockWriterIsPackageProto(t *testing.T) {
	raw, whole := encodeBlock(t, blockItems(t))
	want, err := proto.MarshalOptions{Deterministic: true}.Marshal(whole)
	if err != nil || !bytes.Equal(raw, want) {
		t.Errorf("wrote\n%x, want\n%x, %v", raw, want, err)
	}
}

func TestBlockWriterRefusesText(t *testing.T) {
	var w BlockWriter
	w.Begin("a")
	if err := w.Annotation(0, &dataset.Tabular{}, false, false); err != nil {
		t.Error(err)
	}
	if err := w.Annotation(0, &dataset.Caption{Caption: "\xff"}, false, false); err == nil {
		t.Error("text that is not UTF-8 is written")
	}
}

// TestBlockReaderTakesTheUsual: what is written is read without messages, but
// for annotations that the record does not hold.
func TestBlockReaderTakesTheUsual(t *testing.T) {
	raw, whole := encodeBlock(t, blockItems(t))
	var r BlockReader
	if !r.split(raw) || r.Len() != len(whole.Items) {
		t.Fatalf("%d items of %d", r.Len(), len(whole.Items))
	}
	for i := range whole.Items {
		var s Said
		if !s.read(r.items[i]) || s.exact != (i == 3) {
			t.Errorf("item %d is not read the fast way", i)
		}
	}
	compareBlock(t, raw)
}

// TestBlockReaderRewrites what another encoder might have written.
func TestBlockReaderRewrites(t *testing.T) {
	raw, _ := encodeBlock(t, blockItems(t))
	for name, odd := range map[string][]byte{
		"fields twice":        append(bytes.Clone(raw), raw...),
		"an unknown field":    append(bytes.Clone(raw), 0x7a, 1, 'x'),
		"an item with a flag": append(bytes.Clone(raw), 0x2a, 4, 0x0a, 0, 0x28, 1),
		"fields out of order": append(bytes.Clone(raw), 0x2a, 6, 0x1a, 1, '1', 0x0a, 1, 'i'),
	} {
		var r BlockReader
		var s Said
		if r.split(odd) && s.read(r.items[r.Len()-1]) {
			t.Errorf("%s: taken as usual", name)
		}
		compareBlock(t, odd)
	}
	for name, bad := range map[string][]byte{
		"cut":                    raw[:len(raw)-1],
		"a subset of noise":      {0x12, 1, 0xff},
		"an item's id of noise":  {0x2a, 3, 0x0a, 1, 0xff},
		"a file name of noise":   {0x2a, 5, 0x12, 3, 0x0a, 1, 0xff},
		"an annotation of noise": {0x2a, 4, 0x22, 2, 0x2a, 9},
	} {
		if proto.Unmarshal(bad, &Block{}) == nil {
			t.Errorf("%s: package proto takes it", name)
		}
		compareBlock(t, bad)
	}
}

// compareBlock reads a block with BlockReader and with package proto. Both take
// it or none, and understand the same.
func compareBlock(t *testing.T, raw []byte) {
	t.Helper()
	var want Block
	wanted := proto.Unmarshal(raw, &want)
	r := BlockReader{raw: bytes.Clone(raw)}
	err := r.read()
	var got []Said
	for i := 0; err == nil && i < r.Len(); i++ {
		var s Said
		err = r.Item(i, &s)
		got = append(got, s)
	}
	if (err == nil) != (wanted == nil) {
		t.Fatalf("%x: %v, package proto says %v", raw, err, wanted)
	}
	if err != nil {
		return
	}
	if !bytes.Equal(r.ExportID, want.ExportId) || r.Subset != want.Subset || r.Ordinal != want.Ordinal || !bytes.Equal(r.Blob, want.Blob) || len(got) != len(want.Items) {
		t.Fatalf("%x: read %+v, want %v", raw, r, &want)
	}
	for i, it := range want.Items {
		compareItem(t, &r, &got[i], it)
	}
}

func compareItem(t *testing.T, r *BlockReader, s *Said, want *Item) {
	t.Helper()
	if s.ID != want.Id || !bytes.Equal(s.Attributes, want.Attributes) || len(s.Media) != len(want.Media) {
		t.Fatalf("read %+v, want %v", s, want)
	}
	for i, m := range want.Media {
		if g := s.Media[i]; g.Name != m.Name || !bytes.Equal(g.Digest, m.Digest) || g.Sealed != m.Sealed || g.EndIsZero != m.EndIsZero {
			t.Fatalf("read %+v, want %v", g, m)
		}
	}
	recorded := func() []dataset.Annotation {
		shared := dataset.Attributes{{Name: "is_crowd", Value: []byte("false")}}
		b := dataset.Base{Attributes: shared}
		return []dataset.Annotation{
			&dataset.Bbox{Base: b, X: 1.125, W: 3}, &dataset.Polygon{Base: b, Points: []float64{0.1, 2, 3}}, &dataset.Label{}, &dataset.Caption{}, &dataset.PolyLine{Points: []float64{1.005}},
		}
	}
	got, err := r.Apply(recorded(), s)
	wanted, failed := Apply(recorded(), want.Annotations)
	if (err == nil) != (failed == nil) || err == nil && !reflect.DeepEqual(got, wanted) && !reflect.DeepEqual(fmtNaN(got), fmtNaN(wanted)) {
		t.Fatalf("%v\napplied: %+v, %v, want %+v, %v", want, got, err, wanted, failed)
	}
}

// fmtNaN makes annotations comparable that hold NaN, and lists of attributes
// that are empty instead of nil.
func fmtNaN(list []dataset.Annotation) (texts []string) {
	for _, a := range list {
		w := whole(a)
		raw, _ := proto.MarshalOptions{Deterministic: true}.Marshal(w)
		texts = append(texts, string(raw)+string(a.Common().Attributes.AppendJSON(nil)))
	}
	return texts
}

func FuzzBlockReader(f *testing.F) {
	raw, _ := encodeBlock(f, blockItems(f))
	f.Add(raw)
	short, _ := encodeBlock(f, blockItems(f)[4:])
	f.Add(short)
	f.Add([]byte{0x2a, 4, 0x22, 2, 0x2a, 9})
	f.Add([]byte{0x2a, 6, 0x1a, 1, '1', 0x0a, 1, 'i'})
	f.Fuzz(func(t *testing.T, raw []byte) { compareBlock(t, raw) })
}
