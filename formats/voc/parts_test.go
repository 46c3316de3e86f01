package voc

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// TestSeveralLabelMaps reads two datasets whose palettes differ.
func TestSeveralLabelMaps(t *testing.T) {
	d, notes := readAll(t, folder(t, map[string]string{
		"one/Annotations/a.xml": withCat, "one/labelmap.txt": "background:0,0,0::\ncat:9,9,9::\ndog\n", "one/SegmentationClass/a.png": paletted(t, "12"),
		"two/Annotations/b.xml": withCat, "two/labelmap.txt": "dog\ncat\nbird:1,2,3::\n", "two/SegmentationClass/b.png": paletted(t, "12"),
		"three/notes.txt": "x",
	}), formats.ImportOptions{})
	want := []string{"default/a a.jpg, bbox cat, mask cat, mask dog", "default/b b.jpg, bbox cat, mask cat, mask dog"}
	for i := range d.List {
		slices.SortStableFunc(d.List[i].Annotations, func(a, b dataset.Annotation) int { return int(*dataset.LabelOf(a) - *dataset.LabelOf(b)) })
	}
	if got := showAll(d); !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
	if got := names(&d.Meta.Categories); !slices.Equal(got, []string{"background", "cat", "dog", "bird"}) {
		t.Errorf("labels %q", got)
	}
	if notes["folders beside VOC datasets not read"] != 1 {
		t.Errorf("notes %v", notes)
	}
}

func TestLinks(t *testing.T) {
	outside := folder(t, map[string]string{"p/a.jpg": "x", "a.xml": bare})
	link := func(dir, to, name string) {
		if err := os.Symlink(to, filepath.Join(dir, name)); err != nil {
			t.Skip(err)
		}
	}
	dir := folder(t, map[string]string{"Annotations/a.xml": bare})
	link(dir, filepath.Join(outside, "p"), "JPEGImages")
	if err := firstError(t, dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("a folder of pictures that leads out: %v", err)
	}
	dir = folder(t, map[string]string{"Annotations/b.xml": bare, "Annotations/deep/c.xml": bare, "pictures/b.jpg": "x"})
	link(dir, "../Annotations", "Annotations/round")
	link(dir, "pictures", "JPEGImages")
	d, notes := readAll(t, dir, formats.ImportOptions{})
	if got := showAll(d); !slices.Equal(got, []string{"default/b b.jpg", "default/deep/c"}) || notes["links to folders not followed"] != 1 {
		t.Errorf("links inside: %q, %v", got, notes)
	}
	dir = folder(t, map[string]string{"Annotations/b.xml": bare})
	link(dir, filepath.Join(outside, "a.xml"), "Annotations/a.xml")
	if err := firstError(t, dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "Annotations/a.xml") {
		t.Errorf("an XML file that leads out: %v", err)
	}
}

func TestDeepFolders(t *testing.T) {
	deep := strings.Repeat("d/", maxWalk+2)
	d, notes := readAll(t, folder(t, map[string]string{"Annotations/a.xml": bare, "Annotations/" + deep + "b.xml": bare}), formats.ImportOptions{})
	if len(d.List) != 1 || notes["folders too deep to be looked into"] != 2 {
		t.Errorf("%q, %v", showAll(d), notes)
	}
}

func TestOddActions(t *testing.T) {
	d, notes := single(t, "<annotation>"+object1(someBox+"<actions><run>1</run><run>0</run><sit>maybe</sit><jump>yes</jump></actions>")+"</annotation>", nil)
	if got := string(d.List[0].Annotations[0].Common().Attributes.AppendJSON(nil)); got != `{"run":true,"jump":true,"@voc.actions":["run","jump"]}` {
		t.Errorf("%s", got)
	}
	if !maps.Equal(notes, map[string]int{"flags that are neither 0 nor 1": 1, "actions that say neither yes nor no, or are given twice, left out": 2}) {
		t.Errorf("notes %v", notes)
	}
}

// TestActionsAreAttributesOtherwise writes actions that cannot be elements.
func TestActionsAreAttributesOtherwise(t *testing.T) {
	d := picture(&dataset.Bbox{Base: base(0, `{"run fast":true,"jump":1,"sit":false,"@voc.actions":["run fast","jump","sit","gone"]}`), W: 1, H: 1})
	dir, loss := writeAll(t, d, formats.ExportOptions{})
	out, _ := readAll(t, dir, formats.ImportOptions{})
	got := string(out.List[0].Annotations[0].Common().Attributes.AppendJSON(nil))
	if want := `{"sit":false,"run fast":true,"jump":1,"@voc.actions":["sit"]}`; got != want || len(loss) > 0 {
		t.Errorf("%s, lost %v", got, loss)
	}
}

// TestMaskWithoutItsPicture reads what is left where somebody took the masks
// away.
func TestMaskWithoutItsPicture(t *testing.T) {
	d := picture(&dataset.Mask{Label: 1, RLE: rectangle(3, 4, 10, 20)})
	dir, _ := writeAll(t, d, formats.ExportOptions{})
	for _, kind := range []string{classDir, objectDir} {
		if err := os.RemoveAll(filepath.Join(dir, kind)); err != nil {
			t.Fatal(err)
		}
	}
	out, notes := readAll(t, dir, formats.ImportOptions{})
	b, ok := out.List[0].Annotations[0].(*dataset.Bbox)
	if !ok || [4]float64{b.X, b.Y, b.W, b.H} != [4]float64{3, 4, 7, 16} || notes["boxes around masks that are not there, read as boxes of their own"] != 1 {
		t.Errorf("%q, %v", showAll(out), notes)
	}
}

