package record

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"datum/dataset"
)

// worked is the example of Datumaro's layout: an item "a/b" with one box, as
// Datumaro 1.13.12 wrote it.
func worked() []byte {
	var b bytes.Buffer
	text := func(s string) {
		binary.Write(&b, binary.LittleEndian, uint32(len(s)))
		b.WriteString(s)
	}
	put := func(v any) { binary.Write(&b, binary.LittleEndian, v) }
	text("a/b")
	text("train")
	put(uint32(2))
	text("a_b.jpg")
	put([]int32{4, 6})
	put(uint32(0)) // no attributes
	put(uint32(1))
	put(byte(6))
	put(int64(5))
	put(int64(6))
	put(int32(-1))
	text(`{"o":true}`)
	put([]int32{0, 0})
	put(uint32(4))
	put([]float32{1, 2, 4, 6})
	return b.Bytes()
}

func workedItem() Item {
	return Item{
		ID: "a/b", Subset: "train",
		Media: &dataset.Image{File: dataset.File{Name: "a_b.jpg"}, Height: 4, Width: 6},
		Annotations: []dataset.Annotation{&dataset.Bbox{
			Base:  dataset.Base{ID: 5, Group: 6, ObjectID: dataset.NoObject, Attributes: dataset.Attributes{{Name: "o", Value: []byte("true")}}},
			Label: 0, X: 1, Y: 2, W: 3, H: 4,
		}},
	}
}

func encode(it Item, cuboid2D byte) []byte {
	b := AppendItem(nil, it, len(it.Annotations))
	for _, a := range it.Annotations {
		b = AppendAnnotation(b, a, cuboid2D)
	}
	return b
}

func TestWorkedExample(t *testing.T) {
	if got := encode(workedItem(), Cuboid2DBefore112); !bytes.Equal(got, worked()) {
		t.Errorf("wrote\n%x, want\n%x", got, worked())
	}
	items, err := ReadItems(worked(), Layout21)
	if err != nil || !reflect.DeepEqual(items, []Item{workedItem()}) {
		t.Errorf("read %+v, %v", items, err)
	}
}

// TestOlderLayout takes the object id out of the record.
func TestOlderLayout(t *testing.T) {
	b := worked()
	at := bytes.Index(b, []byte(`{"o":true}`)) - 8
	older := append(bytes.Clone(b[:at]), b[at+4:]...)
	items, err := ReadItems(older, Layout17)
	if err != nil || !reflect.DeepEqual(items, []Item{workedItem()}) {
		t.Errorf("read %+v, %v", items, err)
	}
	if _, err := ReadItems(older, Layout21); err == nil {
		t.Error("the older record parses as the newer")
	}
	if _, err := ReadItems(b, Layout17); err == nil {
		t.Error("the newer record parses as the older")
	}
}

func TestEveryTruncationFails(t *testing.T) {
	b := worked()
	for i := 1; i < len(b); i++ {
		if _, err := ReadItems(b[:i], Layout21); !errors.Is(err, ErrFormat) {
			t.Errorf("cut at %d: %v", i, err)
		}
	}
}

// TestHugeCountsAllocateNothing: lengths are compared with what is left.
func TestHugeCountsAllocateNothing(t *testing.T) {
	b := worked()
	for at := 0; at+4 <= len(b); at++ {
		bad := bytes.Clone(b)
		binary.LittleEndian.PutUint32(bad[at:], math.MaxUint32)
		if n := testing.AllocsPerRun(1, func() { ReadItems(bad, Layout21) }); n > 100 {
			t.Errorf("a count of 2^32-1 at byte %d: %v allocations", at, n)
		}
	}
}

func TestRounding(t *testing.T) {
	for v, want := range map[float64]float32{
		0.005: 0, 1.005: 1, 0.125: 0.12, 1.0 / 3: 0.33, 1234567.89: 1234567.875, 16777217: 16777216, -10.55: -10.55, 2.675: 2.68,
	} {
		if got := round2(v); got != want {
			t.Errorf("round2(%v) = %v, want %v", v, got, want)
		}
	}
	if got := round2wide(1000000.01); got != 1000000 {
		t.Errorf("round2wide: %v", got)
	}
	for _, v := range []float64{math.Inf(1), math.Inf(-1), math.NaN(), math.MaxFloat64} {
		if got := Decimal(v); math.Float64bits(got) != math.Float64bits(v) && got == got {
			t.Errorf("Decimal(%v) = %v", v, got)
		}
	}
}

// TestDecimalUndoesRounding for all numbers of two decimals below 65 536.
func TestDecimalUndoesRounding(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200000 {
		v := float64(r.IntN(13107200)-6553600) / 100
		if got := Decimal(float64(round2(v))); got != v {
			t.Fatalf("%v came back as %v", v, got)
		}
	}
}

