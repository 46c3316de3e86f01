package dota

import (
	"datum/dataset"
)

// lost counts n of what an item loses.
func (e *exporter) lost(it *dataset.Item, what string, n int) {
	if n > 0 && what != "" {
		e.loss.Add(what, it.ID+" of "+it.Subset, n)
	}
}

func userOnly(a dataset.Attributes) dataset.Attributes {
	user, _ := a.Split()
	return user
}

// loseCommon counts what no annotation of the format has.
func (e *exporter) loseCommon(it *dataset.Item, b *dataset.Base) {
	e.lost(it, "groups of annotations dropped", b2i(b.Group != 0))
	e.lost(it, "object ids of annotations dropped", b2i(b.ObjectID != dataset.NoObject))
}

// droppedKind says that a kind of annotation is dropped.
func droppedKind(k dataset.Kind) string {
	names := map[dataset.Kind]string{
		dataset.KindLabel: "image labels", dataset.KindRotatedBox: "rotated boxes", dataset.KindPolygon: "polygons",
		dataset.KindPolyLine: "polylines", dataset.KindPoints: "keypoints", dataset.KindCaption: "captions",
		dataset.KindMask:    "masks",
		dataset.KindEllipse: "ellipses", dataset.KindCuboid2D: "2D cuboids", dataset.KindCuboid3D: "3D cuboids",
		dataset.KindTabular: "table rows",
	}
	if name, ok := names[k]; ok {
		return name + " dropped"
	}
	return string(k) + " annotations dropped"
}

// loseInfo counts what the format has no place for besides items.
func (e *exporter) loseInfo() {
	add := func(what, example string, n int) { e.loss.Add(what, example, n) }
	if user := userOnly(e.info.Attributes); len(user) > 0 {
		add("attributes of the dataset dropped", user[0].Name, len(user))
	}
	for _, s := range e.info.Subsets {
		add("attributes of subsets dropped", s.Name, len(userOnly(s.Attributes)))
	}
	if c := e.info.Categories.Labels; c != nil {
		add("names of attributes of categories dropped", "all labels", len(c.Attributes))
		for _, l := range c.Labels {
			add("parents of labels dropped", l.Name, b2i(l.Parent != ""))
			add("names of attributes of categories dropped", l.Name, len(l.Attributes))
		}
		for _, g := range c.Groups {
			add("label groups dropped", g.Name, 1)
		}
	}
	if p := e.info.Categories.Points; p != nil {
		for _, x := range p.Items {
			add("keypoint skeletons of labels dropped", e.info.Categories.Name(x.Label), 1)
		}
	}
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
