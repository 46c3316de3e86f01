package all

import (
	"slices"

	"datum/dataset"
	"datum/formats/formatstest"
)

// fact is something that a dataset may say, and formats may hold or not.
type fact struct {
	// code stands for it in the table of what is lost.
	code string
	name string
	// on prepares a dataset of one item, "a" of subset train, which has a
	// picture and no annotations; nil leaves it so.
	on func(*formatstest.Dataset)
	// add says it.
	add func(*formatstest.Dataset)
	// kept says how much of it is in what came back.
	kept func(want, got *formatstest.Dataset) grade
}

// grade is how a fact came back.
type grade int

const (
	lost    grade = iota
	another       // as something else, a mask for a polygon
	changed       // something of it is there
	exact
)

func base() dataset.Base { return dataset.Base{ObjectID: dataset.NoObject} }

// bare is the dataset to which facts are added.
func bare() *formatstest.Dataset {
	return &formatstest.Dataset{
		Meta: dataset.Info{
			MediaKind:  dataset.MediaImage,
			Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cat"}, {Name: "dog"}}}},
			Subsets:    []dataset.Subset{{Name: "train", Items: 1}},
		},
		List: []dataset.Item{{ID: "a", Subset: "train", Media: formatstest.Picture("a.png")}},
	}
}

// says adds annotations to the first item.
func says(list ...dataset.Annotation) func(*formatstest.Dataset) {
	return func(d *formatstest.Dataset) {
		for _, a := range list {
			d.List[0].Annotations = append(d.List[0].Annotations, a.Clone())
		}
	}
}

// carriers are annotations one of which every format holds that holds any.
func carriers(d *formatstest.Dataset) {
	says(
		&dataset.Bbox{Base: base(), Label: 1, X: 10, Y: 12, W: 20, H: 8},
		&dataset.Label{Base: base(), Label: 1},
		&dataset.Polygon{Base: base(), Label: 1, Points: []float64{10, 12, 30, 12, 30, 20, 10, 20}},
		&dataset.Mask{Base: base(), Label: 1, RLE: dataset.EncodeRuns(40, 60, []int64{412, 8, 1980})},
		&dataset.RotatedBbox{Base: base(), Label: 1, CX: 20, CY: 16, W: 20, H: 8, Angle: 30},
	)(d)
}

// eachBase changes all annotations.
func eachBase(change func(*dataset.Base)) func(*formatstest.Dataset) {
	return func(d *formatstest.Dataset) {
		for _, a := range d.List[0].Annotations {
			change(a.Common())
		}
	}
}

// ofKind looks for an annotation like the one that was added.
func ofKind(want, got *formatstest.Dataset) grade {
	w := want.List[0].Annotations[0]
	best := lost
	for _, it := range got.List {
		for _, g := range it.Annotations {
			if g.Kind() != w.Kind() {
				if sameLabel(g, w) && isShape(g) && isShape(w) {
					best = max(best, another)
				}
				continue
			}
			best = max(best, changed)
			plain := g.Clone()
			*plain.Common() = base()
			a, b := dataset.Item{Annotations: []dataset.Annotation{w}}, dataset.Item{Annotations: []dataset.Annotation{plain}}
			if formatstest.Compare(a, b) == "" {
				best = exact
			}
		}
	}
	return best
}

func sameLabel(a, b dataset.Annotation) bool {
	x, y := dataset.LabelOf(a), dataset.LabelOf(b)
	return x != nil && y != nil && *x == *y
}

// isShape reports whether an annotation is about a part of the picture.
func isShape(a dataset.Annotation) bool { return dataset.ZOf(a) != nil }

// onAny looks for an annotation of which is is true.
func onAny(is func(dataset.Annotation) bool) func(_, got *formatstest.Dataset) grade {
	return func(_, got *formatstest.Dataset) grade {
		for _, it := range got.List {
			if slices.ContainsFunc(it.Annotations, is) {
				return exact
			}
		}
		return lost
	}
}

// of reports whether something is true of what came back.
func of(is func(got *formatstest.Dataset) bool) func(_, got *formatstest.Dataset) grade {
	return func(_, got *formatstest.Dataset) grade {
		if is(got) {
			return exact
		}
		return lost
	}
}

