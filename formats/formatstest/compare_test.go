package formatstest

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
)

func attributes(t testing.TB, text string) dataset.Attributes {
	t.Helper()
	a, err := dataset.ParseAttributes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestCompare(t *testing.T) {
	item := func(change func(*dataset.Item)) dataset.Item {
		it := dataset.Item{
			ID: "a", Subset: "s", Attributes: attributes(t, `{"x":1,"@coco.id":2,"y":0.5}`),
			Media: &dataset.Image{File: dataset.File{Name: "a.jpg", Source: Bytes("pixels")}, Height: 2, Width: 3},
			Annotations: []dataset.Annotation{
				&dataset.Polygon{Label: 1, Points: []float64{0, 1, math.NaN(), 3, 4, 5}},
				&dataset.Mask{RLE: dataset.EncodeRuns(2, 3, []int64{1, 5})},
			},
		}
		if change != nil {
			change(&it)
		}
		return it
	}
	polygon := func(it *dataset.Item) *dataset.Polygon { return it.Annotations[0].(*dataset.Polygon) }
	for _, c := range []struct {
		name   string
		change func(*dataset.Item)
		equal  bool
		truth  bool // equal for CompareTruth
	}{
		{"nothing", nil, true, true},
		{"carried attributes before the user's", func(it *dataset.Item) { it.Attributes = attributes(t, `{"@coco.id":2,"x":1,"y":0.5}`) }, true, true},
		{"user attributes in another order", func(it *dataset.Item) { it.Attributes = attributes(t, `{"y":0.5,"@coco.id":2,"x":1}`) }, false, false},
		{"an attribute spelled differently", func(it *dataset.Item) { it.Attributes = attributes(t, `{"x":1,"@coco.id":2,"y":5e-1}`) }, false, true},
		{"an integer that became a float", func(it *dataset.Item) { it.Attributes = attributes(t, `{"x":1.0,"@coco.id":2,"y":0.5}`) }, false, false},
		{"a carried attribute gone", func(it *dataset.Item) { it.Attributes.Delete("@coco.id") }, false, true},
		{"a negative zero", func(it *dataset.Item) { polygon(it).Points[0] = math.Copysign(0, -1) }, false, false},
		{"another NaN", func(it *dataset.Item) { polygon(it).Points[2] = -math.NaN() }, true, true},
		{"the last bit", func(it *dataset.Item) { polygon(it).Points[5] = math.Nextafter(5, 6) }, false, false},
		{"an empty list for nil", func(it *dataset.Item) { polygon(it).Attributes = dataset.Attributes{} }, true, true},
		{"another label", func(it *dataset.Item) { polygon(it).Label = 0 }, false, false},
		{"another run", func(it *dataset.Item) {
			it.Annotations[1].(*dataset.Mask).RLE = dataset.EncodeRuns(2, 3, []int64{2, 4})
		}, false, false},
		{"another kind", func(it *dataset.Item) { it.Annotations[0] = &dataset.PolyLine{Label: 1, Points: polygon(it).Points} }, false, false},
		{"other bytes", func(it *dataset.Item) { it.Media.Main().Source = Bytes("others") }, false, true},
		{"bytes that were not loaded", func(it *dataset.Item) { it.Media.Main().Source = dataset.LocalFile("x") }, true, true},
		{"no bytes", func(it *dataset.Item) { it.Media.Main().Source = nil }, false, true},
		{"another name", func(it *dataset.Item) { it.Media.Main().Name = "b.jpg" }, false, true},
		{"another size", func(it *dataset.Item) { it.Media.(*dataset.Image).Width = 4 }, false, true},
		{"other media", func(it *dataset.Item) { it.Media = &dataset.Video{File: *it.Media.Main()} }, false, false},
		{"no media", func(it *dataset.Item) { it.Media = nil }, false, false},
	} {
		if d := Compare(item(nil), item(c.change)); (d == "") != c.equal {
			t.Errorf("%s: Compare says %q", c.name, d)
		}
		if d := CompareTruth(item(nil), item(c.change)); (d == "") != c.truth {
			t.Errorf("%s: CompareTruth says %q", c.name, d)
		}
	}
}

func TestCompareInfo(t *testing.T) {
	a := &dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "a", Items: 3}, {Name: "b", Items: -1}}}
	b := &dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "a", Items: -1}, {Name: "b", Items: 2}}}
	if d := CompareInfo(a, b); d != "" {
		t.Errorf("unknown counts differ: %s", d)
	}
	b.Subsets[0].Items = 4
	if CompareInfo(a, b) == "" {
		t.Error("3 items equal 4")
	}
	b.Subsets[0], b.Subsets[1] = b.Subsets[1], b.Subsets[0]
	if d := CompareTruthInfo(a, b); d != "" {
		t.Errorf("the order of subsets counts: %s", d)
	}
	b.Categories.Labels = &dataset.LabelCategories{}
	if CompareInfo(a, b) == "" || CompareTruthInfo(a, b) == "" {
		t.Error("no label categories equal an empty list of them")
	}
}

