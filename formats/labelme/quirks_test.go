package labelme

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

func TestDialects(t *testing.T) {
	for _, c := range []struct {
		name  string
		items []string // subset/id name (annotations)
		notes map[string]int
	}{
		{"beside", []string{"default/night/empty night/empty.png (0)", "default/night/no annotations night/no annotations.png (0)", "default/street.jpg street.jpg.png (11)"},
			map[string]int{"labels of shapes that labels.txt does not list": 1}},
		{"apart", []string{"train/0 0.png (1)", "train/1 1.png (1)", "val/0 0.png (1)", "val/lone lone.PNG (0)"},
			map[string]int{"image paths of Windows read with slashes": 2}},
		{"folders", []string{"train/a a.png (1)", "val/B B.jpg (1)"}, map[string]int{
			"JSON and XML files ignored, since they are not LabelMe's": 1, "byte order marks at the beginning of a file": 1,
			"files without the size of the picture": 1, "shapes without a shape_type, read as polygons": 1,
			"image paths of Windows read with slashes": 1, "pictures that are not there": 1}},
		{"xml", []string{"default/img1 img1.png (3)"}, map[string]int{"objects left out, since they are marked as deleted": 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, notes := readNotes(t, testdata+c.name, formats.ImportOptions{})
			var got []string
			for _, it := range d.List {
				got = append(got, fmt.Sprintf("%s/%s %s (%d)", it.Subset, it.ID, it.Media.Main().Name, len(it.Annotations)))
			}
			if !slices.Equal(got, c.items) {
				t.Errorf("items %q, want %q", got, c.items)
			}
			if !maps.Equal(notes, c.notes) {
				t.Errorf("notes %v", notes)
			}
			v, err := formatstest.Probe(t.Context(), Format(), testdata+c.name)
			if err != nil || v.Confidence != formats.High || len(v.Unmet) > 0 {
				t.Errorf("probe: %+v, %v", v, err)
			}
		})
	}
}

// TestShapes looks at the shapes of one file closely.
func TestShapes(t *testing.T) {
	d := read(t, testdata+"beside", formats.ImportOptions{})
	it := d.List[2]
	if got := string(it.Attributes.AppendJSON(nil)); got != `{"night":false,"räin":true,"@labelme.version":"5.2.1","@labelme.other":{"lineColor":[0,255,0,128]}}` {
		t.Errorf("attributes %s", got)
	}
	list := it.Annotations
	b := list[0].(*dataset.Bbox)
	if b.X != 1.25 || b.Y != 2.5 || b.W != 10.1 || b.H != 7.25 || string(b.Attributes.AppendJSON(nil)) != `{"parked":true,"old":false}` {
		t.Errorf("box %+v", b)
	}
	if v, _ := list[1].Common().Attributes.Get("description"); string(v) != `"the way home"` || list[1].Common().Group != 4 {
		t.Errorf("polygon %+v", list[1])
	}
	if e := list[2].(*dataset.Ellipse); e.X1 != 15.1 || e.Y2 != 20.2 {
		t.Errorf("circle %+v", e)
	}
	var groups []int64
	for _, a := range list {
		groups = append(groups, a.Common().Group)
	}
	if want := []int64{0, 4, 4, 0, 5, 5, 6, 0, 0, 0, 0}; !slices.Equal(groups, want) {
		t.Errorf("groups %v, want %v", groups, want)
	}
	m := list[9].(*dataset.Mask)
	if runs, err := m.RLE.Runs(); err != nil || !slices.Equal(runs, []int64{127, 1, 27, 1, 29, 1, 1014}) {
		t.Errorf("mask %v, %v", runs, err)
	}
	if got := string(list[10].Common().Attributes.AppendJSON(nil)); got != `{"@labelme.other":{"score":0.87,"difficult":false}}` {
		t.Errorf("attributes %s", got)
	}
	c := d.Meta.Categories
	if c.Len() != 4 || c.Name(0) != "car" || c.Name(2) != "bus" || c.Name(3) != "person" {
		t.Errorf("labels %+v", c.Labels)
	}
}

