package all

import (
	"fmt"
	"io/fs"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/coco/cocotest"
	"datum/formats/formatstest"
)

func readAllOf(dir fs.FS, name string) ([]byte, error) { return fs.ReadFile(dir, name) }

// cocoOf is a COCO file of one image a.jpg and the annotations given.
func cocoOf(image string, annotations ...string) string {
	return `annotations/instances_train.json = {"images":[{"id":1,"file_name":"a.jpg","width":60,"height":40` + image + `}],` +
		`"categories":[{"id":0,"name":"cat"},{"id":3,"name":"dog"}],` + "\n" + `"annotations":[` + strings.Join(annotations, ",\n") + `]}`
}

const soundAnnotation = `{"id":1,"image_id":1,"category_id":3,"bbox":[1,2,10,20],"area":200,"iscrowd":0,"segmentation":[[1,2,11,2,11,22,1,22]]}`

// vocXML is an annotation of a.jpg with two objects.
const vocXML = `<annotation><filename>a.jpg</filename><size><width>60</width><height>40</height><depth>3</depth></size><segmented>0</segmented>` +
	`<object><name>cat</name><pose>Unspecified</pose><truncated>Unspecified</truncated><difficult></difficult><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>11</xmax><ymax>22</ymax></bndbox></object>` +
	`<object><name>own label</name><bndbox><xmin>5</xmin><ymin>6</ymin><xmax>15</xmax><ymax>26</ymax></bndbox></object></annotation>`

const yaml = "data.yaml = path: .\ntrain: images/train\nval: images/val\nnames:\n  0: cat\n  1: dog\n"

