package labelme

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"maps"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
	"datum/internal/xmltext"
)

// TestTolerated requires that odd members are counted and the rest is read.
func TestTolerated(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{"a.json": `{"version": 5, "flags": "", "imagePath": null, "imageHeight": 4.0, "imageWidth": "5", "shapes": [
		{"label": null, "points": [[1, 2, 3], [3, 4], [5, 1]], "flags": [], "group_id": null},
		{"label": "x", "points": [[1, 2]], "shape_type": "point", "description": null, "attributes": {"n": 1.0}},
		{"label": "x", "points": [[0, 0], [2, 0], [2, 1], [0, 1]], "shape_type": "rectangle"},
		{"label": "x", "points": [[0, 0], [2, 1], [3, 0], [1, -1]], "shape_type": "rotation", "direction": 0.4}
	], "imageWidth": 7, "checked": true}`})
	d, notes := readNotes(t, dir, formats.ImportOptions{})
	want := map[string]int{
		"values of version that are of another type and ignored":    1,
		"values of flags that are of another type and ignored":      2,
		"values of imageWidth that are of another type and ignored": 1,
		"shapes without a label":                                    1,
		"shapes without a shape_type, read as polygons":             1,
		"shapes of other tools (rotation) read as polygons":         1,
	}
	if !maps.Equal(notes, want) {
		t.Errorf("notes %v", notes)
	}
	list := d.List[0].Annotations
	if len(list) != 4 || *dataset.LabelOf(list[0]) != dataset.NoLabel {
		t.Fatalf("%+v", list)
	}
	if got := string(list[1].Common().Attributes.AppendJSON(nil)); got != `{"n":1.0}` {
		t.Errorf("attributes %s", got)
	}
	if b, ok := list[2].(*dataset.Bbox); !ok || b.W != 2 || b.H != 1 {
		t.Errorf("%+v", list[2])
	}
	if got := string(d.List[0].Attributes.AppendJSON(nil)); got != `{"@labelme.other":{"checked":true}}` || d.List[0].Media != nil {
		t.Errorf("item %+v %s", d.List[0], got)
	}
}

