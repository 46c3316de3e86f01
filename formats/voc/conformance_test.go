package voc

import (
	"maps"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func attributes(text string) dataset.Attributes {
	a, err := dataset.ParseAttributes([]byte(text))
	if err != nil {
		panic(err) // a constant of a test
	}
	return a
}

func base(group int64, text string) dataset.Base {
	return dataset.Base{Group: group, ObjectID: dataset.NoObject, Attributes: attributes(text)}
}

// rectangle is a mask of the size of a sample's picture.
func rectangle(x0, y0, x1, y1 int) dataset.RLE {
	const h, w = 40, 60
	var runs []int64
	last, n := false, int64(0)
	for x := range w {
		for y := range h {
			if in := x >= x0 && x < x1 && y >= y0 && y < y1; in != last {
				runs = append(runs, n)
				last, n = in, 0
			}
			n++
		}
	}
	return dataset.EncodeRuns(h, w, append(runs, n))
}

// vocSample is a dataset as VOC can hold it.
func vocSample() *formatstest.Dataset {
	info := dataset.Info{
		MediaKind: dataset.MediaImage,
		Categories: dataset.Categories{
			Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{
				{Name: "cat"}, {Name: "person", Attributes: []string{"jumping", "age"}}, {Name: "κύων a/b\"c: #"},
				{Name: "head", Parent: "person"}, {Name: "hand", Parent: "person"},
			}},
			Masks: &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 0, R: 1, G: 2, B: 3}, {Label: 2, R: 200}}},
		},
		Subsets: []dataset.Subset{{Name: "train_2017", Items: 5}, {Name: "empty"}, {Name: "a subset.τ", Items: 3}},
	}
	noName := formatstest.Picture("name only.jpg")
	noName.Source = nil
	const many = `{"pose":"Left","truncated":true,"occluded":false,"difficult":true,"jumping":true,"other":false,"n":1,"s":"1","f":1.50,"big":18446744073709551615,` +
		`"text":"ünï \"q\" \\ <&>","space":" x ","nul":"\u0000","t":"true","none":null,"list":[1,{"a":"]]>"}],"":"","@voc.actions":["jumping","other"],` +
		`"@voc.xml":"<note a='1'>&lt;x</note><id>7</id>"}`
	return &formatstest.Dataset{Meta: info, List: []dataset.Item{
		{ID: "a/b", Subset: "train_2017", Media: formatstest.Picture("a/b.jpg"), Attributes: attributes(`{"weather":"räin","n":7,"@voc.depth":"1","@voc.xml":"<source><database>x</database></source>"}`),
			Annotations: []dataset.Annotation{
				&dataset.Label{Base: base(0, `{}`), Label: 0},
				&dataset.Label{Base: base(0, `{"difficult":true}`), Label: 1},
				&dataset.Bbox{Base: base(1, many), Label: 1, X: 17.2, Y: 10.33, W: 1.005, H: 1.0 / 3},
				&dataset.Mask{Base: base(1, `{}`), Label: 1, RLE: rectangle(15, 8, 20, 14)},
				&dataset.Points{Base: base(1, `{}`), Label: 1, Points: []float64{3.5, 1e-7}, Visibility: []dataset.Visibility{dataset.Visible}},
				&dataset.Bbox{Base: base(1, `{"@voc.part":true}`), Label: 3, X: 1, Y: 2, W: 3, H: 4},
				&dataset.Bbox{Base: base(1, `{"@voc.part":true}`), Label: 4, X: 5, Y: 6, W: 7.1, H: 8},
				&dataset.Bbox{Base: base(0, `{}`), Label: dataset.NoLabel, X: -10.55, Y: 0, W: 20.05, H: 1e9 + 0.1},
				&dataset.RotatedBbox{Base: base(0, `{"score":0.25}`), Label: 0, CX: 10, CY: 20, W: 30, H: 40, Angle: 30.1},
				&dataset.Mask{Base: base(0, `{"occluded":true}`), Label: 2, RLE: rectangle(30, 20, 50, 30)},
			}},
		{ID: "classes", Subset: "train_2017", Media: formatstest.Picture("classes.png"), Attributes: attributes(`{"@voc.semantic":true}`),
			Annotations: []dataset.Annotation{
				&dataset.Mask{Base: base(0, `{}`), Label: 0, RLE: rectangle(0, 0, 60, 5)},
				&dataset.Mask{Base: base(0, `{}`), Label: 2, RLE: rectangle(0, 5, 10, 40)},
				&dataset.Mask{Base: base(0, `{"@voc.class":9}`), Label: dataset.NoLabel, RLE: rectangle(20, 5, 30, 40)},
			}},
		{ID: "ein Bild.über.v2", Subset: "train_2017", Media: formatstest.Picture("ein Bild.über.v2.png"), Attributes: attributes(`{"@voc.tasks":["Main","Action"]}`)},
		{ID: "name only", Subset: "train_2017", Media: noName},
		{ID: "#no media 1", Subset: "train_2017", Annotations: []dataset.Annotation{&dataset.Bbox{Base: base(0, `{}`), Label: 2, X: 1, Y: 2, W: 0, H: 0}}},
		{ID: "c", Subset: "a subset.τ", Media: formatstest.Picture("c.jpg"),
			Annotations: []dataset.Annotation{
				&dataset.Bbox{Base: base(1, `{}`), Label: 0, X: 0, Y: 0, W: 10, H: 10},
				&dataset.Mask{Base: base(1, `{}`), Label: 0, RLE: rectangle(0, 0, 10, 10)},
				&dataset.Mask{Base: base(0, `{"@voc.stuff":true}`), Label: 2, RLE: rectangle(10, 0, 60, 40)},
			}},
		{ID: "deep/down/the/folders", Subset: "a subset.τ", Media: formatstest.Picture("deep/down/the/folders.JPG")},
		{ID: "void", Subset: "a subset.τ", Media: formatstest.Picture("void.jpg"),
			Attributes: attributes(`{"@voc.void":` + voidText(rectangle(0, 0, 60, 1)) + `,"@voc.void_objects":` + voidText(rectangle(3, 0, 60, 1)) + `}`),
			Annotations: []dataset.Annotation{
				&dataset.Label{Base: base(0, `{}`), Label: 1},
				&dataset.Mask{Base: base(0, `{}`), Label: 0, RLE: rectangle(0, 1, 10, 10)},
			}},
	}}
}

