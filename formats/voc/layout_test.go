package voc

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

func TestLayouts(t *testing.T) {
	for _, test := range []struct {
		name  string
		sure  formats.Confidence
		want  []string
		notes map[string]int
	}{
		{"official", formats.High, []string{
			"train/2012_000001 2012_000001.jpg, label cat, label person, bbox cat 1, mask cat 1, bbox person 2, mask person 2, points person 2, bbox head 2",
			"train/2012_000003 2012_000003.jpg",
			"val/2012_000002 2012_000002.jpg, label person, bbox person",
		}, map[string]int{
			"lists of actions not read, since the XML files tell them":                   1,
			"names in lists such as trainval that another list has too, read as of that": 3,
		}},
		{"labelimg", formats.High, []string{
			"default/A A.JPG, bbox hard hat", "default/background background.jpg", "default/latin latin.jpg, bbox Größe", "default/no size no size.png, bbox Größe",
		}, map[string]int{
			"file names in XML files that are not that of the XML file, which counts": 1,
			"flags of objects that say neither yes nor no, left out":                  2,
			"flags that are neither 0 nor 1":                                          1,
			"paths of pictures on another machine left out":                           1,
			"sizes missing in XML files, read from the pictures":                      1,
		}},
		{"roboflow", formats.High, []string{
			"test/d_jpg.rf.04 d_jpg.rf.04.jpg, bbox helmet 1, polygon helmet 1",
			"train/a_jpg.rf.01 a_jpg.rf.01.jpg, bbox helmet 1, polygon helmet 1",
			"train/b_jpg.rf.02 b_jpg.rf.02.jpg, bbox helmet 1, polygon helmet 1",
			"valid/c_jpg.rf.03 c_jpg.rf.03.jpg, bbox helmet 1, polygon helmet 1",
		}, map[string]int{"paths of pictures on another machine left out": 4}},
		{"images", formats.High, []string{"default/deep/y deep/y.png, bbox nose mask", "default/x x.png, bbox mask", "default/z z.png"}, nil},
		{"splits", formats.High, []string{"train/1 1.jpg, bbox crack", "val/1 1.jpg, bbox crack", "val/2 2.jpg, bbox crack"}, nil},
		{"devkit", formats.High, []string{
			"train/2007_1 2007_1.jpg, bbox dog", "train/2012_1 2012_1.jpg, bbox dog", "val/same same.jpg", "val/VOC2012/same VOC2012/same.jpg",
		}, map[string]int{"items of several folders with the same name, given that of the folder too": 1}},
		{"datumaro", formats.High, []string{
			"train_2017/1 1.jpg, bbox person 1, mask person 1, bbox road 2, mask road 2, bbox car",
		}, map[string]int{"labels that the label map does not list, added": 1}},
		{"segmentation", formats.Medium, []string{"train/s1 s1.jpg, mask dog, mask person", "val/s2 s2.jpg"}, nil},
		{"classification", formats.Medium, []string{"train/c1 c1.jpg, label bus, label sports car", "train/c2 c2.jpg, label bus"}, nil},
	} {
		v, err := formatstest.Probe(t.Context(), Format(), layouts+test.name)
		if err != nil || v.Confidence != test.sure || len(v.Met) == 0 || len(v.Unmet) > 0 {
			t.Errorf("%s: %+v, %v", test.name, v, err)
		}
		d, notes := readAll(t, layouts+test.name, formats.ImportOptions{})
		if got := showAll(d); !slices.Equal(got, test.want) {
			t.Errorf("%s:\n got %q\nwant %q", test.name, got, test.want)
		}
		if !maps.Equal(notes, test.notes) {
			t.Errorf("%s: notes %v", test.name, notes)
		}
	}
}

