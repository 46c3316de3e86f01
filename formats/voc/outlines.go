package voc

import (
	"datum/dataset"
	"datum/internal/raster"
)

// boxOutlines leaves nothing of the outlines of objects but the boxes around
// them, where there are no others.
func (w *itemWriter) boxOutlines() {
	for _, o := range w.objects {
		if len(o.polygons) == 0 && o.mask == nil {
			continue
		}
		what := " dropped"
		if o.box == nil && o.rotated == nil {
			if o.box = w.boxAround(o); o.box != nil {
				what = " written as the boxes around them"
			}
		}
		w.lost("polygons"+what, len(o.polygons))
		if o.mask != nil {
			w.lost("masks"+what, 1)
		}
		o.polygons, o.mask = nil, nil
	}
	w.lost("masks dropped", len(w.stuff))
	w.stuff = nil
	if w.it.Attributes.Has(carryVoid) || w.it.Attributes.Has(carryVoidObjects) {
		w.lost("void pixels dropped", 1)
	}
}

// boxAround returns the box around the outline of an object, with what is known
// of the object; nil where there is no pixel in it.
func (w *itemWriter) boxAround(o *outObject) *dataset.Bbox {
	b := &dataset.Bbox{Base: *o.first().Common(), Label: o.label}
	if o.mask != nil {
		var err error
		if b.X, b.Y, b.W, b.H, err = o.mask.RLE.Bounds(); err != nil || b.W == 0 {
			return nil
		}
		return b
	}
	var points []float64
	for _, p := range o.polygons {
		points = append(points, p.Points...)
	}
	b.X, b.Y, b.W, b.H = raster.BoundsOf(points)
	return b
}
