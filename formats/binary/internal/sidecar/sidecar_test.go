package sidecar

import (
	"bytes"
	"errors"
	"io"
	"math"
	"reflect"
	"testing"

	"google.golang.org/protobuf/proto"

	"datum/crypto/fernet"
	"datum/dataset"
	"datum/formats/binary/internal/record"
)

func codecs(t testing.TB) map[string]*Codec {
	t.Helper()
	out := map[string]*Codec{}
	for name, c := range map[string]*fernet.Cipher{"plain": nil, "sealed": fernet.New(&[32]byte{1, 2, 3})} {
		codec, err := NewCodec(c)
		if err != nil {
			t.Fatal(err)
		}
		out[name] = codec
	}
	return out
}

func block() *Block {
	return &Block{Subset: "train", Ordinal: 3, Blob: []byte("tag"), Items: []*Item{{Id: "a", Attributes: []byte(`{"@coco.id":1}`)}}}
}

func TestFrames(t *testing.T) {
	for name, c := range codecs(t) {
		file := []byte(Magic)
		for range 3 {
			var err error
			if file, err = c.Append(file, block()); err != nil {
				t.Fatal(err)
			}
		}
		r, err := NewReader(bytes.NewReader(file), int64(len(file)), c)
		if err != nil {
			t.Fatal(err)
		}
		for range 3 {
			frame, err := r.Next()
			if err != nil {
				t.Fatal(err)
			}
			var got Block
			if err := c.Parse(frame, &got); err != nil || !proto.Equal(&got, block()) {
				t.Errorf("%s: %v, %v", name, &got, err)
			}
		}
		if _, err := r.Next(); err != io.EOF {
			t.Errorf("%s: after the last frame: %v", name, err)
		}
	}
}

func TestDamagedFrames(t *testing.T) {
	for name, c := range codecs(t) {
		frame, err := c.Append(nil, block())
		if err != nil {
			t.Fatal(err)
		}
		frame = frame[4:]
		for i := range frame {
			bad := bytes.Clone(frame)
			bad[i] ^= 1 << (i % 8)
			if err := c.Parse(bad, &Block{}); !errors.Is(err, ErrSealed) {
				t.Errorf("%s: bit of byte %d flipped: %v", name, i, err)
			}
			if err := c.Parse(frame[:i], &Block{}); !errors.Is(err, ErrSealed) {
				t.Errorf("%s: cut at %d: %v", name, i, err)
			}
		}
	}
}

// TestBomb packs far more than a block can say into a few bytes.
func TestBomb(t *testing.T) {
	c := codecs(t)["plain"]
	packed := c.enc.EncodeAll(make([]byte, 256<<20), nil)
	if _, err := c.unpack(packed); err == nil {
		t.Errorf("%d bytes were unpacked to 256 MiB", len(packed))
	}
	ten := c.enc.EncodeAll(make([]byte, 10<<20), nil)
	if raw, err := c.unpack(ten); err != nil || len(raw) != 10<<20 {
		t.Errorf("10 MiB from %d bytes: %d, %v", len(ten), len(raw), err)
	}
}