var comparisons = []compared{
	{"COCO → COCO", "all instances copied as stuff; ids, order, area, `info`, `licenses`, `isthing` changed; 3.5 times the size", func(t *testing.T) string {
		c := with(t, sampleDir, "coco")
		for _, d := range cocotest.Diff(sampleDir, c.dir) {
			t.Error(d)
		}
		return counted(c.loss)
	}},
	{"COCO → VOC", "polygons, captions, keypoints, superclasses, scores dropped without a word", func(t *testing.T) string {
		c := with(t, sampleDir, "voc")
		if n := len(contents(t, c.dir).List); n != 12 {
			t.Errorf("%d items", n)
		}
		return counted(c.loss)
	}},
	{"COCO → VOC, an image without boxes", "no XML, the size is lost", func(t *testing.T) string {
		c := with(t, folderOf(t, cocoOf(""), "images/train/a.jpg"), "voc")
		d := contents(t, c.dir)
		if len(d.List) != 1 || d.List[0].Media.(*dataset.Image).Width != 60 {
			t.Errorf("%+v", d.List)
		}
		return counted(c.loss)
	}},
	{"VOC → COCO, format found out", "\"multiple formats match\", for every VOC folder", func(t *testing.T) string {
		c := with(t, folderOf(t, "Annotations/a.xml = "+vocXML, "JPEGImages/a.jpg", "ImageSets/Main/train.txt = a\n"), "coco")
		return counted(c.loss)
	}},
	{"COCO → VOC → COCO, masks and their boxes", "mask *n* is put together with box *n*+1", func(t *testing.T) string {
		from := folderOf(t, cocoOf("", soundAnnotation,
			`{"id":2,"image_id":1,"category_id":0,"bbox":[20,5,10,10],"area":100,"iscrowd":0,"segmentation":[[20,5,30,5,30,15,20,15]]}`,
			`{"id":3,"image_id":1,"category_id":3,"bbox":[40,20,10,10],"area":100,"iscrowd":0,"segmentation":[[40,20,50,20,50,30,40,30]]}`), "images/train/a.jpg")
		first := with(t, from, "voc")
		second := with(t, first.dir, "coco")
		got := strings.Join(byLabel(contents(t, second.dir)), ", ")
		if got != "bbox cat+mask cat, bbox dog+mask dog, bbox dog+mask dog" {
			t.Error(got)
		}
		return counted(first.loss, second.loss)
	}},
	{"COCO → VOC → COCO, `iscrowd`", "lost", func(t *testing.T) string {
		from := folderOf(t, cocoOf("", `{"id":1,"image_id":1,"category_id":3,"bbox":[1,2,10,20],"area":200,"iscrowd":1,"segmentation":{"size":[40,60],"counts":[42,20,2338]}}`), "images/train/a.jpg")
		first := with(t, from, "voc")
		second := with(t, first.dir, "coco")
		for _, a := range contents(t, second.dir).List[0].Annotations {
			if a.Kind() == dataset.KindBbox && !hasAttribute(a.Common().Attributes, "is_crowd", "true") {
				t.Errorf("%v", a.Common().Attributes)
			}
		}
		return counted(first.loss, second.loss)
	}},
	{"VOC → VOC", "the box of a part is dropped, actions become attributes, integers \"1.0\"; the labelmap is emptied", func(t *testing.T) string {
		from := folderOf(t, "Annotations/a.xml = "+`<annotation><filename>a.jpg</filename><size><width>60</width><height>40</height><depth>3</depth></size><segmented>0</segmented>`+
			`<object><name>person</name><pose>Left</pose><truncated>1</truncated><difficult>0</difficult><occluded>1</occluded><bndbox><xmin>1</xmin><ymin>2</ymin><xmax>31</xmax><ymax>32</ymax></bndbox>`+
			`<part><name>head</name><bndbox><xmin>3</xmin><ymin>4</ymin><xmax>9</xmax><ymax>10</ymax></bndbox></part><actions><jumping>1</jumping><reading>0</reading></actions></object></annotation>`,
			"JPEGImages/a.jpg", "ImageSets/Main/train.txt = a\n", "ImageSets/Layout/train.txt = a\n", "ImageSets/Action/train.txt = a\n",
			"labelmap.txt = # label:color_rgb:parts:actions\nbackground:0,0,0::\nperson:192,128,128:head,hand:jumping,reading\n")
		c := with(t, from, "voc")
		for _, d := range formatstest.CompareAll(contents(t, from).List, contents(t, c.dir).List, formatstest.Compare) {
			t.Error(d)
		}
		return counted(c.loss)
	}},
	{"VOC → YOLO without pictures", "\"item has no image info\" and a traceback", func(t *testing.T) string {
		from := folderOf(t, "Annotations/a.xml = "+vocXML, "ImageSets/Main/train.txt = a\n")
		c := convertTo(t, from, "yolo_ultralytics", formats.ImportOptions{}, formats.ExportOptions{})
		if c.err != nil {
			t.Fatal(c.err)
		}
		if d := contents(t, c.dir); len(d.List) != 1 || len(d.List[0].Annotations) != 2 {
			t.Errorf("%+v", d.List)
		}
		return counted(c.loss)
	}},
	{"COCO → YOLO → COCO", "boxes ± 0.01 pixels; all else dropped, crowds with a warning", func(t *testing.T) string {
		first := convertTo(t, sampleDir, "yolo_ultralytics", formats.ImportOptions{}, formats.ExportOptions{SaveMedia: true, Values: formats.Values{"yolo-task": "detect"}})
		second := with(t, first.dir, "coco")
		worst := worstBox(t, contents(t, sampleDir), contents(t, second.dir))
		if worst > 1e-9 {
			t.Errorf("a box moved by %g pixels", worst)
		}
		return counted(first.loss, second.loss) + "; boxes within " + fmt.Sprintf("%.0e", math.Max(worst, 1e-300)) + " pixels"
	}},
	{"COCO with the subset train2017 → Ultralytics", "refused without `train` and `val`", func(t *testing.T) string {
		from := folderOf(t, strings.Replace(cocoOf("", soundAnnotation), "instances_train.json", "instances_train2017.json", 1), "train2017/a.jpg")
		c := with(t, from, "yolo_ultralytics")
		if d := contents(t, c.dir); len(d.List) != 1 || d.List[0].Subset != "train2017" {
			t.Errorf("%+v", d.List)
		}
		return counted(c.loss)
	}},
	{"COCO → `datumaro_binary` → COCO", "as COCO → COCO", func(t *testing.T) string {
		return backToCOCO(t, sampleDir, with(t, sampleDir, "datumaro_binary"), nil)
	}},
	{"COCO → `datumaro_binary`, encrypted → COCO", "not any more: 1.13 can neither read nor write it", func(t *testing.T) string {
		k := newKey(t)
		c := convertTo(t, sampleDir, "datumaro_binary", formats.ImportOptions{}, formats.ExportOptions{SaveMedia: true, Key: k})
		if c.err != nil {
			t.Fatal(c.err)
		}
		return backToCOCO(t, sampleDir, c, k)
	}},
	{"COCO, panoptic → `datumaro_binary` → COCO", "OverflowError, hidden behind an AttributeError", func(t *testing.T) string {
		const from = "../../testdata/coco/layouts/panoptic"
		return backToCOCO(t, from, with(t, from, "datumaro_binary"), nil)
	}},
	{"COCO → `datumaro_binary` without media → anything", "\"escapes base directory\"", func(t *testing.T) string {
		first := convertTo(t, sampleDir, "datumaro_binary", formats.ImportOptions{}, formats.ExportOptions{})
		if first.err != nil {
			t.Fatal(first.err)
		}
		second := convertTo(t, first.dir, "coco", formats.ImportOptions{}, formats.ExportOptions{})
		if second.err != nil {
			t.Fatal(second.err)
		}
		return counted(first.loss, second.loss)
	}},
	{"`a.jpg` and `a.png` → COCO", "both get image id 1, and both all annotations", func(t *testing.T) string {
		c := with(t, folderOf(t, "a.jpg", "a.png"), "coco")
		if d := contents(t, c.dir); len(d.List) != 2 {
			t.Errorf("%+v", d.List)
		}
		return counted(c.loss)
	}},
	{"`a.jpg` and `a.png` → VOC, YOLO", "one label file survives", func(t *testing.T) string {
		from := folderOf(t, "a.jpg", "a.png")
		refused(t, convertTo(t, from, "yolo_ultralytics", formats.ImportOptions{}, formats.ExportOptions{SaveMedia: true}))
		return refused(t, convertTo(t, from, "voc", formats.ImportOptions{}, formats.ExportOptions{SaveMedia: true}))
	}},
	{"the same with `--on-collision rename`", "there is no such option", func(t *testing.T) string {
		c := convertTo(t, folderOf(t, "a.jpg", "a.png"), "voc", formats.ImportOptions{}, formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename})
		if d := contents(t, c.dir); c.err != nil || len(d.List) != 2 {
			t.Errorf("%v, %+v", c.err, d.List)
		}
		return counted(c.loss)
	}},
	{"`train/a.jpg` and `val/a.jpg` → VOC", "the one of val replaces the other", func(t *testing.T) string {
		from := folderOf(t, yaml, "images/train/a.jpg", "labels/train/a.txt = 0 0.5 0.5 0.2 0.2\n", "images/val/a.jpg", "labels/val/a.txt = 1 0.5 0.5 0.2 0.2\n")
		return refused(t, convertTo(t, from, "voc", formats.ImportOptions{}, formats.ExportOptions{SaveMedia: true}))
	}},
	{"the same with `--on-collision subset-prefix`", "there is no such option", func(t *testing.T) string {
		from := folderOf(t, yaml, "images/train/a.jpg", "labels/train/a.txt = 0 0.5 0.5 0.2 0.2\n", "images/val/a.jpg", "labels/val/a.txt = 1 0.5 0.5 0.2 0.2\n")
		c := convertTo(t, from, "voc", formats.ImportOptions{}, formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionSubsetPrefix})
		if d := contents(t, c.dir); c.err != nil || len(d.List) != 2 {
			t.Errorf("%v, %+v", c.err, d.List)
		}
		return counted(c.loss)
	}},
	{"Ultralytics labels with exponents, tabs, polygons", "3 of 4 images are gone, without a word", func(t *testing.T) string {
		from := folderOf(t, yaml, "images/train/a.jpg", "labels/train/a.txt = 0 0.5 0.5 0.2 0.2\n", "images/train/b.jpg", "labels/train/b.txt = 0 5e-01 0.5 2e-01 0.2\n",
			"images/train/c.jpg", "labels/train/c.txt = 0\t0.5\t0.5\t0.2\t0.2\n", "images/train/d.jpg", "labels/train/d.txt = 0 0.1 0.1 0.5 0.1 0.5 0.5 0.2 0.7\n")
		c := with(t, from, "coco")
		d := contents(t, c.dir)
		for _, it := range d.List {
			if len(it.Annotations) == 0 {
				t.Errorf("%s has nothing", it.ID)
			}
		}
		if len(d.List) != 4 {
			t.Errorf("%d items", len(d.List))
		}
		return counted(c.loss)
	}},
	{"Ultralytics, an image without label file", "the image is dropped", func(t *testing.T) string {
		c := with(t, folderOf(t, yaml, "images/train/a.jpg", "labels/train/a.txt = 0 0.5 0.5 0.2 0.2\n", "images/train/b.jpg"), "coco")
		if n := len(contents(t, c.dir).List); n != 2 {
			t.Errorf("%d items", n)
		}
		return counted(c.loss)
	}},
	{"Ultralytics, class 5 of 2", "a good error, without a line", func(t *testing.T) string {
		return refused(t, convertTo(t, folderOf(t, yaml, "images/train/a.jpg", "labels/train/a.txt = 0 0.5 0.5 0.2 0.2\n5 0.5 0.5 0.2 0.2\n"), "coco", formats.ImportOptions{}, formats.ExportOptions{}))
	}},
	fromCOCO("without `iscrowd`", strings.Replace(soundAnnotation, `"iscrowd":0,`, "", 1)),
	fromCOCO("without `bbox`", strings.Replace(soundAnnotation, `"bbox":[1,2,10,20],`, "", 1)),
	fromCOCO("an annotation without id", strings.Replace(soundAnnotation, `"id":1,`, "", 1)),
	fromCOCO("a polygon of two points", strings.Replace(soundAnnotation, `[[1,2,11,2,11,22,1,22]]`, `[[1,2,11,2]]`, 1)),
	fromCOCO("category id 0", strings.Replace(soundAnnotation, `"category_id":3`, `"category_id":0`, 1)),
	{"COCO with a text as image id", "the import ends with a traceback", func(t *testing.T) string {
		text := strings.ReplaceAll(strings.ReplaceAll(cocoOf("", soundAnnotation), `"image_id":1`, `"image_id":"x"`), `[{"id":1,"file_name"`, `[{"id":"x","file_name"`)
		c := with(t, folderOf(t, text, "images/train/a.jpg"), "datumaro")
		return counted(c.notes)
	}},
	{"COCO with a byte order mark", "the import ends with a traceback", func(t *testing.T) string {
		c := with(t, folderOf(t, strings.Replace(cocoOf("", soundAnnotation), " = ", " = \ufeff", 1), "images/train/a.jpg"), "datumaro")
		return counted(c.notes)
	}},
	{"COCO with an unknown category", "the import ends with a traceback", func(t *testing.T) string {
		text := cocoOf("", strings.Replace(soundAnnotation, `"category_id":3`, `"category_id":9`, 1))
		return refused(t, convertTo(t, folderOf(t, text), "datumaro", formats.ImportOptions{}, formats.ExportOptions{}))
	}},
	{"the same with `--skip-errors`", "there is no such option", func(t *testing.T) string {
		skip := &formats.Skipped{}
		text := cocoOf("", strings.Replace(soundAnnotation, `"category_id":3`, `"category_id":9`, 1))
		c := convertTo(t, folderOf(t, text), "datumaro", formats.ImportOptions{Skip: skip}, formats.ExportOptions{})
		if c.err != nil || skip.Count() != 1 {
			t.Errorf("%v, %d left out", c.err, skip.Count())
		}
		return isReported + ": 1 bad record left out, exit code 3"
	}},
	{"VOC with labels of its own, `Unspecified` and empty flags, without ImageSets", "the import ends with a traceback", func(t *testing.T) string {
		c := with(t, folderOf(t, "Annotations/a.xml = "+vocXML, "JPEGImages/a.jpg"), "coco")
		d := contents(t, c.dir)
		if _, ok := d.Meta.Categories.Index("own label"); !ok || len(d.List) != 1 || len(d.List[0].Annotations) != 2 {
			t.Errorf("%+v", d.List)
		}
		return counted(c.notes)
	}},
	{"VOC with the subset `a_b`", "never read", func(t *testing.T) string {
		c := with(t, folderOf(t, "Annotations/a.xml = "+vocXML, "JPEGImages/a.jpg", "ImageSets/Main/a_b.txt = a\n"), "coco")
		if d := contents(t, c.dir); len(d.List) != 1 || d.List[0].Subset != "a_b" {
			t.Errorf("%+v", d.List)
		}
		return counted(c.loss)
	}},
	{"three official COCO files and train2017/", "\"multiple formats match\"", func(t *testing.T) string {
		instances := strings.Replace(cocoOf("", soundAnnotation), "instances_train", "instances_train2017", 1)
		c := with(t, folderOf(t, instances, "train2017/a.jpg",
			`annotations/captions_train2017.json = {"images":[{"id":1,"file_name":"a.jpg","width":60,"height":40}],"annotations":[{"id":1,"image_id":1,"caption":"a cat"}]}`,
			strings.Replace(instances, "instances_", "person_keypoints_", 1)), "datumaro")
		if d := contents(t, c.dir); len(d.List) != 1 || len(d.List[0].Annotations) < 3 {
			t.Errorf("%+v", d.List)
		}
		return counted(c.loss)
	}},
	{"the same command three times", "three different results", func(t *testing.T) string {
		from := folderOf(t, "Annotations/a.xml = "+vocXML, "JPEGImages/a.jpg", "ImageSets/Main/train.txt = a\n")
		first := with(t, from, "datumaro")
		for range 2 {
			sameTree(t, first.dir, with(t, from, "datumaro").dir)
		}
		return counted(first.loss)
	}},
}

