package voc

import (
	"math"

	"datum/dataset"
	"datum/formats"
	"datum/internal/decimal"
	"datum/internal/xmltext"
)

// readObject reads an <object>. What is wrong with it is in its field bad.
func (r *reader) readObject(e *element) object {
	o := object{at: e.start}
	var flags [3]dataset.Attribute
	var pose, actions, attributes *element
	r.children(e, func(c *element) {
		if o.bad != nil {
			return
		}
		switch c.name {
		case "name":
			o.name, o.hasName = decodeName(c.text), true
		case attrPose:
			pose = c
		case attrTruncated:
			flags[0] = r.readFlag(c)
		case attrOccluded:
			flags[1] = r.readFlag(c)
		case attrDifficult:
			flags[2] = r.readFlag(c)
		case "actions":
			actions = c
		case "attributes":
			attributes = c
		default:
			r.readShape(&o, c)
		}
	})
	if _, implied := attrOf(pose, "implied"); pose != nil && !implied && len(pose.text) > 0 {
		o.attributes = append(o.attributes, dataset.Attribute{Name: attrPose, Value: dataset.AppendString(nil, decodeName(pose.text))})
	}
	for _, f := range flags {
		if f.Name != "" {
			o.attributes = append(o.attributes, f)
		}
	}
	if actions != nil {
		r.readActions(&o, actions)
	}
	if attributes != nil {
		r.readAttributes(&o.attributes, attributes)
	}
	r.check(&o)
	return o
}

func attrOf(e *element, name string) (string, bool) {
	if e == nil {
		return "", false
	}
	return e.attr(name)
}

// check finds what is missing.
func (r *reader) check(o *object) {
	if o.bad != nil {
		return
	}
	if o.box == nil && o.rotated == nil && o.polygons == nil && o.points == nil && o.parts == nil {
		o.bad = r.errorf(o.at, "an object without box, polygon or point")
		return
	}
	if !o.hasName {
		r.note("objects without a name")
	}
}

// readShape reads what says where the object is.
func (r *reader) readShape(o *object, c *element) {
	switch name := c.name; {
	case name == "bndbox" && o.box == nil:
		_, o.outline = c.attr("implied")
		o.box, o.bad = r.readBox(c)
	case name == "robndbox" && o.rotated == nil:
		o.rotated, o.bad = r.readRotated(c)
	case name == "polygon":
		var points []float64
		if points, o.bad = r.readPolygon(c); points != nil {
			o.polygons = append(o.polygons, points)
		}
	case name == "point":
		var p [2]float64
		if p, o.bad = r.readPoint(c); o.bad == nil {
			o.points = append(o.points, p)
		}
	case name == "part":
		r.readPart(o, c)
	case name == "type" && (string(c.text) == "bndbox" || string(c.text) == "robndbox"):
		// says only which of the two boxes there is
	default:
		r.unknown(&o.extra, c)
	}
}

// readFlag reads a yes or no; the name of what it returns is empty where it is
// neither.
func (r *reader) readFlag(e *element) dataset.Attribute {
	if _, implied := e.attr("implied"); implied {
		return dataset.Attribute{}
	}
	value, odd, ok := parseFlag(e.text)
	if !ok {
		r.note("flags of objects that say neither yes nor no, left out")
		return dataset.Attribute{}
	}
	if odd {
		r.note("flags that are neither 0 nor 1")
	}
	return boolAttribute(e.name, value)
}

func boolAttribute(name string, value bool) dataset.Attribute {
	if value {
		return dataset.Attribute{Name: name, Value: []byte("true")}
	}
	return dataset.Attribute{Name: name, Value: []byte("false")}
}

func (r *reader) readActions(o *object, e *element) {
	r.children(e, func(c *element) {
		value, odd, ok := parseFlag(c.text)
		switch name := c.name; {
		case !ok || o.attributes.Has(name) || dataset.IsCarried(name):
			r.note("actions that say neither yes nor no, or are given twice, left out")
		default:
			if odd {
				r.note("flags that are neither 0 nor 1")
			}
			o.attributes = append(o.attributes, boolAttribute(name, value))
			o.actions = append(o.actions, name)
		}
	})
}

func (r *reader) readPart(o *object, e *element) {
	name, box := r.child(e, "name"), r.child(e, "bndbox")
	if name == nil || box == nil {
		r.note("parts of objects without name or box left out")
		return
	}
	r.children(e, func(c *element) {
		if c != name && c != box {
			r.note("elements in <part> that VOC does not have, left out")
		}
	})
	p := bodyPart{name: decodeName(name.text)}
	if p.box, o.bad = r.readBox(box); o.bad == nil {
		o.parts = append(o.parts, p)
	}
}

