package yolo

import (
	"strings"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

// layouts has what is read of each dataset of the test data, which of the two
// formats it is, and what is noted.
var layouts = []struct {
	name, format string
	confidence   formats.Confidence
	want, notes  string
}{
	{"darknet", darknetName, formats.High, `
[cat][dog][κύων]
train a a.jpg 64x48
  bbox 0 [24 12 16 24] @yolo.decimals=6
  bbox 2 [3.2 4.8 6.4 9.6]
  bbox 2 [3.2 4.8 6.4 9.6]
train sub/b c sub/b c.PNG 100x50
  bbox 1 [0 0 50 50]
train empty empty.jpg 32x32
train gone gone.jpg 0x0 gone
val v v.jpg 64x48
  bbox 0 [25.6 14.4 12.8 19.2]
  bbox 1 [12 9 8 6]`, `
1 class numbers written as decimals
1 pictures that are listed and not there`},
	{"labelimg", darknetName, formats.High, `
[person][car]
default TWO TWO.JPG 80x60
  bbox 1 [30 22.5 20 15]
default bare bare.png 10x10
default one one.jpg 80x60
  bbox 0 [20 15 40 30]`, `
1 pictures without a label file, read as empty of objects`},
	{"labelstudio", darknetName, formats.High, `
[bird][plane]
default 3f2a-x 3f2a-x.jpg 40x30
  bbox 1 [16 12 8 6]`, ``},
	{"loose", darknetName, formats.High, `
[x][y]
train a a.jpg 40x40
  bbox 0 [10 10 20 20]
val b b.jpg 40x40
  bbox 1 [10 10 20 20] score=0.875`, ``},
	{"detect", ultralyticsName, formats.High, `
[cat][dog]
train a a.jpg 64x48
  bbox 1 [16 12 32 24]
  bbox 0 [44.8 33.6 25.6 19.2]
  bbox 0 [70.4 21.6 6.4 4.8]
train same same.jpg 20x20
  bbox 0 [0 0 20 20]
train same same.png 20x20
  bbox 0 [0 0 20 20]
train orphan
val deep/c deep/c.jpg 48x64
  bbox 0 [12 16 24 32]
extra e e.png 16x16
  bbox 0 [4 4 8 8]`, `
1 annotations with numbers outside of 0 to 1, which Ultralytics refuses
1 label files without a picture
1 pictures that share a label file with another, each given all of its annotations`},
	{"roboflow", ultralyticsName, formats.High, `
[apple][apple]
train p_jpg.rf.00ab p_jpg.rf.00ab.jpg 32x32
  bbox 0 [12 12 8 8]
valid q_jpg.rf.11cd q_jpg.rf.11cd.jpg 32x32
  bbox 1 [12 12 8 8]`, `
1 classes with the name of another, kept apart by their numbers
1 folders or lists of subsets that are not there`},
	{"segment", ultralyticsName, formats.High, `
[class_0]
train s s.jpg 100x100
  polygon 0 [10 10 50 10 50 50]
  bbox 0 [40 40 20 20]
  polygon 0 [10 10 90 10 90 90 10 80 0 50] @yolo.decimals=1
val s s.jpg 100x100
  polygon 0 [10 10 50 10 50 50]
  bbox 0 [40 40 20 20]
  polygon 0 [10 10 90 10 90 90 10 80 0 50] @yolo.decimals=1`, `
1 classes without names, called by their numbers`},
	{"obb", ultralyticsName, formats.High, `
[ship]
train o o.jpg 200x100
  rotated_bbox 0 75 50 50 50 0°
  rotated_bbox 0 100 50 35.36 35.36 45°
val o o.jpg 200x100
  rotated_bbox 0 75 50 50 50 0°
  rotated_bbox 0 100 50 35.36 35.36 45°`, ``},
	{"pose", ultralyticsName, formats.High, `
[person]
train k k.jpg 100x50
  bbox group 1 0 [25 12.5 50 25]
  points group 1 0 [30 15 60 30] [2 1]
  bbox 0 [25 12.5 50 25]
val k k.jpg 100x50
  bbox group 1 0 [25 12.5 50 25]
  points group 1 0 [30 15 0 0] [2 0]`, ``},
	{"bare", ultralyticsName, formats.Medium, `
[class_0][class_1][class_2][class_3]
train a a.jpg 40x40
  bbox 0 [10 10 20 20]
  bbox 3 [10 10 20 20]
test b b.jpg 40x40`, `
4 classes without names, called by their numbers
1 pictures without a label file, read as empty of objects`},
	{"lists", ultralyticsName, formats.High, `
[t]
train a a.jpg 20x20
  bbox 0 [5 5 10 10]
val b b.jpg 20x20`, `
1 pictures without a label file, read as empty of objects`},
	{"classify", ultralyticsName, formats.High, `
[cat][dog]
train cat/1 cat/1.jpg 20x20
  label 0
train dog/2 dog/2.jpg 20x20
  label 1
val dog/3 dog/3.jpg 20x20
  label 1`, ``},
	{"meta", ultralyticsName, formats.High, `
[x]
train a a.jpg 64x48 gone
  bbox 0 [16 12 32 24]
train b b.jpg 10x20 gone`, `
1 folders or lists of subsets that are not there`},
}

// TestLayouts reads each dataset under both names, and requires that only one
// of the two formats takes it for its own.
func TestLayouts(t *testing.T) {
	for _, l := range layouts {
		t.Run(l.name, func(t *testing.T) {
			dir := testdata + l.name
			for _, f := range Formats() {
				v, err := formatstest.Probe(t.Context(), f, dir)
				if want := l.confidence; err != nil || f.Name == l.format && (v.Confidence != want || len(v.Unmet) > 0 || len(v.Met) == 0) {
					t.Errorf("%s: %+v %v", f.Name, v, err)
				}
				if f.Name != l.format && (v.Confidence != formats.No || len(v.Unmet) == 0) {
					t.Errorf("%s: %+v", f.Name, v)
				}
				d, notes := load(t, f, dir, formats.ImportOptions{Workers: 3})
				if got := dump(d); got != l.want[1:]+"\n" {
					t.Errorf("%s:\n%s", f.Name, got)
				}
				if got := counted(notes); got != strings.TrimPrefix(l.notes, "\n") {
					t.Errorf("%s notes:\n%s", f.Name, got)
				}
			}
		})
	}
}

// TestCarried looks at what travels along without a place in the model.
func TestCarried(t *testing.T) {
	d, _ := load(t, ultralyticsFormat(), testdata+"detect", formats.ImportOptions{})
	if raw, _ := d.Meta.Attributes.Get(carryYAML); string(raw) != `"channels: 3\nlicense: CC-BY 4.0\n"` {
		t.Errorf("%s", raw)
	}
	labels := d.Meta.Categories.Labels.Labels
	if raw, ok := labels[1].Carried.Get(carryID); string(raw) != "2" || labels[0].Carried != nil {
		t.Errorf("%s %v", raw, ok)
	}
	d, _ = load(t, ultralyticsFormat(), testdata+"pose", formats.ImportOptions{})
	if p := d.Meta.Categories.Points; p == nil || len(p.Items) != 1 || strings.Join(p.Items[0].Names, " ") != "left right" {
		t.Errorf("%+v", p)
	}
	if raw, _ := d.Meta.Attributes.Get(carryFlip); string(raw) != "[1,0]" {
		t.Errorf("%s", raw)
	}
}

// TestOtherFolders reads layouts that are only a little different from those
// of the test data.
func TestOtherFolders(t *testing.T) {
	line := "0 0.5 0.5 0.5 0.5"
	box := "  bbox 0 [15 10 30 20]\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"several unusual subsets": {map[string]string{
			"north/images/a.jpg": picture("a.jpg"), "north/labels/a.txt": line, "south/images/b.jpg": picture("b.jpg"), "classes.txt": "x",
		}, "[x]\nnorth a a.jpg 60x40\n" + box + "south b b.jpg 60x40\n"},
		"a folder around everything": {map[string]string{
			"download/images/a.jpg": picture("a.jpg"), "download/labels/a.txt": line, "download/classes.txt": "x",
		}, "[x]\ndefault a a.jpg 60x40\n" + box},
		"labels by subset, pictures in one folder": {map[string]string{
			"pictures/a.jpg": picture("a.jpg"), "pictures/b.jpg": picture("b.jpg"), "obj.names": "x",
			"images/a.jpg": picture("a.jpg"), "labels/val/a.txt": line,
		}, "[x]\ndefault pictures/a pictures/a.jpg 60x40\ndefault pictures/b pictures/b.jpg 60x40\nval a a.jpg 60x40\n" + box},
		"names in YAML alone": {map[string]string{
			"images/a.jpg": picture("a.jpg"), "labels/a.txt": line, "data.yaml": "names: [x]",
		}, "[x]\ndefault a a.jpg 60x40\n" + box},
		"an absolute path of another machine": {map[string]string{
			"images/a.jpg": picture("a.jpg"), "labels/a.txt": line,
			"d.YAML": "path: /home/me/set\ntrain: /home/me/set/images\nval:\nnames: [x]",
		}, "[x]\ntrain a a.jpg 60x40\n" + box},
		"a folder of Windows": {map[string]string{
			"images/t/a.jpg": picture("a.jpg"), "labels/t/a.txt": line, "d.yaml": "path: C:\\sets\\x\ntrain: images\\t\nnames: [x]",
		}, "[x]\ntrain a a.jpg 60x40\n" + box},
		"folders of a subset, and splits": {map[string]string{
			"p/images/a.jpg": picture("a.jpg"), "p/labels/a.txt": line, "q/images/b.JPG": picture("b.jpg"), "q/labels/b.TXT": line,
			"d.yaml": "train: [p/images, q/images]\nsplits: {names: q/images}\nnames: {0: x}",
		}, "[x]\ntrain a a.jpg 60x40\n" + box + "train b b.JPG 60x40\n" + box + "names b b.JPG 60x40\n" + box},
		"a subset folder with both in it": {map[string]string{
			"train/images/a.jpg": picture("a.jpg"), "train/labels/a.txt": line, "data.yaml": "train: train\nval: train\nnames: [x]",
		}, "[x]\ntrain a a.jpg 60x40\n" + box + "val a a.jpg 60x40\n" + box},
		"darknet without lists": {map[string]string{
			"obj.names": "x", "obj_train_data/a.jpg": picture("a.jpg"), "obj_train_data/a.txt": line, "obj_my set_data/b.jpg": picture("b.jpg"),
		}, "[x]\ntrain a a.jpg 60x40\n" + box + "my set b b.jpg 60x40\n"},
		"darknet in a folder data": {map[string]string{
			"data/obj.data": "classes=1\ntrain=data/train.txt\nsub=/x/y/other.txt\nnames=data/obj.names", "data/obj.names": "x\n\n",
			"data/train.txt": "\ufeff/x/y/obj/b.jpg\r\n/x/y/obj/a.jpg\r\n", "data/other.txt": "data/obj/a.jpg\ndata/obj/a.jpg",
			"data/obj/a.jpg": picture("a.jpg"), "data/obj/b.jpg": picture("b.jpg"), "data/obj/a.txt": line,
		}, "[x]\ntrain b b.jpg 60x40\ntrain a a.jpg 60x40\n" + box + "sub a a.jpg 60x40\n" + box},
		"no pictures": {map[string]string{
			"classes.txt": "x", "images.meta": "'a.b' 40 60\n\"c.jpg\" 40 60 more\nnot a size\n", "labels/a.b.txt": line, "labels/d.txt": "",
		}, "[x]\ndefault a.b a.b 60x40 gone\n" + box + "default d\n"},
	} {
		t.Run(name, func(t *testing.T) {
			d, _ := load(t, ultralyticsFormat(), formatstest.Tree(t, c.files), formats.ImportOptions{})
			if got := dump(d); got != c.want {
				t.Errorf("got\n%swant\n%s", got, c.want)
			}
		})
	}
}

