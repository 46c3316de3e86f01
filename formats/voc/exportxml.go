package voc

import (
	"bytes"
	"math"
	"slices"
	"strconv"

	"datum/dataset"
	"datum/internal/decimal"
	"datum/internal/raster"
	"datum/internal/xmltext"
)

// xmlWriter makes the text of an XML file.
type xmlWriter struct {
	*itemWriter
	b    []byte
	user dataset.Attributes // of an object, used again for the next
}

// xml is the XML file of the item.
func (w *itemWriter) xml() []byte { return w.appendXML(nil) }

// appendXML appends the XML file of the item.
func (w *itemWriter) appendXML(dst []byte) []byte {
	x := xmlWriter{itemWriter: w, b: dst}
	extra, names := w.carriedXML(w.it.Attributes, rootNames)
	x.add("<annotation>\n")
	if !slices.Contains(names, "folder") {
		x.leaf("\t", "folder", []byte(picturesDir))
	}
	if w.image != nil {
		x.leaf("\t", "filename", encodeName(w.media))
	}
	x.size()
	if !slices.Contains(names, "segmented") {
		x.add("\t", segmented(w.pngs), "\n")
	}
	for _, o := range w.objects {
		if !w.semantic || len(o.pixels.Counts) == 0 {
			x.object(o)
		}
	}
	x.attributes("\t", x.userOf(w.it.Attributes))
	x.carried("\t", extra)
	x.add("</annotation>\n")
	return x.b
}

func (x *xmlWriter) add(text ...string) {
	for _, t := range text {
		x.b = append(x.b, t...)
	}
}

// leaf adds an element with text in it.
func (x *xmlWriter) leaf(indent, name string, text []byte) {
	x.add(indent, "<", name, ">")
	x.b = xmltext.AppendText(x.b, string(text))
	x.add("</", name, ">\n")
}

func (x *xmlWriter) size() {
	depth := "3"
	carried := x.it.Attributes.Decode(carryDepth, &depth)
	if x.size0() == 0 && !carried {
		return
	}
	x.add("\t<size>\n")
	if x.size0() > 0 {
		x.leaf("\t\t", "width", strconv.AppendInt(nil, int64(x.itemWriter.size[1]), 10))
		x.leaf("\t\t", "height", strconv.AppendInt(nil, int64(x.itemWriter.size[0]), 10))
	}
	x.leaf("\t\t", "depth", []byte(depth))
	x.add("\t</size>\n")
}

func (x *xmlWriter) size0() int32 {
	if x.image == nil {
		return 0
	}
	return x.itemWriter.size[0]
}

// object adds an <object>. What VOC's readers expect and nobody said is marked
// as implied, so that it is not read as said.
func (x *xmlWriter) object(o *outObject) {
	x.countMembers(o)
	base := o.first().Common()
	user := x.userOf(base.Attributes)
	x.add("\t<object>\n")
	if o.label != dataset.NoLabel {
		x.add("\t\t<name>")
		x.name(x.labels.name(o.label))
		x.add("</name>\n")
	}
	user = x.pose(user)
	user = x.flag(user, attrTruncated, true)
	user = x.flag(user, attrOccluded, false)
	user = x.flag(user, attrDifficult, true)
	x.box(o)
	if o.rotated != nil {
		x.rotated(o.rotated)
	}
	if x.exporter.polygons == polygonsKeep {
		for _, p := range o.polygons {
			x.polygon(p.Points)
		}
	}
	if o.point != nil {
		x.point(o.point.Points)
	}
	for _, p := range o.parts {
		x.add("\t\t<part>\n")
		if p.Label != dataset.NoLabel {
			x.leaf("\t\t\t", "name", encodeName(x.labels.name(x.labels.of(p.Label))))
		}
		x.bndbox("\t\t\t", "bndbox", p.X, p.Y, p.W, p.H)
		x.add("\t\t</part>\n")
	}
	user = x.actions(user, carriedNames(base.Attributes, carryActions))
	x.attributes("\t\t", user)
	extra, _ := x.carriedXML(base.Attributes, ownNames)
	x.carried("\t\t", extra)
	x.add("\t</object>\n")
}