// hasAttribute reports whether an attribute is there with its very value.
func hasAttribute(a dataset.Attributes, name, value string) bool {
	got, ok := a.Get(name)
	return ok && string(got) == value
}

func attributeFact(code, name, value string) fact {
	return fact{code, "attributes of annotations: " + name, carriers,
		eachBase(func(b *dataset.Base) { b.Attributes = formatstest.Attributes(`{"colour":` + value + `}`) }),
		onAny(func(a dataset.Annotation) bool { return hasAttribute(a.Common().Attributes, "colour", value) })}
}

// items returns the ids of the items of a subset.
func ids(d *formatstest.Dataset, subset string) (list []string) {
	for _, it := range d.List {
		if it.Subset == subset {
			list = append(list, it.ID)
		}
	}
	return list
}

func addItem(id, subset, picture string) func(*formatstest.Dataset) {
	return func(d *formatstest.Dataset) {
		it := dataset.Item{ID: id, Subset: subset}
		if picture != "" {
			it.Media = formatstest.Picture(picture)
		}
		d.List = append(d.List, it)
		if s := d.Meta.Subset(subset); s != nil {
			s.Items++
			return
		}
		d.Meta.Subsets = append(d.Meta.Subsets, dataset.Subset{Name: subset, Items: 1})
	}
}

func mediaFact(code, name string, kind dataset.MediaKind) fact {
	return fact{code, name, nil, func(d *formatstest.Dataset) { *d = *formatstest.SampleOf(kind) }, of(func(got *formatstest.Dataset) bool {
		return len(got.List) == 2 && got.List[0].Media != nil && got.List[0].Media.MediaKind() == kind
	})}
}