// number reads the number of the child called name.
func (r *reader) number(e *element, name string) (decimal.Decimal, error) {
	c := r.child(e, name)
	if c == nil {
		return decimal.Decimal{}, r.errorf(e.start, "<%s> without <%s>", e.name, name)
	}
	return r.numberOf(c)
}

func (r *reader) numberOf(c *element) (decimal.Decimal, error) {
	d, ok := decimal.Parse(c.text)
	if !ok {
		return d, r.errorf(c.start, "<%s> is %q, which is no number", c.name, xmltext.Shorten(c.text))
	}
	return d, nil
}

// readBox reads two corners, in any order.
func (r *reader) readBox(e *element) (*dataset.Bbox, error) {
	var v [4]decimal.Decimal
	for i, name := range [4]string{"xmin", "ymin", "xmax", "ymax"} {
		var err error
		if v[i], err = r.number(e, name); err != nil {
			return nil, err
		}
	}
	for i := range 2 {
		if _, length := r.side(v[i], v[i+2]); length < 0 {
			v[i], v[i+2] = v[i+2], v[i]
			r.note("boxes with their corners in the wrong order")
		}
	}
	b := &dataset.Bbox{Label: dataset.NoLabel}
	b.X, b.W = r.side(v[0], v[2])
	b.Y, b.H = r.side(v[1], v[3])
	if math.IsInf(b.W, 0) || math.IsInf(b.H, 0) {
		return nil, r.errorf(e.start, "<%s> is larger than a number can be", e.name)
	}
	return b, nil
}

// one is the number of the first pixel, in files that count from there.
var one = decimal.New(1, 0)

// side turns the first and last pixel of a box, or its edges, into its place
// and its length.
func (r *reader) side(from, to decimal.Decimal) (at, length float64) {
	d := to.Minus(from)
	if r.oneBased {
		return from.Minus(one).Float64(), d.Plus(one).Float64()
	}
	return from.Float64(), d.Float64()
}

// coordinate turns a number of the file into one of the model.
func (r *reader) coordinate(d decimal.Decimal) float64 {
	if r.oneBased {
		d = d.Minus(one)
	}
	return d.Float64()
}

// readPoint reads <x> and <y>.
func (r *reader) readPoint(e *element) (p [2]float64, err error) {
	x, err := r.number(e, "x")
	if err != nil {
		return p, err
	}
	y, err := r.number(e, "y")
	return [2]float64{r.coordinate(x), r.coordinate(y)}, err
}

// readPolygon reads <x1>, <y1>, <x2> … or a list of <pt>.
func (r *reader) readPolygon(e *element) (points []float64, err error) {
	r.children(e, func(c *element) {
		name := c.name
		switch {
		case err != nil:
		case name == "pt" || name == "point":
			var p [2]float64
			p, err = r.readPoint(c)
			points = append(points, p[:]...)
		case name[0] == 'x' || name[0] == 'y':
			if axis := "xy"[len(points)%2]; name[0] != axis {
				err = r.errorf(c.start, "<%s> in a polygon where %c is expected", name, axis)
				return
			}
			var d decimal.Decimal
			d, err = r.numberOf(c)
			points = append(points, r.coordinate(d))
		default:
			r.note("elements in <polygon> that are no points, left out")
		}
	})
	switch {
	case err != nil:
		return nil, err
	case len(points)%2 != 0:
		return nil, r.errorf(e.start, "a polygon of %d numbers", len(points))
	case len(points) == 0:
		r.note("polygons without points left out")
		return nil, nil
	}
	return points, nil
}

// readRotated reads the turned box of roLabelImg, whose angle is in radians.
func (r *reader) readRotated(e *element) (*dataset.RotatedBbox, error) {
	b := &dataset.RotatedBbox{Label: dataset.NoLabel}
	for _, f := range []struct {
		name string
		to   *float64
	}{{"cx", &b.CX}, {"cy", &b.CY}, {"w", &b.W}, {"h", &b.H}, {"angle", &b.Angle}} {
		d, err := r.number(e, f.name)
		if err != nil {
			return nil, err
		}
		*f.to = d.Float64()
	}
	b.Angle *= 180 / math.Pi
	if text, ok := r.child(e, "angle").attr("degrees"); ok {
		d, ok := decimal.Parse([]byte(text))
		if !ok {
			return nil, formats.Reason(formats.ErrCorrupt, "the angle %q is no number", text)
		}
		b.Angle = d.Float64()
	}
	if r.oneBased {
		b.CX, b.CY = r.centre(e, "cx"), r.centre(e, "cy")
	}
	return b, nil
}

func (r *reader) centre(e *element, name string) float64 {
	d, _ := r.number(e, name)
	return d.Minus(one).Float64()
}
