package cityscapes

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"strconv"

	"datum/dataset"
	"datum/formats"
)

const carryObject = "@" + formatName + ".object"

// scene is the content of a polygons.json.
type scene struct {
	height, width int32
	objects       []object
}

// object is one polygon. Extra are its members besides label and polygon, as
// JSON without the braces.
type object struct {
	label   string
	points  []float64
	deleted bool
	extra   dataset.Attributes
}

// parsePolygons reads a polygons.json.
func parsePolygons(text []byte) (*scene, error) {
	var raw struct {
		Height  *float64          `json:"imgHeight"`
		Width   *float64          `json:"imgWidth"`
		Objects []json.RawMessage `json:"objects"`
	}
	text = bytes.TrimPrefix(text, []byte("\ufeff"))
	if err := json.Unmarshal(text, &raw); err != nil {
		return nil, jsonError(err)
	}
	if raw.Height == nil || raw.Width == nil || raw.Objects == nil {
		return nil, formats.Reason(formats.ErrCorrupt, "imgHeight, imgWidth or objects is missing")
	}
	s := &scene{objects: make([]object, 0, len(raw.Objects))}
	for _, side := range []struct {
		value float64
		to    *int32
	}{{*raw.Height, &s.height}, {*raw.Width, &s.width}} {
		if side.value != math.Trunc(side.value) || side.value < 0 || side.value > 1<<30 {
			return nil, formats.Reason(formats.ErrCorrupt, "a picture of %v × %v pixels", *raw.Width, *raw.Height)
		}
		*side.to = int32(side.value)
	}
	for i, text := range raw.Objects {
		o, err := parseObject(text)
		if err != nil {
			return nil, formats.Reason(formats.ErrCorrupt, "object %d: %w", i+1, err)
		}
		s.objects = append(s.objects, o)
	}
	return s, nil
}

func jsonError(err error) error {
	var syntax *json.SyntaxError
	if errors.As(err, &syntax) {
		return formats.Reason(formats.ErrCorrupt, "byte %d: %w", syntax.Offset, err)
	}
	return formats.Reason(formats.ErrCorrupt, "%w", err)
}

func parseObject(text []byte) (o object, err error) {
	members, err := dataset.ParseAttributes(text)
	if err != nil {
		return o, err
	}
	var corners [][]float64
	if raw, _ := members.Get("label"); json.Unmarshal(raw, &o.label) != nil || string(raw) == "null" {
		return o, errors.New("it has no label")
	}
	if !members.Decode("polygon", &corners) {
		return o, errors.New("it has no polygon")
	}
	for _, c := range corners {
		if len(c) != 2 {
			return o, errors.New("a corner has two coordinates")
		}
		o.points = append(o.points, c...)
	}
	var flag float64
	o.deleted = members.Decode("deleted", &flag) && flag != 0 || members.Decode("deleted", &o.deleted) && o.deleted
	members.Delete("label")
	members.Delete("polygon")
	o.extra = members
	return o, nil
}

// appendScene spells a polygons.json.
func appendScene(dst []byte, s *scene) []byte {
	dst = append(dst, "{\"imgHeight\": "...)
	dst = strconv.AppendInt(dst, int64(s.height), 10)
	dst = append(dst, ", \"imgWidth\": "...)
	dst = strconv.AppendInt(dst, int64(s.width), 10)
	dst = append(dst, ", \"objects\": ["...)
	for i, o := range s.objects {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, "\n{\"label\": "...)
		dst = dataset.AppendString(dst, o.label)
		dst = append(dst, ", \"polygon\": ["...)
		for k := 0; k+1 < len(o.points); k += 2 {
			if k > 0 {
				dst = append(dst, ", "...)
			}
			dst = append(dst, '[')
			dst = strconv.AppendFloat(dst, o.points[k], 'f', -1, 64)
			dst = append(dst, ", "...)
			dst = strconv.AppendFloat(dst, o.points[k+1], 'f', -1, 64)
			dst = append(dst, ']')
		}
		dst = append(dst, ']')
		for _, x := range o.extra {
			dst = append(dst, ", "...)
			dst = dataset.AppendString(dst, x.Name)
			dst = append(append(dst, ": "...), x.Value...)
		}
		dst = append(dst, '}')
	}
	return append(dst, "]}\n"...)
}

// readPolygons reads the polygons of an item.
func (im *importer) readPolygons(r *formats.Record, name string) error {
	text, err := im.folder.ReadFile(name, im.limits.RecordBytes)
	if err != nil {
		return formats.At(im.folder, formatName, name, err)
	}
	s, err := parsePolygons(text)
	if err != nil {
		return placed(im.folder, name, err)
	}
	if picture, ok := r.Item.Media.(*dataset.Image); ok && s.height > 0 && s.width > 0 {
		picture.Height, picture.Width = s.height, s.width
	}
	for _, o := range s.objects {
		switch {
		case o.deleted:
			r.Notes.Add("objects left out, since they are marked as deleted", name, 1)
			continue
		case len(o.points) < 6:
			r.Notes.Add("polygons of fewer than three corners left out", name, 1)
			continue
		}
		p := &dataset.Polygon{Base: dataset.Base{ObjectID: dataset.NoObject}, Points: o.points}
		label, known := im.table.index[o.label]
		if !known {
			if label, known = im.table.group(o.label); known {
				p.Attributes.SetRaw("is_crowd", []byte("true"))
			}
		}
		if !known {
			err := placed(im.folder, name, formats.Reason(formats.ErrCorrupt, "the label %q appeared while the dataset was read", o.label))
			if err := im.opts.Bad(err); err != nil {
				return err
			}
			continue
		}
		p.Label = label
		if len(o.extra) > 0 {
			p.Attributes.SetRaw(carryObject, o.extra.AppendJSON(nil))
		}
		r.Item.Annotations = append(r.Item.Annotations, p)
	}
	return nil
}

// labelsIn returns the labels in the polygons.json of an item; what cannot be
// read is found out later.
func (im *importer) labelsIn(j job) (labels []string, err error) {
	name := j.Entry.polygons
	if name == "" {
		return nil, nil
	}
	text, err := im.folder.ReadFile(name, im.limits.RecordBytes)
	if err != nil {
		return nil, formats.At(im.folder, formatName, name, err)
	}
	var raw struct {
		Objects []struct {
			Label *string `json:"label"`
		} `json:"objects"`
	}
	if json.Unmarshal(bytes.TrimPrefix(text, []byte("\ufeff")), &raw) != nil {
		return nil, nil
	}
	for _, o := range raw.Objects {
		if o.Label != nil {
			labels = append(labels, *o.Label)
		}
	}
	return labels, nil
}