// facts is the list.
var facts = []fact{
	{"L", "label of an image", nil, says(&dataset.Label{Base: base(), Label: 1}), ofKind},
	{"2", "several labels of an image", nil, says(&dataset.Label{Base: base(), Label: 1}, &dataset.Label{Base: base(), Label: 0}), of(func(got *formatstest.Dataset) bool {
		return len(got.List) == 1 && len(got.List[0].Annotations) == 2
	})},
	{"B", "bounding box", nil, says(&dataset.Bbox{Base: base(), Label: 1, X: 10.25, Y: 12.1, W: 20.3, H: 8.7}), ofKind},
	{"R", "rotated box", nil, says(&dataset.RotatedBbox{Base: base(), Label: 1, CX: 30, CY: 20, W: 20, H: 8, Angle: 30}), ofKind},
	{"P", "polygon", nil, says(&dataset.Polygon{Base: base(), Label: 1, Points: []float64{10.3, 12, 30, 12.7, 28, 20, 10, 19}}), ofKind},
	{"M", "mask", nil, says(&dataset.Mask{Base: base(), Label: 1, RLE: dataset.EncodeRuns(40, 60, []int64{412, 8, 30, 3, 1947})}), ofKind},
	{"K", "keypoints", nil, func(d *formatstest.Dataset) {
		d.Meta.Categories.Points = &dataset.PointsCategories{Items: []dataset.PointsCategory{{Label: 1, Names: []string{"nose", "tail"}}}}
		says(&dataset.Points{Base: base(), Label: 1, Points: []float64{10.5, 12, 20, 22}, Visibility: []dataset.Visibility{dataset.Visible, dataset.Hidden}})(d)
	}, ofKind},
	{"l", "polyline", nil, says(&dataset.PolyLine{Base: base(), Label: 1, Points: []float64{1, 2, 3, 4.5, 6, 7}}), ofKind},
	{"E", "ellipse", nil, says(&dataset.Ellipse{Base: base(), Label: 1, X1: 10, Y1: 12, X2: 30, Y2: 20}), ofKind},
	{"q", "2D cuboid", nil, says(&dataset.Cuboid2D{Base: base(), Label: 1, Corners: [16]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 1, 2, 3, 4, 5, 6, 7}}), ofKind},
	{"Q", "3D cuboid", nil, says(&dataset.Cuboid3D{Base: base(), Label: 1, Position: [3]float64{1, 2, 3}, Scale: [3]float64{1, 1, 1}}), ofKind},
	{"C", "caption", nil, says(&dataset.Caption{Base: base(), Caption: "a cat"}), ofKind},
	{"T", "table row", nil, says(&dataset.Tabular{Base: base(), Values: formatstest.Attributes(`{"price":1.5}`)}), ofKind},
	attributeFact("s", "text", `"red"`),
	attributeFact("n", "number", "1.50"),
	attributeFact("b", "truth value", "true"),
	attributeFact("x", "nested", `{"a":[1,null]}`),
	{"i", "attributes of images", nil, func(d *formatstest.Dataset) { d.List[0].Attributes = formatstest.Attributes(`{"weather":"rain"}`) }, of(func(got *formatstest.Dataset) bool {
		return len(got.List) == 1 && hasAttribute(got.List[0].Attributes, "weather", `"rain"`)
	})},
	{"g", "groups", func(d *formatstest.Dataset) {
		carriers(d)
		carriers(d)
	}, eachBase(func(b *dataset.Base) { b.Group = 3 }), onAny(func(a dataset.Annotation) bool { return a.Common().Group != 0 })},
	{"t", "tracks (object ids)", carriers, eachBase(func(b *dataset.Base) { b.ObjectID = 7 }), onAny(func(a dataset.Annotation) bool { return a.Common().ObjectID == 7 })},
	{"z", "drawing order", carriers, func(d *formatstest.Dataset) {
		for _, a := range d.List[0].Annotations {
			if z := dataset.ZOf(a); z != nil {
				*z = 5
			}
		}
	}, onAny(func(a dataset.Annotation) bool { z := dataset.ZOf(a); return z != nil && *z == 5 })},
	{"u", "categories without annotations", func(d *formatstest.Dataset) { d.Meta.Categories.Labels = nil }, func(d *formatstest.Dataset) { d.Meta = bare().Meta }, of(func(got *formatstest.Dataset) bool {
		_, cat := got.Meta.Categories.Index("cat")
		_, dog := got.Meta.Categories.Index("dog")
		return cat && dog
	})},
	{"p", "superclasses", carriers, func(d *formatstest.Dataset) {
		d.Meta.Categories.Labels.Labels[1].Parent = "animal"
	}, of(func(got *formatstest.Dataset) bool {
		i, ok := got.Meta.Categories.Index("dog")
		return ok && got.Meta.Categories.Labels.Labels[i].Parent == "animal"
	})},
	{"c", "colours of labels", carriers, func(d *formatstest.Dataset) {
		d.Meta.Categories.Masks = &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 0, R: 1, G: 2, B: 3}, {Label: 1, R: 4, G: 5, B: 6}}}
	}, of(func(got *formatstest.Dataset) bool {
		i, ok := got.Meta.Categories.Index("dog")
		return ok && got.Meta.Categories.Masks != nil && slices.Contains(got.Meta.Categories.Masks.Colors, dataset.LabelColor{Label: i, R: 4, G: 5, B: 6})
	})},
	{"e", "images without annotations", func(d *formatstest.Dataset) { d.List = nil }, func(d *formatstest.Dataset) { d.List = bare().List }, of(func(got *formatstest.Dataset) bool { return slices.Contains(ids(got, "train"), "a") })},
	{"m", "items without media", nil, addItem("b", "train", ""), of(func(got *formatstest.Dataset) bool { return slices.Contains(ids(got, "train"), "b") })},
	{"S", "any names of subsets", nil, addItem("b", "my_set.2", "b.png"), of(func(got *formatstest.Dataset) bool { return slices.Equal(ids(got, "my_set.2"), []string{"b"}) })},
	{"D", "names with folders", nil, addItem("x/y z", "train", "x/y z.png"), of(func(got *formatstest.Dataset) bool { return slices.Contains(ids(got, "train"), "x/y z") })},
	{"d", "a.jpg beside a.png", nil, addItem("a", "train", "a.jpg"), func(_, got *formatstest.Dataset) grade {
		switch {
		case slices.Equal(ids(got, "train"), []string{"a", "a"}):
			return exact
		case len(got.List) == 2:
			return changed
		}
		return lost
	}},
	{"2n", "one name in two subsets", nil, addItem("a", "val", "a.jpg"), of(func(got *formatstest.Dataset) bool { return slices.Equal(ids(got, "val"), []string{"a"}) })},
	mediaFact("O", "point clouds", dataset.MediaPointCloud),
	mediaFact("V", "videos", dataset.MediaVideo),
	mediaFact("F", "video frames", dataset.MediaVideoFrame),
}
