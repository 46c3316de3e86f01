package labelme

import (
	"encoding/json"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/internal/xmltext"
)

// The older LabelMe, a web tool, writes an XML file for each picture, and masks
// as pictures of their own.

// signs are elements that only its files have, by their places.
var signs = []string{"annotation/object/polygon/pt", "annotation/object/segm", "annotation/imagesize/nrows"}

// maxXMLDepth is how deep elements may lie in each other.
const maxXMLDepth = 32

// eachToken calls found with each piece of a file and the place of the element
// that it belongs to, until it returns false.
func eachToken(s *xmltext.Scanner, found func(place string, t *xmltext.Token) (more bool)) error {
	s.MaxDepth = maxXMLDepth
	places := []string{""}
	for {
		t, err := s.Next()
		if err == nil && t.Kind == xmltext.Start {
			places = append(places, strings.TrimPrefix(places[len(places)-1]+"/"+t.Name, "/"))
			_, err = t.Attribs(nil)
		}
		if err == nil && t.Kind == xmltext.Text {
			_, err = t.Content()
		}
		if err != nil || t.Kind == xmltext.EOF || !found(places[len(places)-1], &t) {
			return err
		}
		if t.Kind == xmltext.End {
			places = places[:len(places)-1]
		}
	}
}

// sniffXML reports whether a file is one of the older LabelMe.
func sniffXML(in io.Reader) bool {
	ours := false
	err := eachToken(xmltext.New(in, 0, sniffBytes), func(place string, _ *xmltext.Token) bool {
		ours = slices.Contains(signs, place)
		return !ours && strings.HasPrefix(place, "annotation")
	})
	return ours && err == nil
}

// parseXML reads a file. Its objects stay text until they are asked for.
func parseXML(text []byte, notes *noter) (*document, error) {
	doc := &document{xml: true}
	ours, begin, head := false, int64(0), map[string]string{}
	s := xmltext.Of(text, 0)
	err := eachToken(s, func(place string, t *xmltext.Token) bool {
		ours = ours || slices.Contains(signs, place)
		switch {
		case place == "annotation/object" && t.Kind == xmltext.Start:
			begin = t.At
		case place == "annotation/object" && t.Kind == xmltext.End:
			doc.shapes = append(doc.shapes, rawShape{begin, text[begin:t.End]})
		case t.Kind == xmltext.Start:
			head[place] = ""
		case t.Kind == xmltext.Text && slices.Contains(heads, place):
			part, _ := t.Content()
			head[place] += part
		}
		return ours || strings.HasPrefix(place, "annotation")
	})
	if s.Mark {
		notes.add("byte order marks at the beginning of a file")
	}
	if !ours {
		return nil, errNotOurs
	}
	if err != nil {
		return nil, placedXML(err)
	}
	doc.imagePath = strings.TrimSpace(head[headName])
	doc.height, doc.width = oldPixels(head[headHeight]), oldPixels(head[headWidth])
	doc.shapes = slices.DeleteFunc(doc.shapes, func(s rawShape) bool {
		o, err := oldObject(s.text)
		gone := err == nil && o.Value("deleted") == "1"
		if gone {
			notes.add("objects left out, since they are marked as deleted")
		}
		return gone
	})
	return doc, nil
}

// What is read of the head of a file.
const (
	headName   = "annotation/filename"
	headHeight = "annotation/imagesize/nrows"
	headWidth  = "annotation/imagesize/ncols"
)

var heads = []string{headName, headHeight, headWidth}

// placedXML gives an error of the XML scanner its offset.
func placedXML(err error) error {
	var at *xmltext.Error
	if errors.As(err, &at) {
		return &placed{at.At, at.Err}
	}
	return err
}

func oldPixels(s string) int32 {
	n, err := strconv.ParseInt(strings.TrimSpace(s), 10, 32)
	if err != nil || n < 0 {
		return 0
	}
	return int32(n)
}

// oldObject reads an <object>.
func oldObject(text []byte) (*xmltext.Node, error) { return xmltext.Parse(text, 0) }

// oldLabel is the label of an object, for the first pass.
func oldLabel(text []byte) string {
	o, err := oldObject(text)
	if err != nil {
		return ""
	}
	return o.Value("name")
}

// oldShape reads an object. Its group is that of the parts that it belongs to.
func (r *reader) oldShape(raw *rawShape) (dataset.Annotation, json.RawMessage, error) {
	o, err := oldObject(raw.text)
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
	if l, ok := r.m.labels[o.Value("name")]; ok {
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
func oldAttributes(o *xmltext.Node, username string) dataset.Attributes {
	var list, other dataset.Attributes
	for part := range strings.SplitSeq(o.Value("attributes"), ",") {
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
	switch o.Value("occluded") {
	case "yes":
		carry(&list, "occluded", true)
	case "no":
		carry(&list, "occluded", false)
	}
	if username != "" {
		carry(&list, "username", username)
	}
	for _, x := range [][2]string{{"id", o.Value("id")}, {"verified", o.Value("verified")}, {"date", o.Value("date")}} {
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
func (r *reader) oldGroup(o *xmltext.Node) int64 {
	if r.groups == nil {
		r.groups = partGroups(r.doc.shapes)
	}
	return r.groups[o.Value("id")]
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
		o, err := oldObject(shapes[i].text)
		if err != nil {
			continue
		}
		id := o.Value("id")
		ids = append(ids, id)
		for part := range strings.SplitSeq(o.Child("parts").Value("hasparts")+","+o.Child("parts").Value("ispartof"), ",") {
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
func (r *reader) oldGeometry(o *xmltext.Node) (a dataset.Annotation, username string, err error) {
	outline := o.Child("polygon")
	if mask := o.Child("segm"); mask != nil {
		a, err = r.oldMask(mask.Value("mask"))
		return a, mask.Value("username"), err
	}
	if outline == nil {
		return nil, "", bad("an object without a polygon or segm")
	}
	var points [][]json.Number
	for _, p := range outline.Children {
		if p.Name == "pt" {
			points = append(points, []json.Number{json.Number(p.Value("x")), json.Number(p.Value("y"))})
		}
	}
	d, err := decimals(points)
	if err != nil {
		return nil, "", err
	}
	username = outline.Value("username")
	if o.Value("type") == "bounding_box" && len(d) == 8 && axisParallel(floats(d)) {
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