// TestOldXML looks at a file of the older LabelMe closely.
func TestOldXML(t *testing.T) {
	list := read(t, testdata+"xml", formats.ImportOptions{}).List[0].Annotations
	want := `{"colour":"blue","panes":4,"open":true,"occluded":false,"username":"admin","@labelme.other":{"id":"0","verified":"0","date":"25-May-2012 00:09:48"}}`
	if got := string(list[0].Common().Attributes.AppendJSON(nil)); got != want {
		t.Errorf("attributes %s", got)
	}
	b, ok := list[1].(*dataset.Bbox)
	if !ok || b.X != 2 || b.W != 2 || b.H != 1.5 || b.Group != 1 || list[0].Common().Group != 1 {
		t.Errorf("box %+v", list[1])
	}
	if area, err := list[2].(*dataset.Mask).RLE.Area(); err != nil || area != 4 {
		t.Errorf("mask of %d pixels, %v", area, err)
	}
}

// TestEmbedded has a picture only in the annotation file.
func TestEmbedded(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{"a.json": `{"version":"5","shapes":[],"imagePath":"x/a.jpg","imageData":"aGVsbG8="}`,
		"b.json": `{"version":"5","shapes":[],"imagePath":"b.jpg","imageData":"?"}`})
	d := func() *formatstest.Dataset {
		im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer im.Close()
		items, err := formatstest.Collect(t.Context(), im)
		if err != nil {
			t.Fatal(err)
		}
		if err := formatstest.LoadMedia(items[:1]); err != nil {
			t.Fatal(err)
		}
		if err := formatstest.LoadMedia(items[1:]); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "imageData is not base64") {
			t.Error(err)
		}
		return &formatstest.Dataset{List: items}
	}()
	if m := d.List[0].Media.Main(); m.Name != "a.jpg" || string(m.Source.(formatstest.Bytes)) != "hello" {
		t.Errorf("%+v", m)
	}
}

// TestOnly reads one file; its picture lies in another folder.
func TestOnly(t *testing.T) {
	for path, want := range map[string]string{
		"beside/night/empty.json":        "empty.png",
		"apart/annotations/train/1.json": "1.png",
		"apart/annotations":              "0.png",
		"xml/Annotations/img1.xml":       "img1.png",
	} {
		d := read(t, testdata+path, formats.ImportOptions{})
		if m := d.List[0].Media.Main(); filepath.Base(m.Name) != want || m.Source == nil {
			t.Errorf("%s: %+v", path, d.List[0])
		}
	}
	if _, err := formatstest.Open(t.Context(), Format(), testdata+"beside/labels.txt", formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Error(err)
	}
}

