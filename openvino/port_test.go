package openvino

import (
	"slices"
	"testing"
)

func TestShapesAsText(t *testing.T) {
	for _, test := range []struct {
		shape  PartialShape
		want   string
		static []int
	}{
		{nil, "[...]", nil},
		{PartialShape{}, "[]", []int{}},
		{ShapeOf(1, 3, 640, 640), "[1,3,640,640]", []int{1, 3, 640, 640}},
		{ShapeOf(-1, 3), "[?,3]", nil},
		{PartialShape{{1, 16}, {2, Unbounded}}, "[1..16,2..]", nil},
	} {
		if got := test.shape.String(); got != test.want {
			t.Errorf("%#v is written %s, want %s", test.shape, got, test.want)
		}
		dims, ok := test.shape.Static()
		if ok != (test.static != nil) || !slices.Equal(dims, test.static) {
			t.Errorf("%v: the dimensions are %v, %v", test.shape, dims, ok)
		}
	}
}
