package cityscapes

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

const data = "../../testdata/cityscapes/"

// load reads everything of a dataset.
func load(t *testing.T, path string, o formats.ImportOptions) (*formatstest.Dataset, formats.Loss) {
	t.Helper()
	return formatstest.MustReadAll(t, Format(), path, o)
}

// describe says of each item in a few lines what tests want to know.
func describe(d *formatstest.Dataset) string {
	var b strings.Builder
	for _, it := range d.List {
		fmt.Fprintf(&b, "%s/%s", it.Subset, it.ID)
		if m, ok := it.Media.(*dataset.Image); ok {
			fmt.Fprintf(&b, " (%s %d×%d)", m.Name, m.Width, m.Height)
		}
		for _, a := range it.Annotations {
			fmt.Fprintf(&b, "\n  %s", d.Meta.Categories.Name(*dataset.LabelOf(a)))
			switch a := a.(type) {
			case *dataset.Polygon:
				fmt.Fprintf(&b, " %v", a.Points)
			case *dataset.Mask:
				runs, err := a.RLE.Runs()
				fmt.Fprintf(&b, " #%d %v", a.ID, runs)
				if err != nil {
					fmt.Fprint(&b, err)
				}
			}
			fmt.Fprintf(&b, " %s", a.Common().Attributes.AppendJSON(nil))
		}
		b.WriteString("\n")
	}
	return b.String()
}

const bochum = `val/bochum/bochum_000000_000001 (bochum/bochum_000000_000001.png 0×0)
  road #0 [2 1 5] {"is_crowd":true}
  person #0 [3 1 4] {"is_crowd":true}
  person #24000 [5 1 2] {"is_crowd":false}
  person #24001 [4 1 1 1 1] {"is_crowd":false}
  license plate #0 [7 1] {"is_crowd":true}
`

const aachenMasks = `train/aachen/aachen_000000_000019 (aachen/aachen_000000_000019.png 0×0)
  road #0 [2 2 2 2 2 2 2 2 2 2 2 2] {"is_crowd":true}
  car #0 [0 2 2 2 18] {"is_crowd":true}
  car #26000 [12 2 2 2 6] {"is_crowd":false}
  car #26001 [20 2 2] {"is_crowd":false}
`

const berlin = "test/berlin/berlin_000000_000019 (berlin/berlin_000000_000019.png 0×0)\n"

func TestLayouts(t *testing.T) {
	for name, c := range map[string]struct {
		source, want string
		labels       int
		notes        map[string]int
	}{
		"official": {
			want: berlin + `train/aachen/aachen_000000_000019 (aachen/aachen_000000_000019.png 6×4)
  road [0 2 6 2 6 4 0 4] {}
  car [0 0 2 0 2 2] {"is_crowd":true}
  license plate [3 1 4.5 1 4.5 1.5] {"@cityscapes.object":{"id":7,"user":"x"}}
` + bochum,
			labels: 35,
			notes:  map[string]int{"objects left out, since they are marked as deleted": 1},
		},
		"official ": {source: "masks", want: berlin + aachenMasks + bochum, labels: 35},
		"coarse": {
			want: `train/x
  road #0 [1 3 4] {"is_crowd":true}
  car #0 [4 2 2] {"is_crowd":true}
train/y
  road #0 [1 1 2] {"is_crowd":true}
  car #0 [2 1 1] {"is_crowd":true}
train_extra/ulm/ulm_000000_000019 (ulm/ulm_000000_000019.png 0×0)
  building #0 [2 1 1 1 3] {"is_crowd":true}
  sky #0 [3 1 1 1 2] {"is_crowd":true}
  bicycle #0 [7 1] {"is_crowd":true}
  license plate #0 [1 1 6] {"is_crowd":true}
`,
			labels: 35,
			notes:  map[string]int{"files of gtCoarse not read, since gtFine has the item": 1},
		},
		"datumaro": {
			want: `train/A b (A b.PNG 0×0)
  cat #0 [1 1 2] {"is_crowd":true}
  dog #0 [2 2] {"is_crowd":true}
`,
			labels: 2,
		},
		"custom": {
			want: `train/2
  Δέντρο [0 0 1 0 1 1] {}
train/sub/1 (sub/1.jpg 0×0)
  Rectangle #0 [1 2 1] {"is_crowd":true}
`,
			labels: 3,
			notes:  map[string]int{"labels of polygons that are not listed, added to the labels": 1},
		},
	} {
		o := formats.ImportOptions{Workers: 3}
		if c.source != "" {
			o.Values = formats.Values{source.Name: c.source}
		}
		name = strings.TrimSpace(name)
		d, notes := load(t, data+name, o)
		if got := describe(d); got != c.want || d.Meta.Categories.Len() != c.labels {
			t.Errorf("%s: got %d labels and\n%swant\n%s", name, d.Meta.Categories.Len(), got, c.want)
		}
		if got := formatstest.Counts(notes); fmt.Sprint(got) != fmt.Sprint(c.notes) && len(got)+len(c.notes) > 0 {
			t.Errorf("%s: notes %v", name, notes)
		}
		if v, err := formatstest.Probe(t.Context(), Format(), data+name); err != nil || v.Confidence != formats.High || len(v.Unmet) > 0 {
			t.Errorf("%s: probe %+v, %v", name, v, err)
		}
	}
}