// TestClassMasksThatBecomeObjects adds a second mask of a class.
func TestClassMasksThatBecomeObjects(t *testing.T) {
	d := picture(&dataset.Mask{Label: 1, RLE: rectangle(0, 0, 10, 20)}, &dataset.Mask{Label: 1, RLE: rectangle(20, 0, 30, 20)})
	d.List[0].Attributes = attributes(`{"@voc.semantic":true}`)
	dir, loss := writeAll(t, d, formats.ExportOptions{})
	out, _ := readAll(t, dir, formats.ImportOptions{})
	if got := show(out, out.List[0]); got != "train/x x.png, mask dog, mask dog" || len(loss) > 0 || out.List[0].Attributes.Has(carrySemantic) {
		t.Errorf("%s, lost %v", got, loss)
	}
}

func TestVoidPixels(t *testing.T) {
	d := picture(&dataset.Mask{Label: 1, RLE: rectangle(0, 0, 10, 40)})
	d.List[0].Attributes = attributes(`{"@voc.void":` + voidText(rectangle(5, 0, 20, 40)) + `}`)
	dir, loss := writeAll(t, d, formats.ExportOptions{})
	if !maps.Equal(loss, map[string]int{"void pixels dropped, since a mask covers them": 2 * 5 * 40}) {
		t.Errorf("lost %v", loss)
	}
	out, _ := readAll(t, dir, formats.ImportOptions{})
	if raw, _ := out.List[0].Attributes.Get(carryVoid); string(raw) != voidText(rectangle(10, 0, 20, 40)) {
		t.Errorf("void is %s", raw)
	}
	for _, bad := range []string{`{"size":[1,1],"counts":"01"}`, `{"size":[40,60],"counts":"~"}`} {
		d.List[0].Attributes = attributes(`{"@voc.void":` + bad + `}`)
		if _, loss := writeAll(t, d, formats.ExportOptions{}); loss["void pixels dropped, since they do not fit to the masks"] != 2 {
			t.Errorf("%s: lost %v", bad, loss)
		}
	}
}

// TestReadingEnds ends streams in the middle.
func TestReadingEnds(t *testing.T) {
	im, err := formatstest.Open(t.Context(), Format(), layouts+"official", formats.ImportOptions{Workers: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	for range im.Items(t.Context()) {
		break
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := formatstest.Open(ctx, Format(), layouts+"official", formats.ImportOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("opening under a cancelled context: %v", err)
	}
	for _, err := range im.Items(ctx) {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("reading under a cancelled context: %v", err)
		}
	}
}

// TestListsOfTasks looks at the lists that content calls for.
func TestListsOfTasks(t *testing.T) {
	in, _ := readAll(t, layouts+"official", formats.ImportOptions{})
	dir, _ := writeAll(t, in, formats.ExportOptions{})
	for name, want := range map[string]string{
		"Main/train.txt": "2012_000001\n2012_000003\n", "Main/val.txt": "2012_000002\n", "Segmentation/train.txt": "2012_000001\n",
		"Layout/train.txt": "2012_000001 2\n", "Action/train.txt": "2012_000001 2\n",
		"Main/cat_train.txt": "2012_000001  1\n2012_000003 -1\n", "Main/cat_val.txt": "2012_000002 -1\n", "Main/person_val.txt": "2012_000002  0\n",
	} {
		if got := read(t, filepath.Join(dir, "ImageSets", name)); got != want {
			t.Errorf("%s: %q", name, got)
		}
	}
	for _, name := range []string{"Segmentation/val.txt", "Layout/val.txt", "Action/val.txt"} {
		if _, err := os.Stat(filepath.Join(dir, "ImageSets", name)); err == nil {
			t.Errorf("%s is there", name)
		}
	}
	text := read(t, filepath.Join(dir, "Annotations/2012_000003.xml"))
	if !strings.Contains(text, "<filename>2012_000003.jpg</filename>") || strings.Contains(text, "<object>") {
		t.Errorf("an item without objects:\n%s", text)
	}
}

func TestWrittenXML(t *testing.T) {
	dir, _ := writeAll(t, picture(&dataset.Bbox{Base: base(0, `{"score":0.5}`), Label: 1, X: 1, Y: 2.5, W: 3, H: 4}), formats.ExportOptions{})
	want := `<annotation>
	<folder>JPEGImages</folder>
	<filename>x.png</filename>
	<size>
		<width>60</width>
		<height>40</height>
		<depth>3</depth>
	</size>
	<segmented>0</segmented>
	<object>
		<name>dog</name>
		<pose implied="1">Unspecified</pose>
		<truncated implied="1">0</truncated>
		<difficult implied="1">0</difficult>
		<bndbox>
			<xmin>1</xmin>
			<ymin>2.5</ymin>
			<xmax>4</xmax>
			<ymax>6.5</ymax>
		</bndbox>
		<attributes>
			<attribute><name>score</name><value>0.5</value></attribute>
		</attributes>
	</object>
</annotation>
`
	if got := read(t, filepath.Join(dir, "Annotations/x.xml")); got != want {
		t.Errorf("got\n%s", got)
	}
}
