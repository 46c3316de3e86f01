package cvat

import (
	"errors"
	"fmt"
	"maps"
	"os"
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
		items []string // subset/id(annotations)
		kind  dataset.MediaKind
		notes map[string]int
	}{
		{"images", []string{"default/street.jpg(11)", "default/night/no annotations(0)", "default/ünï code.v2(1)"}, dataset.MediaImage, map[string]int{
			"angles of ellipses carried along, which other formats do not see": 1}},
		{"video", []string{"default/frame_000000(2)", "default/frame_000001(2)", "default/frame_000002(0)", "default/frame_000003(1)", "default/frame_000004(0)"}, dataset.MediaImage, map[string]int{
			"shapes of tracks left out, since they say that the object is not there": 2}},
		{"video_source", []string{"default/frame_000000(2)", "default/frame_000001(2)", "default/frame_000002(0)", "default/frame_000003(1)"}, dataset.MediaVideoFrame, map[string]int{
			"shapes of tracks left out, since they say that the object is not there": 2}},
		{"project", []string{"val/a(2)", "val/unlisted(0)", "train/a(2)", "train/b(2)"}, dataset.MediaImage, map[string]int{}},
		{"beside", []string{"default/A(2)", "default/sub/B(1)", "default/gone(0)"}, dataset.MediaImage, map[string]int{
			"image names written anew as plain paths with slashes": 1,
			"byte order marks at the beginning of a file":          1}},
		{"several", []string{"cam1/frame_000000(1)", "cam1/frame_000001(1)", "cam2/frame_000000(1)", "cam2/frame_000001(1)"}, dataset.MediaVideoFrame, map[string]int{
			"meta elements not carried along, since there are several files": 2}},
		{"old", []string{"default/dog(1)"}, dataset.MediaImage, map[string]int{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, notes := readNotes(t, testdata+c.name, formats.ImportOptions{})
			var got []string
			for _, it := range d.List {
				got = append(got, fmt.Sprintf("%s/%s(%d)", it.Subset, it.ID, len(it.Annotations)))
			}
			if !slices.Equal(got, c.items) {
				t.Errorf("items %q, want %q", got, c.items)
			}
			if d.Meta.MediaKind != c.kind {
				t.Errorf("media kind %s", d.Meta.MediaKind)
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

// TestShapes looks at the shapes of the first image closely.
func TestShapes(t *testing.T) {
	list := read(t, testdata+"images", formats.ImportOptions{}).List[0].Annotations
	b := list[0].(*dataset.Bbox)
	if b.X != 1.25 || b.W != 10.1 || b.H != 7.25 {
		t.Errorf("box %+v", b)
	}
	if got, want := string(b.Attributes.AppendJSON(nil)), `{"model":"mazda","parked":true,"doors":3,"plate":" M-AB 12 & \"x\" ","@cvat.source":"manual","occluded":false}`; got != want {
		t.Errorf("attributes %s", got)
	}
	r := list[1].(*dataset.RotatedBbox)
	if r.CX != 10.05 || r.CY != 11.15 || r.W != 10.1 || r.Angle != 33.5 || r.Z != 2 || r.Group != 4 {
		t.Errorf("rotated box %+v", r)
	}
	if v, _ := r.Attributes.Get("doors"); string(v) != "1.50" {
		t.Errorf("a number is %s, not as it was written", v)
	}
	if v, _ := r.Attributes.Get("plate"); string(v) != `"true"` {
		t.Errorf("a text is %s", v)
	}
	if e := list[5].(*dataset.Ellipse); e.X1 != 15.8 || e.Y1 != 13.05 || e.X2 != 24.4 || e.Y2 != 17.35 {
		t.Errorf("ellipse %+v", e)
	}
	m := list[8].(*dataset.Mask)
	// 011 000 100 row by row in a box at (4, 5): the pixels (5,5), (6,5) and (4,7).
	runs, err := m.RLE.Runs()
	if err != nil || m.RLE.Height != 30 || m.RLE.Width != 40 || !slices.Equal(runs, []int64{127, 1, 27, 1, 29, 1, 1014}) {
		t.Errorf("mask %+v: %v, %v", m.RLE, runs, err)
	}
	p := list[9].(*dataset.Points)
	if !slices.Equal(p.Points, []float64{11, 5.5, 12, 25.5}) || !slices.Equal(p.Visibility, []dataset.Visibility{dataset.Visible, dataset.Hidden}) {
		t.Errorf("skeleton %+v", p)
	}
}

// TestOutsideKept has the shapes that end a track among the annotations.
func TestOutsideKept(t *testing.T) {
	d := read(t, testdata+"video", formats.ImportOptions{Values: formats.Values{"cvat-outside": "keep"}})
	if n := len(d.List[2].Annotations); n != 2 {
		t.Fatalf("%d annotations", n)
	}
	base := d.List[2].Annotations[0].Common()
	if got := string(base.Attributes.AppendJSON(nil)); !strings.Contains(got, `"keyframe":true,"outside":true`) || base.ObjectID != 0 {
		t.Errorf("%s, object %d", got, base.ObjectID)
	}
}

// TestOnly reads one file of several, and pictures from beside its folder.
func TestOnly(t *testing.T) {
	d := read(t, testdata+"several/cam2.xml", formats.ImportOptions{})
	if len(d.List) != 2 || d.List[0].Subset != "default" || d.List[0].Media.Main().Name != "cam2.avi" {
		t.Errorf("%+v", d.List)
	}
	for _, path := range []string{"old/annotations/dump.xml", "old/annotations"} {
		d = read(t, testdata+path, formats.ImportOptions{})
		if len(d.List) != 1 || d.List[0].Media.Main().Source == nil {
			t.Errorf("%s: %+v", path, d.List)
		}
		if got := string(d.List[0].Annotations[0].Common().Attributes.AppendJSON(nil)); got != `{"sleeps":true,"quality":"good","occluded":false}` {
			t.Errorf("attributes %s", got)
		}
	}
	if _, err := formatstest.Open(t.Context(), Format(), testdata+"old/images/dog.png", formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Errorf("a picture: %v", err)
	}
}

// TestSeveralFiles requires that frames of several videos stay apart.
func TestSeveralFiles(t *testing.T) {
	const track = `<track id="0" label="a"><box frame="0" xtl="0" ytl="0" xbr="1" ybr="1"/></track></annotations>`
	const train = "<annotations><meta><task><subset>train</subset></task></meta>"
	dir := formatstest.Tree(t, map[string]string{
		"x/0/annotations.xml": "<annotations>" + track, "y/0/annotations.xml": "<annotations>" + track,
		"a.xml": train + track, "b.xml": train + track,
		"c.xml": train + `<image id="0" name="c.jpg"/></annotations>`, "d.xml": train + `<image id="0" name="d.jpg"/></annotations>`,
	})
	var got []string
	for _, it := range read(t, dir, formats.ImportOptions{}).List {
		got = append(got, it.Subset+"/"+it.ID)
	}
	want := []string{"train_a/frame_000000", "train_b/frame_000000", "train/c", "train/d", "x_0/frame_000000", "y_0/frame_000000"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

// TestMalformed requires the place of each error.
func TestMalformed(t *testing.T) {
	for _, c := range []struct{ body, want string }{
		{`<image id="0" name="a.jpg"><box label="x" xtl="1" ytl="2" xbr="3"/></image>`, "annotations.xml:2: item \"a\": <box>: ybr is missing"},
		{"<image id=\"0\" name=\"a.jpg\">\n<box label=\"x\" xtl=\"1\" ytl=\"2\" xbr=\"nan\" ybr=\"4\"/></image>", "annotations.xml:3: item \"a\": <box>: xbr is \"nan\", which is no number"},
		{`<image id="0" name="a.jpg"><polygon label="x" points="1,2;3,4"/></image>`, "annotations.xml:2: item \"a\": <polygon>: 2 points are no polygon"},
		{`<image id="0" name="a.jpg"><points label="x" points="1;2"/></image>`, "annotations.xml:2: item \"a\": <points>: points has \"1\", which is no pair of numbers"},
		{`<image id="0" name="a.jpg" width="4" height="4"><mask label="x" rle="99" left="0" top="0" width="2" height="2"/></image>`, "annotations.xml:2: item \"a\": the run \"99\" of a mask of 2 × 2 pixels is no number that fits"},
		{`<image id="0" name="a.jpg" width="4" height="4"><mask label="x" rle="4" left="3" top="0" width="2" height="2"/></image>`, "annotations.xml:2: item \"a\": <mask>: the mask reaches out of its picture of 4 × 4 pixels"},
		{`<image id="0" name="a.jpg"><mask label="x" rle="4" left="0" top="0" width="2000000000" height="2000000000"/></image>`, "annotations.xml:2: item \"a\": a mask of 2000000000 × 2000000000 pixels; more than 536870912 are not read"},
		{`<image id="0" name="../a.jpg"/>`, "annotations.xml:2: the image name \"../a.jpg\" is no path inside a dataset"},
		{`<image id="0"/>`, "annotations.xml:2: the image name \"\" is no path inside a dataset"},
		{`<image id="0" name="a.jpg" width="-4" height="4"/>`, "annotations.xml:2: item \"a.jpg\": the image's width is no number of pixels"},
		{"<image id=\"0\" name=\"a.jpg\"/>\n\n<image id=\"1\" name=\"a.jpg\"/>", "annotations.xml:4: item \"a.jpg\": an earlier <image> of the subset has this name"},
		{`<track id="x" label="a"></track>`, "annotations.xml:2: the track's id \"x\" or group_id \"\" is no number that fits"},
		{`<track id="1" label="a"><box xtl="1" ytl="1" xbr="2" ybr="2"/></track>`, "annotations.xml:2: a shape of a track without the number of its frame"},
		{`<image id="0" name="a.jpg"><box label="x" occluded="maybe" xtl="1" ytl="2" xbr="3" ybr="4"/></image>`, "annotations.xml:2: item \"a\": <box>: occluded is \"maybe\", which is neither 0 nor 1"},
		{`<image id="0" name="a.jpg"><box label="x" z_order="1.5" xtl="1" ytl="2" xbr="3" ybr="4"/></image>`, "annotations.xml:2: item \"a\": <box>: z_order is no number that fits"},
	} {
		dir := xmlFile(t, c.body)
		err := readError(t, dir, formats.ImportOptions{})
		if !errors.Is(err, formats.ErrCorrupt) || strings.TrimPrefix(err.Error(), dir+string(filepath.Separator)) != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.body, err, c.want)
		}
		skip := &formats.Skipped{}
		if err := readError(t, dir, formats.ImportOptions{Skip: skip}); err != nil || skip.Count() != 1 {
			t.Errorf("%s: with errors skipped: %v, %d skipped", c.body, err, skip.Count())
		}
	}
}

// TestNotXML requires that what breaks XML itself is refused with its place.
func TestNotXML(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"<annotations>\n<version>1.1</version>\n<image id=\"0\" name=\"a.jpg\">", "annotations.xml:3: the file ends inside <image>"},
		{"<annotations><version>1.1</version><image></track></annotations>", "annotations.xml:1: <image> ends with </track>"},
		{"<annotations><version>1.1</version>\n<image name=a.jpg/></annotations>", "annotations.xml:2: <image> has an attribute that is not written as name=\"value\""},
		{"<annotations><version>1.1</version><image name='a' name='b'/></annotations>", "annotations.xml:1: <image> has the attribute \"name\" twice"},
		{"<annotations><version>1.1</version><image name='&foo;'/></annotations>", "annotations.xml:1: the reference &foo; stands for nothing that XML knows"},
		{"<annotations><version/><!DOCTYPE x></annotations>", "annotations.xml:1: a document type or entity, which datum does not read"},
		{"<annotations><version/>" + strings.Repeat("<a>", 100), "annotations.xml:1: elements lie more than 64 deep in each other"},
		{"<annotations><version/></annotations><annotations/>", "annotations.xml:1: a second root, <annotations>"},
	} {
		dir := formatstest.Tree(t, map[string]string{"annotations.xml": c.text})
		err := readError(t, dir, formats.ImportOptions{})
		if !errors.Is(err, formats.ErrCorrupt) || strings.TrimPrefix(err.Error(), dir+string(filepath.Separator)) != c.want {
			t.Errorf("%s:\n got %v\nwant %s", c.text, err, c.want)
		}
	}
}

// TestProbeOthers requires that other formats' files are told apart.
func TestProbeOthers(t *testing.T) {
	for name, text := range map[string]string{
		"VOC":              "<annotation><filename>a.jpg</filename><object><name>x</name></object></annotation>",
		"another tool":     "<annotations><annotation/></annotations>",
		"a document type":  "<!DOCTYPE annotations><annotations><image/></annotations>",
		"an encoding":      "<?xml version='1.0' encoding='UTF-16'?><annotations><image/></annotations>",
		"no XML":           "{\"annotations\": []}",
		"an empty file":    "",
		"Supervisely-like": "<dataset><images/></dataset>",
	} {
		dir := formatstest.Tree(t, map[string]string{"a.xml": text, "b.json": `{"images":[],"annotations":[],"categories":[]}`})
		v, err := formatstest.Probe(t.Context(), Format(), dir)
		if err != nil || v.Confidence != formats.No || len(v.Unmet) == 0 || len(v.Met) == 0 {
			t.Errorf("%s: %+v, %v", name, v, err)
		}
	}
}

// TestLimit requires that a record beyond the limit is refused.
func TestLimit(t *testing.T) {
	dir := xmlFile(t, `<image id="0" name="a.jpg"><polygon label="x" points="`+strings.Repeat("1,2;", 50_000)+`1,2"/></image>`)
	err := readError(t, dir, formats.ImportOptions{Limits: files.Limits{RecordBytes: 1000}})
	if !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "annotations.xml:2: ") {
		t.Error(err)
	}
}

// TestUndeclared reads files without <meta>: labels and keypoints are those
// that shapes have.
func TestUndeclared(t *testing.T) {
	dir := xmlFile(t, `<image id="0" name="a.jpg"><skeleton label="z"><points label="b" points="1,2"/><points label="a" points="3,4" outside="1"/></skeleton>
		<box label="c" xtl="0" ytl="0" xbr="1" ybr="1"><attribute name="n">1</attribute></box><box xtl="0" ytl="0" xbr="1" ybr="1"/></image>`)
	d, notes := readNotes(t, dir, formats.ImportOptions{})
	if c := d.Meta.Categories; c.Name(0) != "c" || c.Name(1) != "z" || !slices.Equal(c.Points.Items[0].Names, []string{"a", "b"}) {
		t.Errorf("%+v", c)
	}
	list := d.List[0].Annotations
	p := list[0].(*dataset.Points)
	if !slices.Equal(p.Points, []float64{3, 4, 1, 2}) || p.Visibility[0] != dataset.Absent || label(list[2]) != dataset.NoLabel {
		t.Errorf("%+v", p)
	}
	if v, _ := list[1].Common().Attributes.Get("n"); string(v) != `"1"` {
		t.Errorf("a value without a type is %s", v)
	}
	if notes["shapes without a label"] != 1 {
		t.Errorf("%v", notes)
	}
}

// TestLinkedMedia requires that a picture outside of the dataset is refused
// unless it is allowed.
func TestLinkedMedia(t *testing.T) {
	dir := xmlFile(t, `<image id="0" name="a.png"/>`)
	outside := filepath.Join(t.TempDir(), "x.png")
	if err := os.WriteFile(outside, []byte("picture"), 0o666); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(outside, filepath.Join(dir, "a.png")); err != nil {
		t.Skip(err)
	}
	for _, allowed := range []bool{false, true} {
		im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{AllowExternalMedia: allowed})
		if err != nil {
			t.Fatal(err)
		}
		items, err := formatstest.Collect(t.Context(), im)
		if err != nil {
			t.Fatal(err)
		}
		if err = formatstest.LoadMedia(items); (err == nil) != allowed {
			t.Errorf("allowed %v: %v", allowed, err)
		}
		im.Close()
	}
}