// pose adds <pose> and takes it from the attributes.
func (x *xmlWriter) pose(user dataset.Attributes) dataset.Attributes {
	var pose string
	if raw, ok := user.Get(attrPose); ok && user.Decode(attrPose, &pose) && bytes.Equal(raw, dataset.AppendString(nil, pose)) {
		x.leaf("\t\t", attrPose, encodeName(pose))
		user.Delete(attrPose)
		return user
	}
	x.add("\t\t<pose implied=\"1\">Unspecified</pose>\n")
	return user
}

// flag adds a flag and takes it from the attributes.
func (x *xmlWriter) flag(user dataset.Attributes, name string, expected bool) dataset.Attributes {
	raw, _ := user.Get(name)
	switch string(raw) {
	case "true":
		x.leaf("\t\t", name, []byte("1"))
	case "false":
		x.leaf("\t\t", name, []byte("0"))
	default:
		if expected {
			x.add("\t\t<", name, ` implied="1">0</`, name, ">\n")
		}
		return user
	}
	user.Delete(name)
	return user
}

// actions adds the attributes that are actions and takes them from the others.
func (x *xmlWriter) actions(user dataset.Attributes, names []string) dataset.Attributes {
	begun := false
	for _, n := range names {
		raw, _ := user.Get(n)
		value := map[string]string{"true": "1", "false": "0"}[string(raw)]
		if value == "" || !isTag(n) {
			continue
		}
		if !begun {
			x.add("\t\t<actions>\n")
			begun = true
		}
		x.leaf("\t\t\t", n, []byte(value))
		user.Delete(n)
	}
	if begun {
		x.add("\t\t</actions>\n")
	}
	return user
}

// isTag reports whether a name can be that of an element.
func isTag(name string) bool {
	for i, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_' || c >= 0x80
		if !letter && (i == 0 || (c < '0' || c > '9') && c != '-' && c != '.') {
			return false
		}
	}
	return name != ""
}

// userOf returns the attributes of the user, until the next call.
func (x *xmlWriter) userOf(list dataset.Attributes) dataset.Attributes {
	x.user = x.user[:0]
	for _, a := range list {
		if !dataset.IsCarried(a.Name) {
			x.user = append(x.user, a)
		}
	}
	return x.user
}

// name adds a name as text.
func (x *xmlWriter) name(s string) {
	if isBareWord(s) {
		x.b = append(x.b, s...)
		return
	}
	x.b = xmltext.AppendText(x.b, string(encodeName(s)))
}

// value adds the text that stands for JSON.
func (x *xmlWriter) value(raw []byte) {
	if isBareWord(raw) {
		x.b = append(x.b, raw...)
		return
	}
	x.b = xmltext.AppendText(x.b, string(encodeValue(raw)))
}

