package ade20k

import (
	"fmt"
	"maps"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

const data = "../../testdata/ade20k/"

// load reads everything of a dataset.
func load(t *testing.T, path string, o formats.ImportOptions) (*formatstest.Dataset, formats.Loss) {
	t.Helper()
	return formatstest.MustReadAll(t, Format(), path, o)
}

// describe says of each item in a line what tests want to know.
func describe(d *formatstest.Dataset) string {
	var b strings.Builder
	for _, it := range d.List {
		fmt.Fprintf(&b, "%s/%s", it.Subset, it.ID)
		if m, ok := it.Media.(*dataset.Image); ok {
			fmt.Fprintf(&b, " (%s %d×%d %t)", m.Name, m.Width, m.Height, m.Source != nil)
		}
		user, _ := it.Attributes.Split()
		if len(user) > 0 {
			fmt.Fprintf(&b, " %s", user.AppendJSON(nil))
		}
		for _, a := range it.Annotations {
			describeOne(&b, d, a)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func describeOne(b *strings.Builder, d *formatstest.Dataset, a dataset.Annotation) {
	base := a.Common()
	user, _ := base.Attributes.Split()
	fmt.Fprintf(b, "\n  %s #%d g%d z%d", d.Meta.Categories.Name(*dataset.LabelOf(a)), base.ID, base.Group, *dataset.ZOf(a))
	switch a := a.(type) {
	case *dataset.Polygon:
		fmt.Fprintf(b, " polygon %v", a.Points)
	case *dataset.Mask:
		runs, err := a.RLE.Runs()
		fmt.Fprintf(b, " %v", runs)
		if err != nil {
			fmt.Fprint(b, err)
		}
	}
	fmt.Fprintf(b, " %s", user.AppendJSON(nil))
}

func TestLayouts(t *testing.T) {
	for name, c := range map[string]struct {
		want, labels string
		values       formats.Values
		notes        map[string]int
	}{
		"2017": {
			want: `training/plain (plain.jpg 0×0 true)
training/street/ADE_train_01 (street/ADE_train_01.jpg 6×4 true)
  sky #1 g1 z0 [0 2 2 2 2 1 3 1 3 1 3 1 3] {"occluded":false,"part_level":0}
  house #2 g2 z0 [6 2 1 3 1 3 1 3 1 3] {"old":true,"tall":true,"occluded":true,"part_level":0}
  car #3 g3 z0 [24] {"occluded":false,"part_level":0}
  door #1 g4 z1 [10 2 12] {"open":true,"occluded":false,"part_level":1}
  window #2 g5 z1 [13 1 3 1 6] {"occluded":false,"part_level":1}
  knob #1 g6 z2 [10 1 13] {"occluded":false,"part_level":2}
validation/k/kitchen/ein Bild.v2 (k/kitchen/ein Bild.v2.jpg 3×2 true)
  café #1 g1 z0 [0 4 2] {"occluded":false,"part_level":0}
  cup #2 g2 z0 [4 2] {"occluded":true,"part_level":0}
`,
			labels: "sky|house|car|door|window|knob|café|cup",
			notes:  map[string]int{"files in Latin-1 instead of UTF-8": 1, "objects without pixels, read as empty masks": 1},
		},
		"2020": {
			want: `training/urban/street/T1 (urban/street/T1.jpg 6×4 true) {"scene":["outdoor","urban","street"]}
  car #0 g1 z0 [5 2 2 2 2 2 3 1 5] {"parked":true,"occluded":true,"crop":false,"part_level":0}
  man #2 g2 z0 [16 3 1 3 1] {"walking":true,"old":true,"crop":true,"part_level":0}
  wheel #3 g3 z1 [10 1 13] {"occluded":false,"crop":false,"part_level":1,"part_of":0}
validation/indoor/V 1 (indoor/V 1.jpg 4×2 true) {"scene":"kitchen"}
  cup #0 g1 z0 [2 4 2] {"occluded":false,"crop":false,"part_level":0}
`,
			labels: "background|car|wheel|man|cup",
			notes:  map[string]int{"labels that dataset_meta.json does not list, added to them": 2, "outlines of fewer than three points, not read as polygons": 1},
		},
		"2020, classes and polygons": {
			values: formats.Values{"ade20k-labels": "class", "ade20k-shapes": "polygons"},
			want: `training/urban/street/T1 (urban/street/T1.jpg 6×4 true) {"scene":["outdoor","urban","street"]}
  car, auto #0 g1 z0 polygon [1 1 5 1 5 3 1 3] {"parked":true,"occluded":true,"crop":false,"part_level":0}
  person, individual #2 g2 z0 polygon [4.5 0 6 0 6 2.25] {"walking":true,"old":true,"crop":true,"part_level":0}
  wheel #3 g3 z1 [10 1 13] {"occluded":false,"crop":false,"part_level":1,"part_of":0}
validation/indoor/V 1 (indoor/V 1.jpg 4×2 true) {"scene":"kitchen"}
  cup #0 g1 z0 [2 4 2] {"occluded":false,"crop":false,"part_level":0}
`,
			labels: "background|car|wheel|car, auto|person, individual|cup",
			notes: map[string]int{
				"labels that dataset_meta.json does not list, added to them": 3, "outlines of fewer than three points, not read as polygons": 1,
				"masks not read, since outlines are asked for": 2,
			},
		},
		"bare": {
			want: `train/b (b.jpg 6×3 false)
  tree #0 g1 z0 [12 6] {"part_level":0}
  tree #1 g2 z0 [0 6 12] {"part_level":0}
  café #2 g3 z0 [6 2 1 2 7] {"part_level":0}
  sky #3 g4 z0 polygon [0 0 6 0 6 3] {"part_level":0}
  leaf #4 g5 z1 [18] {"part_level":1,"part_of":1}
`,
			labels: "tree|café|sky|leaf",
			notes: map[string]int{
				"files in Latin-1 instead of UTF-8": 1, "masks found by class and place, since the object's own picture is not there": 3,
				"objects without pixels that are seen, read as outlines": 1, "objects without pixels, read as empty masks": 1,
			},
		},
		"capitals": {
			want: `default/A (A.JPG 3×2 true)
  dog #1 g1 z0 [2 3 1] {"occluded":false,"part_level":0}
default/b (b.JPG 0×0 true)
`,
			labels: "dog",
			notes:  map[string]int{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir, _, _ := strings.Cut(name, ",")
			d, notes := load(t, data+dir, formats.ImportOptions{Values: c.values})
			if got := describe(d); got != c.want {
				t.Errorf("got\n%s\nwant\n%s", got, c.want)
			}
			if got := strings.Join(formatstest.LabelNames(d), "|"); got != c.labels {
				t.Errorf("labels %s, want %s", got, c.labels)
			}
			if got := formatstest.Counts(notes); !maps.Equal(got, c.notes) {
				t.Errorf("notes\n%v", notes)
			}
			if v := formatstest.MustProbe(t, Format(), data+dir); v.Confidence != formats.High || len(v.Met) == 0 || len(v.Unmet) > 0 {
				t.Errorf("%+v", v)
			}
		})
	}
}

// TestBoth: mask and outline in one group, the source carried once.
func TestBoth(t *testing.T) {
	d, _ := load(t, data+"2020", formats.ImportOptions{Values: formats.Values{"ade20k-shapes": "both"}})
	list := d.List[0].Annotations
	if len(list) != 5 || list[0].Kind() != dataset.KindMask || list[1].Kind() != dataset.KindPolygon {
		t.Fatalf("%s", describe(d))
	}
	mask, polygon := list[0].Common(), list[1].Common()
	if mask.Group != polygon.Group || !mask.Attributes.Has(carryObject) || polygon.Attributes.Has(carryObject) || !polygon.Attributes.Has("parked") {
		t.Error(mask, polygon)
	}
}

// TestCarried: what the model has no field for.
func TestCarried(t *testing.T) {
	d, _ := load(t, data+"2020", formats.ImportOptions{})
	it := d.List[0]
	if raw, _ := it.Attributes.Get(carryAnnotation); !strings.HasPrefix(string(raw), `{"filename":"T1.jpg","folder":"ADE20K_2021/images`) || strings.Contains(string(raw), "object") {
		t.Errorf("%s", raw)
	}
	car := it.Annotations[0].Common().Attributes
	if raw, _ := car.Get(carryObject); !strings.HasPrefix(string(raw), `{"id":0,"name":"car, auto","name_ndx":401,"hypernym":["car, auto","vehicle"]`) {
		t.Errorf("%s", raw)
	}
	// What the man hides of the car, one pixel at column 4, row 1.
	want := rleJSON(dataset.EncodeRuns(4, 6, []int64{17, 1, 6}))
	if raw, _ := car.Get(carryHidden); string(raw) != string(want) {
		t.Errorf("%s, want %s", raw, want)
	}
	colors := d.Meta.Categories.Masks.Colors
	if len(colors) != 3 || colors[1] != (dataset.LabelColor{Label: 1, R: 255, B: 10}) {
		t.Error(colors)
	}
	d, _ = load(t, data+"2017", formats.ImportOptions{})
	house := d.List[1].Annotations[1].Common().Attributes
	class, _ := house.Get(carryClass)
	number, _ := house.Get(carryNumber)
	if string(class) != `"building, edifice"` || string(number) != "312" {
		t.Errorf("%s %s", class, number)
	}
}