func TestOneFile(t *testing.T) {
	const city = "official/gtFine/train/aachen/aachen_000000_000019_gtFine_"
	for file, boxes := range map[string]int{city + "polygons.json": 3, city + "instanceIds.png": 4, city + "labelIds.png": 2} {
		d, _ := load(t, data+file, formats.ImportOptions{})
		if len(d.List) != 1 || d.List[0].Subset != "train" || d.List[0].Media == nil || len(d.List[0].Annotations) != boxes {
			t.Errorf("%s: %s", file, describe(d))
		}
		if v, err := formatstest.Probe(t.Context(), Format(), data+file); err != nil || v.Confidence != formats.High {
			t.Errorf("%s: probe %+v, %v", file, v, err)
		}
	}
	if d, _ := load(t, data+"official/gtFine", formats.ImportOptions{}); len(d.List) != 3 {
		t.Errorf("gtFine: %s", describe(d))
	}
	for _, file := range []string{"datumaro/label_colors.txt", "official/leftImg8bit/test/berlin/berlin_000000_000019_leftImg8bit.png"} {
		if _, err := formatstest.Open(t.Context(), Format(), data+file, formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
			t.Errorf("%s: %v", file, err)
		}
	}
}

func scenery(objects string) string {
	return `{"imgHeight":4,"imgWidth":6,"objects":[` + objects + `]}`
}

