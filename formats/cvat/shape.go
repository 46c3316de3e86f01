package cvat

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"datum/dataset"
	"datum/internal/imagesize"
)

var shapeNames = []string{"box", "cuboid", "ellipse", "mask", "points", "polygon", "polyline", "skeleton", "tag"}

func isShape(name string) bool {
	_, ok := slices.BinarySearch(shapeNames, name)
	return ok
}

// What an annotation carries along: who made it, the angle of an ellipse, and
// the attributes of the elements of a skeleton.
var (
	carrySource   = dataset.CarriedName(formatName, "source")
	carryRotation = dataset.CarriedName(formatName, "rotation")
)

// add reads a shape into the item. A bad one is left out where that is wanted.
func (d *reader) add(e *element, track *trackRef) error {
	if !isShape(e.name) || e.name == "tag" && track != nil {
		d.notes.Add("elements ignored, which the format does not define", "<"+e.name+"> in "+d.where(), 1)
		return nil
	}
	a, err := d.annotation(e, track)
	if err != nil {
		return d.m.opts.Bad(d.x.at(e.at, d.item.ID, err))
	}
	if a != nil {
		d.item.Annotations = append(d.item.Annotations, a)
	}
	return nil
}

// annotation makes an annotation of a shape, or nil of one that says that its
// object is not there.
func (d *reader) annotation(e *element, track *trackRef) (dataset.Annotation, error) {
	outside, err := isOutside(e)
	if err != nil {
		return nil, err
	}
	if track != nil && outside && !d.m.keep {
		d.notes.Add("shapes of tracks left out, since they say that the object is not there", d.where(), 1)
		return nil, nil
	}
	a, err := d.shape(e)
	if err != nil {
		return nil, err
	}
	if err := d.common(e, a, track); err != nil {
		return nil, err
	}
	return a, nil
}

// isOutside reports whether a shape says that its object is not there. A
// skeleton says so by its elements.
func isOutside(e *element) (bool, error) {
	outside, _, err := e.flag("outside")
	if outside || err != nil || e.name != "skeleton" || len(e.parts) == 0 {
		return outside, err
	}
	for _, p := range e.parts {
		if outside, _, err = p.flag("outside"); !outside || err != nil {
			return false, err
		}
	}
	return true, nil
}

// common reads what all kinds of shapes have.
func (d *reader) common(e *element, a dataset.Annotation, track *trackRef) error {
	label, err := e.text("label")
	if err != nil {
		return err
	}
	base := a.Common()
	base.ObjectID = dataset.NoObject
	source, err := e.text("source")
	if err != nil {
		return err
	}
	if base.Group, err = e.integer("group_id", 0); err != nil {
		return err
	}
	if track != nil {
		label, source, base.ObjectID = track.label, cmp.Or(track.source, source), track.id
		base.Group = cmp.Or(base.Group, track.groupID)
	}
	l, ok := d.m.labels.index[label]
	if !ok {
		l = dataset.NoLabel
		d.notes.Add("shapes without a label", d.where(), 1)
	}
	*dataset.LabelOf(a) = l
	if z := dataset.ZOf(a); z != nil {
		n, err := e.integer("z_order", 0)
		if err != nil || n != int64(int32(n)) {
			return e.bad("z_order is no number that fits")
		}
		*z = int32(n)
	}
	d.values(&base.Attributes, attrTypes(d.m.labels, label, ""), e.values)
	if source != "" {
		carry(&base.Attributes, carrySource, source)
	}
	return d.flags(e, &base.Attributes, track)
}

// flags turns the flags of a shape into attributes, as Datumaro does.
func (d *reader) flags(e *element, to *dataset.Attributes, track *trackRef) error {
	names := []string{"occluded"}
	if track != nil {
		names = append(names, "keyframe")
		if d.m.keep {
			names = append(names, "outside")
		}
	}
	for _, name := range names {
		on, there, err := e.flag(name)
		if err != nil {
			return err
		}
		if there && !to.Has(name) {
			carry(to, name, on)
		}
	}
	return nil
}

func attrTypes(t *labelTable, label, element string) map[string]string {
	if element == "" {
		return t.types[label]
	}
	return t.types[attrKey(label, element)]
}

// values turns the texts of attributes into JSON by their declared types.
func (d *reader) values(to *dataset.Attributes, types map[string]string, values [][2]string) {
	for _, v := range values {
		if to.Has(v[0]) {
			d.notes.Add("attributes given twice, of which the last counts", v[0]+" in "+d.where(), 1)
		}
		to.SetRaw(v[0], d.typed(types[v[0]], v))
	}
}

func (d *reader) typed(inputType string, v [2]string) []byte {
	text := strings.TrimSpace(v[1])
	switch inputType {
	case typeNumber:
		if isJSONNumber(text) {
			return []byte(text)
		}
	case typeCheckbox:
		if b := strings.ToLower(text); b == "true" || b == "false" {
			return []byte(b)
		}
	default:
		return dataset.AppendString(nil, v[1])
	}
	if text != "" {
		d.notes.Add("values of attributes that are not of the declared type, kept as texts", v[0]+" in "+d.where(), 1)
	}
	return dataset.AppendString(nil, v[1])
}