func TestReaderRefuses(t *testing.T) {
	for name, file := range map[string]string{
		"nothing":           "",
		"another file":      "datum sidecar 2\n",
		"half a length":     Magic + "\x01\x00",
		"a frame too long":  Magic + "\xff\xff\xff\xff1234",
		"no header":         Magic,
		"a header of noise": Magic + "\x04\x00\x00\x00abcd",
	} {
		r, err := NewReader(bytes.NewReader([]byte(file)), int64(len(file)), codecs(t)["plain"])
		if err == nil {
			_, err = r.Header()
		}
		if !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestOtherVersion(t *testing.T) {
	c := codecs(t)["plain"]
	file, err := c.Append([]byte(Magic), &Header{Version: Version + 1})
	if err != nil {
		t.Fatal(err)
	}
	r, err := NewReader(bytes.NewReader(file), int64(len(file)), c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Header(); err == nil {
		t.Error("a newer version is taken")
	}
}

// TestExactAndApply: whatever an annotation is, its record and what the sidecar
// says of it give it back.
func TestExactAndApply(t *testing.T) {
	base := func(text string) dataset.Base {
		a, err := dataset.ParseAttributes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return dataset.Base{ID: 1, Group: 2, ObjectID: 3, Attributes: a}
	}
	for _, test := range []struct {
		a    dataset.Annotation
		says bool // whether the sidecar must say something
	}{
		{&dataset.Bbox{Base: base(`{"a":1}`), X: 17.2, Y: 10.33, W: 20.05, H: 30.11}, false},
		{&dataset.Bbox{Base: base(`{}`), X: 0.001}, true},
		{&dataset.Bbox{Base: base(`{"a":1,"@coco.area":5}`), X: 1, Y: 2, W: 3, H: 4}, true},
		{&dataset.Bbox{Base: base(`{}`), X: float64(float32(17.2)), Y: 1, W: 1, H: 1}, true},
		{&dataset.Polygon{Base: base(`{}`), Points: []float64{1, 2, 3, 4, 5, math.Copysign(0, -1)}}, false},
		{&dataset.Polygon{Base: base(`{}`), Points: []float64{1, 2, 3, 4}}, true},
		{&dataset.PolyLine{Base: base(`{}`), Points: []float64{math.NaN(), 1}}, false},
		{&dataset.Label{Base: base(`{}`), Label: 3}, false},
		{&dataset.Label{Base: base(`{}`), Label: dataset.NoLabel}, true},
		{&dataset.RotatedBbox{Base: base(`{"u":"v","@x.y":1}`), Label: 1, Z: 2, CX: 1, CY: 2, W: 3, H: 4, Angle: 5}, true},
		{&dataset.Tabular{Base: base(`{}`), Values: dataset.Attributes{{Name: "p", Value: []byte("1.50")}}}, true},
		{&dataset.Cuboid2D{Base: base(`{}`), Label: 1, Y3D: []float64{1}}, true},
		{&dataset.Mask{Base: base(`{}`), RLE: dataset.RLE{Height: 2, Width: 2, Counts: []byte("9")}}, true},
		{&dataset.Points{Base: base(`{}`), Points: []float64{1}, Visibility: []dataset.Visibility{1, 2}}, true},
		{&dataset.Caption{Base: base(`{}`), Caption: "c"}, false},
	} {
		held, _ := record.Holds(test.a)
		x := Exact(0, test.a, held)
		if (x != nil) != test.says {
			t.Errorf("%+v: the sidecar says %v", test.a, x)
		}
		var recorded []dataset.Annotation
		if held {
			items, err := record.ReadItems(record.AppendAnnotation(record.AppendItem(nil, record.Item{}, 1), test.a, record.Cuboid2DSince112), record.Layout21)
			if err != nil {
				t.Fatal(err)
			}
			recorded = items[0].Annotations
		}
		var said []*Annotation
		if x != nil {
			said = []*Annotation{x}
		}
		got, err := Apply(recorded, said)
		if err != nil || len(got) != 1 || !sameAnnotation(got[0], test.a) {
			t.Errorf("got %+v, %v, want %+v", got, err, test.a)
		}
	}
}

// sameAnnotation is reflect.DeepEqual, but for NaN.
func sameAnnotation(a, b dataset.Annotation) bool {
	x, y := record.Coordinates(a), record.Coordinates(b)
	if !same(x, y) {
		return false
	}
	if err := record.SetCoordinates(a, y); err != nil {
		return false
	}
	if p, ok := a.(*dataset.PolyLine); ok {
		p.Points = b.(*dataset.PolyLine).Points
		return reflect.DeepEqual(a.Common(), b.Common())
	}
	return reflect.DeepEqual(a, b)
}

func TestApplyRefuses(t *testing.T) {
	label := &dataset.Label{}
	whole := func(i uint32, kind string) *Annotation { return &Annotation{Index: i, Whole: &Whole{Kind: kind}} }
	for name, said := range map[string][]*Annotation{
		"a place beyond the end": {{Index: 5}},
		"places out of order":    {{Index: 0}, {Index: 0}},
		"an unknown kind":        {whole(0, "hologram")},
		"a whole beyond the end": {whole(7, "label")},
		"coordinates of a label": {{Index: 0, Coordinates: Annotation_LISTED, Values: []float64{1}}},
		"carried noise":          {{Index: 0, Carried: []byte("[")}},
		"a box of two numbers":   {{Index: 0, Whole: &Whole{Kind: "bbox", Coordinates: []float64{1, 2}}}},
		"attributes of noise":    {{Index: 0, Whole: &Whole{Kind: "bbox", Coordinates: []float64{1, 2, 3, 4}, Attributes: []byte("{")}}},
	} {
		if _, err := Apply([]dataset.Annotation{label}, said); !errors.Is(err, ErrSealed) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestInfo(t *testing.T) {
	i := &dataset.Info{
		MediaKind:  dataset.MediaVideo,
		Attributes: dataset.Attributes{{Name: "a", Value: []byte("1.0")}, {Name: "@coco.x", Value: []byte("[]")}},
		Categories: dataset.Categories{
			Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "z", Attributes: []string{"b", "a"}, Carried: dataset.Attributes{{Name: "@coco.id", Value: []byte("9")}}}}},
			Points: &dataset.PointsCategories{Items: []dataset.PointsCategory{{Label: 0, Names: []string{"n"}, Joints: [][2]int32{{1, 2}, {2, 3}}}}},
		},
	}
	h := &Header{Info: NewInfo(i), Subsets: []*Subset{{Name: "s", Items: 4, Attributes: []byte(`{"@coco.f":1}`)}}}
	got, err := h.Dataset()
	i.Subsets = []dataset.Subset{{Name: "s", Items: 4, Attributes: dataset.Attributes{{Name: "@coco.f", Value: []byte("1")}}}}
	if err != nil || !reflect.DeepEqual(got, i) {
		t.Errorf("got %+v, %v, want %+v", got, err, i)
	}
	for _, h := range []*Header{
		{},
		{Info: &Info{Attributes: []byte("x")}},
		{Info: &Info{Points: &PointsCategories{Items: []*PointsCategories_Item{{Joints: []int32{1}}}}}},
		{Info: &Info{}, Subsets: []*Subset{{Attributes: []byte("[")}}},
	} {
		if _, err := h.Dataset(); !errors.Is(err, ErrSealed) {
			t.Errorf("%v: %v", h, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	c := codecs(f)["plain"]
	frame, err := c.Append(nil, block())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(frame[36:])
	f.Fuzz(func(t *testing.T, packed []byte) {
		// The checksum in front would stop every mutation; what is behind it
		// is fuzzed.
		raw, err := c.unpack(packed)
		if err != nil {
			return
		}
		var b Block
		if proto.Unmarshal(raw, &b) != nil {
			return
		}
		for _, it := range b.Items {
			Apply([]dataset.Annotation{&dataset.Bbox{}, &dataset.Polygon{}}, it.Annotations)
		}
	})
}