func TestBadRecords(t *testing.T) {
	const p, m = "1_gtFine_polygons.json", "1_gtFine_instanceIds.png"
	grey := formatstest.Text(t, data+"custom/gtFine/train/sub/1_gtFine_labelIds.png")
	for name, c := range map[string]struct{ file, text, want string }{
		"no JSON":       {p, `{"imgHeight":x`, p + ": byte 14: invalid character 'x' looking for beginning of value"},
		"no sizes":      {p, `{"objects":[]}`, p + ": imgHeight, imgWidth or objects is missing"},
		"half a pixel":  {p, `{"imgHeight":1.5,"imgWidth":1,"objects":[]}`, p + ": a picture of 1 × 1.5 pixels"},
		"no object":     {p, scenery(`{"label":"car","polygon":[]},[]`), p + ": object 2: attributes: want a JSON object"},
		"no label":      {p, scenery(`{"polygon":[]}`), p + ": object 1: it has no label"},
		"no polygon":    {p, scenery(`{"label":"car","polygon":"x"}`), p + ": object 1: it has no polygon"},
		"no pair":       {p, scenery(`{"label":"car","polygon":[[1]]}`), p + ": object 1: a corner has two coordinates"},
		"no picture":    {m, "x", m + ": it is no PNG file"},
		"cut picture":   {m, grey[:40], m + ": unexpected EOF"},
		"unknown class": {m, formatstest.Text(t, data+"official/gtFine/val/bochum/bochum_000000_000001_gtFine_instanceIds.png"), m + ": no label has the number of pixels of value 7"},
		"colours":       {m, formatstest.Text(t, data+"coarse/gtFine/train/y_gtFine_color.png"), m + ": a mask is a grey picture or one with a palette, this has colours"},
		"wrong colour":  {"1_gtFine_color.png", formatstest.Text(t, data+"coarse/gtFine/train/y_gtFine_color.png"), "1_gtFine_color.png: no label has the colour 128 64 128"},
	} {
		dir := formatstest.Tree(t, map[string]string{"gtFine/s/0_gtFine_labelIds.png": grey, "gtFine/s/" + c.file: c.text, metaFile: `{"label_map":{"3":"car"}}`})
		im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, err = formatstest.Collect(t.Context(), im)
		im.Close()
		if !errors.Is(err, formats.ErrCorrupt) || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		skipped := &formats.Skipped{}
		d, _ := load(t, dir, formats.ImportOptions{Skip: skipped})
		if skipped.Count() == 0 || len(d.List) == 0 || len(d.List) > 2 || len(d.List[0].Annotations) != 1 {
			t.Errorf("%s: skipped %d: %s", name, skipped.Count(), describe(d))
		}
	}
	o := formats.ImportOptions{Limits: files.Limits{ImagePixels: 3}, Skip: &formats.Skipped{}}
	if d, _ := load(t, data+"custom", o); o.Skip.Count() != 1 || len(d.List) != 1 {
		t.Errorf("a large mask: %d, %s", o.Skip.Count(), describe(d))
	}
	for _, text := range []string{"x", `{"label_map":{"-1":"x"}}`, `{"label_map":{"99999":"x"}}`} {
		if _, err := formatstest.Open(t.Context(), Format(), formatstest.Tree(t, map[string]string{"gtFine/s/0_gtFine_labelIds.png": grey, metaFile: text}), formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestProbeRefuses(t *testing.T) {
	for name, content := range map[string]map[string]string{
		"YOLO":             {"labels/1.txt": "0 0.5 0.5 0.1 0.1\n", "images/1.jpg": "x"},
		"VOC":              {"ImageSets/Main/train.txt": "1\n", "Annotations/1.xml": "<annotation/>"},
		"other polygons":   {"gtFine/s/1_polygons.json": scenery("")},
		"broken polygons":  {"gtFine/s/1_gtFine_polygons.json": "{}"},
		"a mask of text":   {"gtFine/s/1_gtFine_labelIds.png": "x"},
		"gtFine elsewhere": {"gtFine.json": "{}"},
	} {
		v, err := formatstest.Probe(t.Context(), Format(), formatstest.Tree(t, content))
		if err != nil || v.Confidence != formats.No || len(v.Unmet) == 0 {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
	v, err := formatstest.Probe(t.Context(), Format(), formatstest.Tree(t, map[string]string{"leftImg8bit/test/x_leftImg8bit.png": "x"}))
	if err != nil || v.Confidence != formats.Low {
		t.Errorf("pictures alone: %+v, %v", v, err)
	}
}

func TestTolerated(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{
		"gtFine/s/1_gtFine_polygons.json": "\ufeff" + scenery(`{"label":"trafficlight","polygon":[[0,0],[1,0]]},{"label":"trafficlight","polygon":[[0,0],[1,0],[1e2,1]]},{"label":"car","deleted":true,"polygon":[]}`),
		"leftImg8bit/s/1.jpg":             "x", "leftImg8bit/s/1_leftImg8bit.png": "y",
	})
	d, notes := load(t, dir, formats.ImportOptions{})
	const want = "s/1 (1.jpg 6×4)\n  traffic light [0 0 1 0 100 1] {}\ns/1 (1.png 0×0)\n"
	if describe(d) != want || notes.Total() != 3 {
		t.Errorf("%s%v", describe(d), notes)
	}
}