// TestOneFile names one file of a dataset.
func TestOneFile(t *testing.T) {
	for name, want := range map[string]string{
		"detect/data.yaml":                        "[cat][dog]\ntrain a",
		"darknet/obj.data":                        "[cat][dog][κύων]\ntrain a",
		"darknet/val.txt":                         "[cat][dog][κύων]\nval v v.jpg 64x48\n",
		"darknet/obj_train_data/sub/b c.txt":      "[cat][dog][κύων]\ntrain sub/b c sub/b c.PNG 100x50\n  bbox 1 [0 0 50 50]\n",
		"detect/labels/val/deep/c.txt":            "[cat][dog]\nval deep/c deep/c.jpg 48x64\n  bbox 0",
		"roboflow/train/labels/p_jpg.rf.00ab.txt": "[apple][apple]\ntrain p_jpg.rf.00ab p_jpg.rf.00ab.jpg 32x32\n  bbox 0",
		"labelimg/classes.txt":                    "[person][car]\ndefault TWO TWO.JPG",
		"labelimg/one.txt":                        "[person][car]\ndefault one one.jpg 80x60\n  bbox 0",
		"pose/labels/val/k.txt":                   "[person]\nval k k.jpg 100x50\n  bbox group 1",
	} {
		d, _ := load(t, ultralyticsFormat(), testdata+name, formats.ImportOptions{})
		if got := dump(d); !strings.HasPrefix(got, want) {
			t.Errorf("%s:\n%s", name, got)
		}
		v, err := formatstest.Probe(t.Context(), ultralyticsFormat(), testdata+name)
		w, _ := formatstest.Probe(t.Context(), darknetFormat(), testdata+name)
		if err != nil || !strings.HasSuffix(name, "val.txt") && (v.Confidence == formats.No) == (w.Confidence == formats.No) {
			t.Errorf("%s: %+v %+v", name, v, w)
		}
	}
	for _, name := range []string{"labelimg/one.jpg", "labelstudio/notes.json"} {
		if _, _, err := tryLoad(t, ultralyticsFormat(), testdata+name, formats.ImportOptions{}); err == nil {
			t.Errorf("%s is read", name)
		}
	}
}
