package cvat

import (
	"slices"

	"datum/dataset"
	"datum/internal/xmltext"
)

// skeleton reads a skeleton as the keypoints of its label, in their order.
func (d *reader) skeleton(e *element) (dataset.Annotation, error) {
	label, err := e.text("label")
	if err != nil {
		return nil, err
	}
	if label == "" && len(d.job.shapes) > 0 {
		label = d.trackLabel(e)
	}
	i, ok := d.m.labels.index[label]
	if !ok {
		return nil, e.bad("a skeleton without a label")
	}
	spec := &d.m.labels.list[i]
	a := &dataset.Points{Points: make([]float64, 2*len(spec.Elements)), Visibility: make([]dataset.Visibility, len(spec.Elements))}
	seen := make([]bool, len(spec.Elements))
	var carried dataset.Attributes
	for _, p := range e.parts {
		name, err := p.text("label")
		if err != nil {
			return nil, err
		}
		k := slices.IndexFunc(spec.Elements, func(s labelSpec) bool { return s.Name == name })
		if k < 0 || seen[k] {
			return nil, p.bad("%q is no element of the skeleton %q, or is there twice", xmltext.Shorten(name), xmltext.Shorten(label))
		}
		seen[k] = true
		if err := keypoint(p, a, k); err != nil {
			return nil, err
		}
		if len(p.values) > 0 {
			var own dataset.Attributes
			d.values(&own, attrTypes(d.m.labels, label, name), p.values)
			carried.SetRaw(name, own.AppendJSON(nil))
		}
	}
	if len(carried) > 0 {
		a.Attributes.SetRaw(carryElements, carried.AppendJSON(nil))
	}
	return a, nil
}

// trackLabel is the label of the track that a shape belongs to.
func (d *reader) trackLabel(e *element) string {
	for _, s := range d.job.shapes {
		if s.at == e.at {
			return d.x.tracks[s.track].label
		}
	}
	return ""
}

// keypoint reads an element of a skeleton.
func keypoint(e *element, a *dataset.Points, k int) error {
	p, err := e.points()
	if err != nil {
		return err
	}
	if e.name != "points" || len(p) != 2 {
		return e.bad("an element of a skeleton is one point")
	}
	outside, _, err := e.flag("outside")
	if err != nil {
		return err
	}
	occluded, _, err := e.flag("occluded")
	if err != nil {
		return err
	}
	copy(a.Points[2*k:], p)
	switch {
	case outside:
		a.Visibility[k] = dataset.Absent
	case occluded:
		a.Visibility[k] = dataset.Hidden
	default:
		a.Visibility[k] = dataset.Visible
	}
	return nil
}