// TestMalformed requires the place of each error.
func TestMalformed(t *testing.T) {
	file := func(shape string) string {
		return "{\"version\": \"5\", \"imagePath\": \"a.jpg\", \"imageHeight\": 4, \"imageWidth\": 4, \"shapes\": [\n{\"label\": \"x\", \"points\": [[0, 0], [1, 1], [2, 0]]},\n" + shape + "\n]}"
	}
	for _, c := range []struct{ text, want string }{
		{file(`{"label": "x", "shape_type": "polygon", "points": [[1, 2], [3, 4]]}`), `a.json:3: item "a": 2 points are no polygon`},
		{file(`{"label": "x", "shape_type": "rectangle", "points": [[1, 2]]}`), `a.json:3: item "a": a rectangle has two points, not 1`},
		{file(`{"label": "x", "shape_type": "circle", "points": [[1, 2]]}`), `a.json:3: item "a": a circle has a centre and a point of its edge, not 1 points`},
		{file(`{"label": "x", "shape_type": "star", "points": [[1, 2]]}`), `a.json:3: item "a": a shape of the unknown kind "star"`},
		{file(`{"label": "x", "shape_type": "point", "points": [[1]]}`), `a.json:3: item "a": point 0 of a shape has 1 numbers`},
		{file(`{"label": "x", "shape_type": "point", "points": [[1, 1e999]]}`), `a.json:3: item "a": point 0 of a shape has "1e999", which is no number that fits`},
		{file(`{"label": "x", "shape_type": "mask", "points": [[0, 0], [1, 1]]}`), `a.json:3: item "a": a mask without its picture`},
		{file(`{"label": "x", "shape_type": "mask", "points": [[-1, 0], [1, 1]], "mask": ""}`), `a.json:3: item "a": a mask with a corner at -1`},
		{file(`{"label": "x", "shape_type": "mask", "points": [[0, 0], [1, 1]], "mask": "AAAA"}`), `a.json:3: item "a": the picture of a mask is no PNG: unexpected EOF`},
		{file(`17`), `a.json:3: item "a": a shape that is not one: json: cannot unmarshal number into Go value of type labelme.jsonShape`},
		{"{\"version\": \"5\", \"shapes\": [\n{\"label\": \"x\"", `a.json:2: no JSON: unexpected EOF`},
		{"{\"version\": \"5\", \"shapes\": [],\n\"imagePath\": NaN}", `a.json:2: no JSON: invalid character 'N' at start of value`},
		{"{\"version\": \"5\", \"shapes\": []}\n{}", `a.json:2: there is more behind the JSON object`},
	} {
		dir := formatstest.Tree(t, map[string]string{"a.json": c.text, "b.json": `{"version":"5","shapes":[]}`})
		err := readError(t, dir, formats.ImportOptions{})
		if !errors.Is(err, formats.ErrCorrupt) || strings.TrimPrefix(err.Error(), dir+string(filepath.Separator)) != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.text, err, c.want)
		}
		skip := &formats.Skipped{}
		if err := readError(t, dir, formats.ImportOptions{Skip: skip}); err != nil || skip.Count() != 1 {
			t.Errorf("%s: with errors skipped: %v, %d skipped", c.text, err, skip.Count())
		}
	}
}

