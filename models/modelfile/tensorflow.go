package modelfile

import (
	"bytes"
	"errors"
	"io"

	"google.golang.org/protobuf/encoding/protowire"
)

// The fields of TensorFlow's GraphDef, and of the nodes in it.
const (
	graphDefNode     = 1
	graphDefVersions = 4
	graphDefLast     = 5
	nodeDefName      = 1
	nodeDefOp        = 2
)

// isGraphDef reports whether a file of so many bytes is a frozen graph of
// TensorFlow, by how it begins: with nodes, each of which has a name and an
// operation. In ONNX and in a SavedModel, the first field is a number.
func isGraphDef(r io.ReaderAt, size int64) bool {
	start := make([]byte, min(size, sniffLen))
	if _, err := r.ReadAt(start, 0); err != nil && !errors.Is(err, io.EOF) {
		return false
	}
	cut := int64(len(start)) < size
	nodes := 0
	for len(start) > 0 {
		number, wire, n := protowire.ConsumeTag(start)
		if n < 0 {
			return nodes > 0 && cut
		}
		if number > graphDefLast || wire == protowire.BytesType == (number == graphDefVersions-1) {
			return false // the third is a number, and messages are the others
		}
		content, m := protowire.ConsumeBytes(start[n:])
		switch {
		case wire != protowire.BytesType:
			m = protowire.ConsumeFieldValue(number, wire, start[n:])
		case m < 0: // it goes on behind what was read
			return nodes > 0 && cut
		case number == graphDefNode && !isNodeDef(content):
			return false
		case number == graphDefNode:
			nodes++
		}
		if m < 0 {
			return nodes > 0 && cut
		}
		start = start[n+m:]
	}
	return nodes > 0
}

// isNodeDef reports whether this is a node of a GraphDef.
func isNodeDef(b []byte) bool {
	name, _ := field(b, nodeDefName)
	op, _ := field(b, nodeDefOp)
	return len(name) > 0 && len(op) > 0 && !bytes.ContainsFunc(op, func(r rune) bool { return r <= ' ' || r > '~' })
}