// TestGroups requires numbers for ids that the model cannot hold.
func TestGroups(t *testing.T) {
	var list []dataset.Annotation
	for range 6 {
		list = append(list, &dataset.Bbox{})
	}
	setGroups(list, []json.RawMessage{[]byte("7"), []byte("0"), nil, []byte("null"), []byte(`"a"`), []byte("0")})
	var got []int64
	for _, a := range list {
		got = append(got, a.Common().Group)
	}
	if want := []int64{7, 8, 0, 0, 9, 8}; !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// maskText is a picture of a mask in base64.
func maskText(t *testing.T, img image.Image) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

// TestMaskPictures requires the same mask from every kind of PNG.
func TestMaskPictures(t *testing.T) {
	box := image.Rect(0, 0, 2, 1)
	gray, gray16, rgba := image.NewGray(box), image.NewGray16(box), image.NewNRGBA(box)
	palette := image.NewPaletted(box, color.Palette{color.White, color.Black})
	gray.Pix[1], palette.Pix[1] = 255, 1
	gray16.SetGray16(1, 0, color.Gray16{Y: 3})
	rgba.SetNRGBA(0, 0, color.NRGBA{A: 255})
	rgba.SetNRGBA(1, 0, color.NRGBA{B: 9, A: 255})
	for _, img := range []image.Image{gray, gray16, rgba, palette} {
		shape := fmt.Sprintf(`{"label":"x","shape_type":"mask","points":[[1.9,1],[2.2,1.5]],"mask":%q}`, maskText(t, img))
		for size, want := range map[string][]int64{`,"imageHeight":2,"imageWidth":4`: {5, 1, 2}, ``: {5, 1}} {
			dir := formatstest.Tree(t, map[string]string{"a.json": `{"version":"5","shapes":[` + shape + `]` + size + `}`})
			m, ok := read(t, dir, formats.ImportOptions{}).List[0].Annotations[0].(*dataset.Mask)
			if runs, err := m.RLE.Runs(); !ok || err != nil || !slices.Equal(runs, want) {
				t.Errorf("%T%s: %v, %v", img, size, runs, err)
			}
		}
	}
}

// TestMaskSize takes the size of the picture from the picture.
func TestMaskSize(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	img := image.NewGray(image.Rect(0, 0, 1, 1))
	img.Pix[0] = 1
	shape := fmt.Sprintf(`{"label":"x","shape_type":"mask","points":[[0,0],[0,0]],"mask":%q}`, maskText(t, img))
	dir := formatstest.Tree(t, map[string]string{"a.png": b.String(), "a.json": `{"version":"5","imagePath":"a.png","shapes":[` + shape + `,` + shape + `]}`})
	list := read(t, dir, formats.ImportOptions{}).List[0].Annotations
	if m := list[1].(*dataset.Mask); m.RLE.Width != 3 || m.RLE.Height != 2 {
		t.Errorf("%+v", m)
	}
}

// TestBadMasks requires a reason for each.
func TestBadMasks(t *testing.T) {
	one := maskText(t, image.NewGray(image.Rect(0, 0, 1, 1)))
	for points, want := range map[string]string{
		`[[0,0]]`:             "a mask has two corners, not 1 points",
		`[[1,1],[0,0]]`:       "a mask from 1, 1 to 0, 0",
		`[[0,0],[1,0]]`:       "the picture of a mask has 1 × 1 pixels, its corners are 2 × 1 apart",
		`[[5,5],[5,5]]`:       "the mask reaches out of its picture of 4 × 4 pixels",
		`[[1e10,0],[1e10,0]]`: "a mask with a corner at 1e+10",
	} {
		shape := fmt.Sprintf(`{"label":"x","shape_type":"mask","points":%s,"mask":%q}`, points, one)
		dir := formatstest.Tree(t, map[string]string{"a.json": `{"version":"5","imageHeight":4,"imageWidth":4,"shapes":[` + shape + `]}`})
		err := readError(t, dir, formats.ImportOptions{})
		if want = dir + `/a.json:1: item "a": ` + want; err == nil || err.Error() != want {
			t.Errorf("%s: %v, want %s", points, err, want)
		}
	}
}

// TestMaskDrawing requires that masks come back, an empty one too.
func TestMaskDrawing(t *testing.T) {
	for _, runs := range [][]int64{{0, 12}, {12}, {4, 1, 2, 1, 4}, {11, 1}} {
		m := &dataset.Mask{Base: base(), RLE: dataset.EncodeRuns(3, 4, runs)}
		d := one(m)
		d.List[0].Media = nil
		dir, lost := counts(t, d, formats.ExportOptions{})
		if len(lost) > 0 {
			t.Errorf("lost %v", lost)
		}
		got := read(t, dir, formats.ImportOptions{}).List[0].Annotations
		if diff := formatstest.Compare(dataset.Item{Annotations: []dataset.Annotation{m}}, dataset.Item{Annotations: got}); diff != "" {
			t.Errorf("%v: %s", runs, diff)
		}
	}
}

// TestOldParts requires a group for objects that are parts of each other.
func TestOldParts(t *testing.T) {
	object := func(id, has, of string) rawShape {
		return rawShape{text: []byte("<object><id>" + id + "</id><parts><hasparts>" + has + "</hasparts><ispartof>" + of + "</ispartof></parts></object>")}
	}
	got := partGroups([]rawShape{object("0", "", ""), object("1", "2,3", ""), object("2", "", "1"), object("3", "", ""), object("4", "9", ""), object("6", "", "7"), object("7", "", "")})
	if want := map[string]int64{"1": 1, "2": 1, "3": 1, "6": 2, "7": 2}; !maps.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

// TestOldAttributes requires values of their types.
func TestOldAttributes(t *testing.T) {
	o := &xmltext.Node{}
	o.Set("attributes", "a=1, b = x ,c, d=true,, e=-0.50, f=1x, g=")
	o.Set("occluded", "yes")
	want := `{"a":1,"b":"x","c":true,"d":true,"e":-0.50,"f":"1x","g":"","occluded":true}`
	if got := string(oldAttributes(o, "").AppendJSON(nil)); got != want {
		t.Errorf("got %s", got)
	}
}
