package yolo

import (
	"errors"
	"math"
	"reflect"
	"testing"

	"datum/dataset"
)

// fullRecord has all that a record may have.
func fullRecord() *record {
	spelled := dataset.Base{}
	spelled.Attributes.SetRaw(carryDecimals, []byte("6"))
	spelled.Attributes.SetRaw(carryNumbers, []byte(`"1 2"`))
	return &record{Item: "ä of train", Subset: "train", Name: "a/b", Width: 640, Height: math.MaxInt32, Objects: []object{
		{Label: 3, Score: "0.5", Box: &dataset.Bbox{Base: spelled, Label: 3, X: 1, Y: -2.5, W: math.Inf(1), H: 5e-324}},
		{Label: -1, Rotated: &dataset.RotatedBbox{Label: -1, CX: 1, CY: 2, W: 3, H: 4, Angle: 5}},
		{Points: &dataset.Points{Base: spelled, Points: []float64{1, 2, 3, 4}, Visibility: []dataset.Visibility{0, 2}}},
		{
			Label: 7, Polygons: []*dataset.Polygon{{Label: 7, Points: []float64{1, 2, 3, 4, 5, 6}}, {Base: spelled, Label: 7, Points: make([]float64, 9000)}},
			Masks: []*dataset.Mask{{Label: 7, RLE: dataset.RLE{Height: 2, Width: 3, Counts: []byte("06")}}},
		},
	}}
}

// TestSpooled requires that records come back, and that none is made of what was
// cut off.
func TestSpooled(t *testing.T) {
	t.Parallel()
	want := []*record{fullRecord(), {Item: "x", Width: -1}, fullRecord()}
	var b []byte
	for _, r := range want {
		b = appendRecord(b, r)
	}
	got, err := (&spooled{b: b}).records()
	if err != nil || len(got) != len(want) {
		t.Fatalf("%d records, %v", len(got), err)
	}
	for i := range want {
		if !reflect.DeepEqual(got[i].record, *want[i]) {
			t.Errorf("record %d is %+v instead of %+v", i, got[i].record, *want[i])
		}
	}
	small := appendRecord(nil, want[0])[:600]
	for n := 1; n < len(small); n++ {
		if _, err := (&spooled{b: small[:n]}).records(); !errors.Is(err, errSpool) {
			t.Fatalf("%d bytes of a record: %v", n, err)
		}
	}
}

// FuzzSpooled reads anything.
func FuzzSpooled(f *testing.F) {
	f.Add(appendRecord(nil, fullRecord())[:300])
	f.Add([]byte{0, 0, 0, 0, 0, 1, 0, 0, 7, 255, 255, 255, 255, 15})
	f.Fuzz(func(t *testing.T, b []byte) {
		list, err := (&spooled{b: b}).records()
		if err != nil {
			return
		}
		var again []byte
		for i := range list {
			again = appendRecord(again, &list[i].record)
		}
		if _, err := (&spooled{b: again}).records(); err != nil {
			t.Fatal(err)
		}
	})
}
