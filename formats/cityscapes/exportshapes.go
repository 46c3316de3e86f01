package cityscapes

import (
	"cmp"
	"math"
	"slices"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
)

// shape is a polygon or a mask that is written, with the value of its pixels, 0
// where it has none.
type shape struct {
	polygon *dataset.Polygon
	mask    *dataset.Mask
	value   uint32
}

func (s *shape) annotation() dataset.Annotation {
	if s.polygon != nil {
		return s.polygon
	}
	return s.mask
}

func (s *shape) label() int32 { return *dataset.LabelOf(s.annotation()) }

func (s *shape) z() int32 { return *dataset.ZOf(s.annotation()) }

// isCrowd returns what the attribute says, "" where it is missing.
func isCrowd(b *dataset.Base) string {
	raw, _ := b.Attributes.Get("is_crowd")
	return string(raw)
}

// sort returns the polygons and masks that can be written, in drawing order,
// and counts the rest.
func (e *exporter) sort(it *dataset.Item) (out []*shape) {
	for _, a := range it.Annotations {
		s := &shape{}
		switch a := a.(type) {
		case *dataset.Polygon:
			s.polygon = a
		case *dataset.Mask:
			s.mask = a
		case *dataset.Label:
			e.Lost(it, "image labels dropped", 1)
			continue
		default:
			e.Loss.AddDropped(it, a)
			continue
		}
		switch {
		case s.label() == dataset.NoLabel || int(s.label()) >= len(e.table.classes):
			e.Lost(it, "annotations without a label dropped", 1)
		case s.polygon != nil && len(s.polygon.Points) < 6:
			e.Lost(it, "polygons of fewer than three corners dropped", 1)
		case s.polygon != nil && slices.ContainsFunc(s.polygon.Points, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }):
			e.Lost(it, "annotations whose coordinates are no numbers dropped", 1)
		default:
			out = append(out, s)
		}
	}
	slices.SortStableFunc(out, func(a, b *shape) int { return cmp.Compare(a.z(), b.z()) })
	e.loseShapes(it, out)
	return out
}

// loseShapes counts what does not come back of shapes, but for what depends on
// the values of pixels.
func (e *exporter) loseShapes(it *dataset.Item, shapes []*shape) {
	seen := !slices.ContainsFunc(shapes, func(s *shape) bool { return s.polygon != nil })
	for _, s := range shapes {
		if s.mask != nil && !seen {
			e.Lost(it, "masks beside polygons only painted: who reads the polygons does not see them", 1)
			continue
		}
		b := s.annotation().Common()
		e.Loss.AddParts(it, s.annotation(), formats.PartGroup|formats.PartObjectID|formats.PartZ)
		if s.polygon == nil {
			continue
		}
		e.LostIf(it, "annotation ids dropped", b.ID != 0)
		for _, x := range formats.UserAttributes(b.Attributes) {
			kept := x.Name == "is_crowd" && e.hasGroup(s.label()) && isCrowd(b) == "true"
			e.LostIf(it, "attributes of annotations dropped", !kept)
		}
	}
}

// hasGroup tells whether a label with group at its end is read as a crowd of
// this label.
func (e *exporter) hasGroup(label int32) bool {
	name := e.table.classes[label].name + "group"
	_, taken := e.table.index[name]
	again, ok := e.table.group(name)
	return !taken && ok && again == label
}

// object makes the object of a polygon.
func (e *exporter) object(p *dataset.Polygon) object {
	o := object{label: e.table.classes[p.Label].name, points: p.Points}
	if isCrowd(&p.Base) == "true" && e.hasGroup(p.Label) {
		o.label += "group"
	}
	raw, _ := p.Attributes.Get(carryObject)
	if extra, err := dataset.ParseAttributes(raw); err == nil {
		extra.Delete("label")
		extra.Delete("polygon")
		extra.Delete("deleted")
		o.extra = extra
	}
	return o
}

// size is that of a picture, 0 × 0 where it is not known.
type size struct{ height, width int32 }

// sizeFor returns the size of what is painted: that which the item says, or
// its masks, or the header of its picture.
func (e *exporter) sizeFor(it *dataset.Item, shapes []*shape) (size, error) {
	s := size{}
	for _, sh := range shapes {
		if sh.mask != nil {
			s = size{sh.mask.RLE.Height, sh.mask.RLE.Width}
			break
		}
	}
	picture, isImage := it.Media.(*dataset.Image)
	if isImage && s == (size{}) {
		s = size{picture.Height, picture.Width}
	}
	if isImage && (s.height <= 0 || s.width <= 0) && len(shapes) > 0 && picture.Source != nil {
		if found, err := imagesize.Of(&picture.File); err == nil {
			w, h := found.Shown()
			s = size{int32(min(h, 1<<30)), int32(min(w, 1<<30))}
		}
	}
	if s.height <= 0 || s.width <= 0 {
		return size{}, nil
	}
	if s.height > 1<<30 || s.width > 1<<30 || len(shapes) > 0 && int64(s.height)*int64(s.width) > e.Opts.Limits.ImagePixels {
		return s, formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels cannot be painted", s.width, s.height)
	}
	return s, nil
}
