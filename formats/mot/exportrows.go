package mot

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"

	"datum/dataset"
	"datum/formats"
)

// rows writes the boxes of a frame.
func (e *exporter) rows(it *dataset.Item, s *outSequence, number int32) (n int, err error) {
	for _, a := range it.Annotations {
		b, ok := a.(*dataset.Bbox)
		if !ok {
			e.Loss.AddDropped(it, a)
			continue
		}
		row, ok := e.row(it, s, number, b)
		if !ok {
			e.Lost(it, "boxes dropped, since their coordinates are not finite", 1)
			continue
		}
		if err := s.enter(e); err != nil {
			return n, err
		}
		if _, err := s.out.Write(row); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// row is the line of a box.
func (e *exporter) row(it *dataset.Item, s *outSequence, number int32, b *dataset.Bbox) (line []byte, ok bool) {
	for _, v := range []float64{b.X, b.Y, b.W, b.H} {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, false
		}
	}
	e.Loss.AddParts(it, b, formats.PartID|formats.PartGroup|formats.PartZ) // the rest has columns
	w := columns{e: e, it: it, b: b, det: s.det}
	line = strconv.AppendInt(nil, int64(number), 10)
	line = strconv.AppendInt(append(line, ','), int64(w.track()), 10)
	x, y := b.X+e.origin, b.Y+e.origin
	if x-e.origin != b.X || y-e.origin != b.Y {
		e.Lost(it, "boxes changed in their last digits", 1)
	}
	for _, v := range []float64{x, y, b.W, b.H} {
		line = strconv.AppendFloat(append(line, ','), v, 'f', -1, 64)
	}
	line = append(append(line, ','), w.confidence()...)
	var world string
	if b.Attributes.Decode(carryWorld, &world) && b.Label == dataset.NoLabel && isWorld(world) {
		line = append(append(line, ','), world...)
	} else {
		line = append(append(line, ','), w.class(s)...)
		line = append(append(line, ','), w.visibility()...)
	}
	w.count()
	return append(line, '\n'), true
}

// isWorld reports whether text is three numbers.
func isWorld(text string) bool {
	r, err := parseRow("1,1,1,1,1,1,1," + text)
	return err == nil && r.world == text
}

// columns are those behind the box. It notes which attributes they hold.
type columns struct {
	e    *exporter
	it   *dataset.Item
	b    *dataset.Bbox
	det  bool
	held []string
}

func (c *columns) hold(name string) { c.held = append(c.held, name) }

// track is the number of the object: its id, or else the attribute that
// Datumaro has for it.
func (c *columns) track() int32 {
	if id := c.b.ObjectID; id >= 0 {
		return id
	}
	if c.b.ObjectID != dataset.NoObject {
		c.e.Lost(c.it, "negative object ids dropped", 1)
	}
	var id int32
	if c.b.Attributes.Decode(attrTrack, &id) && id >= 0 {
		c.hold(attrTrack)
		c.e.Lost(c.it, "attributes track_id made object ids", 1)
		return id
	}
	return -1
}

func (c *columns) number(name string) (string, bool) {
	raw, ok := c.b.Attributes.Get(name)
	var v float64
	if !ok || len(raw) == 0 || raw[0] != '-' && (raw[0] < '0' || raw[0] > '9') || json.Unmarshal(raw, &v) != nil {
		return "", false
	}
	return string(raw), true
}

func (c *columns) is(name, value string) bool {
	raw, _ := c.b.Attributes.Get(name)
	return string(raw) == value
}

func (c *columns) confidence() string {
	if c.det {
		if score, ok := c.number(attrScore); ok {
			c.hold(attrScore)
			return score
		}
		return ""
	}
	ignored := c.is(attrIgnored, "true")
	if ignored {
		c.hold(attrIgnored)
	}
	var text string
	if c.b.Attributes.Decode(carryConfidence, &text) {
		if v, err := strconv.ParseFloat(text, 64); err == nil && !math.IsInf(v, 0) && !math.IsNaN(v) && (v == 0) == ignored {
			return text
		}
	}
	if ignored {
		return "0"
	}
	return "1"
}

func (c *columns) class(s *outSequence) string {
	if c.b.Label == dataset.NoLabel {
		var text string
		if c.b.Attributes.Decode(carryClass, &text) && text == "0" {
			return text
		}
		return "-1"
	}
	s.labels = max(s.labels, int(c.b.Label)+1)
	return strconv.Itoa(int(c.b.Label) + 1)
}

// visibility is a number between the two that are read as "occluded" and as
// nothing, or one of these.
func (c *columns) visibility() string {
	text, ok := c.number(attrVisibility)
	v, _ := strconv.ParseFloat(text, 64)
	occluded := c.is(attrOccluded, "true")
	switch {
	case ok && v != 0 && v != 1 && !(c.det && v == -1):
		c.hold(attrVisibility)
		return text
	case occluded:
		c.hold(attrOccluded)
		return "0"
	case ok && v == 0:
		return "0"
	case c.det:
		return "-1"
	}
	return "1"
}

// count counts the attributes that no column holds.
func (c *columns) count() {
	for _, a := range formats.UserAttributes(c.b.Attributes) {
		c.e.LostIf(c.it, "attributes of annotations dropped", !slices.Contains(c.held, a.Name))
	}
}
