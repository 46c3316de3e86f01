package labelme

import (
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func base() dataset.Base { return dataset.Base{ObjectID: dataset.NoObject} }

// one is a dataset of one item.
func one(annotations ...dataset.Annotation) *formatstest.Dataset {
	return &formatstest.Dataset{
		Meta: dataset.Info{Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cät"}}}}},
		List: []dataset.Item{{ID: "a b/c", Subset: "train", Media: formatstest.Picture("a b/c.png"), Annotations: annotations}},
	}
}

// TestText requires the layout that LabelMe itself writes.
func TestText(t *testing.T) {
	box := &dataset.Bbox{Base: base(), X: 17.2, Y: 10.33, W: 1.005, H: 1.0 / 3}
	box.Group = 3
	box.Attributes.SetRaw("parked", []byte("true"))
	box.Attributes.SetRaw("doors", []byte("3"))
	box.Attributes.SetRaw("description", []byte(`"red"`))
	dir, lost := counts(t, one(box), formats.ExportOptions{SaveMedia: true})
	if len(lost) > 0 {
		t.Errorf("lost %v", lost)
	}
	b, err := os.ReadFile(filepath.Join(dir, "train", "a b", "c.json"))
	if err != nil {
		t.Fatal(err)
	}
	const want = `{
  "version": "5.5.0",
  "flags": {},
  "shapes": [
    {
      "label": "cät",
      "points": [
        [
          17.2,
          10.33
        ],
        [
          18.205,
          10.6633333333333333
        ]
      ],
      "group_id": 3,
      "description": "red",
      "shape_type": "rectangle",
      "flags": {
        "parked": true
      },
      "mask": null,
      "attributes": {
        "doors": 3
      }
    }
  ],
  "imagePath": "c.png",
  "imageData": null,
  "imageHeight": 40,
  "imageWidth": 60
}
`
	if string(b) != want {
		t.Errorf("got %s", b)
	}
	got := read(t, dir, formats.ImportOptions{}).List[0].Annotations[0].(*dataset.Bbox)
	if got.X != box.X || got.Y != box.Y || got.W != box.W || got.H != box.H {
		t.Errorf("got %+v", got)
	}
}

// TestFiles requires that nothing but the dataset is written.
func TestFiles(t *testing.T) {
	dir, _ := counts(t, one(), formats.ExportOptions{SaveMedia: true})
	var got []string
	err := filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			rel, _ := filepath.Rel(dir, p)
			got = append(got, filepath.ToSlash(rel))
		}
		return err
	})
	if want := []string{"labels.txt", "subsets.txt", "train/a b/c.json", "train/a b/c.png"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("%q, %v", got, err)
	}
}

// TestEllipses requires that circles stay circles, and come back exactly.
func TestEllipses(t *testing.T) {
	circle := &dataset.Ellipse{Base: base(), X1: 0.1, Y1: 0.2, X2: 7.3, Y2: 7.4}
	flat := &dataset.Ellipse{Base: base(), X1: 0, Y1: 0, X2: 8, Y2: 4}
	dir, lost := counts(t, one(circle, flat), formats.ExportOptions{})
	if lost["ellipses turned into polygons"] != 1 {
		t.Errorf("lost %v", lost)
	}
	list := read(t, dir, formats.ImportOptions{}).List[0].Annotations
	e, ok := list[0].(*dataset.Ellipse)
	if !ok || e.X1 != 0.1 || e.Y1 != 0.2 || e.X2 != 7.3 || e.Y2 != 7.4 {
		t.Errorf("circle %+v", list[0])
	}
	p, ok := list[1].(*dataset.Polygon)
	if !ok || len(p.Points) != 128 || p.Points[0] != 8 || p.Points[1] != 2 {
		t.Errorf("polygon %+v", list[1])
	}
}

// TestRotatedBox requires the corners of a box in their places.
func TestRotatedBox(t *testing.T) {
	dir, _ := counts(t, one(&dataset.RotatedBbox{Base: base(), CX: 10, CY: 20, W: 4, H: 2, Angle: 90}), formats.ExportOptions{})
	p := read(t, dir, formats.ImportOptions{}).List[0].Annotations[0].(*dataset.Polygon)
	for i, want := range []float64{11, 18, 11, 22, 9, 22, 9, 18} {
		if math.Abs(p.Points[i]-want) > 1e-12 {
			t.Errorf("corners %v", p.Points)
		}
	}
}

// TestOddAnnotations counts what cannot be written as it is.
func TestOddAnnotations(t *testing.T) {
	_, lost := counts(t, one(
		&dataset.Bbox{Base: base(), X: math.NaN()},
		&dataset.Bbox{Base: base(), W: -1, H: 1},
		&dataset.Polygon{Base: base(), Points: []float64{1, 2}},
		&dataset.PolyLine{Base: base(), Points: []float64{1, 2, 3}},
		&dataset.Mask{Base: base(), RLE: dataset.EncodeRuns(2, 2, []int64{4})},
	), formats.ExportOptions{})
	for what, n := range map[string]int{
		"annotations with coordinates that are no numbers dropped": 2,
		"boxes of a negative size turned around":                   1,
		"polygons of less than three points dropped":               1,
		"masks of another size than their picture dropped":         1,
	} {
		if lost[what] != n {
			t.Errorf("%s: %d, want %d", what, lost[what], n)
		}
	}
}

// TestLabels requires that a dataset without a list of labels can be written,
// and that special lines come back.
func TestLabels(t *testing.T) {
	d := one(&dataset.Polygon{Base: base(), Label: 7, Points: []float64{1, 2, 3, 4, 5, 1}})
	d.Meta.Categories = dataset.Categories{}
	dir, lost := counts(t, d, formats.ExportOptions{})
	got := read(t, dir, formats.ImportOptions{})
	if lost["labels named after their numbers, since the dataset has no list of them"] != 1 || got.Meta.Categories.Name(0) != "7" {
		t.Errorf("lost %v", lost)
	}
	dir, _ = counts(t, sample("beside"), formats.ExportOptions{})
	b, err := os.ReadFile(filepath.Join(dir, labelsFile))
	if err != nil || string(b) != "__ignore__\n_background_\ncar\nStraße & Weg\nbus\nperson\n" {
		t.Errorf("%s, %v", b, err)
	}
}

// TestCollision requires that items whose pictures differ in their extension
// only are an error, unless there is a way out.
func TestCollision(t *testing.T) {
	d := one()
	other := d.List[0]
	other.Media = formatstest.Picture("a b/c.jpg")
	d.List = append(d.List, other)
	if _, err := formatstest.Write(t.Context(), Format(), t.TempDir(), d, formats.ExportOptions{}); err == nil || formats.Hint(err) == "" {
		t.Error(err)
	}
	dir, _ := counts(t, d, formats.ExportOptions{OnCollision: formats.CollisionRename, SaveMedia: true})
	if got := read(t, dir, formats.ImportOptions{}); len(got.List) != 2 || got.List[1].Media.Main().Name != "a b/c_2.jpg" {
		t.Errorf("%+v", got.List)
	}
}
