package voc

import (
	"datum/dataset"
)

// drawn is an object of an item with its annotations.
type drawn struct {
	*object
	label int32
	mask  *dataset.Mask
}

// objects gives the objects of a record their labels. One that is bad keeps its
// number, but has no record.
func (r *itemReader) objects(rec *record) ([]drawn, error) {
	out := make([]drawn, len(rec.objects))
	for i := range rec.objects {
		o := &rec.objects[i]
		if o.bad != nil {
			if err := r.opts.Bad(r.at(r.entry.xml, o.bad)); err != nil {
				return nil, err
			}
			continue
		}
		out[i] = drawn{object: o, label: dataset.NoLabel}
		if o.hasName {
			out[i].label = r.labelOf(o.name)
		}
		r.checkBox(o)
	}
	return out, nil
}

// labelOf returns the label called name, which the first reading has met.
func (r *itemReader) labelOf(name string) int32 {
	if label, ok := r.table.places[name]; ok {
		return label
	}
	return dataset.NoLabel // the file was changed since
}

// checkBox counts boxes that reach out of the picture, by more than a pixel of
// counting.
func (r *itemReader) checkBox(o *object) {
	b, h, w := o.box, float64(r.size[0]), float64(r.size[1])
	if b == nil || o.outline || h == 0 {
		return
	}
	if b.X < 0 || b.Y < 0 || b.X+b.W > w || b.Y+b.H > h {
		r.note("boxes that reach out of the picture, kept as they are")
	}
}

// annotations adds the annotations of the objects, and the masks that belong to
// none.
func (r *itemReader) annotations(objects []drawn, m *masks) {
	if r.item.Annotations == nil && len(objects) > 0 {
		r.item.Annotations = make([]dataset.Annotation, 0, len(objects))
	}
	for i := range objects {
		if o := &objects[i]; o.object != nil {
			r.addObject(o, int64(i+1))
		}
	}
	if m != nil {
		for _, x := range m.alone {
			r.item.Annotations = append(r.item.Annotations, x)
		}
	}
}

// addObject adds the annotations of one object; several have a group, which is
// the number of the object. Its attributes are those of the first.
func (r *itemReader) addObject(o *drawn, number int64) {
	from := len(r.item.Annotations)
	add := func(a dataset.Annotation) {
		a.Common().ObjectID = dataset.NoObject
		*dataset.LabelOf(a) = o.label
		r.item.Annotations = append(r.item.Annotations, a)
	}
	if o.box != nil && !o.outline {
		add(o.box)
	}
	if o.rotated != nil {
		add(o.rotated)
	}
	for _, p := range o.polygons {
		add(&dataset.Polygon{Points: p})
	}
	if o.mask != nil {
		add(o.mask)
	}
	for _, p := range o.points {
		add(&dataset.Points{Points: p[:], Visibility: []dataset.Visibility{dataset.Visible}})
	}
	for _, p := range o.parts {
		add(p.box)
		p.box.Label = r.labelOf(p.name)
		p.box.Attributes.SetRaw(carryPart, []byte("true"))
	}
	all := r.item.Annotations[from:]
	if len(all) == 0 { // the outline of a mask that is not there
		o.outline = false
		add(o.box)
		r.note("boxes around masks that are not there, read as boxes of their own")
		all = r.item.Annotations[from:]
	}
	r.describe(o, all[0].Common())
	if len(all) > 1 {
		for _, a := range all {
			a.Common().Group = number
		}
	}
}

// describe gives the first annotation of an object what is said of the object.
func (r *itemReader) describe(o *drawn, b *dataset.Base) {
	b.Attributes = append(o.attributes, b.Attributes...)
	if len(o.actions) > 0 {
		b.Attributes.SetRaw(carryActions, nameList(o.actions))
	}
	if len(o.extra) > 0 {
		b.Attributes.SetRaw(carryXML, dataset.AppendString(nil, string(o.extra)))
	}
}
