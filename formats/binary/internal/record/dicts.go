package record

import (
	"bytes"
	"slices"

	"datum/dataset"
)

// Limits of what dicts keeps.
const (
	maxKnownDicts = 256
	maxKnownDict  = 256
)

// dicts reads the attributes of annotations. Most have the same few, which are
// read once.
type dicts struct {
	names dataset.Names
	known map[string]dataset.Attributes
	// last is what was asked for last.
	lastText string
	last     dataset.Attributes
}

// shared returns the attributes of a JSON object. Whoever changes the list
// copies it first: others have the same one.
func (d *dicts) shared(text []byte) (dataset.Attributes, error) {
	if string(text) == d.lastText {
		return d.last, nil
	}
	a, ok := d.known[string(text)]
	if !ok {
		var err error
		if a, err = d.own(text); err != nil {
			return nil, err
		}
		a = slices.Clip(a)
		if len(d.known) == maxKnownDicts || len(text) > maxKnownDict {
			return a, nil
		}
		if d.known == nil {
			d.known = map[string]dataset.Attributes{}
		}
		d.known[string(text)] = a
	}
	d.lastText, d.last = string(text), a
	return a, nil
}

// own returns the attributes of a JSON object, for the caller alone, with room
// for one more.
func (d *dicts) own(text []byte) (dataset.Attributes, error) {
	if a, ok := d.names.Append(make(dataset.Attributes, 0, 2), bytes.Clone(text)); ok {
		return a, nil
	}
	return dataset.ParseAttributes(text)
}

// Own gives each annotation its own list of attributes, with all of them in one
// piece of memory.
func Own(annotations []dataset.Annotation) {
	n := 0
	for _, a := range annotations {
		n += len(a.Common().Attributes)
	}
	if n == 0 {
		return
	}
	slab := make(dataset.Attributes, 0, n)
	for _, a := range annotations {
		if base := a.Common(); len(base.Attributes) > 0 {
			at := len(slab)
			slab = append(slab, base.Attributes...)
			base.Attributes = slab[at:len(slab):len(slab)]
		}
	}
}
