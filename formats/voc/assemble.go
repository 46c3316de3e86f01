package voc

import (
	"encoding/json"
	"slices"

	"datum/dataset"
	"datum/internal/decimal"
)

// outObject is an <object> being put together from annotations of one group.
type outObject struct {
	label    int32
	box      *dataset.Bbox
	rotated  *dataset.RotatedBbox
	polygons []*dataset.Polygon
	mask     *dataset.Mask
	point    *dataset.Points
	parts    []*dataset.Bbox
	pixels   dataset.RLE // of the mask, or of the polygons; empty where there are none
	// The index of its class and its number, where it has pixels.
	class, number uint8
}

// unheld are the kinds that VOC has no place for.
var unheld = map[dataset.Kind]string{
	dataset.KindPolyLine: "polylines dropped", dataset.KindCaption: "captions dropped", dataset.KindEllipse: "ellipses dropped",
	dataset.KindCuboid2D: "2D cuboids dropped", dataset.KindCuboid3D: "3D cuboids dropped", dataset.KindTabular: "table rows dropped",
}

// assemble sorts the annotations of the item into objects, and what goes
// elsewhere.
func (w *itemWriter) assemble() {
	groups := &groupList{}
	w.room = make([]outObject, 0, len(w.it.Annotations))
	var parts []*dataset.Bbox
	for _, a := range w.it.Annotations {
		if what := w.unheldKind(a); what != "" {
			w.lost(what, 1)
			continue
		}
		w.countFields(a)
		switch a := a.(type) {
		case *dataset.Label:
			w.addFlag(a)
			continue
		case *dataset.Bbox:
			if a.Attributes.Has(carryPart) {
				parts = append(parts, a)
				continue
			}
		case *dataset.Mask:
			if a.Attributes.Has(carryStuff) {
				w.stuff = append(w.stuff, a)
				continue
			}
		}
		w.addToObject(groups, a)
	}
	for _, p := range parts {
		o := groups.find(p.Group)
		if p.Label == dataset.NoLabel {
			w.lost("parts of objects without a label dropped", 1)
			continue
		}
		if o == nil || p.Group == 0 {
			w.lost("parts without their object, written as objects of their own", 1)
			w.addToObject(groups, p)
			continue
		}
		o.parts = append(o.parts, p)
		user, _ := p.Attributes.Split()
		w.lost("attributes of annotations dropped", len(user))
	}
}

// unheldKind says in the words of a loss what cannot be held.
func (w *itemWriter) unheldKind(a dataset.Annotation) string {
	if b, ok := a.(*dataset.Bbox); ok && decimal.Finite(b.X, b.Y, b.W, b.H) {
		return ""
	}
	if what := unheld[a.Kind()]; what != "" {
		return what
	}
	if !isFinite(a) {
		return "annotations dropped, since a coordinate is no number"
	}
	switch a := a.(type) {
	case *dataset.Points:
		if len(a.Points) != 2 || len(a.Visibility) != 1 || a.Visibility[0] != dataset.Visible {
			return "keypoints dropped"
		}
	case *dataset.Polygon:
		if w.exporter.polygons == polygonsDrop {
			return "polygons dropped"
		}
		if len(a.Points) == 0 || len(a.Points)%2 != 0 {
			return "polygons without points dropped"
		}
	}
	return ""
}

// isFinite reports whether all coordinates are numbers.
func isFinite(a dataset.Annotation) bool {
	var list []float64
	switch a := a.(type) {
	case *dataset.Bbox:
		list = []float64{a.X, a.Y, a.W, a.H}
	case *dataset.RotatedBbox:
		list = []float64{a.CX, a.CY, a.W, a.H, a.Angle}
	case *dataset.Polygon:
		list = a.Points
	case *dataset.Points:
		list = a.Points
	}
	return decimal.Finite(list...)
}

// countFields counts the fields of an annotation that VOC does not have.
func (w *itemWriter) countFields(a dataset.Annotation) {
	base := a.Common()
	if base.ID != 0 {
		w.lost("ids of annotations dropped", 1)
	}
	if base.ObjectID != dataset.NoObject {
		w.lost("object ids of annotations dropped", 1)
	}
	if z := dataset.ZOf(a); z != nil && *z != 0 {
		w.lost("drawing orders of annotations dropped", 1)
	}
	if l := dataset.LabelOf(a); l != nil && *l != dataset.NoLabel && !w.labels.known {
		w.lost("labels that are bare numbers, written as categories of that name", 1)
	}
	if b, ok := a.(*dataset.Bbox); ok && (b.W < 0 || b.H < 0) {
		w.lost("boxes of negative size turned round", 1)
	}
}

// addFlag takes a label of the whole item.
func (w *itemWriter) addFlag(a *dataset.Label) {
	user, _ := a.Attributes.Split()
	f := flag{label: w.labels.of(a.Label)}
	if raw, ok := user.Get(attrDifficult); ok && string(raw) == "true" {
		f.hard = true
		user.Delete(attrDifficult)
	}
	w.lost("attributes of annotations dropped", len(user))
	if a.Group != 0 {
		w.lost("groups of annotations dropped", 1)
	}
	switch {
	case a.Label == dataset.NoLabel:
		w.lost("labels of items that are no category dropped", 1)
	case slices.ContainsFunc(w.flags, func(o flag) bool { return o.label == f.label }):
		w.lost("labels of items given twice dropped", 1)
	default:
		w.flags = append(w.flags, f)
	}
}

