package datumaro

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// put makes a dataset folder of files, by their paths and content.
func put(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func tryRead(t testing.TB, dir string, o formats.ImportOptions) (*dataset.Info, []dataset.Item, formats.Loss, error) {
	t.Helper()
	im, err := formatstest.Open(t.Context(), Format(), dir, o)
	if err != nil {
		return nil, nil, formats.Loss{}, err
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	return im.Info(), items, im.Notes(), err
}

const oneLabel = `"categories":{"label":{"labels":[{"name":"cat","parent":""}]}}`

// document is an annotation file with one label and the items.
func document(items string) string {
	return `{"dm_format_version":"1.0","media_type":2,"infos":{},` + oneLabel + `,"items":[` + items + `]}`
}

// annotated is a document with one item and one annotation.
func annotated(annotation string) string {
	return document(`{"id":"x","annotations":[` + annotation + `]}`)
}

func TestBadFilesAreRefusedWithAPlace(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"no JSON", `hello`, "invalid character"},
		{"empty", ``, "the file ends"},
		{"a list", `[]`, "want an object"},
		{"cut", `{"items":[`, "the file ends"},
		{"text behind", document("") + "{}", "text after the end"},
		{"no items", `{` + oneLabel + `}`, `"items" is missing`},
		{"no categories", `{"items":[]}`, `"categories" is missing`},
		{"categories twice", `{` + oneLabel + `,` + oneLabel + `,"items":[]}`, `"categories" comes twice`},
		{"items twice, late", strings.TrimSuffix(document(""), "}") + `,"items":[]}`, `"items" comes twice`},
		{"items are an object", `{` + oneLabel + `,"items":{}}`, "want a list"},
		{"another version", `{"dm_format_version":"2.0","items":[]}`, "format version"},
		{"a media type", `{"media_type":77,"items":[]}`, "no media type 77"},
		{"infos are a list", `{"infos":[],"items":[]}`, "have to be an object"},
		{"labels missing", `{"categories":{"label":{}},"items":[]}`, "labels are missing"},
		{"a label without name", `{"categories":{"label":{"labels":[{}]}},"items":[]}`, "has no name"},
		{"a colour without label", `{"categories":{"mask":{"colormap":[{"r":1}]}},"items":[]}`, "has no label"},
		{"a joint of three", `{"categories":{"points":{"items":[{"label_id":0,"joints":[[1,2,3]]}]}},"items":[]}`, "joint of 3"},
		{"an item that is a number", document(`1`), "a number is not expected"},
		{"an item without id", document(`{"annotations":[]}`), "without id"},
		{"an id that leaves", document(`{"id":"../x"}`), "no path inside"},
		{"an absolute id", document(`{"id":"/x"}`), "no path inside"},
		{"an id with backslashes that leaves", document(`{"id":"..\\x"}`), "no path inside"},
		{"the same id twice", document(`{"id":"x"},{"id":"y"},{"id":"x"}`), "two items of this id"},
		{"attributes are a list", document(`{"id":"x","attr":[]}`), "have to be an object"},
		{"two media", document(`{"id":"x","image":{"path":"a.jpg"},"video":{"path":"a.avi"}}`), "more than one media"},
		{"a media path that leaves", document(`{"id":"x","image":{"path":"../../../etc/passwd"}}`), "leaves the dataset"},
		{"a media path that is a folder", document(`{"id":"x","image":{"path":"a/.."}}`), "is no file"},
		{"an extra image that leaves", document(`{"id":"x","point_cloud":{"path":"a.pcd"},"related_images":[{"path":"../../x.png"}]}`), "leaves the dataset"},
		{"a size of three", document(`{"id":"x","image":{"path":"a","size":[1,2,3]}}`), "size of 3 numbers"},
		{"a negative size", document(`{"id":"x","image":{"path":"a","size":[-1,2]}}`), "size -1"},
		{"a frame without number", document(`{"id":"x","video_frame":{"video_path":"a.avi"}}`), "without its number"},
		{"step 0", document(`{"id":"x","video":{"path":"a.avi","step":0}}`), "step 0"},
		{"a frame before the first", document(`{"id":"x","video":{"path":"a.avi","start_frame":-1}}`), "out of range"},
		{"no type", annotated(`{}`), "no annotation of this type"},
		{"an unknown type", annotated(`{"type":"hexagon"}`), "hexagon"},
		{"a label that does not exist", annotated(`{"type":"label","label_id":1}`), "label 1, the dataset has 1"},
		{"a negative label", annotated(`{"type":"label","label_id":-1}`), "label -1"},
		{"a label without one", annotated(`{"type":"label","label_id":null}`), "no label_id"},
		{"a label that is a text", annotated(`{"type":"label","label_id":"cat"}`), "annotations/0/label_id: want a whole number, found a string"},
		{"half a label", annotated(`{"type":"label","label_id":0.5}`), "no whole number"},
		{"a huge id", annotated(`{"type":"label","label_id":0,"id":9223372036854775808}`), "out of range"},
		{"a huge z", annotated(`{"type":"bbox","bbox":[1,2,3,4],"z_order":2147483648}`), "out of range"},
		{"a box of three", annotated(`{"type":"bbox","bbox":[1,2,3]}`), "3 numbers, want 4"},
		{"a box of texts", annotated(`{"type":"bbox","bbox":[1,2,3,"4"]}`), "want a number, found a string"},
		{"a box of pairs", annotated(`{"type":"bbox","bbox":[[1,2],[3,4]]}`), "found a list in it"},
		{"a coordinate beyond float64", annotated(`{"type":"bbox","bbox":[1,2,3,1e999]}`), "out of range"},
		{"half a corner", annotated(`{"type":"polygon","points":[1,2,3]}`), "no list of points"},
		{"a polygon of pairs", annotated(`{"type":"polygon","points":[[1,2],[3,4],[5,6]]}`), "pairs"},
		{"points of both", annotated(`{"type":"cuboid_2d","points":[[1,2],3]}`), "found both"},
		{"points of both, turned", annotated(`{"type":"cuboid_2d","points":[3,[1,2]]}`), "found both"},
		{"points of threes", annotated(`{"type":"cuboid_2d","points":[[1,2,3]]}`), "want a pair"},
		{"points in a text", annotated(`{"type":"polygon","points":"1,2"}`), "want a list of numbers"},
		{"a cuboid of seven", annotated(`{"type":"cuboid_2d","points":[[1,2],[1,2],[1,2],[1,2],[1,2],[1,2],[1,2]]}`), "14 numbers, want 16"},
		{"a cuboid of plain numbers", annotated(`{"type":"cuboid_2d","points":[1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16]}`), "pairs"},
		{"a visibility too many", annotated(`{"type":"points","points":[1,2],"visibility":[1,2]}`), "1 points with 2 visibilities"},
		{"a visibility of 3", annotated(`{"type":"points","points":[1,2],"visibility":[3]}`), "visibility 3"},
		{"no rle", annotated(`{"type":"mask"}`), "no rle"},
		{"an rle that does not fit", annotated(`{"type":"mask","rle":{"counts":"06","size":[3,3]}}`), "run-length"},
		{"a 3D cuboid of two", annotated(`{"type":"cuboid_3d","position":[1,2]}`), "position: 2 numbers"},
		{"a turned cuboid of two", annotated(`{"type":"cuboid_3d","position":[1,2,3],"rotation":[1,2]}`), "rotation: 2 numbers"},
	} {
		dir := put(t, map[string]string{"annotations/train.json": c.text})
		_, _, _, err := tryRead(t, dir, formats.ImportOptions{})
		var placed *formats.Error
		if !errors.Is(err, formats.ErrCorrupt) || !errors.As(err, &placed) || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
			continue
		}
		if placed.Line == 0 && placed.Offset == 0 || filepath.Base(placed.Path) != "train.json" || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: no place or more than a line: %v", c.name, err)
		}
	}
}

