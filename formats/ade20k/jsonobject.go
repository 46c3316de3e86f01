package ade20k

import (
	"encoding/json"
	"strings"

	"datum/formats"
)

// jsonObject is an element of "object".
type jsonObject struct {
	ID         json.RawMessage `json:"id"`
	Name       json.RawMessage `json:"name"`
	RawName    json.RawMessage `json:"raw_name"`
	Number     json.RawMessage `json:"name_ndx"`
	Attributes json.RawMessage `json:"attributes"`
	Occluded   json.RawMessage `json:"occluded"`
	Crop       json.RawMessage `json:"crop"`
	Instance   json.RawMessage `json:"instance_mask"`
	Parts      json.RawMessage `json:"parts"`
	Polygon    json.RawMessage `json:"polygon"`
}

// parseObject reads one object, nil for null. Without an id its place is one.
func parseObject(raw json.RawMessage, place int) (*object, error) {
	if string(raw) == "null" {
		return nil, nil
	}
	var j jsonObject
	if len(raw) == 0 || raw[0] != '{' || json.Unmarshal(raw, &j) != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "an object of the picture is no JSON object")
	}
	o := &object{
		id: int64(place), number: noNumber, source: compact(raw),
		raw: strings.TrimSpace(textOf(j.RawName)), class: strings.TrimSpace(textOf(j.Name)), instance: textOf(j.Instance),
	}
	if o.raw == "" && o.class == "" {
		return nil, formats.Reason(formats.ErrCorrupt, "the object has no name")
	}
	if len(listOf(j.ID)) > 0 {
		id, ok := intOf(j.ID)
		if !ok {
			return nil, formats.Reason(formats.ErrCorrupt, "the id of the object is %.40s", j.ID)
		}
		o.id = id
	}
	if n, ok := intOf(j.Number); ok {
		o.number = n
	}
	words, all := textsOf(j.Attributes)
	if !all {
		return nil, formats.Reason(formats.ErrCorrupt, "an attribute of object %d is no text", o.id)
	}
	for _, w := range words {
		o.words = append(o.words, splitWords(w)...)
	}
	o.occluded, o.crop = flagOf(j.Occluded), flagOf(j.Crop)
	if err := o.parts(j.Parts); err != nil {
		return nil, err
	}
	return o, o.polygon(j.Polygon)
}

// flagOf understands yes and no, 1 and 0, and true and false; everything else
// is not known.
func flagOf(raw json.RawMessage) *bool {
	var v bool
	list := listOf(raw)
	if len(list) != 1 {
		return nil
	}
	switch strings.ToLower(strings.Trim(string(list[0]), `"`)) {
	case "yes", "1", "true":
		v = true
	case "no", "0", "false":
	default:
		return nil
	}
	return &v
}

// parts reads of what the object is a part.
func (o *object) parts(raw json.RawMessage) error {
	if len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	var p struct {
		PartOf json.RawMessage `json:"ispartof"`
		Level  json.RawMessage `json:"part_level"`
	}
	if err := json.Unmarshal(raw, &p); err != nil {
		return formats.Reason(formats.ErrCorrupt, "parts of object %d: %w", o.id, err)
	}
	if len(listOf(p.Level)) > 0 {
		level, ok := intOf(p.Level)
		if !ok || level < 0 || level > maxLevel {
			return formats.Reason(formats.ErrCorrupt, "the part level of object %d is %.40s, want a number up to %d", o.id, p.Level, maxLevel)
		}
		o.level = int(level)
	}
	if parent, ok := intOf(p.PartOf); ok {
		o.parent = &parent
	}
	return nil
}

// polygon reads the outline.
func (o *object) polygon(raw json.RawMessage) error {
	if len(raw) == 0 || raw[0] != '{' {
		return nil
	}
	var p struct{ X, Y json.RawMessage }
	if err := json.Unmarshal(raw, &p); err != nil {
		return formats.Reason(formats.ErrCorrupt, "the outline of object %d: %w", o.id, err)
	}
	x, ok1 := floatsOf(p.X)
	y, ok2 := floatsOf(p.Y)
	if !ok1 || !ok2 || len(x) != len(y) {
		return formats.Reason(formats.ErrCorrupt, "the outline of object %d has %d and %d coordinates that are numbers", o.id, len(x), len(y))
	}
	for i := range x {
		o.outline = append(o.outline, x[i], y[i])
	}
	return nil
}
