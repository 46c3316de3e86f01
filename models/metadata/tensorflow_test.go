package metadata

import (
	"reflect"
	"testing"

	"google.golang.org/protobuf/encoding/protowire"
)

// graphOf is a frozen graph of nodes: name, operation, inputs.
func graphOf(nodes ...[]string) (b []byte) {
	bytesField := func(b []byte, number protowire.Number, value string) []byte {
		return protowire.AppendString(protowire.AppendTag(b, number, protowire.BytesType), value)
	}
	for _, n := range nodes {
		node := bytesField(bytesField(nil, nodeName, n[0]), nodeOp, n[1])
		for _, in := range n[2:] {
			node = bytesField(node, nodeInput, in)
		}
		b = bytesField(b, graphNode, string(node))
	}
	return b
}

func TestNamesOfFrozenGraphs(t *testing.T) {
	got := Parse(graphOf(
		[]string{"detection_boxes", "Identity", "inner/boxes"},
		[]string{"inner/boxes", "Identity", "post/nms:1", "^other"},
		[]string{"add", "Add", "a", "b"},
		[]string{"detection_classes", "Identity", "add"},
		[]string{"late", "Identity", "^add"},
		[]string{"round", "Identity", "round"}, // does not end
	))
	want := Metadata{Pad: -1, OutputNames: [][]string{
		{"add:0", "detection_classes:0"},
		{"post/nms:1", "detection_boxes:0", "inner/boxes:0"},
		{"round:0", "round:0"},
	}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v", got)
	}
	if got := Parse(graphOf([]string{"x", "Placeholder"})[:5]); !reflect.DeepEqual(got, Metadata{Pad: -1}) {
		t.Errorf("%+v", got)
	}
}