func TestErrorsNameTheLineAndTheItem(t *testing.T) {
	text := strings.ReplaceAll(document(`{"id":"first"},{"id":"second","annotations":[{"type":"bbox",
"bbox":[1,2,3,true]}]}`), `"items"`, "\n\n\"items\"")
	dir := put(t, map[string]string{"annotations/train.json": text})
	_, items, _, err := tryRead(t, dir, formats.ImportOptions{})
	var placed *formats.Error
	if !errors.As(err, &placed) {
		t.Fatal(err)
	}
	if placed.Line != 4 || placed.Item != "second" || len(items) != 1 {
		t.Errorf("line %d, item %q, %d items before it: %v", placed.Line, placed.Item, len(items), err)
	}
}

func TestOddFilesAreRead(t *testing.T) {
	plain := dataset.Base{ObjectID: dataset.NoObject}
	for _, c := range []struct {
		name, text string
		want       []dataset.Annotation
	}{
		{"nothing but what is required", `{` + oneLabel + `,"items":[{"id":"x","annotations":[{"type":"label","label_id":0}]}]}`,
			[]dataset.Annotation{&dataset.Label{Base: plain}}},
		{"items first", `{"items":[{"id":"x","annotations":[{"type":"label","label_id":0}]}],` + oneLabel + `}`,
			[]dataset.Annotation{&dataset.Label{Base: plain}}},
		{"a byte order mark and white space", "\ufeff\r\n" + annotated(` { "type" : "label" , "label_id" : 0 } `) + "\n\n",
			[]dataset.Annotation{&dataset.Label{Base: plain}}},
		{"an older version", strings.ReplaceAll(annotated(`{"type":"label","label_id":0}`), "1.0", "legacy"),
			[]dataset.Annotation{&dataset.Label{Base: plain}}},
		{"nulls", annotated(`{"id":null,"type":"caption","attributes":null,"group":null,"object_id":null,"caption":"c"}`),
			[]dataset.Annotation{&dataset.Caption{Base: plain, Caption: "c"}}},
		{"whole numbers written as floats", annotated(`{"id":5.0,"type":"label","group":1e2,"label_id":0.0}`),
			[]dataset.Annotation{&dataset.Label{Base: dataset.Base{ID: 5, Group: 100, ObjectID: dataset.NoObject}}}},
		{"type last, a name twice", annotated(`{"points":[1],"points":[1,2,3,4],"label_id":0,"type":"polyline"}`),
			[]dataset.Annotation{&dataset.PolyLine{Base: plain, Points: []float64{1, 2, 3, 4}}}},
		{"keypoints without visibility", annotated(`{"type":"points","points":[1,2,3,4]}`),
			[]dataset.Annotation{&dataset.Points{Base: plain, Label: dataset.NoLabel, Points: []float64{1, 2, 3, 4}, Visibility: []dataset.Visibility{2, 2}}}},
		{"a 3D cuboid with its position only", annotated(`{"type":"cuboid_3d","position":[1,2,3]}`),
			[]dataset.Annotation{&dataset.Cuboid3D{Base: plain, Label: dataset.NoLabel, Position: [3]float64{1, 2, 3}, Scale: [3]float64{1, 1, 1}}}},
		{"a rotated box", annotated(`{"type":"rotated_bbox","label_id":0,"points":[1,2,3,4,30.5],"z_order":1}`),
			[]dataset.Annotation{&dataset.RotatedBbox{Base: plain, Z: 1, CX: 1, CY: 2, W: 3, H: 4, Angle: 30.5}}},
		{"every digit", annotated(`{"type":"polyline","points":[0.1,1.005,123456789.123456789,5e-324,-0.0,1.7976931348623157e308]}`),
			[]dataset.Annotation{&dataset.PolyLine{Base: plain, Label: dataset.NoLabel, Points: []float64{0.1, 1.005, 123456789.123456789, 5e-324, negativeZero(), 1.7976931348623157e308}}}},
		{"a hash key between", annotated(`{"type":"hash_key"},{"type":"label","label_id":0}`),
			[]dataset.Annotation{&dataset.Label{Base: plain}}},
		{"no annotations", document(`{"id":"x"}`), nil},
	} {
		dir := put(t, map[string]string{"annotations/train.json": c.text})
		_, items, _, err := tryRead(t, dir, formats.ImportOptions{})
		if err != nil || len(items) != 1 {
			t.Errorf("%s: %d items, %v", c.name, len(items), err)
			continue
		}
		if d := formatstest.Compare(dataset.Item{ID: "x", Subset: "train", Annotations: c.want}, items[0]); d != "" {
			t.Errorf("%s: %s", c.name, d)
		}
	}
}