func kinds() []dataset.Annotation {
	b := dataset.Base{ID: math.MinInt64, Group: math.MaxInt64, ObjectID: 7}
	return []dataset.Annotation{
		&dataset.Label{Base: b, Label: 3},
		&dataset.Bbox{Base: b, Label: dataset.NoLabel, Z: -1, X: 17.2, Y: 0.333, W: 5.55, H: 1e9},
		&dataset.Polygon{Base: b, Label: 1, Points: []float64{0, 0, 1.005, 2, 3, 4.4444}},
		&dataset.PolyLine{Base: b, Label: 1, Points: []float64{0.1, 0.2}},
		&dataset.PolyLine{Base: b, Label: 1},
		&dataset.Points{Base: b, Label: 1, Points: []float64{1, 2}, Visibility: []dataset.Visibility{2}},
		&dataset.Mask{Base: b, Label: 1, RLE: dataset.EncodeRuns(2, 3, []int64{1, 5})},
		&dataset.Caption{Base: b, Caption: "x\x00"},
		&dataset.Ellipse{Base: b, Label: 2, X1: 1.1, Y1: 2.2, X2: 3.3, Y2: 4.4},
		&dataset.Cuboid2D{Base: b, Label: dataset.NoLabel, Corners: [16]float64{1.23456789, 15: 2}},
		&dataset.Cuboid3D{Base: b, Label: 1, Position: [3]float64{1.005, 2, 3}, Scale: [3]float64{9e9, 1, 1}},
	}
}

// TestStoredSaysWhatIsReadBack for every kind: the sidecar relies on it.
func TestStoredSaysWhatIsReadBack(t *testing.T) {
	for _, a := range kinds() {
		if ok, why := Holds(a); !ok {
			t.Errorf("%T is not held: %s", a, why)
		}
		for _, code := range []byte{Cuboid2DBefore112, Cuboid2DSince112} {
			c := NewCursor(AppendAnnotation(nil, a, code))
			got := c.readAnnotation(Layout21)
			if c.Err() != nil || !c.AtEnd() {
				t.Fatalf("%T: %v", a, c.Err())
			}
			if have, want := Coordinates(got), Stored(a); !reflect.DeepEqual(append([]float64{}, have...), append([]float64{}, want...)) {
				t.Errorf("%T: read %v, Stored says %v", a, have, want)
			}
			if err := SetCoordinates(got, Coordinates(a)); err != nil || !reflect.DeepEqual(got, a) {
				t.Errorf("%T: with its own coordinates %+v, want %+v; %v", a, got, a, err)
			}
		}
	}
}

func TestHolds(t *testing.T) {
	for _, a := range []dataset.Annotation{
		&dataset.RotatedBbox{}, &dataset.Tabular{}, &dataset.Label{Label: dataset.NoLabel}, &dataset.Bbox{Label: math.MaxInt32}, &dataset.Bbox{Label: -2},
		&dataset.Polygon{Points: []float64{1, 2, 3, 4}}, &dataset.Polygon{Points: make([]float64, 7)}, &dataset.PolyLine{Points: []float64{1}},
		&dataset.Points{Points: []float64{1, 2}}, &dataset.Mask{RLE: dataset.RLE{Height: 2, Width: 2, Counts: []byte("1")}},
	} {
		if ok, why := Holds(a); ok || why == "" {
			t.Errorf("%+v: held, %q", a, why)
		}
	}
}

func TestSetCoordinatesRefusesOtherCounts(t *testing.T) {
	for _, a := range kinds() {
		switch a.(type) {
		case *dataset.Polygon, *dataset.PolyLine, *dataset.Points:
			continue
		}
		if err := SetCoordinates(a, []float64{1, 2, 3}); !errors.Is(err, ErrFormat) {
			t.Errorf("%T takes three coordinates: %v", a, err)
		}
	}
}

