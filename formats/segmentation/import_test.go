package segmentation

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

const data = "../../testdata/segmentation/"

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
		if it.Media != nil {
			fmt.Fprintf(&b, " (%s)", it.Media.Main().Name)
		}
		for _, a := range it.Annotations {
			m := a.(*dataset.Mask)
			runs, err := m.RLE.Runs()
			fmt.Fprintf(&b, ", %s %v", d.Meta.Categories.Name(m.Label), runs)
			if err != nil {
				fmt.Fprint(&b, err)
			}
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestLayouts(t *testing.T) {
	for name, c := range map[string]struct {
		want, labels string
		colors       int
	}{
		"subsets": {"train/0001 (0001.png), Rectangle [2 4 2]\nval/sub/0002 (sub/0002.PNG), Circle [1 1 2], Rectangle [2 2]\n", "Background Rectangle Circle", 0},
		"flat": {"default/a.b (a.b.jpg), cat [1 1 2], big dog [2 2]\ndefault/no mask (no mask.png)\ndefault/no picture, big dog [0 2 2]\n",
			"background cat big dog", 3},
	} {
		d, notes := load(t, data+name, formats.ImportOptions{Workers: 3})
		labels := formatstest.LabelNames(d)
		if got := describe(d); got != c.want || strings.Join(labels, " ") != c.labels || notes.Total() > 0 {
			t.Errorf("%s: %q %v\n%swant\n%s", name, labels, notes, got, c.want)
		}
		if m := d.Meta.Categories.Masks; c.colors > 0 != (m != nil) || m != nil && len(m.Colors) != c.colors {
			t.Errorf("%s: colours %+v", name, m)
		}
		if v, err := formatstest.Probe(t.Context(), Format(), data+name); err != nil || v.Confidence != formats.High || len(v.Unmet) > 0 {
			t.Errorf("%s: probe %+v, %v", name, v, err)
		}
	}
	for file, want := range map[string]string{
		"subsets/train/masks/0001.png": "default/0001 (0001.png), Rectangle [2 4 2]\n",
		"subsets/train/masks":          "default/0001 (0001.png), Rectangle [2 4 2]\n",
	} {
		if d, _ := load(t, data+file, formats.ImportOptions{}); describe(d) != want {
			t.Errorf("%s: %s", file, describe(d))
		}
	}
	if _, err := formatstest.Open(t.Context(), Format(), data+"subsets/train/dataset_meta.json", formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Errorf("a list of labels: %v", err)
	}
}

func TestBadRecords(t *testing.T) {
	grey, colours := formatstest.Text(t, data+"subsets/train/masks/0001.png"), formatstest.Text(t, data+"flat/masks/a.b.png")
	const labels = `{"label_map":{"1":"a"}}`
	for name, c := range map[string]struct{ meta, text, want string }{
		"no picture":       {labels, "x", "1.png: it is no PNG file"},
		"cut picture":      {labels, grey[:40], "1.png: unexpected EOF"},
		"unlisted number":  {labels, formatstest.Text(t, data+"flat/masks/no picture.png"), "1.png: no label has the number of pixels of value 2"},
		"colours":          {labels, colours, "1.png: a mask is a grey picture or one with a palette, this has colours"},
		"an unlisted one":  {`{"label_map":{"1":"a"},"segmentation_colors":[null,[9,9,9]]}`, colours, "1.png: no label has the colour 1 2 3"},
		"too many numbers": {labels, grey, ""},
	} {
		dir := formatstest.Tree(t, map[string]string{"images/0.png": "x", "masks/1.png": c.text, metaFile: c.meta})
		im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		_, err = formatstest.Collect(t.Context(), im)
		im.Close()
		if c.want == "" && err == nil {
			continue
		}
		if !errors.Is(err, formats.ErrCorrupt) || !strings.HasSuffix(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
		skipped := &formats.Skipped{}
		d, _ := load(t, dir, formats.ImportOptions{Skip: skipped})
		if skipped.Count() != 1 || len(d.List) == 0 || len(d.List) > 1 && len(d.List[1].Annotations) != 0 {
			t.Errorf("%s: skipped %d: %s", name, skipped.Count(), describe(d))
		}
	}
	o := formats.ImportOptions{Limits: files.Limits{ImagePixels: 3}, Skip: &formats.Skipped{}}
	if load(t, data+"subsets", o); o.Skip.Count() != 2 {
		t.Errorf("large masks: %d", o.Skip.Count())
	}
	for _, text := range []string{"x", `{"label_map":{"x":"y"}}`, `{"label_map":{"99999":"y"}}`, `{"label_map":{"-1":"y"}}`} {
		dir := formatstest.Tree(t, map[string]string{"images/0.png": "x", "masks/1.png": grey, metaFile: text})
		if _, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%s: %v", text, err)
		}
	}
	dir := formatstest.Tree(t, map[string]string{"images/0.png": "x", "masks/1.png": grey})
	if _, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) || formats.Hint(err) == "" {
		t.Errorf("no list of labels: %v", err)
	}
}

// TestLabelsOfSubsets: the list at the top is for all subsets, and pictures
// alone are a subset then; colours that differ are noted.
func TestLabelsOfSubsets(t *testing.T) {
	grey := formatstest.Text(t, data+"subsets/train/masks/0001.png")
	d, _ := load(t, formatstest.Tree(t, map[string]string{
		"a/images/1.png": "x", "a/masks/1.png": grey, "b/images/2.png": "x", "b/images/2.jpg": "x", metaFile: `{"label_map":{"1":"a"}}`,
	}), formats.ImportOptions{})
	if got := describe(d); got != "a/1 (1.png), a [2 4 2]\nb/2 (2.jpg)\nb/2 (2.png)\n" {
		t.Error(got)
	}
	_, notes := load(t, formatstest.Tree(t, map[string]string{
		"a/images/1.png": "x", "a/" + metaFile: `{"label_map":{"1":"a"},"segmentation_colors":[null,[1,2,3]]}`,
		"b/masks/1.png": grey, "b/" + metaFile: `{"label_map":{"1":"a"},"segmentation_colors":[null,[1,2,4]]}`,
	}), formats.ImportOptions{})
	if notes.Total() != 1 {
		t.Error(notes)
	}
}

func TestProbeRefuses(t *testing.T) {
	grey := formatstest.Text(t, data+"subsets/train/masks/0001.png")
	for name, c := range map[string]struct {
		met     int
		content map[string]string
	}{
		"YOLO":              {0, map[string]string{"labels/1.txt": "0 0.5 0.5 0.1 0.1\n", "images/1.jpg": "x"}},
		"VOC":               {0, map[string]string{"ImageSets/Main/train.txt": "1\n", "Annotations/1.xml": "<annotation/>"}},
		"no list of labels": {1, map[string]string{"images/1.png": "x", "masks/1.png": grey}},
		"no labels":         {1, map[string]string{"images/1.png": "x", "masks/1.png": grey, metaFile: "{}"}},
		"no masks":          {0, map[string]string{"images/1.png": "x", metaFile: `{"labels":["x"]}`}},
		"broken masks":      {0, map[string]string{"images/1.png": "x", "masks/1.png": "x", metaFile: `{"labels":["x"]}`}},
	} {
		v, err := formatstest.Probe(t.Context(), Format(), formatstest.Tree(t, c.content))
		if err != nil || v.Confidence != formats.No || len(v.Unmet) == 0 || len(v.Met) != c.met {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}