// addToObject adds an annotation to the object of its group, if that has room
// for it, or makes a new one.
func (w *itemWriter) addToObject(groups *groupList, a dataset.Annotation) {
	group, label := a.Common().Group, w.labels.of(*dataset.LabelOf(a))
	o := groups.find(group)
	if group != 0 && o != nil {
		if o.label == label && o.take(a) {
			return
		}
		w.lost("groups of annotations dropped", 1)
	}
	w.room = append(w.room, outObject{label: label}) // which has room for all annotations
	n := &w.room[len(w.room)-1]
	n.take(a)
	w.objects = append(w.objects, n)
	if o == nil {
		groups.add(group, n)
	}
}

// groupList finds the first object of a group.
type groupList struct {
	groups  []int64
	objects []*outObject
	index   map[int64]*outObject // where they are many
}

// fewGroups are looked through faster than a map finds one.
const fewGroups = 32

func (l *groupList) find(group int64) *outObject {
	if l.index != nil {
		return l.index[group]
	}
	for i, g := range l.groups {
		if g == group {
			return l.objects[i]
		}
	}
	return nil
}

// add notes the object of a group that has none.
func (l *groupList) add(group int64, o *outObject) {
	l.groups, l.objects = append(l.groups, group), append(l.objects, o)
	switch {
	case l.index != nil:
		l.index[group] = o
	case len(l.groups) == fewGroups:
		l.index = make(map[int64]*outObject, 2*fewGroups)
		for i, g := range l.groups {
			l.index[g] = l.objects[i]
		}
	}
}

// take adds an annotation, unless the object has one of the kind.
func (o *outObject) take(a dataset.Annotation) bool {
	switch a := a.(type) {
	case *dataset.Bbox:
		if o.box != nil {
			return false
		}
		o.box = a
	case *dataset.RotatedBbox:
		if o.rotated != nil {
			return false
		}
		o.rotated = a
	case *dataset.Polygon:
		if o.mask != nil {
			return false
		}
		o.polygons = append(o.polygons, a)
	case *dataset.Mask:
		if o.mask != nil || o.polygons != nil {
			return false
		}
		o.mask = a
	case *dataset.Points:
		if o.point != nil {
			return false
		}
		o.point = a
	}
	return true
}

// members are the annotations of the object but for its parts, in the order in
// which they are read; the first has the attributes of the object.
func (o *outObject) members() (list []dataset.Annotation) {
	if o.box != nil {
		list = append(list, o.box)
	}
	if o.rotated != nil {
		list = append(list, o.rotated)
	}
	for _, p := range o.polygons {
		list = append(list, p)
	}
	if o.mask != nil {
		list = append(list, o.mask)
	}
	if o.point != nil {
		list = append(list, o.point)
	}
	return list
}

// first is the annotation with the attributes of the object.
func (o *outObject) first() dataset.Annotation {
	switch {
	case o.box != nil:
		return o.box
	case o.rotated != nil:
		return o.rotated
	case len(o.polygons) > 0:
		return o.polygons[0]
	case o.mask != nil:
		return o.mask
	}
	return o.point
}

// isSingle reports whether the object has a box and no other members.
func (o *outObject) isSingle() bool {
	return o.box != nil && o.rotated == nil && len(o.polygons) == 0 && o.mask == nil && o.point == nil
}

// isEmpty reports whether the object has no members.
func (o *outObject) isEmpty() bool {
	return o.box == nil && o.rotated == nil && len(o.polygons) == 0 && o.mask == nil && o.point == nil
}

// z is the drawing order of the object's mask.
func (o *outObject) z() int32 {
	if o.mask != nil {
		return o.mask.Z
	}
	if len(o.polygons) > 0 {
		return o.polygons[0].Z
	}
	return 0
}

// countMembers counts what the annotations of an object say differently.
func (w *itemWriter) countMembers(o *outObject) {
	if o.isSingle() {
		return
	}
	list := o.members()
	for _, a := range list[1:] {
		if !sameUser(list[0].Common().Attributes, a.Common().Attributes) {
			w.lost("attributes of annotations that differ from those of the same object, dropped", 1)
		}
	}
}

// sameUser reports whether b has no attributes of the user, or the same as a.
func sameUser(a, b dataset.Attributes) bool {
	user, _ := b.Split()
	if len(user) == 0 {
		return true
	}
	first, _ := a.Split()
	return slices.EqualFunc(first, user, func(x, y dataset.Attribute) bool { return x.Name == y.Name && string(x.Value) == string(y.Value) })
}

// carriedNames reads a list of names that an attribute carries.
func carriedNames(a dataset.Attributes, name string) (list []string) {
	if raw, ok := a.Get(name); ok && json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return list
}
