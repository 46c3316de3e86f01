package dota

import (
	"bytes"
	"math"
	"slices"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// header returns the header of a file, and counts the attributes of the item
// that do not come back of it.
func (e *exporter) header(it *dataset.Item) string {
	text := headerOf(it.Attributes)
	var again dataset.Attributes
	if text != "" {
		again = headerAttributes(strings.Split(text, "\n"))
	}
	for _, x := range formats.UserAttributes(it.Attributes) {
		raw, ok := again.Get(x.Name)
		e.LostIf(it, "attributes of items dropped", !ok || !bytes.Equal(raw, x.Value))
	}
	return text
}

// line spells the line of an annotation: the one that was carried, where it
// still says the same. What does not come back of it is counted.
func (e *exporter) line(it *dataset.Item, a dataset.Annotation) (string, bool) {
	switch a.(type) {
	case *dataset.RotatedBbox, *dataset.Polygon, *dataset.Bbox:
	case *dataset.Label:
		e.Lost(it, "image labels dropped", 1)
		return "", false
	default:
		e.Loss.AddDropped(it, a)
		return "", false
	}
	label := *dataset.LabelOf(a)
	if label == dataset.NoLabel || int(label) >= len(e.table.names) {
		e.Lost(it, "annotations without a label dropped", 1)
		return "", false
	}
	p, ok := cornersOf(a)
	if !ok {
		e.Lost(it, "annotations whose coordinates are no numbers dropped", 1)
		return "", false
	}
	b := a.Common()
	e.Loss.AddParts(it, a, formats.PartGroup|formats.PartObjectID|formats.PartZ)
	e.LostIf(it, "annotation ids dropped", b.ID != 0)
	var text string
	if b.Attributes.Decode(carryLine, &text) && e.same(text, a) {
		return text, true
	}
	text = format(p, e.table.written[label], b.Attributes)
	e.compare(it, text, a)
	return text, true
}

// parse reads a line as the importer will.
func (e *exporter) parse(text string) (dataset.Annotation, bool) {
	q, err := parseLine(text)
	label, known := e.table.index[q.label]
	if err != nil || !known || strings.ContainsAny(text, "\r\n") {
		return nil, false
	}
	return q.annotation(label, 1, 1), true
}

// same tells whether a line still says what the annotation does.
func (e *exporter) same(text string, a dataset.Annotation) bool {
	again, ok := e.parse(text)
	if !ok || *dataset.LabelOf(again) != *dataset.LabelOf(a) || again.Kind() != a.Kind() || !slices.Equal(numbers(again), numbers(a)) {
		return false
	}
	user := formats.UserAttributes(a.Common().Attributes)
	got := again.Common().Attributes
	return slices.EqualFunc(user, got, func(x, y dataset.Attribute) bool { return x.Name == y.Name && bytes.Equal(x.Value, y.Value) })
}

// numbers are the coordinates of an annotation.
func numbers(a dataset.Annotation) []float64 {
	switch a := a.(type) {
	case *dataset.RotatedBbox:
		return []float64{a.CX, a.CY, a.W, a.H, a.Angle}
	case *dataset.Polygon:
		return a.Points
	}
	return nil
}

// compare counts what the reader does not find in the line.
func (e *exporter) compare(it *dataset.Item, text string, a dataset.Annotation) {
	again, ok := e.parse(text)
	if !ok { // not reached: the line was made to be read
		e.Lost(it, "annotations dropped", 1)
		return
	}
	e.Lost(it, changed(a, again), 1)
	got := again.Common().Attributes
	for _, x := range formats.UserAttributes(a.Common().Attributes) {
		switch raw, has := got.Get(x.Name); {
		case has && bytes.Equal(raw, x.Value):
		case has:
			e.Lost(it, "attributes of annotations changed, since the format has numbers there", 1)
		case x.Name == "difficulty" && formats.IsNumber(string(x.Value)) && !a.Common().Attributes.Has("difficult"):
			e.Lost(it, "attributes called difficulty that are difficult now", 1)
		default:
			e.Lost(it, "attributes of annotations dropped", 1)
		}
	}
}

// changed says what became of a shape, empty where it comes back as it is.
func changed(a, again dataset.Annotation) string {
	switch a := a.(type) {
	case *dataset.Bbox:
		return "boxes changed to rotated ones"
	case *dataset.Polygon:
		if len(a.Points) != 8 {
			return "polygons changed to the smallest rotated boxes around them"
		}
		if again.Kind() != dataset.KindPolygon {
			return "polygons that are rectangles changed to rotated boxes"
		}
	case *dataset.RotatedBbox:
		b, ok := again.(*dataset.RotatedBbox)
		if !ok {
			return "rotated boxes changed to polygons, since they have no area"
		}
		for i, v := range numbers(a) {
			if math.Abs(v-numbers(b)[i]) > 1e-6*max(1, math.Abs(v)) {
				return "rotated boxes with another angle for the same corners"
			}
		}
		if !slices.Equal(numbers(a), numbers(b)) {
			return "rotated boxes changed in their last digits"
		}
	}
	return ""
}
