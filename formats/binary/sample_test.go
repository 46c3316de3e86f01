package binary

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// testKey is the key of the fixtures and of all datasets in these tests.
const testKeyText = "datum-MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="

func testKey(t testing.TB) *key.Key {
	t.Helper()
	k, err := key.Parse([]byte(testKeyText))
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func otherKey(t testing.TB) *key.Key {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// memory is a media source for tests.
type memory []byte

func (m memory) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m)), nil }

func attrs(t testing.TB, text string) dataset.Attributes {
	t.Helper()
	a, err := dataset.ParseAttributes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func picture(name string) *dataset.Image {
	return &dataset.Image{File: dataset.File{Name: name, Source: memory("bytes of " + name)}, Height: 40, Width: 60}
}

// sampleInfo and sampleItems make a small dataset that has something of
// everything which the records, or only the sidecar, can hold.
func sampleInfo(t testing.TB) *dataset.Info {
	return &dataset.Info{
		MediaKind: dataset.MediaImage,
		Categories: dataset.Categories{
			Labels: &dataset.LabelCategories{
				Labels: []dataset.LabelCategory{
					{Name: "cat", Carried: attrs(t, `{"@coco.id":17}`)}, {Name: "dog", Parent: "animal", Attributes: []string{"b", "a"}}, {Name: "κύων"},
				},
				Groups:     []dataset.LabelGroup{{Name: "pets", Type: "exclusive", Labels: []string{"dog", "cat"}}},
				Attributes: []string{"occluded"},
			},
			Masks:  &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 1, R: 2, G: 3, B: 4}}},
			Points: &dataset.PointsCategories{Items: []dataset.PointsCategory{{Label: 0, Names: []string{"nose", "tail"}, Joints: [][2]int32{{1, 2}}, Positions: []float64{0, 0.5, 1, 1}}}},
		},
		Attributes: attrs(t, `{"author":"me","n":1.0,"@coco.info":{"year":2026}}`),
		Subsets: []dataset.Subset{
			{Name: "train", Items: 4, Attributes: attrs(t, `{"@coco.file":"instances_train.json"}`)},
			{Name: "empty", Items: 0}, {Name: "a subset.val", Items: 1},
		},
	}
}

func sampleItems(t testing.TB) []dataset.Item {
	base := dataset.Base{ID: 5, Group: 6, ObjectID: 9, Attributes: attrs(t, `{"occluded":true,"f":1.0,"big":18446744073709551615,"nested":{"k":[null,"<&>"]},"@coco.area":420.25}`)}
	plain := dataset.Base{ObjectID: dataset.NoObject}
	return []dataset.Item{
		{ID: "a/b", Subset: "train", Media: picture("a/b.jpg"), Attributes: attrs(t, `{"id":1,"@coco.license":3}`), Annotations: []dataset.Annotation{
			&dataset.Label{Base: plain, Label: 2},
			&dataset.Bbox{Base: base, Label: 1, Z: -7, X: 17.2, Y: 10.33, W: 1.005, H: 1.0 / 3},
			&dataset.RotatedBbox{Base: plain, Label: 0, CX: 1, CY: 2, W: 3, H: 4, Angle: 30.5},
			&dataset.Bbox{Base: plain, Label: dataset.NoLabel, X: 17.2, Y: 10.33, W: 20.05, H: 30.11},
			&dataset.Polygon{Base: plain, Label: 0, Points: []float64{1, 2, 3.25, 4.5, 5.123456789, 6}},
			&dataset.Polygon{Base: plain, Label: 0, Points: []float64{1, 2, 3, 4}},
			&dataset.PolyLine{Base: plain, Label: dataset.NoLabel, Points: []float64{0.01, 2.22}},
		}},
		{ID: "a_b", Subset: "train", Media: picture("a_b.jpg"), Annotations: []dataset.Annotation{
			&dataset.Points{Base: base, Label: 0, Points: []float64{1, 2, 1e9 + 0.1, 4}, Visibility: []dataset.Visibility{dataset.Visible, dataset.Absent}},
			&dataset.Mask{Base: plain, Label: 1, RLE: dataset.EncodeRuns(5, 7, []int64{0, 5, 30})},
			&dataset.Mask{Base: plain, Label: 1, RLE: dataset.EncodeRuns(30000, 30000, []int64{900000000})},
			&dataset.Caption{Base: plain, Caption: "日本語 😀 \x00 nul"},
			&dataset.Ellipse{Base: plain, Label: 2, X1: 1.11, Y1: 2.22, X2: 3.33, Y2: 4.44},
		}},
		{ID: "same", Subset: "train", Media: picture("same.jpg")},
		{ID: "same", Subset: "train", Media: picture("same.png"), Annotations: []dataset.Annotation{
			&dataset.Cuboid2D{Base: plain, Label: dataset.NoLabel, Corners: [16]float64{0: 1.5, 7: 2.123456, 15: 3}, Y3D: []float64{1, 2}},
			&dataset.Cuboid3D{Base: base, Label: 1, Position: [3]float64{1, 2, 1000000.01}, Rotation: [3]float64{0.5, 0, 0}, Scale: [3]float64{4, 5, 6}},
			&dataset.Tabular{Base: plain, Values: attrs(t, `{"price":1.50}`)},
		}},
		{ID: "no media", Subset: "a subset.val"},
	}
}

