package ade20k

import (
	"encoding/json"
	"unicode/utf8"

	"datum/dataset"
	"datum/formats"
)

// object is one thing, or a part of one, as a text or JSON file describes it.
type object struct {
	id       int64
	level    int    // of parts, 0 for whole objects
	raw      string // the words of whoever drew it
	class    string // its name in the dataset, perhaps with synonyms
	number   int64  // of the class, noNumber where it is not said
	occluded *bool
	crop     *bool
	parent   *int64 // id of what it is a part of
	words    []string
	instance string    // path of its own mask
	outline  []float64 // x, y in turn
	source   json.RawMessage
}

const noNumber = -1

// label is the name under which the object goes.
func (o *object) label(classes bool) string {
	if classes && o.class != "" || o.raw == "" {
		return o.class
	}
	return o.raw
}

// record is what one text or JSON file says.
type record struct {
	objects       []*object
	scene         json.RawMessage
	rest, beside  dataset.Attributes // members of "annotation", and beside it
	height, width int32              // 0 where they are not said
	found         bool               // there was an "annotation"
	broken        bool               // it was left out as a whole
	skipped       int                // objects that were left out
	notes         formats.Loss
}

// badRecord is told of an error in a line; nil means to go on without it.
type badRecord func(line int, err error) error

// text returns the content of a file as UTF-8. Older files are in Latin-1,
// without saying so.
func (r *record) text(name string, content []byte) []byte {
	content = trimBOM(content)
	if utf8.Valid(content) {
		return content
	}
	r.notes.Add("files in Latin-1 instead of UTF-8", name, 1)
	out := make([]byte, 0, len(content)+len(content)/8)
	for _, b := range content {
		out = utf8.AppendRune(out, rune(b))
	}
	return out
}

func trimBOM(b []byte) []byte {
	if len(b) >= 3 && string(b[:3]) == "\ufeff" {
		return b[3:]
	}
	return b
}

// attributes returns the user's attributes of an object. The words of the
// annotators come first, each being true.
func (o *object) attributes(place string, notes *formats.Loss) dataset.Attributes {
	var a dataset.Attributes
	for _, w := range o.words {
		switch w {
		case attrOccluded, attrCrop, attrLevel, attrPartOf:
			notes.Add("attributes named like one that the format defines, not read", place, 1)
			continue
		}
		if dataset.IsCarried(w) {
			notes.Add("attributes named like carried ones, not read", place, 1)
			continue
		}
		a.SetRaw(w, []byte("true"))
	}
	setBool(&a, attrOccluded, o.occluded)
	setBool(&a, attrCrop, o.crop)
	a.SetRaw(attrLevel, number(int64(o.level)))
	if o.parent != nil {
		a.SetRaw(attrPartOf, number(*o.parent))
	}
	return a
}

func setBool(a *dataset.Attributes, name string, v *bool) {
	switch {
	case v == nil:
	case *v:
		a.SetRaw(name, []byte("true"))
	default:
		a.SetRaw(name, []byte("false"))
	}
}