// TestVOCtoVOC requires that each layout comes back from the one that is
// written, without any loss.
func TestVOCtoVOC(t *testing.T) {
	entries, err := os.ReadDir(layouts)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range append(entries, nil) {
		p := "../../testdata/voc/pairing"
		if e != nil {
			p = layouts + e.Name()
		}
		in, _ := readAll(t, p, formats.ImportOptions{})
		if filepath.Base(p) == "splits" {
			in.List = in.List[1:] // a name in two subsets
			in.Meta.Subsets = in.Meta.Subsets[1:]
		}
		dir, loss := writeAll(t, in, formats.ExportOptions{Values: formats.Values{"voc-polygons": "attribute"}})
		delete(loss, "media files not saved, since the source holds only their names")
		if len(loss) > 0 {
			t.Errorf("%s: lost %v", p, loss)
		}
		out, _ := readAll(t, dir, formats.ImportOptions{})
		for _, d := range formatstest.CompareAll(in.List, out.List, formatstest.Compare) {
			t.Errorf("%s: %s", p, d)
		}
		if d := formatstest.CompareInfo(&in.Meta, &out.Meta); d != "" {
			t.Errorf("%s: %s", p, d)
		}
	}
}

func TestOtherFormatsAreNotVOC(t *testing.T) {
	for _, p := range []string{
		"voc/foreign/labelme", "voc/foreign/cvat", "voc/foreign", "coco", "datumaro", "coco/layouts/official",
	} {
		v, err := formatstest.Probe(t.Context(), Format(), "../../testdata/"+p)
		if err != nil || v.Confidence != formats.No || len(v.Unmet) == 0 {
			t.Errorf("%s: %+v, %v", p, v, err)
		}
	}
	for name, files := range map[string]map[string]string{
		"lists without anything":    {"ImageSets/Main/train.txt": "a\n"},
		"pictures":                  {"a.jpg": "x"},
		"an XML file that is none":  {"a.xml": "x"},
		"an XML file of nothing":    {"a.xml": "<annotation><x/></annotation>"},
		"another root":              {"a.xml": "<project/>"},
		"a file of another kind":    {"a.json": "{}"},
		"polygons without any box":  {"a.xml": "<annotation><filename>a</filename><object><name>x</name><polygon><pt/></polygon></object></annotation>"},
		"annotations of other kind": {"annotations/a.json": "{}", "images/a.jpg": ""},
	} {
		v, _ := formatstest.Probe(t.Context(), Format(), folder(t, files))
		if v.Confidence != formats.No || len(v.Unmet) == 0 {
			t.Errorf("%s: %+v", name, v)
		}
	}
	if _, err := formatstest.Open(t.Context(), Format(), "../../testdata/voc/foreign/cvat", formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) || formats.Hint(err) == "" {
		t.Errorf("CVAT opens with %v", err)
	}
}

func TestOneFile(t *testing.T) {
	for path, want := range map[string]string{
		"official/Annotations/2012_000001.xml": "default/2012_000001 2012_000001.jpg, bbox cat 1, mask cat 1, bbox person 2, mask person 2, points person 2, bbox head 2",
		"labelimg/A.XML":                       "default/A A.JPG, bbox hard hat",
		"roboflow/valid/c_jpg.rf.03.xml":       "default/c_jpg.rf.03 c_jpg.rf.03.jpg, bbox helmet 1, polygon helmet 1",
	} {
		v, err := formatstest.Probe(t.Context(), Format(), layouts+path)
		if err != nil || v.Confidence != formats.High {
			t.Errorf("%s: %+v, %v", path, v, err)
		}
		d, _ := readAll(t, layouts+path, formats.ImportOptions{})
		if got := showAll(d); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %q", path, got)
		}
		if d.List[0].Media.Main().Source == nil {
			t.Errorf("%s: its picture was not found", path)
		}
	}
	for _, path := range []string{"official/JPEGImages/2012_000001.jpg", "official/ImageSets/Main/train.txt"} {
		if v, _ := formatstest.Probe(t.Context(), Format(), layouts+path); v.Confidence != formats.No || len(v.Unmet) == 0 {
			t.Errorf("%s: %+v", path, v)
		}
		if _, err := formatstest.Open(t.Context(), Format(), layouts+path, formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestAnnotationsFolder names the folder of the XML files as the dataset.
func TestAnnotationsFolder(t *testing.T) {
	d, _ := readAll(t, layouts+"official/Annotations", formats.ImportOptions{})
	if len(d.List) != 3 || d.List[0].Media.Main().Source == nil {
		t.Errorf("%q", showAll(d))
	}
}

func TestMissingFolder(t *testing.T) {
	if _, err := formatstest.Open(t.Context(), Format(), t.TempDir(), formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Errorf("an empty folder: %v", err)
	}
}