// TestMalformedXML does the same for files of the older LabelMe.
func TestMalformedXML(t *testing.T) {
	const object = "<annotation><imagesize><nrows>4</nrows></imagesize>\n<object><name>x</name>"
	for _, c := range []struct{ text, want string }{
		{object + "</object></annotation>", `a.xml:2: item "a": an object without a polygon or segm`},
		{object + "<polygon><pt><x>1</x></pt></polygon></object></annotation>", `a.xml:2: item "a": point 0 of a shape has "", which is no number that fits`},
		{object + "<segm><mask>m.png</mask></segm></object></annotation>", `a.xml:2: item "a": the mask "m.png" is not there`},
		{object + "</object>", `a.xml:2: the file ends inside <annotation>`},
		{object + "<!DOCTYPE x></object></annotation>", `a.xml:2: a document type or entity, which datum does not read`},
		{object + "&foo;</object></annotation>", `a.xml:2: the reference &foo; stands for nothing that XML knows`},
		{object + strings.Repeat("<a>", 50), `a.xml:2: elements lie more than 32 deep in each other`},
	} {
		dir := formatstest.Tree(t, map[string]string{"a.xml": c.text})
		err := readError(t, dir, formats.ImportOptions{})
		if !errors.Is(err, formats.ErrCorrupt) || strings.TrimPrefix(err.Error(), dir+string(filepath.Separator)) != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// TestProbeOthers requires that other formats' files are told apart.
func TestProbeOthers(t *testing.T) {
	for name, file := range map[string][2]string{
		"VOC":           {"a.xml", "<annotation><filename>a.jpg</filename><size><width>1</width></size><object><name>x</name><bndbox><xmin>1</xmin></bndbox></object></annotation>"},
		"Roboflow VOC":  {"a.xml", "<annotation><object><name>x</name><polygon><x1>1</x1><y1>2</y1></polygon></object></annotation>"},
		"CVAT":          {"a.xml", "<annotations><image><polygon/></image></annotations>"},
		"COCO":          {"a.json", `{"images":[],"annotations":[],"categories":[]}`},
		"Datumaro":      {"a.json", `{"infos":{},"categories":{},"items":[]}`},
		"CreateML":      {"a.json", `[{"image":"a.jpg","annotations":[]}]`},
		"shapes alone":  {"a.json", `{"shapes":[]}`},
		"no JSON":       {"a.json", `{"shapes":`},
		"an empty file": {"a.json", ``},
	} {
		dir := formatstest.Tree(t, map[string]string{file[0]: file[1]})
		v, err := formatstest.Probe(t.Context(), Format(), dir)
		if err != nil || v.Confidence != formats.No || len(v.Unmet) == 0 || len(v.Met) == 0 {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
		if _, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{}); err == nil {
			t.Errorf("%s is opened", name)
		}
	}
}

// TestSpecialLabels requires that a special line is a label where shapes have
// it, in its place.
func TestSpecialLabels(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{"a.json": `{"version":"5","shapes":[{"label":"__ignore__","points":[[0,0],[1,0],[1,1]]}]}`,
		"labels.txt": "_background_\n__ignore__\nx\n"})
	d := read(t, dir, formats.ImportOptions{})
	for range 2 {
		if c := d.Meta.Categories; c.Len() != 2 || c.Name(0) != "__ignore__" || string(d.Meta.Attributes.AppendJSON(nil)) != `{"@labelme.special_labels":["_background_"]}` {
			t.Errorf("%+v %s", c.Labels, d.Meta.Attributes.AppendJSON(nil))
		}
		dir, lost := counts(t, d, formats.ExportOptions{})
		if len(lost) > 0 {
			t.Errorf("lost %v", lost)
		}
		d = read(t, dir, formats.ImportOptions{})
	}
}

// TestOddPaths reads an image path that names the file itself, and leaves
// pictures elsewhere alone.
func TestOddPaths(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{"in/a.json": `{"version":"5","shapes":[],"imagePath":"a.json"}`, "in/a.jpg": "picture", "seen/a.png": "drawing"})
	d, notes := readNotes(t, dir, formats.ImportOptions{})
	if len(d.List) != 1 || d.List[0].Media.Main().Name != "in/a.jpg" || notes["image paths that name no picture"] != 1 ||
		notes["pictures ignored, since there are no annotation files in their folder or above"] != 1 {
		t.Errorf("%+v, %v", d.List, notes)
	}
}

// TestTwoFilesOnePicture requires that the second is refused.
func TestTwoFilesOnePicture(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{"a.json": `{"version":"5","shapes":[],"imagePath":"p.png"}`, "b.json": `{"version":"5","shapes":[],"imagePath":"p.png"}`, "p.png": "picture"})
	err := readError(t, dir, formats.ImportOptions{})
	if !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), `b.json: item "p": an earlier file is about the same picture, "p.png"`) {
		t.Error(err)
	}
}

// TestPathsOut requires that a path that leaves the dataset is not followed.
func TestPathsOut(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{"in/a.json": `{"version":"5","shapes":[],"imagePath":"../../secret.png"}`, "secret.png": "x"})
	d := read(t, filepath.Join(dir, "in"), formats.ImportOptions{})
	if m := d.List[0].Media.Main(); m.Source != nil || m.Name != "a.png" {
		t.Errorf("%+v", m)
	}
}

// TestLimits requires that what is too large is refused.
func TestLimits(t *testing.T) {
	err := readError(t, testdata+"beside", formats.ImportOptions{Limits: files.Limits{RecordBytes: 100}})
	if !errors.Is(err, formats.ErrCorrupt) || !errors.Is(err, files.ErrLimit) {
		t.Error(err)
	}
	err = readError(t, testdata+"beside", formats.ImportOptions{Limits: files.Limits{ImagePixels: 5}})
	if !errors.Is(err, formats.ErrCorrupt) || !errors.Is(err, files.ErrLimit) {
		t.Error(err)
	}
}
