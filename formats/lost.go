package formats

import (
	"datum/dataset"
)

// plurals name the kinds of annotation.
var plurals = map[dataset.Kind]string{
	dataset.KindLabel: "labels", dataset.KindBbox: "boxes", dataset.KindRotatedBox: "rotated boxes", dataset.KindPolygon: "polygons",
	dataset.KindPolyLine: "polylines", dataset.KindPoints: "keypoints", dataset.KindMask: "masks", dataset.KindCaption: "captions",
	dataset.KindEllipse: "ellipses", dataset.KindCuboid2D: "2D cuboids", dataset.KindCuboid3D: "3D cuboids", dataset.KindTabular: "table rows",
}

// Plural names annotations of a kind, in the words of a [Loss]: "boxes",
// "keypoints".
func Plural(k dataset.Kind) string {
	if name, ok := plurals[k]; ok {
		return name
	}
	return string(k) + " annotations"
}

// PlaceOf is how a [Loss] names an item.
func PlaceOf(it *dataset.Item) string { return it.ID + " of " + it.Subset }

// UserAttributes returns the attributes that a user sees, without those that
// are carried for one format.
func UserAttributes(a dataset.Attributes) dataset.Attributes {
	user, _ := a.Split()
	return user
}

// AddOf counts n more of what, of an item. Without words there is no loss, so
// that a function which says what became of something can say "nothing".
func (l *Loss) AddOf(it *dataset.Item, what string, n int) {
	if n != 0 && what != "" {
		l.Add(what, PlaceOf(it), n)
	}
}

// AddIf counts what once more where it is so.
func (l *Loss) AddIf(it *dataset.Item, what string, is bool) {
	if is {
		l.AddOf(it, what, 1)
	}
}

// AddDropped counts an annotation that is not written.
func (l *Loss) AddDropped(it *dataset.Item, a dataset.Annotation) {
	l.AddOf(it, Plural(a.Kind())+" dropped", 1)
}

// AddItemAttributes counts the attributes of an item.
func (l *Loss) AddItemAttributes(it *dataset.Item) {
	l.AddOf(it, "attributes of items dropped", len(UserAttributes(it.Attributes)))
}

// A Part is something that an annotation has besides its shape and label.
type Part uint

// The parts of an annotation; several are joined with |.
const (
	PartAttributes Part = 1 << iota
	PartID
	PartGroup
	PartObjectID
	PartZ // the drawing order
)

// AddParts counts those parts that an annotation has, of the ones that a format
// has no place for.
func (l *Loss) AddParts(it *dataset.Item, a dataset.Annotation, parts Part) {
	b, z := a.Common(), dataset.ZOf(a)
	if parts&PartAttributes != 0 {
		l.AddOf(it, "attributes of annotations dropped", len(UserAttributes(b.Attributes)))
	}
	l.AddIf(it, "ids of annotations dropped", parts&PartID != 0 && b.ID != 0)
	l.AddIf(it, "groups of annotations dropped", parts&PartGroup != 0 && b.Group != 0)
	l.AddIf(it, "object ids of annotations dropped", parts&PartObjectID != 0 && b.ObjectID != dataset.NoObject)
	l.AddIf(it, "drawing orders of annotations dropped", parts&PartZ != 0 && z != nil && *z != 0)
}

// AddInfoAttributes counts the attributes of a dataset and of its subsets.
func (l *Loss) AddInfoAttributes(info *dataset.Info) {
	for _, a := range UserAttributes(info.Attributes) {
		l.Add("attributes of the dataset dropped", a.Name, 1)
	}
	for _, s := range info.Subsets {
		l.Add("attributes of subsets dropped", s.Name, len(UserAttributes(s.Attributes)))
	}
}

// AddLabelAttributes counts the names of attributes that labels have.
func (l *Loss) AddLabelAttributes(c *dataset.Categories) {
	if c.Labels == nil {
		return
	}
	for _, x := range c.Labels.Labels {
		l.Add("names of attributes of categories dropped", x.Name, len(x.Attributes))
	}
	l.Add("names of attributes of categories dropped", "all categories", len(c.Labels.Attributes))
}

// AddLabelGroups counts the groups of labels.
func (l *Loss) AddLabelGroups(c *dataset.Categories) {
	if c.Labels == nil {
		return
	}
	for _, g := range c.Labels.Groups {
		l.Add("label groups dropped", g.Name, 1)
	}
}

// AddParents counts the labels that have a parent.
func (l *Loss) AddParents(c *dataset.Categories) {
	if c.Labels == nil {
		return
	}
	for _, x := range c.Labels.Labels {
		if x.Parent != "" {
			l.Add("parents of labels dropped", x.Name, 1)
		}
	}
}

// AddColors counts the colours of labels.
func (l *Loss) AddColors(c *dataset.Categories) {
	if c.Masks != nil && len(c.Masks.Colors) > 0 {
		l.Add("colours of labels dropped", c.Name(c.Masks.Colors[0].Label), len(c.Masks.Colors))
	}
}

// AddSkeletons counts the skeletons of labels, as what.
func (l *Loss) AddSkeletons(c *dataset.Categories, what string) {
	if c.Points != nil && len(c.Points.Items) > 0 {
		l.Add(what, c.Name(c.Points.Items[0].Label), len(c.Points.Items))
	}
}