func TestCompareAll(t *testing.T) {
	want := []dataset.Item{{ID: "1", Subset: "a"}, {ID: "2", Subset: "b"}, {ID: "3", Subset: "a"}}
	got := []dataset.Item{{ID: "2", Subset: "b"}, {ID: "1", Subset: "a"}, {ID: "3", Subset: "a"}}
	if d := CompareAll(want, got, Compare); d != nil {
		t.Errorf("subsets in another order: %v", d)
	}
	got[1], got[2] = got[2], got[1]
	if d := CompareAll(want, got, Compare); len(d) != 2 {
		t.Errorf("items in another order: %v", d)
	}
	if d := CompareAll(want, append(got[:2], dataset.Item{ID: "4", Subset: "c"}), Compare); len(d) != 3 {
		t.Errorf("an item less and a subset more: %v", d)
	}
}

const truthText = `{"infos":{"n":1},"categories":{"label":{"attributes":["o"],"labels":[{"name":"cat","parent":"animal","attributes":["x"]}],"label_groups":[{"name":"g","group_type":"exclusive","labels":["cat"]}]},
"mask":{"colormap":[[0,1,2,3]]},"points":{"items":[{"label_id":0,"labels":["nose"],"joints":[[0,1]],"positions":[0.5,1.0]}]}},"media_type":2,
"subsets":{"z":[{"id":"i","subset":"z","attributes":{"f":1e-09},"media":{"type":"VIDEO","step":2,"start_frame":1,"end_frame":0},"annotations":[
{"type":"bbox","id":5,"group":6,"attributes":{"o":true},"object_id":9,"label":null,"z_order":-1,"points":[1.5,2.25,"Infinity","NaN"]},
{"type":"cuboid_2d","id":0,"group":0,"attributes":{},"label":0,"z_order":0,"points":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]},
{"type":"mask","id":0,"group":0,"attributes":{},"object_id":-1,"label":0,"z_order":4,"size":[3,2],"counts":"06","area":6}]}],
"a":[{"id":"p","subset":"a","attributes":{},"media":{"type":"POINT_CLOUD","n_extra":2},"annotations":[]}]}}`

func TestLoadTruth(t *testing.T) {
	path := filepath.Join(t.TempDir(), "truth.json")
	if err := os.WriteFile(path, []byte(truthText), 0o644); err != nil {
		t.Fatal(err)
	}
	info, items, err := LoadTruth(path)
	if err != nil {
		t.Fatal(err)
	}
	none := dataset.Base{ObjectID: dataset.NoObject}
	want := []dataset.Item{
		{ID: "i", Subset: "z", Attributes: attributes(t, `{"f":1e-09}`), Media: &dataset.Video{Step: 2, Start: 1, End: new(uint32)}, Annotations: []dataset.Annotation{
			&dataset.Bbox{Base: dataset.Base{ID: 5, Group: 6, ObjectID: 9, Attributes: attributes(t, `{"o":true}`)}, Label: dataset.NoLabel, Z: -1, X: 1.5, Y: 2.25, W: math.Inf(1), H: math.NaN()},
			&dataset.Cuboid2D{Base: none, Corners: [16]float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}},
			&dataset.Mask{Base: none, Z: 4, RLE: dataset.RLE{Height: 3, Width: 2, Counts: []byte("06")}},
		}},
		{ID: "p", Subset: "a", Media: &dataset.PointCloud{Extra: []*dataset.Image{{}, {}}}},
	}
	if d := CompareAll(want, items, Compare); d != nil {
		t.Error(strings.Join(d, "\n"))
	}
	wantInfo := &dataset.Info{
		MediaKind: dataset.MediaImage, Attributes: attributes(t, `{"n":1}`),
		Subsets: []dataset.Subset{{Name: "z", Items: 1}, {Name: "a", Items: 1}},
		Categories: dataset.Categories{
			Labels: &dataset.LabelCategories{
				Labels:     []dataset.LabelCategory{{Name: "cat", Parent: "animal", Attributes: []string{"x"}}},
				Groups:     []dataset.LabelGroup{{Name: "g", Type: "exclusive", Labels: []string{"cat"}}},
				Attributes: []string{"o"},
			},
			Masks:  &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 0, R: 1, G: 2, B: 3}}},
			Points: &dataset.PointsCategories{Items: []dataset.PointsCategory{{Names: []string{"nose"}, Joints: [][2]int32{{0, 1}}, Positions: []float64{0.5, 1}}}},
		},
	}
	if d := CompareInfo(wantInfo, info); d != "" {
		t.Error(d)
	}
}

func TestLoadTruthRefuses(t *testing.T) {
	for _, text := range []string{`{`, `{"infos":{},"subsets":{"a":[{"attributes":{},"media":{"type":"TAPE"}}]}}`,
		`{"infos":{},"subsets":{"a":[{"attributes":{},"annotations":[{"type":"bbox","attributes":{},"points":[1]}]}]}}`} {
		if _, _, err := parseTruth([]byte(text)); err == nil {
			t.Errorf("%s is read", text)
		}
	}
}
