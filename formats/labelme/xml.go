package labelme

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
)

// The older LabelMe, a web tool, writes an XML file for each picture, and masks
// as pictures of their own.

// signs are elements that only its files have, by their places.
var signs = []string{"annotation/object/polygon/pt", "annotation/object/segm", "annotation/imagesize/nrows"}

// maxXMLDepth is how deep elements may lie in each other.
const maxXMLDepth = 32

// eachElement calls found with the place of each element, until it returns
// false. Document types, and entities with them, are refused.
func eachElement(dec *xml.Decoder, found func(place string, at int64) (more bool)) error {
	var open []string
	for {
		at := dec.InputOffset()
		t, err := dec.Token()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return badAt(dec.InputOffset(), "no XML: %w", err)
		}
		switch t := t.(type) {
		case xml.Directive:
			return badAt(at, "a document type, which datum does not read")
		case xml.StartElement:
			if len(open) == maxXMLDepth {
				return badAt(at, "elements lie more than %d deep in each other", maxXMLDepth)
			}
			open = append(open, t.Name.Local)
			if !found(strings.Join(open, "/"), at) {
				return nil
			}
		case xml.EndElement:
			open = open[:len(open)-1]
			if !found("/"+t.Name.Local, dec.InputOffset()) {
				return nil
			}
		}
	}
}

// sniffXML reports whether a file is one of the older LabelMe.
func sniffXML(in io.Reader) bool {
	ours := false
	err := eachElement(xml.NewDecoder(skipMark(in)), func(place string, _ int64) bool {
		ours = slices.Contains(signs, place)
		return !ours && (strings.HasPrefix(place, "annotation") || strings.HasPrefix(place, "/"))
	})
	return ours && err == nil
}

// oldFile is the head of a file.
type oldFile struct {
	Filename string `xml:"filename"`
	Folder   string `xml:"folder"`
	Height   string `xml:"imagesize>nrows"`
	Width    string `xml:"imagesize>ncols"`
}

// oldObject is an object of a file.
type oldObject struct {
	Name       string `xml:"name"`
	Deleted    string `xml:"deleted"`
	Verified   string `xml:"verified"`
	Occluded   string `xml:"occluded"`
	Date       string `xml:"date"`
	ID         string `xml:"id"`
	Type       string `xml:"type"`
	HasParts   string `xml:"parts>hasparts"`
	IsPartOf   string `xml:"parts>ispartof"`
	Attributes string `xml:"attributes"`
	Polygon    *struct {
		Username string `xml:"username"`
		Points   []struct {
			X string `xml:"x"`
			Y string `xml:"y"`
		} `xml:"pt"`
	} `xml:"polygon"`
	Segm *struct {
		Username string `xml:"username"`
		Mask     string `xml:"mask"`
	} `xml:"segm"`
}

// parseXML reads a file. Its objects stay text until they are asked for.
func parseXML(text []byte, notes *noter) (*document, error) {
	if rest, marked := bytes.CutPrefix(text, byteOrderMark); marked {
		notes.add("byte order marks at the beginning of a file")
		text = append([]byte("   "), rest...) // offsets stay what they are
	}
	doc := &document{xml: true}
	ours, begin := false, int64(-1)
	err := eachElement(xml.NewDecoder(bytes.NewReader(text)), func(place string, at int64) bool {
		ours = ours || slices.Contains(signs, place)
		switch {
		case place == "annotation/object":
			begin = at
		case place == "/object" && begin >= 0:
			doc.shapes = append(doc.shapes, rawShape{begin, text[begin:at]})
			begin = -1
		}
		return ours || strings.HasPrefix(place, "annotation") || place[0] == '/'
	})
	if !ours {
		return nil, errNotOurs
	}
	if err != nil {
		return nil, err
	}
	var head oldFile
	if err := xml.Unmarshal(text, &head); err != nil {
		return nil, badAt(0, "no XML: %w", err)
	}
	doc.imagePath = strings.TrimSpace(head.Filename)
	doc.height, doc.width = oldPixels(head.Height), oldPixels(head.Width)
	doc.shapes = slices.DeleteFunc(doc.shapes, func(s rawShape) bool {
		o, err := oldObjectOf(s.text)
		gone := err == nil && strings.TrimSpace(o.Deleted) == "1"
		if gone {
			notes.add("objects left out, since they are marked as deleted")
		}
		return gone
	})
	return doc, nil
}

func oldPixels(s string) int32 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
	if err != nil || n < 0 {
		return 0
	}
	return int32(n)
}

func oldObjectOf(text []byte) (*oldObject, error) {
	var o oldObject
	err := xml.Unmarshal(text, &o)
	return &o, err
}

// oldLabel is the label of an object, for the first pass.
func oldLabel(text []byte) string {
	o, err := oldObjectOf(text)
	if err != nil {
		return ""
	}
	return strings.TrimSpace(o.Name)
}

// oldShape reads an object. Its group is that of the parts that it belongs to.
func (r *reader) oldShape(raw *rawShape) (dataset.Annotation, json.RawMessage, error) {
	o, err := oldObjectOf(raw.text)
	if err != nil {
		return nil, nil, bad("an object that is not one: %w", err)
	}
	a, username, err := r.oldGeometry(o)
	if err != nil {
		return nil, nil, err
	}
	base := a.Common()
	base.ObjectID = dataset.NoObject
	*dataset.LabelOf(a) = dataset.NoLabel
	if l, ok := r.m.labels[strings.TrimSpace(o.Name)]; ok {
		*dataset.LabelOf(a) = l
	} else {
		r.notes.add("shapes without a label")
	}
	base.Attributes = oldAttributes(o, username)
	var group json.RawMessage
	if n := r.oldGroup(o); n > 0 {
		group = strconv.AppendInt(nil, n, 10)
	}
	return a, group, nil
}