// fromCOCO reads an annotation that Datumaro stumbles over, and wants the same
// COCO file back.
func fromCOCO(what, annotation string) compared {
	theirs := "the import ends with a traceback"
	if what == "category id 0" {
		theirs = "becomes \"no label\""
	}
	return compared{"COCO, " + what, theirs, func(t *testing.T) string {
		from := folderOf(t, cocoOf("", annotation), "images/train/a.jpg")
		c := with(t, from, "datumaro_binary")
		backToCOCO(t, from, c, nil)
		return counted(c.loss, c.notes)
	}}
}

// worstBox returns how far the corner of a box moved at most.
func worstBox(t *testing.T, want, got *formatstest.Dataset) float64 {
	t.Helper()
	list := func(d *formatstest.Dataset) map[string][]*dataset.Bbox {
		out := map[string][]*dataset.Bbox{}
		for _, it := range d.List {
			for _, a := range it.Annotations {
				if b, ok := a.(*dataset.Bbox); ok {
					key := filepath.Join(it.Subset, it.ID)
					out[key] = append(out[key], b)
				}
			}
		}
		return out
	}
	worst, boxes := 0.0, list(got)
	for id, all := range list(want) {
		for i, b := range all {
			if i >= len(boxes[id]) {
				t.Errorf("%s: box %d is gone", id, i)
				continue
			}
			g := boxes[id][i]
			for _, d := range []float64{b.X - g.X, b.Y - g.Y, b.W - g.W, b.H - g.H} {
				worst = math.Max(worst, math.Abs(d))
			}
		}
	}
	return worst
}
