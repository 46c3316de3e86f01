package webdataset

import (
	"fmt"
	"math"
	"strconv"

	"datum/dataset"
	"datum/formats"
)

// jsonText is a JSON object that is being written.
type jsonText struct {
	b   []byte
	err error
}

func (t *jsonText) begin() { t.b = append(t.b, '{') }
func (t *jsonText) end()   { t.b = append(t.b, '}') }

// name begins a member.
func (t *jsonText) name(name string) {
	if c := t.b[len(t.b)-1]; c != '{' && c != '[' {
		t.b = append(t.b, ',')
	}
	t.b = append(dataset.AppendString(t.b, name), ':')
}

func (t *jsonText) text(name, v string) {
	t.name(name)
	t.b = dataset.AppendString(t.b, v)
}

// whole writes a whole number, unless it is the one that stands for nothing.
func (t *jsonText) whole(name string, v, nothing int64) {
	if v == nothing {
		return
	}
	t.name(name)
	t.b = strconv.AppendInt(t.b, v, 10)
}

func (t *jsonText) numbers(name string, list ...float64) {
	t.name(name)
	t.b = append(t.b, '[')
	for i, v := range list {
		if i > 0 {
			t.b = append(t.b, ',')
		}
		if math.IsNaN(v) || math.IsInf(v, 0) {
			t.err = formats.Reason(formats.ErrCorrupt, "%s has the number %v, which JSON has no text for", name, v)
		}
		t.b = appendNumber(t.b, v)
	}
	t.b = append(t.b, ']')
}

// appendNumber appends the shortest text that reads as v.
func appendNumber(b []byte, v float64) []byte {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e21) {
		return strconv.AppendFloat(b, v, 'e', -1, 64)
	}
	return strconv.AppendFloat(b, v, 'f', -1, 64)
}

func (t *jsonText) attributes(name string, list dataset.Attributes) {
	if len(list) > 0 {
		t.name(name)
		t.b = list.AppendJSON(t.b)
	}
}

// itemJSON returns all that is known of an item.
func itemJSON(it *dataset.Item, categories *dataset.Categories) ([]byte, error) {
	t := &jsonText{}
	t.begin()
	t.text("id", it.ID)
	t.text("subset", it.Subset)
	if it.Media != nil {
		t.text("media", it.Media.Main().Name)
	}
	switch m := it.Media.(type) {
	case *dataset.Image:
		t.whole("width", int64(m.Width), 0)
		t.whole("height", int64(m.Height), 0)
	case *dataset.VideoFrame:
		t.whole("frame", int64(m.Index), -1)
	case *dataset.Video:
		t.whole("start", int64(m.Start), -1)
		t.whole("step", int64(m.Step), -1)
		if m.End != nil {
			t.whole("end", int64(*m.End), -1)
		}
	}
	t.attributes("attributes", it.Attributes)
	t.name("annotations")
	t.b = append(t.b, '[')
	for i, a := range it.Annotations {
		if i > 0 {
			t.b = append(t.b, ',')
		}
		t.annotation(a, categories)
	}
	t.b = append(t.b, ']')
	t.end()
	return t.b, t.err
}

func (t *jsonText) annotation(a dataset.Annotation, categories *dataset.Categories) {
	base := a.Common()
	t.begin()
	t.text("type", string(a.Kind()))
	t.whole("id", base.ID, 0)
	t.whole("group", base.Group, 0)
	t.whole("object", int64(base.ObjectID), int64(dataset.NoObject))
	if label := dataset.LabelOf(a); label != nil && *label != dataset.NoLabel {
		t.whole("label", int64(*label), -1)
		if name := categories.Name(*label); name != "" {
			t.text("label_name", name)
		}
	}
	if z := dataset.ZOf(a); z != nil {
		t.whole("z_order", int64(*z), 0)
	}
	t.shape(a)
	t.attributes("attributes", base.Attributes)
	t.end()
}

// shape writes the members that only this kind of annotation has.
func (t *jsonText) shape(a dataset.Annotation) {
	switch a := a.(type) {
	case *dataset.Label:
	case *dataset.Bbox:
		t.numbers("bbox", a.X, a.Y, a.W, a.H)
	case *dataset.RotatedBbox:
		t.numbers("rotated_bbox", a.CX, a.CY, a.W, a.H, a.Angle)
	case *dataset.Polygon:
		t.numbers("points", a.Points...)
	case *dataset.PolyLine:
		t.numbers("points", a.Points...)
	case *dataset.Points:
		t.numbers("points", a.Points...)
		t.visibility(a.Visibility)
	case *dataset.Mask:
		t.name("segmentation")
		t.b = fmt.Appendf(t.b, `{"size":[%d,%d],"counts":`, a.RLE.Height, a.RLE.Width)
		t.b = append(dataset.AppendString(t.b, string(a.RLE.Counts)), '}')
	case *dataset.Caption:
		t.text("caption", a.Caption)
	case *dataset.Ellipse:
		t.numbers("ellipse", a.X1, a.Y1, a.X2, a.Y2)
	case *dataset.Cuboid2D:
		t.numbers("corners", a.Corners[:]...)
		if len(a.Y3D) > 0 {
			t.numbers("y_3d", a.Y3D...)
		}
	case *dataset.Cuboid3D:
		t.numbers("position", a.Position[:]...)
		t.numbers("rotation", a.Rotation[:]...)
		t.numbers("scale", a.Scale[:]...)
	case *dataset.Tabular:
		t.name("values")
		t.b = a.Values.AppendJSON(t.b)
	default:
		t.err = fmt.Errorf("annotations of kind %s cannot be written", a.Kind())
	}
}

func (t *jsonText) visibility(list []dataset.Visibility) {
	t.name("visibility")
	t.b = append(t.b, '[')
	for i, v := range list {
		if i > 0 {
			t.b = append(t.b, ',')
		}
		t.b = strconv.AppendInt(t.b, int64(v), 10)
	}
	t.b = append(t.b, ']')
}
