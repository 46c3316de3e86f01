package imagefolder

import (
	"fmt"

	"datum/dataset"
	"datum/formats"
)

// plurals name the kinds of annotation in losses.
var plurals = map[dataset.Kind]string{
	dataset.KindLabel: "labels", dataset.KindBbox: "boxes", dataset.KindRotatedBox: "rotated boxes", dataset.KindPolygon: "polygons",
	dataset.KindPolyLine: "polylines", dataset.KindPoints: "keypoints", dataset.KindMask: "masks", dataset.KindCaption: "captions",
	dataset.KindEllipse: "ellipses", dataset.KindCuboid2D: "2D cuboids", dataset.KindCuboid3D: "3D cuboids", dataset.KindTabular: "table rows",
}

// losses counts what is not written.
type losses struct{ formats.Loss }

func placeOf(it *dataset.Item) string { return fmt.Sprintf("%s of %s", it.ID, it.Subset) }

func (l *losses) lost(it *dataset.Item, what string, n int) { l.Add(what, placeOf(it), n) }

// dropped counts an annotation that is not written.
func (l *losses) dropped(it *dataset.Item, a dataset.Annotation) {
	l.lost(it, plurals[a.Kind()]+" dropped", 1)
}

// item counts what no format of pictures has a place for.
func (l *losses) item(it *dataset.Item) {
	user, _ := it.Attributes.Split()
	l.lost(it, "attributes of items dropped", len(user))
}

// base counts what an annotation has that is written without it.
func (l *losses) base(it *dataset.Item, a dataset.Annotation) {
	b := a.Common()
	user, _ := b.Attributes.Split()
	l.lost(it, "attributes of annotations dropped", len(user))
	if b.ID != 0 {
		l.lost(it, "ids of annotations dropped", 1)
	}
	if b.Group != 0 {
		l.lost(it, "groups of annotations dropped", 1)
	}
	if b.ObjectID != dataset.NoObject {
		l.lost(it, "object ids of annotations dropped", 1)
	}
	if z := dataset.ZOf(a); z != nil && *z != 0 {
		l.lost(it, "drawing orders of annotations dropped", 1)
	}
}

// info counts what is lost of the dataset as a whole. Without labels, the
// format has no classes.
func (l *losses) info(info *dataset.Info, labels bool) {
	user, _ := info.Attributes.Split()
	for _, a := range user {
		l.Add("attributes of the dataset dropped", a.Name, 1)
	}
	for _, s := range info.Subsets {
		user, _ := s.Attributes.Split()
		l.Add("attributes of subsets dropped", s.Name, len(user))
	}
	c := &info.Categories
	if c.Labels != nil {
		l.categories(c.Labels, labels)
	}
	if c.Masks != nil && len(c.Masks.Colors) > 0 {
		l.Add("colours of labels dropped", c.Name(c.Masks.Colors[0].Label), len(c.Masks.Colors))
	}
	if c.Points != nil && len(c.Points.Items) > 0 {
		l.Add("skeletons of labels dropped", c.Name(c.Points.Items[0].Label), len(c.Points.Items))
	}
}

func (l *losses) categories(c *dataset.LabelCategories, labels bool) {
	for i, x := range c.Labels {
		if !labels {
			l.Add("categories dropped", x.Name, 1)
			continue
		}
		if x.Parent != "" {
			l.Add("parents of labels dropped", c.Labels[i].Name, 1)
		}
		l.Add("names of attributes of categories dropped", x.Name, len(x.Attributes))
	}
	l.Add("names of attributes of categories dropped", "all categories", len(c.Attributes))
	for _, g := range c.Groups {
		l.Add("label groups dropped", g.Name, 1)
	}
}