func negativeZero() float64 { z := 0.0; return -z }

func TestNotes(t *testing.T) {
	dir := put(t, map[string]string{
		"annotations/train.json": `{"ann_types":[1],"extra":{"deep":[{}]},` + strings.TrimPrefix(document(
			`{"id":7,"subset":"val","annotations":[{"type":"hash_key"}]},
			{"id":"b","subset":"train","image":{"path":"/data/b.jpg","size":[3,4]}},
			{"id":"c","image":{"path":"C:\\data\\c.png"},"attr":{"@coco.id":1}}`), "{"),
	})
	_, items, notes, err := tryRead(t, dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	want := `2 media outside of the dataset, known by name only (--allow-external-media opens them) (first: /data/b.jpg)
1 attributes whose names are those of carried ones, taken for such (first: "@coco.id" of item "c")
1 hash keys of items ignored (first: 7)
1 items that name another subset than their file, read as of the file's (first: "7" names "val")
`
	if got := notes.String(); sortLines(got) != sortLines(want) {
		t.Errorf("notes:\n%s\nwant\n%s", got, want)
	}
	for i, name := range []string{"", "b.jpg", "c.png"} {
		if m := items[i].Media; (m == nil) != (name == "") || m != nil && (m.Main().Name != name || m.Main().Source != nil) {
			t.Errorf("media %d: %+v", i, m)
		}
	}
	if items[0].ID != "7" || items[0].Subset != "train" {
		t.Errorf("%q of %q", items[0].ID, items[0].Subset)
	}
}

func sortLines(s string) string {
	lines := strings.Split(s, "\n")
	for i := range lines {
		for k := range i {
			if lines[i] < lines[k] {
				lines[i], lines[k] = lines[k], lines[i]
			}
		}
	}
	return strings.Join(lines, "\n")
}

func TestUnknownMembersComeBack(t *testing.T) {
	text := document(`{"id":"x","annotations":[{"id":0,"type":"label","attributes":{},"group":0,"label_id":0,"source":{"by":"me"}}],"media":{"path":"a.npy"},"embedding":[1.0,2]}`)
	text = strings.Replace(text, `"name":"cat"`, `"name":"cat","colour":"red"`, 1)
	text = strings.Replace(text, `,"items":[`, `,"info":{"a":1.0},"items":[`, 1)
	dir := put(t, map[string]string{"annotations/train.json": text})
	_, items, _, err := tryRead(t, dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if v, _ := items[0].Attributes.Get("@datumaro.embedding"); string(v) != "[1.0,2]" {
		t.Errorf("%s", items[0].Attributes.AppendJSON(nil))
	}
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	out := t.TempDir()
	if _, err := formatstest.Write(t.Context(), Format(), out, im, formats.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(out, "annotations", "train.json"))
	if err != nil || !strings.Contains(string(b), text[strings.Index(text, `"info"`):]) || !strings.Contains(string(b), `"colour":"red"`) {
		t.Errorf("%v: %s", err, b)
	}
}

func TestSubsetsMustAgree(t *testing.T) {
	dir := put(t, map[string]string{
		"annotations/a.json": document(""),
		"annotations/b.json": strings.ReplaceAll(document(""), `"cat"`, `"dog"`),
	})
	_, _, _, err := tryRead(t, dir, formats.ImportOptions{})
	if !errors.Is(err, formats.ErrCorrupt) || formats.Hint(err) == "" {
		t.Errorf("%v, hint %q", err, formats.Hint(err))
	}
	info, _, _, err := tryRead(t, filepath.Join(dir, "annotations", "b.json"), formats.ImportOptions{})
	if err != nil || info.Categories.Name(0) != "dog" || len(info.Subsets) != 1 || info.Subsets[0].Name != "b" {
		t.Errorf("one file: %+v, %v", info, err)
	}
}

func TestOneFileElsewhere(t *testing.T) {
	dir := put(t, map[string]string{"labels.json": document(`{"id":"x","image":{"path":"x.jpg"}}`), "notes.txt": ""})
	_, items, _, err := tryRead(t, filepath.Join(dir, "labels.json"), formats.ImportOptions{})
	if err != nil || len(items) != 1 || items[0].Subset != "labels" {
		t.Errorf("%+v, %v", items, err)
	}
	for _, path := range []string{dir, filepath.Join(dir, "notes.txt")} {
		if _, _, _, err := tryRead(t, path, formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestKeyForAPlainFormat(t *testing.T) {
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	dir := put(t, map[string]string{"annotations/a.json": document("")})
	if _, _, _, err := tryRead(t, dir, formats.ImportOptions{Key: k}); !errors.Is(err, formats.ErrKey) {
		t.Errorf("import: %v", err)
	}
	if _, err := export(t.Context(), t.TempDir(), formats.ExportOptions{Key: k}); !errors.Is(err, formats.ErrUsage) {
		t.Errorf("export: %v", err)
	}
}

func TestBadItemsAreSkippedAndCounted(t *testing.T) {
	dir := put(t, map[string]string{"annotations/a.json": document(`{"id":"x","annotations":[]},` +
		`{"id":"y","annotations":[{"type":"bbox","label_id":7,"bbox":[1,2,3,4]}]},` +
		`{"id":"z","annotations":5},{"id":"x"},{"id":"w","annotations":[]}`)})
	skip := &formats.Skipped{}
	_, items, _, err := tryRead(t, dir, formats.ImportOptions{Skip: skip})
	if err != nil || len(items) != 2 || items[0].ID != "x" || items[1].ID != "w" || skip.Count() != 3 {
		t.Errorf("%v, %d items, %d skipped: %v", err, len(items), skip.Count(), skip.Errors())
	}
	for _, e := range skip.Errors() {
		if !strings.Contains(e, "a.json:") {
			t.Errorf("no place: %s", e)
		}
	}
	cut := put(t, map[string]string{"annotations/a.json": document(`{"id":"x","annotations":[]},{"id"`)})
	if _, _, _, err := tryRead(t, cut, formats.ImportOptions{Skip: skip}); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("a broken text: %v", err)
	}
}

func TestProbe(t *testing.T) {
	for text, want := range map[string]formats.Confidence{
		document(""):                                     formats.High,
		`{"items":[{"id":"x"}],"categories":{}}`:         formats.High,
		`{"images":[],"annotations":[],"categories":[]}`: formats.No, // COCO
		`{"categories":[],"items":[]}`:                   formats.No,
		`{"categories":{},"items"`:                       formats.No,
		`[]`:                                             formats.No,
		``:                                               formats.No,
	} {
		v := formatstest.MustProbe(t, Format(), put(t, map[string]string{"annotations/a.json": text}))
		if v.Confidence != want || (want == formats.No) != (len(v.Unmet) > 0) {
			t.Errorf("%s: %+v", text, v)
		}
	}
}

func FuzzRead(f *testing.F) {
	for _, c := range fixtureCases(f) {
		names, err := filepath.Glob(filepath.Join(c, annotationsDir, "*"))
		if err != nil {
			f.Fatal(err)
		}
		for _, n := range names {
			if b, err := os.ReadFile(n); err == nil && len(b) < 8<<10 {
				f.Add(b)
			}
		}
	}
	f.Add([]byte(annotated(`{"type":"mask","rle":{"counts":"0PPPPP1","size":[30000,30000]}}`)))
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := put(t, map[string]string{"annotations/a.json": string(text)})
		_, items, notes, err := tryRead(t, dir, formats.ImportOptions{})
		if err != nil {
			if !errors.Is(err, formats.ErrCorrupt) {
				t.Fatalf("%v is of no known class", err)
			}
			return
		}
		im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		defer im.Close()
		out := t.TempDir()
		loss, err := formatstest.Write(t.Context(), Format(), out, im, formats.ExportOptions{})
		if err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		_, again, _, err := tryRead(t, out, formats.ImportOptions{})
		if err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
		if loss.Total()+notes.Total() > 0 {
			return
		}
		for _, list := range [][]dataset.Item{items, again} {
			for _, it := range list {
				for _, x := range dataset.Files(it.Media) {
					x.Source = nil
				}
			}
		}
		if d := formatstest.CompareAll(items, again, formatstest.Compare); d != nil {
			t.Fatal(strings.Join(d, "\n"))
		}
	})
}
