package graph

import (
	"bytes"
	"math"
	"testing"
)

// TestOverflows counts what half precision does not hold, and requires the same
// numbers that numpy and OpenVINO make of it: infinite ones from 65520 on.
func TestOverflows(t *testing.T) {
	inf, nan, most := float32(math.Inf(1)), float32(math.NaN()), float32(math.MaxFloat32)
	v := []float32{0, 65504, 65519, 65520, -65520, 1e6, inf, nan, -most}
	for e, want := range map[ElementType]int{F16: 4, BF16: 1, F32: 0, F64: 0} {
		if got := Overflows(e, v); got != want {
			t.Errorf("%s: %d, and not %d", e, got, want)
		}
	}
	data, err := EncodeFloats(F16, v)
	if err != nil {
		t.Fatal(err)
	}
	want := []byte{0, 0, 0xff, 0x7b, 0xff, 0x7b, 0, 0x7c, 0, 0xfc, 0, 0x7c, 0, 0x7c, 0, 0x7e, 0, 0xfc}
	if !bytes.Equal(data, want) {
		t.Errorf("% x, and not % x", data, want)
	}
	if data, err = EncodeFloats(BF16, []float32{1, -most, most / 2, nan}); err != nil || !bytes.Equal(data, []byte{0x80, 0x3f, 0x80, 0xff, 0, 0x7f, 0xc0, 0x7f}) {
		t.Errorf("% x, %v", data, err)
	}
	for _, e := range []ElementType{I8, String, F8E4M3, NF4, Boolean} {
		if _, err := EncodeFloats(e, []float32{1}); err == nil {
			t.Errorf("%s holds a float", e)
		}
	}
}

// TestScalars requires that a number fits its type.
func TestScalars(t *testing.T) {
	for _, c := range []struct {
		t     ElementType
		v     float64
		fails bool
	}{
		{F32, 0.5, false}, {F64, 0.1, false}, {F16, 0.5, false}, {BF16, 2, false}, {I8, 127, false}, {I8, 128, true}, {U8, -1, true}, {I32, 0.5, true}, {U64, 3, false}, {I16, -32768, false},
		{I16, -32769, true}, {U32, 1 << 32, true}, {Boolean, 1, false}, {Boolean, 2, true}, {I4, 1, true}, {String, 0, true}, {I64, math.Inf(1), true}, {I64, math.NaN(), true}, {I64, 1e19, true}, {I64, -1e19, true},
	} {
		b := NewBuilder("scalar")
		o := b.Scalar(c.t, c.v)
		if failed := b.Err() != nil; failed != c.fails {
			t.Errorf("%v as %s: %v", c.v, c.t, b.Err())
		}
		if b.Err() != nil {
			continue
		}
		if got, ok := o.KnownFloats(); !ok || len(got) != 1 || got[0] != c.v {
			t.Errorf("%v as %s is %v", c.v, c.t, got)
		}
	}
}
