package kitti

import (
	"bytes"
	"math"

	"datum/dataset"
	"datum/formats"
)

// line spells the line of a box: the one that was carried, where it still says
// the same. What does not come back of it is counted.
func (e *exporter) line(it *dataset.Item, b *dataset.Bbox) (string, bool) {
	if b.Label == dataset.NoLabel || int(b.Label) >= len(e.table.labels) {
		e.Lost(it, "boxes without a label dropped", 1)
		return "", false
	}
	for _, v := range []float64{b.X, b.Y, b.W, b.H} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			e.Lost(it, "boxes whose coordinates are no numbers dropped", 1)
			return "", false
		}
	}
	e.Loss.AddParts(it, b, formats.PartGroup|formats.PartObjectID|formats.PartZ)
	e.LostIf(it, "annotation ids dropped", b.ID != 0)
	var text string
	if b.Attributes.Decode(carryLine, &text) && e.same(text, b) {
		return text, true
	}
	text = format(e.table.written[b.Label], b)
	e.compare(it, text, b)
	return text, true
}

// same tells whether a line still says what the box does.
func (e *exporter) same(text string, b *dataset.Bbox) bool {
	l, err := parseLine(text)
	if err != nil || bytes.ContainsAny([]byte(text), "\r\n") || e.table.index[l.label] != b.Label {
		return false
	}
	if _, known := e.table.index[l.label]; !known {
		return false
	}
	again, user := l.box(), formats.UserAttributes(b.Attributes)
	if !sameBox(again, b) || len(again.Attributes) != len(user) {
		return false
	}
	for _, x := range user {
		if raw, ok := again.Attributes.Get(x.Name); !ok || !bytes.Equal(raw, x.Value) {
			return false
		}
	}
	return true
}

func sameBox(a, b *dataset.Bbox) bool {
	return a.X == b.X && a.Y == b.Y && a.W == b.W && a.H == b.H
}

// compare counts what the reader does not find in the line.
func (e *exporter) compare(it *dataset.Item, text string, b *dataset.Bbox) {
	l, err := parseLine(text)
	if err != nil { // not reached: the line was made to be read
		e.Lost(it, "boxes dropped", 1)
		return
	}
	again := l.box()
	e.LostIf(it, "boxes whose size changed in its last digit", !sameBox(again, b))
	for _, x := range formats.UserAttributes(b.Attributes) {
		switch raw, ok := again.Attributes.Get(x.Name); {
		case !ok:
			e.Lost(it, "attributes of annotations dropped", 1)
		case !bytes.Equal(raw, x.Value):
			e.Lost(it, "attributes of annotations changed, since the format has numbers there", 1)
		}
	}
}