func TestBadRecords(t *testing.T) {
	box := func(change func([]byte)) []byte { b := worked(); change(b); return b }
	at := func(part string) int { return bytes.Index(worked(), []byte(part)) }
	for name, b := range map[string][]byte{
		"media type 9":           box(func(b []byte) { b[at("train")+5] = 9 }),
		"annotation code 9":      box(func(b []byte) { b[at(`{"o"`)-4-21] = 9 }),
		"a picture of height -1": box(func(b []byte) { copy(b[at("a_b.jpg")+7:], "\xff\xff\xff\xff") }),
		"attributes no object":   box(func(b []byte) { copy(b[at(`{"o":true}`):], `["o",true]`) }),
		"text that is not UTF-8": box(func(b []byte) { b[4] = 0xff }),
	} {
		if _, err := ReadItems(b, Layout21); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestMediaRecords(t *testing.T) {
	end := uint32(4)
	for _, m := range []dataset.Media{
		nil,
		&dataset.Image{File: dataset.File{Name: "x.png"}},
		&dataset.VideoFrame{File: dataset.File{Name: "v.avi"}, Index: 3},
		&dataset.Video{File: dataset.File{Name: "v.avi"}, Step: 2, Start: 1, End: &end},
		&dataset.Video{File: dataset.File{Name: "v.avi"}, Step: 1},
		&dataset.PointCloud{File: dataset.File{Name: "c.pcd"}, Extra: []*dataset.Image{{File: dataset.File{Name: "c/extra_image_0.png"}, Height: 1, Width: 2}}},
	} {
		items, err := ReadItems(AppendItem(nil, Item{ID: "x", Media: m}, 0), Layout21)
		if err != nil || len(items) != 1 || !reflect.DeepEqual(items[0].Media, m) {
			t.Errorf("%+v came back as %+v, %v", m, items, err)
		}
	}
	if _, err := ReadItems(AppendItem(nil, Item{Media: &dataset.Video{}}, 0), Layout21); err != nil {
		t.Errorf("a video without step is written with step 1: %v", err)
	}
}

func TestCategories(t *testing.T) {
	c := dataset.Categories{
		Labels: &dataset.LabelCategories{
			Labels:     []dataset.LabelCategory{{Name: "b<&>\u2028", Parent: "p", Attributes: []string{"z", "a"}}, {Name: "ä"}},
			Groups:     []dataset.LabelGroup{{Name: "g", Type: "exclusive", Labels: []string{"y", "x"}}},
			Attributes: []string{"q", "p"},
		},
		Masks:  &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 1, R: 255, G: 0, B: 7}}},
		Points: &dataset.PointsCategories{Items: []dataset.PointsCategory{{Label: 0, Names: []string{"nose"}, Joints: [][2]int32{{1, 2}}, Positions: []float64{0, 0.5, 1}}}},
	}
	b := AppendCategories(nil, &c)
	want := `{"label":{"labels":[{"name":"b<&>` + "\u2028" + `","parent":"p","attributes":["a","z"]},{"name":"ä","parent":"","attributes":[]}],` +
		`"label_groups":[{"name":"g","group_type":"exclusive","labels":["x","y"]}],"attributes":["p","q"]},` +
		`"mask":{"colormap":[{"label_id":1,"r":255,"g":0,"b":7}]},` +
		`"points":{"items":[{"label_id":0,"labels":["nose"],"joints":[[1,2]],"positions":[0.0,0.5,1.0]}]}}`
	if string(b[4:]) != want {
		t.Errorf("wrote\n%s, want\n%s", b[4:], want)
	}
	got, err := ParseCategories(b[4:])
	if err != nil || got.Labels.Labels[0].Attributes[0] != "a" || !reflect.DeepEqual(got.Points, c.Points) || !reflect.DeepEqual(got.Masks, c.Masks) {
		t.Errorf("read %+v, %v", got, err)
	}
	if b := AppendCategories(nil, &dataset.Categories{}); !bytes.Equal(b, make([]byte, 4)) {
		t.Errorf("no categories: %x", b)
	}
	for _, text := range []string{
		`[]`, `{"label":{}}`, `{"label":{"labels":[{"name":"x"}]}}`, `{"label":{"labels":[{"parent":"x"}]}}`, `{"mask":{}}`,
		`{"mask":{"colormap":[{"r":1}]}}`, `{"points":{}}`, `{"points":{"items":[{}]}}`, `{`,
	} {
		if _, err := ParseCategories([]byte(text)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestCarriedAttributesAreNotStored(t *testing.T) {
	it := workedItem()
	it.Attributes = dataset.Attributes{{Name: "@coco.id", Value: []byte("1")}}
	base := it.Annotations[0].Common()
	base.Attributes = append(base.Attributes, dataset.Attribute{Name: "@coco.area", Value: []byte("2")})
	if b := encode(it, Cuboid2DBefore112); !bytes.Equal(b, worked()) || strings.Contains(string(b), "coco") {
		t.Errorf("wrote %q", b)
	}
}

func FuzzReadItems(f *testing.F) {
	f.Add(worked(), true)
	for _, a := range kinds() {
		f.Add(encode(Item{ID: "x", Annotations: []dataset.Annotation{a}}, Cuboid2DSince112), true)
	}
	f.Fuzz(func(t *testing.T, b []byte, newer bool) {
		layout := Layout17
		if newer {
			layout = Layout21
		}
		items, err := ReadItems(b, layout)
		if err != nil || layout == Layout17 {
			return
		}
		// What was read can be written, and is read the same again.
		var again []byte
		for _, it := range items {
			for _, a := range it.Annotations {
				if ok, _ := Holds(a); !ok {
					return
				}
			}
			again = append(again, encode(it, Cuboid2DSince112)...)
		}
		if _, err := ReadItems(again, Layout21); err != nil {
			t.Errorf("what was read cannot be read again: %v", err)
		}
	})
}