func isJSONNumber(s string) bool {
	return s != "" && (s[0] == '-' || s[0] >= '0' && s[0] <= '9') && json.Valid([]byte(s))
}

// shape reads the geometry.
func (d *reader) shape(e *element) (dataset.Annotation, error) {
	switch e.name {
	case "tag":
		return &dataset.Label{}, nil
	case "box":
		return box(e)
	case "ellipse":
		return d.ellipse(e)
	case "cuboid":
		return cuboid(e)
	case "mask":
		return d.mask(e)
	case "skeleton":
		return d.skeleton(e)
	}
	p, err := e.points()
	if err != nil {
		return nil, err
	}
	switch e.name {
	case "polygon":
		if len(p) < 6 {
			return nil, e.bad("%d points are no polygon", len(p)/2)
		}
		return &dataset.Polygon{Points: p}, nil
	case "polyline":
		return &dataset.PolyLine{Points: p}, nil
	}
	return &dataset.Points{Points: p, Visibility: slices.Repeat([]dataset.Visibility{dataset.Visible}, len(p)/2)}, nil
}

// angle reads the rotation of a shape, 0 where there is none.
func angle(e *element) (float64, error) {
	if !e.has("rotation") {
		return 0, nil
	}
	d, err := e.number("rotation")
	return d.Float64(), err
}

func box(e *element) (dataset.Annotation, error) {
	n, err := e.numbers("xtl", "ytl", "xbr", "ybr")
	if err != nil {
		return nil, err
	}
	turn, err := angle(e)
	if err != nil {
		return nil, err
	}
	w, h := n[2].Minus(n[0]).Float64(), n[3].Minus(n[1]).Float64()
	if turn == 0 {
		return &dataset.Bbox{X: n[0].Float64(), Y: n[1].Float64(), W: w, H: h}, nil
	}
	return &dataset.RotatedBbox{
		CX: n[0].Plus(n[2]).Half().Float64(), CY: n[1].Plus(n[3]).Half().Float64(), W: w, H: h, Angle: turn,
	}, nil
}

// ellipse reads an ellipse. The model knows none that is turned: the angle is
// carried along.
func (d *reader) ellipse(e *element) (dataset.Annotation, error) {
	n, err := e.numbers("cx", "cy", "rx", "ry")
	if err != nil {
		return nil, err
	}
	turn, err := angle(e)
	if err != nil {
		return nil, err
	}
	a := &dataset.Ellipse{
		X1: n[0].Minus(n[2]).Float64(), Y1: n[1].Minus(n[3]).Float64(),
		X2: n[0].Plus(n[2]).Float64(), Y2: n[1].Plus(n[3]).Float64(),
	}
	if turn != 0 {
		carry(&a.Attributes, carryRotation, turn)
		d.notes.Add("angles of ellipses carried along, which other formats do not see", d.where(), 1)
	}
	return a, nil
}

// cuboidCorners are the corners of a cuboid in the order of CVAT, two
// attributes each, the front face first.
var cuboidCorners = [16]string{
	"xtl1", "ytl1", "xbl1", "ybl1", "xtr1", "ytr1", "xbr1", "ybr1",
	"xtl2", "ytl2", "xbl2", "ybl2", "xtr2", "ytr2", "xbr2", "ybr2",
}

func cuboid(e *element) (dataset.Annotation, error) {
	n, err := e.numbers(cuboidCorners[:]...)
	if err != nil {
		return nil, err
	}
	a := &dataset.Cuboid2D{}
	for i := range n {
		a.Corners[i] = n[i].Float64()
	}
	return a, nil
}

func (d *reader) mask(e *element) (dataset.Annotation, error) {
	var side [4]int64
	for i, name := range []string{"left", "top", "width", "height"} {
		n, err := e.integer(name, -1)
		if err != nil {
			return nil, err
		}
		side[i] = n
	}
	r, err := newRegion(side[0], side[1], side[2], side[3], d.m.limits.ImagePixels)
	if err != nil {
		return nil, err
	}
	code, err := e.text("rle")
	if err != nil {
		return nil, err
	}
	if err := r.readRuns(code); err != nil {
		return nil, err
	}
	height, width := d.pictureSize(r)
	if r.left+r.width > width || r.top+r.height > height {
		return nil, e.bad("the mask reaches out of its picture of %d × %d pixels", width, height)
	}
	return &dataset.Mask{RLE: r.mask(height, width)}, nil
}

// pictureSize is the size for a mask: that of its picture, which is looked up
// in the file where nothing else says it.
func (d *reader) pictureSize(r *region) (height, width int64) {
	if d.height == 0 || d.width == 0 {
		if img, ok := d.item.Media.(*dataset.Image); ok && img.Source != nil {
			if size, err := imagesize.Of(&img.File); err == nil {
				w, h := size.Shown()
				d.width, d.height = int64(w), int64(h)
			}
		}
	}
	if d.height > 0 && d.width > 0 {
		return d.height, d.width
	}
	d.notes.Add("masks made as large as need be, since the size of the picture is not known", d.where(), 1)
	return r.top + r.height, r.left + r.width
}
