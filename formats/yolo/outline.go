package yolo

import (
	"datum/dataset"
	"datum/internal/raster"
)

// segment writes the outline of an object. Its box is left out, for whoever
// reads an outline takes the box around it.
func (t *texter) segment(o *object) error {
	if o.Points != nil {
		t.lost("keypoints dropped", 1)
	}
	outlines, err := t.outlines(o)
	if err != nil {
		return err
	}
	if len(outlines) == 0 {
		t.cornersOf(o)
		return nil
	}
	if o.Box != nil {
		t.lost("boxes of objects with an outline dropped", 1)
	}
	if o.Rotated != nil {
		t.lost("rotated boxes dropped", 1)
	}
	one := &dataset.Polygon{Points: outlines[0]}
	switch {
	case len(outlines) > 1:
		t.lost("outlines of several parts joined into one", 1)
		one.Points = raster.Join(outlines...)
	case len(o.Polygons) == 1:
		one.Base = o.Polygons[0].Base
	}
	if t.clipped(one) && !t.plainPoints(o, &one.Base, one.Points) {
		t.line(o, t.pointTexts(&one.Base, one.Points))
	}
	return nil
}

// cornersOf writes an object without an outline by the corners of its box.
func (t *texter) cornersOf(o *object) {
	var points []float64
	switch {
	case o.Rotated != nil:
		c := raster.Corners(o.Rotated)
		points = c[:]
		t.lost("rotated boxes written as outlines", 1)
		if o.Box != nil {
			t.lost("boxes dropped", 1)
		}
	case o.Box != nil && t.clipped(o.Box):
		points = boxCorners(o.Box)
		t.lost("boxes written as outlines", 1)
	default:
		return
	}
	t.line(o, pointNumbers(points, t.width, t.height))
}

// outlines returns the outlines of the polygons and masks of an object.
func (t *texter) outlines(o *object) (out [][]float64, err error) {
	for _, p := range o.Polygons {
		if len(p.Points) < 6 {
			t.lost("polygons of fewer than three points dropped", 1)
			continue
		}
		out = append(out, p.Points[:len(p.Points)&^1])
	}
	for _, m := range o.Masks {
		parts, err := t.maskParts(m)
		if err != nil {
			return nil, err
		}
		for _, p := range parts {
			t.lost("holes in masks bridged", len(p.Holes))
			out = append(out, raster.Bridge(p))
		}
	}
	return out, nil
}

func (t *texter) maskParts(m *dataset.Mask) ([]raster.Part, error) {
	if int64(m.RLE.Height)*int64(m.RLE.Width) > t.most {
		t.lost("masks of more pixels than the limit dropped", 1)
		return nil, nil
	}
	parts, err := raster.Outlines(m.RLE)
	if err != nil {
		return nil, corrupt("%w", err)
	}
	if len(parts) == 0 {
		t.lost("masks without a pixel dropped", 1)
	} else {
		t.lost("masks written as outlines", 1)
	}
	return parts, nil
}