// isBareWord reports whether a text is made of letters, digits, blanks within it
// and the like only, so that it stands for itself as a name, as JSON that is no
// string, and in XML.
func isBareWord[T ~string | ~[]byte](s T) bool {
	if len(s) == 0 || s[0] == ' ' || s[len(s)-1] == ' ' {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != ' ' && c != '_' && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

// attributes adds a block of attributes.
func (x *xmlWriter) attributes(indent string, list dataset.Attributes) {
	if len(list) == 0 {
		return
	}
	x.add(indent, "<attributes>\n")
	for _, a := range list {
		x.add(indent, "\t<attribute><name>")
		x.name(a.Name)
		x.add("</name><value>")
		x.value(a.Value)
		x.add("</value></attribute>\n")
	}
	x.add(indent, "</attributes>\n")
}

// box adds the box of an object, or around what else it has.
func (x *xmlWriter) box(o *outObject) {
	if o.box != nil {
		x.bndbox("\t\t", "bndbox", o.box.X, o.box.Y, o.box.W, o.box.H)
		return
	}
	var bx, by, bw, bh float64
	switch {
	case o.rotated != nil:
		corners := raster.Corners(o.rotated)
		bx, by, bw, bh = raster.BoundsOf(corners[:])
	case len(o.polygons) > 0:
		var all []float64
		for _, p := range o.polygons {
			all = append(all, p.Points...)
		}
		bx, by, bw, bh = raster.BoundsOf(all)
	case len(o.pixels.Counts) > 0:
		bx, by, bw, bh, _ = o.pixels.Bounds()
	default:
		return
	}
	if !math.IsInf(bw, 0) && !math.IsInf(bh, 0) {
		x.bndbox("\t\t", "bndbox implied=\"1\"", bx, by, bw, bh)
	}
}

func (x *xmlWriter) bndbox(indent, tag string, bx, by, bw, bh float64) {
	left, right := x.side(bx, bw)
	top, bottom := x.side(by, bh)
	x.add(indent, "<", tag, ">\n", indent, "\t<xmin>")
	x.b = left.Append(x.b)
	x.add("</xmin>\n", indent, "\t<ymin>")
	x.b = top.Append(x.b)
	x.add("</ymin>\n", indent, "\t<xmax>")
	x.b = right.Append(x.b)
	x.add("</xmax>\n", indent, "\t<ymax>")
	x.b = bottom.Append(x.b)
	x.add("</ymax>\n", indent, "</bndbox>\n")
}

// side is the inverse of [reader.side].
func (x *xmlWriter) side(at, length float64) (from, to decimal.Decimal) {
	from = decimal.Of(at)
	to = from.Plus(decimal.Of(length))
	if length < 0 {
		from, to = to, from
	}
	if x.oneBased {
		from = from.Plus(one)
	}
	return from, to
}

func (x *xmlWriter) number(indent, name string, d decimal.Decimal) {
	x.add(indent, "<", name, ">")
	x.b = d.Append(x.b)
	x.add("</", name, ">\n")
}

// coordinate adds an element with one coordinate.
func (x *xmlWriter) coordinate(indent, name string, f float64) {
	d := decimal.Of(f)
	if x.oneBased {
		d = d.Plus(one)
	}
	x.number(indent, name, d)
}

func (x *xmlWriter) point(p []float64) {
	x.add("\t\t<point>\n")
	x.coordinate("\t\t\t", "x", p[0])
	x.coordinate("\t\t\t", "y", p[1])
	x.add("\t\t</point>\n")
}

func (x *xmlWriter) polygon(points []float64) {
	x.add("\t\t<polygon>\n")
	for i := 0; i+1 < len(points); i += 2 {
		n := strconv.Itoa(i/2 + 1)
		x.coordinate("\t\t\t", "x"+n, points[i])
		x.coordinate("\t\t\t", "y"+n, points[i+1])
	}
	x.add("\t\t</polygon>\n")
}

// rotated adds the turned box of roLabelImg. Its angle is in radians; the
// degrees beside it are exact.
func (x *xmlWriter) rotated(b *dataset.RotatedBbox) {
	x.add("\t\t<robndbox>\n")
	x.coordinate("\t\t\t", "cx", b.CX)
	x.coordinate("\t\t\t", "cy", b.CY)
	x.number("\t\t\t", "w", decimal.Of(b.W))
	x.number("\t\t\t", "h", decimal.Of(b.H))
	x.add("\t\t\t<angle degrees=\"", strconv.FormatFloat(b.Angle, 'f', -1, 64), "\">",
		strconv.FormatFloat(b.Angle*math.Pi/180, 'f', -1, 64), "</angle>\n")
	x.add("\t\t</robndbox>\n")
}

// The elements that carried XML must not have, since they say something else.
var (
	rootNames = []string{"object", "filename", "size", "attributes", "path"}
	ownNames  = []string{"name", attrPose, attrTruncated, attrOccluded, attrDifficult, "actions", "attributes", "part", "point", "polygon", "type"}
)

// carriedXML reads the elements that an attribute carries, with their names.
// Such as are broken, or would be read as something else, are dropped.
func (w *itemWriter) carriedXML(a dataset.Attributes, forbidden []string) (text string, names []string) {
	if !a.Has(carryXML) {
		return "", nil
	}
	ok := a.Decode(carryXML, &text)
	s := newScanner([]byte("<a>" + text + "</a>"))
	_, err := s.begin()
	for more := true; ok && err == nil; {
		if more, err = s.next(); err != nil || !more {
			break
		}
		name := s.tree[0].name
		ok = !slices.Contains(forbidden, name)
		names = append(names, name)
	}
	if !ok || err != nil {
		w.lost("carried XML elements that cannot be written dropped", 1)
		return "", nil
	}
	return text, names
}

func (x *xmlWriter) carried(indent, text string) {
	if text != "" {
		x.add(indent, text, "\n")
	}
}
