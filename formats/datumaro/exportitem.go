package datumaro

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"

	"datum/dataset"
)

// The members that the format defines, in labels, items and annotations. A
// carried attribute never takes the place of one.
var (
	labelMembers      = []string{"name", "parent", "attributes"}
	itemMembers       = []string{"id", "annotations", "attr", "subset", "image", "point_cloud", "related_images", "video_frame", "video"}
	annotationMembers = []string{
		"id", "type", "attributes", "group", "object_id", "label_id", "z_order", "points", "bbox",
		"visibility", "rle", "caption", "position", "rotation", "scale",
	}
)

// write writes an item and saves its media.
func (w *subsetWriter) write(it *dataset.Item) error {
	id, err := w.recordID(it)
	if err != nil {
		return err
	}
	b := w.buf[:0]
	if w.items++; w.items > 1 {
		b = append(b, ',')
	}
	b = dataset.AppendString(append(b, `{"id":`...), id)
	b = append(b, `,"annotations":[`...)
	written := 0
	for _, a := range it.Annotations {
		if why := refused(a); why != "" {
			w.lost(why+" dropped", it, 1)
			continue
		}
		if written++; written > 1 {
			b = append(b, ',')
		}
		w.countChanges(a, it)
		b = appendAnnotation(b, a)
	}
	b = append(b, ']')
	user, carried := it.Attributes.Split()
	if len(user) > 0 {
		b = user.AppendJSON(append(b, `,"attr":`...))
	}
	if b, err = w.appendMedia(b, it); err != nil {
		return err
	}
	w.buf = append(appendCarried(b, carried, itemMembers), '}')
	_, err = w.out.Write(w.buf)
	return err
}

// refused says why an annotation is left out: a file with one of these cannot
// be read by Datumaro at all. It is empty where the annotation is written.
func refused(a dataset.Annotation) string {
	switch a := a.(type) {
	case *dataset.Label:
		if a.Label == dataset.NoLabel {
			return "labels without a category"
		}
	case *dataset.RotatedBbox:
		return "rotated boxes"
	case *dataset.Tabular:
		return "table rows"
	case *dataset.Polygon:
		if len(a.Points) < 6 || len(a.Points)%2 != 0 {
			return "polygons of fewer than three corners"
		}
	case *dataset.PolyLine:
		if len(a.Points)%2 != 0 {
			return "polylines with half a vertex"
		}
	case *dataset.Points:
		if len(a.Points) != 2*len(a.Visibility) {
			return "keypoints without a visibility each"
		}
	case *dataset.Mask:
		if _, err := a.RLE.Runs(); err != nil {
			return "masks whose run-length code does not fit their size"
		}
	}
	return ""
}

// countChanges counts what of a written annotation does not come back.
func (w *subsetWriter) countChanges(a dataset.Annotation, it *dataset.Item) {
	base := a.Common()
	if base.ObjectID < dataset.NoObject {
		w.lost("negative object ids dropped", it, 1)
	}
	infinite := 0
	for _, v := range coordinates(a) {
		if math.IsInf(v, 0) {
			infinite++
		}
	}
	w.lost("infinite coordinates written as null", it, infinite)
	switch a := a.(type) {
	case *dataset.Cuboid2D:
		if len(a.Y3D) > 0 {
			w.lost("base lines of 2D cuboids dropped", it, 1)
		}
	case *dataset.Caption:
		if !utf8.ValidString(a.Caption) {
			w.lost("captions with bytes that are no UTF-8 changed", it, 1)
		}
	}
}

// coordinates returns the numbers of a that a source may give any value.
func coordinates(a dataset.Annotation) []float64 {
	switch a := a.(type) {
	case *dataset.Bbox:
		return []float64{a.X, a.Y, a.W, a.H}
	case *dataset.Polygon:
		return a.Points
	case *dataset.PolyLine:
		return a.Points
	case *dataset.Points:
		return a.Points
	case *dataset.Ellipse:
		return []float64{a.X1, a.Y1, a.X2, a.Y2}
	case *dataset.Cuboid2D:
		return a.Corners[:]
	case *dataset.Cuboid3D:
		return slices.Concat(a.Position[:], a.Rotation[:], a.Scale[:])
	}
	return nil
}

// appendAnnotation appends the text of a, its members in Datumaro's order.
func appendAnnotation(b []byte, a dataset.Annotation) []byte {
	base := a.Common()
	user, carried := base.Attributes.Split()
	b = fmt.Appendf(b, `{"id":%d,"type":"%s","attributes":`, base.ID, a.Kind())
	b = user.AppendJSON(b)
	b = fmt.Appendf(b, `,"group":%d`, base.Group)
	if base.ObjectID >= 0 {
		b = fmt.Appendf(b, `,"object_id":%d`, base.ObjectID)
	}
	if l := dataset.LabelOf(a); l != nil {
		if *l == dataset.NoLabel {
			b = append(b, `,"label_id":null`...)
		} else {
			b = fmt.Appendf(b, `,"label_id":%d`, *l)
		}
	}
	b = appendShape(b, a)
	return append(appendCarried(b, carried, annotationMembers), '}')
}

func appendShape(b []byte, a dataset.Annotation) []byte {
	z := func(b []byte) []byte { return fmt.Appendf(b, `,"z_order":%d`, *dataset.ZOf(a)) }
	points := func(list ...float64) []byte { return z(appendNumbers(append(b, `,"points":`...), list)) }
	switch a := a.(type) {
	case *dataset.Bbox:
		return appendNumbers(append(z(b), `,"bbox":`...), coordinates(a))
	case *dataset.Polygon:
		return points(a.Points...)
	case *dataset.PolyLine:
		return points(a.Points...)
	case *dataset.Ellipse:
		return points(coordinates(a)...)
	case *dataset.Points:
		return appendList(append(points(a.Points...), `,"visibility":`...), a.Visibility, func(b []byte, v dataset.Visibility) []byte {
			return fmt.Append(b, int(v))
		})
	case *dataset.Mask:
		b = dataset.AppendString(append(b, `,"rle":{"counts":`...), string(a.RLE.Counts))
		return z(fmt.Appendf(b, `,"size":[%d,%d]}`, a.RLE.Height, a.RLE.Width))
	case *dataset.Caption:
		return dataset.AppendString(append(b, `,"caption":`...), a.Caption)
	case *dataset.Cuboid2D:
		corners := slices.Collect(slices.Chunk(a.Corners[:], 2))
		return z(appendList(append(b, `,"points":`...), corners, appendNumbers))
	case *dataset.Cuboid3D:
		b = appendNumbers(append(b, `,"position":`...), a.Position[:])
		b = appendNumbers(append(b, `,"rotation":`...), a.Rotation[:])
		return appendNumbers(append(b, `,"scale":`...), a.Scale[:])
	}
	return b
}

// appendCarried writes the members back that the format does not define.
func appendCarried(b []byte, carried dataset.Attributes, defined []string) []byte {
	for _, x := range carried {
		name, ours := strings.CutPrefix(x.Name, dataset.CarriedName(formatName, ""))
		if ours && !slices.Contains(defined, name) {
			b = dataset.AppendString(append(b, ','), name)
			b = append(append(b, ':'), x.Value...)
		}
	}
	return b
}