// write exports items into a new folder.
func write(t testing.TB, info *dataset.Info, items []dataset.Item, o formats.ExportOptions) (dir string, loss formats.Loss) {
	t.Helper()
	dir = t.TempDir()
	loss, err := writeTo(t, dir, info, items, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, loss
}

func writeTo(t testing.TB, dir string, info *dataset.Info, items []dataset.Item, o formats.ExportOptions) (loss formats.Loss, err error) {
	t.Helper()
	ex, err := Format().Export(t.Context(), dir, o)
	if err != nil {
		return loss, err
	}
	defer ex.Abort()
	if err := ex.Begin(info); err != nil {
		return loss, err
	}
	for _, it := range items {
		if err := ex.Write(it); err != nil {
			return loss, err
		}
	}
	return ex.Close()
}

func sample(t testing.TB, o formats.ExportOptions) string {
	t.Helper()
	dir, loss := write(t, sampleInfo(t), sampleItems(t), o)
	if loss.Total() > 0 && !o.NoSidecar {
		t.Fatalf("losses with a sidecar: %v", loss)
	}
	return dir
}

// readItem is an item with the bytes of its media.
type readItem struct {
	dataset.Item
	media [][]byte
}

// read reads everything of a dataset, up to the first error.
func read(t testing.TB, dir string, o formats.ImportOptions) (info *dataset.Info, items []readItem, err error) {
	t.Helper()
	im, err := formatstest.Open(t.Context(), Format(), dir, o)
	if err != nil {
		return nil, nil, err
	}
	defer im.Close()
	for it, err := range im.Items(t.Context()) {
		if err != nil {
			return nil, nil, err
		}
		r := readItem{Item: it}
		for _, f := range dataset.Files(it.Media) {
			b, err := contentOf(f)
			if err != nil {
				return nil, nil, fmt.Errorf("item %q: %w", it.ID, err)
			}
			r.media = append(r.media, b)
			f.Source = nil
		}
		items = append(items, r)
	}
	return im.Info(), items, nil
}

func contentOf(f *dataset.File) ([]byte, error) {
	if f.Source == nil {
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(r)
}

// wanted is what read should give for the sample.
func wanted(t testing.TB) []readItem {
	var out []readItem
	for _, it := range sampleItems(t) {
		r := readItem{Item: it}
		for _, f := range dataset.Files(it.Media) {
			r.media = append(r.media, f.Source.(memory))
			f.Source = nil
		}
		out = append(out, r)
	}
	return out
}

func sameItems(t testing.TB, got, want []readItem) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d items, want %d", len(got), len(want))
	}
	for i := range got {
		g, w := got[i], want[i]
		if len(g.Annotations) == len(w.Annotations) {
			for k := range g.Annotations {
				if !reflect.DeepEqual(g.Annotations[k], w.Annotations[k]) {
					t.Errorf("item %q annotation %d:\n got %+v\nwant %+v", g.ID, k, g.Annotations[k], w.Annotations[k])
				}
			}
		}
		if !reflect.DeepEqual(g, w) {
			t.Errorf("item %d:\n got %+v\nwant %+v", i, g, w)
		}
	}
}

func copyTree(t testing.TB, from string) string {
	t.Helper()
	to := t.TempDir()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	return to
}

func file(t testing.TB, dir string, parts ...string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(append([]string{dir}, parts...)...))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func put(t testing.TB, b []byte, dir string, parts ...string) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(append([]string{dir}, parts...)...), b, 0o644); err != nil {
		t.Fatal(err)
	}
}