// oldAttributes reads what is said of an object: "colour=blue, open".
func oldAttributes(o *oldObject, username string) dataset.Attributes {
	var list, other dataset.Attributes
	for part := range strings.SplitSeq(o.Attributes, ",") {
		name, value, ok := strings.Cut(strings.TrimSpace(part), "=")
		name, value = strings.TrimSpace(name), strings.TrimSpace(value)
		switch {
		case name == "":
		case !ok:
			carry(&list, name, true)
		case value == "true" || value == "false" || json.Valid([]byte(value)) && strings.ContainsAny(value[:1], "-0123456789"):
			list.SetRaw(name, []byte(value))
		default:
			carry(&list, name, value)
		}
	}
	switch strings.TrimSpace(o.Occluded) {
	case "yes":
		carry(&list, "occluded", true)
	case "no":
		carry(&list, "occluded", false)
	}
	if username != "" {
		carry(&list, "username", username)
	}
	for _, x := range [][2]string{{"id", o.ID}, {"verified", o.Verified}, {"date", o.Date}} {
		if v := strings.TrimSpace(x[1]); v != "" {
			carry(&other, x[0], v)
		}
	}
	if len(other) > 0 {
		list.SetRaw(carryOther, other.AppendJSON(nil))
	}
	return list
}

// oldGroup numbers the objects that are parts of each other, by the first of
// them.
func (r *reader) oldGroup(o *oldObject) int64 {
	if r.groups == nil {
		r.groups = partGroups(r.doc.shapes)
	}
	return r.groups[strings.TrimSpace(o.ID)]
}

func partGroups(shapes []rawShape) map[string]int64 {
	leader := map[string]string{}
	find := func(id string) string {
		for leader[id] != "" && leader[id] != id {
			id = leader[id]
		}
		return id
	}
	var ids []string
	join := func(a, b string) {
		if a, b = find(a), find(b); a != b {
			leader[b] = a
		}
	}
	for i := range shapes {
		o, err := oldObjectOf(shapes[i].text)
		if err != nil {
			continue
		}
		id := strings.TrimSpace(o.ID)
		ids = append(ids, id)
		for part := range strings.SplitSeq(o.HasParts+","+o.IsPartOf, ",") {
			if part = strings.TrimSpace(part); part != "" && part != id {
				join(id, part)
			}
		}
	}
	size, groups, numbers := map[string]int{}, map[string]int64{}, map[string]int64{}
	for _, id := range ids {
		size[find(id)]++
	}
	for _, id := range ids {
		l := find(id)
		if size[l] < 2 {
			continue
		}
		if numbers[l] == 0 {
			numbers[l] = int64(len(numbers)) + 1
		}
		groups[id] = numbers[l]
	}
	return groups
}

// oldGeometry reads the outline or the mask of an object.
func (r *reader) oldGeometry(o *oldObject) (a dataset.Annotation, username string, err error) {
	switch {
	case o.Segm != nil:
		a, err = r.oldMask(strings.TrimSpace(o.Segm.Mask))
		return a, strings.TrimSpace(o.Segm.Username), err
	case o.Polygon == nil:
		return nil, "", bad("an object without a polygon or segm")
	}
	points := make([][]json.Number, len(o.Polygon.Points))
	for i, p := range o.Polygon.Points {
		points[i] = []json.Number{json.Number(strings.TrimSpace(p.X)), json.Number(strings.TrimSpace(p.Y))}
	}
	d, err := decimals(points)
	if err != nil {
		return nil, "", err
	}
	username = strings.TrimSpace(o.Polygon.Username)
	if strings.TrimSpace(o.Type) == "bounding_box" && len(d) == 8 && axisParallel(floats(d)) {
		a, err = rectangle(d)
		return a, username, err
	}
	if len(d) < 6 {
		return nil, "", bad("%d points are no polygon", len(d)/2)
	}
	return &dataset.Polygon{Points: floats(d)}, username, nil
}

// oldMask reads a mask, a picture as large as that of the item in a folder
// called Masks.
func (r *reader) oldMask(name string) (dataset.Annotation, error) {
	dir := path.Dir(r.entry.file)
	inside := strings.TrimPrefix(dir, r.m.layout.base+"/")
	_, below, _ := strings.Cut(inside, "/")
	for _, p := range []string{
		path.Join(dir, "Masks", name), path.Join(path.Dir(dir), "Masks", name),
		path.Join(r.m.layout.base, "Masks", below, name), path.Join(r.m.layout.base, "..", "Masks", name), path.Join(dir, name),
	} {
		if !r.m.exists(p) {
			continue
		}
		picture, err := r.m.folder.ReadFile(p, r.m.limits.RecordBytes)
		if err != nil {
			return nil, err
		}
		if r.doc.height <= 0 || r.doc.width <= 0 {
			return nil, bad("a mask in a file without the size of the picture")
		}
		w := &window{0, 0, int64(r.doc.width) - 1, int64(r.doc.height) - 1}
		set, err := decodeMask(picture, w, r.m.limits.ImagePixels)
		if err != nil {
			return nil, err
		}
		return &dataset.Mask{RLE: encodeMask(w, w.height(), w.width(), set)}, nil
	}
	return nil, bad("the mask %q is not there", name)
}

// isOldMask reports whether a picture lies where the older LabelMe has masks.
func isOldMask(name string) bool {
	for _, dir := range strings.Split(path.Dir(name), "/") {
		if strings.EqualFold(dir, "Masks") || strings.EqualFold(dir, "Scribbles") {
			return true
		}
	}
	return false
}
