package formats

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
)

// checkLoss compares what was counted with lines of "count what (first: …)".
func checkLoss(t *testing.T, l Loss, want ...string) {
	t.Helper()
	got := strings.Split(strings.TrimSuffix(l.String(), "\n"), "\n")
	slices.Sort(got)
	if slices.Sort(want); !slices.Equal(got, want) && l.Total()+len(want) > 0 {
		t.Errorf("counted:\n%s\nwant:\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// attributes are two that a user sees and a carried one.
var attributes = dataset.Attributes{{Name: "a", Value: []byte("1")}, {Name: "@x.y", Value: []byte("2")}, {Name: "b", Value: []byte("3")}}

func TestPlural(t *testing.T) {
	for _, k := range slices.Sorted(maps.Keys(plurals)) {
		if Plural(k) == "" || strings.Contains(Plural(k), "annotations") {
			t.Errorf("%s is %q", k, Plural(k))
		}
	}
	if Plural(dataset.KindPoints) != "keypoints" || Plural("sphere") != "sphere annotations" {
		t.Errorf("%q, %q", Plural(dataset.KindPoints), Plural("sphere"))
	}
}

// TestPluralsAreComplete: there is a name for every kind of annotation.
func TestPluralsAreComplete(t *testing.T) {
	all := []dataset.Annotation{
		&dataset.Label{}, &dataset.Bbox{}, &dataset.RotatedBbox{}, &dataset.Polygon{}, &dataset.PolyLine{}, &dataset.Points{}, &dataset.Mask{},
		&dataset.Caption{}, &dataset.Ellipse{}, &dataset.Cuboid2D{}, &dataset.Cuboid3D{}, &dataset.Tabular{},
	}
	for _, a := range all {
		if plurals[a.Kind()] == "" {
			t.Errorf("%s has no name", a.Kind())
		}
	}
	if len(all) != len(plurals) {
		t.Errorf("%d kinds, %d names", len(all), len(plurals))
	}
}

func TestLossOfItems(t *testing.T) {
	var l Loss
	it := &dataset.Item{ID: "x/1", Subset: "train", Attributes: attributes}
	l.AddOf(it, "things dropped", 2)
	l.AddOf(it, "things dropped", 0)
	l.AddOf(it, "", 3)
	l.AddIf(it, "odd ones dropped", true)
	l.AddIf(it, "even ones dropped", false)
	l.AddItemAttributes(it)
	l.AddDropped(it, &dataset.Bbox{})
	l.AddDropped(&dataset.Item{ID: "2"}, &dataset.Bbox{})
	checkLoss(t, l, "2 things dropped (first: x/1 of train)", "1 odd ones dropped (first: x/1 of train)",
		"2 attributes of items dropped (first: x/1 of train)", "2 boxes dropped (first: x/1 of train)")
	if got := UserAttributes(attributes); len(got) != 2 || got[1].Name != "b" {
		t.Errorf("%v", got)
	}
}

func TestLossOfParts(t *testing.T) {
	it := &dataset.Item{ID: "1", Subset: "s"}
	rich := &dataset.Bbox{Base: dataset.Base{ID: 4, Group: 2, ObjectID: 0, Attributes: attributes}, Z: -1}
	for part, want := range map[Part]string{
		PartAttributes: "2 attributes of annotations dropped", PartID: "1 ids of annotations dropped", PartGroup: "1 groups of annotations dropped",
		PartObjectID: "1 object ids of annotations dropped", PartZ: "1 drawing orders of annotations dropped",
	} {
		var l Loss
		l.AddParts(it, rich, part)
		checkLoss(t, l, want+" (first: 1 of s)")
	}
	const all = PartAttributes | PartID | PartGroup | PartObjectID | PartZ
	var l Loss
	l.AddParts(it, rich, all)
	if l.Total() != 6 {
		t.Errorf("%s", l)
	}
	l = Loss{}
	l.AddParts(it, &dataset.Bbox{Base: dataset.Base{ObjectID: dataset.NoObject}}, all)
	l.AddParts(it, &dataset.Caption{Base: dataset.Base{ObjectID: dataset.NoObject}}, all) // has no drawing order
	if l.Total() != 0 {
		t.Errorf("%s", l)
	}
}

func TestLossOfInfo(t *testing.T) {
	info := &dataset.Info{
		Attributes: attributes,
		Subsets:    []dataset.Subset{{Name: "train", Attributes: attributes}, {Name: "val"}},
		Categories: dataset.Categories{
			Labels: &dataset.LabelCategories{
				Labels:     []dataset.LabelCategory{{Name: "cat", Parent: "animal"}, {Name: "dog", Attributes: []string{"age", "race"}}},
				Attributes: []string{"all"},
				Groups:     []dataset.LabelGroup{{Name: "pets"}},
			},
			Masks:  &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 1}, {Label: 0}}},
			Points: &dataset.PointsCategories{Items: []dataset.PointsCategory{{Label: 1}}},
		},
	}
	var l Loss
	add := func(l *Loss, info *dataset.Info) {
		l.AddInfoAttributes(info)
		l.AddLabelAttributes(&info.Categories)
		l.AddLabelGroups(&info.Categories)
		l.AddParents(&info.Categories)
		l.AddColors(&info.Categories)
		l.AddSkeletons(&info.Categories, "skeletons dropped")
	}
	add(&l, info)
	checkLoss(t, l, "2 attributes of the dataset dropped (first: a)", "2 attributes of subsets dropped (first: train)",
		"3 names of attributes of categories dropped (first: dog)", "1 label groups dropped (first: pets)", "1 parents of labels dropped (first: cat)",
		"2 colours of labels dropped (first: dog)", "1 skeletons dropped (first: dog)")
	l = Loss{}
	add(&l, &dataset.Info{})
	if l.Total() != 0 {
		t.Errorf("an empty dataset: %s", l)
	}
}
