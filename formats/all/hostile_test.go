package all

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"runtime"
	"strings"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

// laughs is an XML document that would unfold to gigabytes.
const laughs = `<!DOCTYPE annotation [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">` +
	`<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;"><!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">]>`

// yamlBomb is a YAML document whose aliases unfold to as much.
func yamlBomb() string {
	var b strings.Builder
	b.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for i := range 12 {
		fmt.Fprintf(&b, "a%d: &a%d [%s]\n", i+1, i+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", i), 10), ", "))
	}
	return b.String() + "train: images\nval: images\nnames: *a12\n"
}

// pngOf is a PNG file that says it has w × h pixels, and has none.
func pngOf(w, h uint32) string {
	var b bytes.Buffer
	chunk := func(kind string, data []byte) {
		binary.Write(&b, binary.BigEndian, uint32(len(data)))
		b.WriteString(kind)
		b.Write(data)
		binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(append([]byte(kind), data...)))
	}
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk("IHDR", append(binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h), 8, 0, 0, 0, 0))
	chunk("IDAT", []byte{0x78, 0x9c, 3, 0, 0, 0, 0, 1})
	chunk("IEND", nil)
	return b.String()
}

const deep = "<annotation>" // repeated

// hostile are inputs that are refused, as whom they come.
var hostile = []struct {
	name, format string
	files        []string
}{
	{"XML entities", "voc", []string{"Annotations/a.xml = " + laughs + "<annotation><filename>&e;</filename></annotation>"}},
	{"XML entities", "cvat", []string{"annotations.xml = " + laughs + "<annotations><version>&e;</version></annotations>"}},
	{"XML entities", "labelme", []string{"a.jpg", "a.xml = " + laughs + "<annotation><object><name>&e;</name><polygon><pt><x>1</x><y>1</y></pt></polygon></object></annotation>"}},
	{"deep XML", "voc", []string{"Annotations/a.xml = <annotation><filename>a.jpg</filename>" + strings.Repeat(deep, 100_000)}},
	{"deep XML", "cvat", []string{"annotations.xml = <annotations><version>1.1</version>" + strings.Repeat(deep, 100_000)}},
	{"YAML aliases", "yolo_ultralytics", []string{"data.yaml = " + yamlBomb(), "images/a.jpg", "labels/a.txt = 0 0.5 0.5 0.1 0.1\n"}},
	{"deep JSON", "labelme", []string{"a.jpg", `a.json = {"version":"5","shapes":[{"label":"x","points":` + strings.Repeat("[", 100_000)}},
	{"deep JSON", "coco", []string{`annotations/instances_a.json = {"images":[],"annotations":[{"segmentation":` + strings.Repeat("[", 100_000)}},
	{"a huge mask", "voc", []string{"ImageSets/Segmentation/train.txt = a\n", "JPEGImages/a.jpg", "SegmentationClass/a.png = " + pngOf(100_000, 100_000)}},
	{"a huge mask", "cityscapes", []string{"leftImg8bit/train/x/x_000000_000019_leftImg8bit.png", "gtFine/train/x/x_000000_000019_gtFine_labelIds.png = " + pngOf(100_000, 100_000)}},
	{"a huge mask", "kitti", []string{"training/image_2/000000_10.png", "training/instance/000000_10.png = " + pngOf(100_000, 100_000)}},
	{"a huge mask", "common_semantic_segmentation", []string{`dataset_meta.json = {"label_map":{"0":"background","1":"x"}}`, "images/a.png", "masks/a.png = " + pngOf(100_000, 100_000)}},
	{"a huge mask", "mvtec", []string{"train/good/a.png", "test/cut/a.png", "ground_truth/cut/a_mask.png = " + pngOf(100_000, 100_000)}},
	{"a path that leaves", "coco", []string{`annotations/instances_a.json = {"images":[{"id":1,"file_name":"../../../etc/passwd"}],"annotations":[],"categories":[]}`}},
	{"a size out of this world", "voc", []string{"Annotations/a.xml = <annotation><size><width>99999999999</width><height>2</height></size><object><name>x</name></object></annotation>"}},
	{"a class out of this world", "yolo_ultralytics", []string{yaml, "images/train/a.jpg", "labels/train/a.txt = 99999999999999999999 0.5 0.5 0.1 0.1\n"}},
	{"numbers that are none", "yolo_ultralytics", []string{yaml, "images/train/a.jpg", "labels/train/a.txt = 0 nan inf 0.1 0.1\n"}},
	{"numbers that are none", "kitti", []string{"training/image_2/000000.png", "training/label_2/000000.txt = Car 0.00 0 -1.58 1 x 5 4 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59\n"}},
	{"numbers that are none", "mot_seq", []string{"gt/gt.txt = 1,1,1,1,3,3,1,1,1\n2,1,x,1,3,3,1,1,0.5\n"}},
	{"numbers that are none", "dota", []string{"images/a.png", "labelTxt/a.txt = 1.0 1.0 x 1.0 5.0 4.0 1.0 4.0 plane 0\n"}},
	{"numbers that are none", "open_images", []string{"annotations/train-annotations-bbox.csv = ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\na,x,/m/01,1,x,0.5,0.1,0.5,0,0,0,0,0\n", "images/train/a.jpg"}},
}

// TestHostileInputs reads each input, and wants it refused with a place, without
// memory that its size does not account for.
func TestHostileInputs(t *testing.T) {
	const most = 256 << 20
	for _, h := range hostile {
		t.Run(h.format+", "+h.name, func(t *testing.T) {
			dir := folderOf(t, h.files...)
			f, err := Registry().Lookup(h.format)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			formatstest.MustProbe(t, f, dir)
			im, err := formatstest.Open(t.Context(), f, dir, formats.ImportOptions{})
			if err == nil {
				_, err = formatstest.Collect(t.Context(), im)
				im.Close()
			}
			runtime.ReadMemStats(&after)
			var placed *formats.Error
			placeless := !errors.As(err, &placed) || placed.Path == ""
			// A file of which nothing is believed is none of the format.
			if !errors.Is(err, formats.ErrUnknownFormat) && (!errors.Is(err, formats.ErrCorrupt) || placeless) {
				t.Errorf("%v", err)
			}
			if n := after.TotalAlloc - before.TotalAlloc; n > most {
				t.Errorf("%d MB were allocated", n>>20)
			}
			if err != nil && len(err.Error()) > 500 {
				t.Errorf("the error has %d letters", len(err.Error()))
			}
		})
	}
}