func voidText(m dataset.RLE) string {
	text, _ := dataset.MarshalValue(carriedMask{[2]int32{m.Height, m.Width}, string(m.Counts)})
	return string(text)
}

func TestConformance(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{
		Format: Format(), Sample: vocSample, KeepsCarried: true, NoIntegrity: true,
		Losses: map[string]int{"media files not saved, since the source holds only their names": 1},
	})
}

// TestOptionsComeBack writes and reads with each pair of options.
func TestOptionsComeBack(t *testing.T) {
	for _, coordinates := range optionCoordinates.Values {
		for _, polygons := range []string{polygonsPaint, polygonsKeep} {
			values := formats.Values{"voc-coordinates": coordinates, "voc-polygons": polygons}
			in := sampleWith(values)()
			dir, _ := writeAll(t, in, formats.ExportOptions{Values: values})
			out, _ := readAll(t, dir, formats.ImportOptions{Values: values})
			for _, d := range formatstest.CompareAll(in.List, out.List, formatstest.Compare) {
				t.Errorf("%v: %s", values, d)
			}
		}
	}
}

// sampleWith adds polygons where they are kept.
func sampleWith(values formats.Values) func() *formatstest.Dataset {
	return func() *formatstest.Dataset {
		d := vocSample()
		if values["voc-polygons"] == "attribute" {
			it := &d.List[6]
			it.Annotations = []dataset.Annotation{
				&dataset.Bbox{Base: base(1, `{"x":"y"}`), Label: 0, X: 0.1, Y: 0.2, W: 10, H: 10.7},
				&dataset.Polygon{Base: base(1, `{}`), Label: 0, Points: []float64{1, 2, 3.25, 4.5, 5.123456789, 6, 1e-7, -7}},
				&dataset.Polygon{Base: base(1, `{}`), Label: 0, Points: []float64{1.0 / 3, 2, 3}[:2]},
				&dataset.Polygon{Base: base(0, `{"x":"z"}`), Label: 2, Points: []float64{1, 2, 3, 4, 5, 6}},
			}
		}
		return d
	}
}

// TestLosses writes a dataset with everything that VOC has no place for.
func TestLosses(t *testing.T) {
	d := formatstest.Sample()
	d.Meta.Subsets[0].Items--
	d.List = append(d.List[:3:3], d.List[4:]...) // same.png collides with same.jpg
	o := formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionSubsetPrefix}
	loss, err := formatstest.Write(t.Context(), Format(), t.TempDir(), d, o)
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, e := range loss.Entries() {
		got[e.What] = e.Count
	}
	want := map[string]int{
		"2D cuboids dropped":                    2,
		"3D cuboids dropped":                    1,
		"captions dropped":                      2,
		"ellipses dropped":                      1,
		"keypoints dropped":                     1,
		"polylines dropped":                     2,
		"table rows dropped":                    1,
		"masks without pixels dropped":          1,
		"polygons rasterised into masks":        1,
		"drawing orders of annotations dropped": 4,
		"ids of annotations dropped":            5,
		"object ids of annotations dropped":     5,
		"groups of annotations dropped":         2,
		"attributes of annotations dropped":     16,
		"labels of items dropped, since the name of their list cannot be that of a file, or is that of another": 3,
		"attributes of the dataset dropped":                                          2,
		"label groups dropped":                                                       1,
		"names of attributes of categories dropped":                                  1,
		"skeletons of labels dropped":                                                1,
		"items given another name, since an earlier one has the same in this format": 1,
		"media files not saved, since the source holds only their names":             1,
	}
	if !maps.Equal(got, want) {
		t.Errorf("got %v", loss)
	}
}
