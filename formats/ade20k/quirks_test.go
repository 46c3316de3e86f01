package ade20k

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

// write makes a folder of files. A content that begins with "=" is a file of
// the test data.
func write(t *testing.T, tree map[string]string) string {
	t.Helper()
	files := map[string]string{}
	for name, content := range tree {
		if from, ok := strings.CutPrefix(content, "="); ok {
			content = formatstest.Text(t, data+from)
		}
		files[name] = content
	}
	return formatstest.Tree(t, files)
}

// Pictures of the test data: two instances with the blues 1 and 2, and one of
// three with the blues 85 and 170.
const (
	twoSeg    = "=2017/validation/k/kitchen/ein Bild.v2_seg.png"
	spreadSeg = "=2017/training/street/ADE_train_01_seg.png"
	picture   = "=2017/training/plain.jpg"
)

const goodLine = "1 # 0 # 0 # sky # sky # \"\"\n"

func objectJSON(members string) string {
	return "{\"annotation\": {\"filename\": \"x.jpg\",\n \"object\": [\n  {\"raw_name\": \"sky\"},\n  " + members + "]}}"
}

// TestBadRecords: errors with their places, and how many are left out with
// --skip-errors, after which the rest is there.
func TestBadRecords(t *testing.T) {
	for name, c := range map[string]struct {
		file, content, reason string
		left                  int // annotations after skipping
	}{
		"columns":        {"x_atr.txt", goodLine + "2 # 0 # 0 # a # b\n", ":2: the line has 5 columns between #, want 6", 1},
		"quotes":         {"x_atr.txt", goodLine + "\n2 # 0 # 0 # a # b # c\n", ":3: the attributes are c, want them in quotes", 1},
		"one quote":      {"x_atr.txt", goodLine + "2 # 0 # 0 # a # b # \"\n", ":2: the attributes are \", want them in quotes", 1},
		"number":         {"x_atr.txt", goodLine + "x # 0 # 0 # a # b # \"\"\n", `:2: the number of the object is "x"`, 1},
		"negative":       {"x_atr.txt", goodLine + "-1 # 0 # 0 # a # b # \"\"\n", `:2: the number of the object is "-1"`, 1},
		"level":          {"x_atr.txt", goodLine + "2 # 100 # 0 # a # b # \"\"\n", `:2: the part level is "100", want a number up to 99`, 1},
		"occluded":       {"x_atr.txt", goodLine + "2 # 0 # yes # a # b # \"\"\n", `:2: the column for occluded is "yes", want 0 or 1`, 1},
		"no name":        {"x_atr.txt", goodLine + "2 # 0 # 0 #  #  # \"\"\n", ":2: the object has no name", 1},
		"twice":          {"x_atr.txt", goodLine + goodLine, ":2: the number 1 comes twice at part level 0", 1},
		"no JSON":        {"x.json", "{\n\"annotation\": {\n", ":3: no JSON: unexpected end of JSON input", 0},
		"a list":         {"x.json", "[1]", ":1: the file is no JSON object", 0},
		"no annotation":  {"x.json", "{\"images\":[]}", `:1: it has no "annotation"`, 0},
		"of a number":    {"x.json", "{\n\"annotation\": 5}", `:2: "annotation" is no JSON object`, 0},
		"no object":      {"x.json", objectJSON("5"), ":4: an object of the picture is no JSON object", 1},
		"nameless":       {"x.json", objectJSON(`{"id": 3}`), ":4: the object has no name", 1},
		"bad id":         {"x.json", objectJSON(`{"raw_name": "a", "id": 1.5}`), ":4: the id of the object is 1.5", 1},
		"bad level":      {"x.json", objectJSON(`{"raw_name": "a", "parts": {"part_level": -1}}`), ":4: the part level of object 1 is -1, want a number up to 99", 1},
		"bad attribute":  {"x.json", objectJSON(`{"raw_name": "a", "attributes": [5]}`), ":4: an attribute of object 1 is no text", 1},
		"uneven outline": {"x.json", objectJSON(`{"raw_name": "a", "polygon": {"x": [1, 2], "y": [1]}}`), ":4: the outline of object 1 has 2 and 1 coordinates that are numbers", 1},
	} {
		dir := write(t, map[string]string{"train/" + c.file: c.content, "train/x.jpg": picture})
		_, _, err := formatstest.ReadAll(t, Format(), dir, formats.ImportOptions{})
		want := filepath.Join(dir, "train", c.file) + c.reason
		if !errors.Is(err, formats.ErrCorrupt) || err.Error() != want {
			t.Errorf("%s: %v, want %s", name, err, want)
		}
		skip := &formats.Skipped{}
		d, _, err := formatstest.ReadAll(t, Format(), dir, formats.ImportOptions{Skip: skip})
		if err != nil || skip.Count() != 1 || len(d.List) != 1 || len(d.List[0].Annotations) != c.left {
			t.Errorf("%s, skipped: %v, %d errors", name, err, skip.Count())
		}
	}
}

func TestBadMasks(t *testing.T) {
	for name, c := range map[string]struct {
		tree   map[string]string
		limits files.Limits
		reason string
	}{
		"no picture": {tree: map[string]string{"x_atr.txt": goodLine, "x_seg.png": "text"}, reason: "x_seg.png: no mask: not a picture of a known kind"},
		"cut":        {tree: map[string]string{"x_atr.txt": goodLine, "x_seg.png": "\x89PNG\r\n\x1a\n"}, reason: "x_seg.png: no mask: the picture ends inside its header"},
		"a JPEG":     {tree: map[string]string{"x_atr.txt": goodLine, "x_seg.png": picture}, reason: "x_seg.png: no mask: png: invalid format: not a PNG file"},
		"too large":  {tree: map[string]string{"x_atr.txt": goodLine, "x_seg.png": twoSeg}, limits: files.Limits{ImagePixels: 5}, reason: "x_seg.png: a mask of 3 × 2 pixels"},
		"leaves": {tree: map[string]string{"x.json": objectJSON(`{"raw_name": "a", "instance_mask": "../../x.png"}`)},
			reason: "x.png: the path leaves the dataset, by itself or through a link"},
		"an instance too large": {tree: map[string]string{"x.json": objectJSON(`{"raw_name": "a", "instance_mask": "i/instance_1.png"}`), "i/instance_1.png": twoSeg},
			limits: files.Limits{ImagePixels: 5}, reason: "i/instance_1.png: a mask of 3 × 2 pixels"},
	} {
		dir := write(t, c.tree)
		_, _, err := formatstest.ReadAll(t, Format(), dir, formats.ImportOptions{Limits: c.limits})
		if !errors.Is(err, formats.ErrCorrupt) || !strings.HasSuffix(err.Error(), c.reason) {
			t.Errorf("%s: %v", name, err)
		}
		skip := &formats.Skipped{}
		if _, _, err := formatstest.ReadAll(t, Format(), dir, formats.ImportOptions{Limits: c.limits, Skip: skip}); err != nil || skip.Count() != 1 {
			t.Errorf("%s, skipped: %v, %d errors", name, err, skip.Count())
		}
	}
}

// TestQuirks: what is tolerated.
func TestQuirks(t *testing.T) {
	for name, c := range map[string]struct {
		tree  map[string]string
		want  string
		notes map[string]int
	}{
		"a number sign in a name": {
			tree:  map[string]string{"x_atr.txt": "1 # 0 # 0 # C# book # C# # \"a#b,  , c\"\n"},
			want:  "default/x\n  C# #1 g1 z0 [0] {\"a#b\":true,\"c\":true,\"occluded\":false,\"part_level\":0}\n",
			notes: map[string]int{"pictures of masks that are not there": 1, "objects without pixels, read as empty masks": 1},
		},
		"pixels that no line describes": {
			tree: map[string]string{"x_atr.txt": goodLine, "x_seg.png": twoSeg},
			want: "default/x\n  sky #1 g1 z0 [0 4 2] {\"occluded\":false,\"part_level\":0}\n   #2 g0 z0 [4 2] {\"part_level\":0}\n",
			notes: map[string]int{
				"masks that no line describes, read without a label": 1, "pictures of masks whose numbers do not fit those of the objects": 1,
			},
		},
		"numbers in turn": {
			tree:  map[string]string{"x_atr.txt": "7 # 0 # 0 # a # a # \"\"\n3 # 0 # 0 # b # b # \"\"", "x_seg.png": twoSeg},
			want:  "default/x\n  a #7 g1 z0 [4 2] {\"occluded\":false,\"part_level\":0}\n  b #3 g2 z0 [0 4 2] {\"occluded\":false,\"part_level\":0}\n",
			notes: map[string]int{},
		},
		"masks alone": {
			tree:  map[string]string{"x_seg.png": twoSeg, "x.jpg": picture},
			want:  "default/x (x.jpg 3×2 true)\n   #1 g0 z0 [0 4 2] {\"part_level\":0}\n   #2 g0 z0 [4 2] {\"part_level\":0}\n",
			notes: map[string]int{"masks that no line describes, read without a label": 2, "masks without a file that describes them": 1},
		},
		"two pictures, two descriptions, others": {
			tree: map[string]string{"x.jpg": picture, "x.png": twoSeg, "x.json": `{"annotation":{"object":[]},"more":1}`, "x_atr.txt": goodLine, "notes.txt": "", "i.mat": "",
				"info.json": `{"a":1}`},
			want: "default/x (x.jpg 0×0 true)\ndefault/x (x.png 0×0 true)\n",
			notes: map[string]int{"files _atr.txt not read, since there is a JSON file": 1, "files of other kinds not read": 3,
				"pictures with the name of another one, without its annotations": 1},
		},
		"words of the format": {
			tree: map[string]string{"x.json": `{"annotation":{"object":{"raw_name":["sky"],"id":"4","occluded":true,"attributes":["crop","@a.b","big, old"],"parts":[],"polygon":[]}}}`},
			want: "default/x\n  sky #4 g1 z0 [0] {\"big\":true,\"old\":true,\"occluded\":true,\"part_level\":0}\n",
			notes: map[string]int{"attributes named like carried ones, not read": 1, "attributes named like one that the format defines, not read": 1,
				"objects without pixels, read as empty masks": 1},
		},
		"another size": {
			tree:  map[string]string{"x.json": `{"annotation":{"imsize":[9,9,3],"object":[{"raw_name":"a","instance_mask":"i.png"},null]}}`, "i.png": twoSeg},
			want:  "default/i (i.png 0×0 true)\ndefault/x\n  a #0 g1 z0 [0 6] {\"part_level\":0}\n",
			notes: map[string]int{"masks of another size than the JSON file says": 1},
		},
		"an instance that is a folder": {
			tree:  map[string]string{"x.json": `{"annotation":{"filename":"../x.jpg","object":[{"raw_name":"a","instance_mask":"x","polygon":{"x":[0,1,1],"y":["0",0,1]}}]}}`, "x/instance_1.png": "no"},
			want:  "default/x\n  a #0 g1 z0 polygon [0 0 1 0 1 1] {\"part_level\":0}\n",
			notes: map[string]int{"objects without pixels that are seen, read as outlines": 1},
		},
	} {
		d, notes, err := formatstest.ReadAll(t, Format(), write(t, c.tree), formats.ImportOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := describe(d); got != c.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, c.want)
		}
		if got := formatstest.Counts(notes); !maps.Equal(got, c.notes) {
			t.Errorf("%s: notes\n%v", name, notes)
		}
	}
}

// TestSkippedLine: with a line missing, numbers that are spread cannot be
// undone, and no object gets the pixels of another.
func TestSkippedLine(t *testing.T) {
	dir := write(t, map[string]string{"x_atr.txt": "1 # 0 # 0 # a # a # \"\"\nbad\n3 # 0 # 0 # c # c # \"\"\n", "x_seg.png": spreadSeg})
	d, _, err := formatstest.ReadAll(t, Format(), dir, formats.ImportOptions{Skip: &formats.Skipped{}})
	if err != nil || len(d.List) != 1 {
		t.Fatal(err)
	}
	if got := describe(d); strings.Count(got, "\n   #") != 2 || strings.Count(got, " [24] ") != 2 {
		t.Error(got)
	}
}

func TestFolders(t *testing.T) {
	for name, c := range map[string]struct {
		open string
		want []string
	}{
		"all":                {"", []string{"training/a/x", "validation/y"}},
		"a subset":           {"pack/images/training", []string{"training/a/x"}},
		"a scene":            {"pack/images/training/a", []string{"default/x"}},
		"one text":           {"pack/images/training/a/x_atr.txt", []string{"default/x"}},
		"one text of a part": {"pack/images/validation/y_atr.txt", []string{"validation/y"}},
	} {
		dir := write(t, map[string]string{
			"pack/images/training/a/x_atr.txt": goodLine, "pack/images/training/a/x_seg.png": twoSeg, "pack/index.txt": "",
			"pack/images/validation/y_atr.txt": goodLine, "pack/images/validation/y_seg.png": twoSeg, "pack/images/validation/z.jpg": picture,
		})
		if c.open == "" || c.open == "pack/images/training" {
			os.Remove(filepath.Join(dir, "pack/images/validation/z.jpg"))
		}
		d, _ := load(t, filepath.Join(dir, c.open), formats.ImportOptions{})
		var got []string
		for _, it := range d.List {
			got = append(got, it.Subset+"/"+it.ID)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
		if v := formatstest.MustProbe(t, Format(), filepath.Join(dir, c.open)); v.Confidence != formats.High {
			t.Errorf("%s: %+v", name, v)
		}
	}
}

func TestRefuses(t *testing.T) {
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		o    formats.ImportOptions
		want error
	}{
		"a key":           {data + "2017", formats.ImportOptions{Key: k}, formats.ErrKey},
		"an option":       {data + "2017", formats.ImportOptions{Values: formats.Values{"ade20k-shapes": "x"}}, formats.ErrUsage},
		"an empty folder": {t.TempDir(), formats.ImportOptions{}, formats.ErrUnknownFormat},
		"pictures":        {write(t, map[string]string{"train/x.jpg": picture}), formats.ImportOptions{}, formats.ErrUnknownFormat},
		"another file":    {data + "2017/training/plain.jpg", formats.ImportOptions{}, formats.ErrUnknownFormat},
		"a bad meta file": {write(t, map[string]string{"train/x_atr.txt": goodLine, "dataset_meta.json": `{"label_map":{"a":"b"}}`}), formats.ImportOptions{}, formats.ErrCorrupt},
		"a meta file twice": {write(t, map[string]string{"train/x_atr.txt": goodLine, "dataset_meta.json": `{"label_map":{"1":"b","01":"c"}}`}),
			formats.ImportOptions{}, formats.ErrCorrupt},
	} {
		if _, _, err := formatstest.ReadAll(t, Format(), c.path, c.o); !errors.Is(err, c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestStream: cancelled, ended early, and the same whatever the workers.
func TestStream(t *testing.T) {
	one, notes := load(t, data+"2020", formats.ImportOptions{Workers: 1})
	many, again := load(t, data+"2020", formats.ImportOptions{Workers: 5})
	if describe(one) != describe(many) || notes.String() != again.String() {
		t.Error("the number of workers shows")
	}
	ctx, cancel := context.WithCancel(t.Context())
	im, err := formatstest.Open(ctx, Format(), data+"2020", formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	for range im.Items(ctx) {
		break
	}
	cancel()
	if _, err := formatstest.Collect(ctx, im); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if im.Info().Total() != 2 {
		t.Error(im.Info().Subsets)
	}
}

// TestLinks: nothing is read that lies outside of the dataset.
func TestLinks(t *testing.T) {
	outside := write(t, map[string]string{"x_atr.txt": goodLine, "x_seg.png": twoSeg, "x.json": objectJSON("null"), "x.jpg": picture})
	for _, name := range []string{"x_atr.txt", "x_seg.png", "x.json", "x.jpg"} {
		dir := write(t, map[string]string{"train/x_atr.txt": goodLine, "train/x_seg.png": twoSeg, "train/x.jpg": picture})
		inside := filepath.Join(dir, "train", name)
		os.Remove(inside)
		if err := os.Symlink(filepath.Join(outside, name), inside); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
		if _, _, err := formatstest.ReadAll(t, Format(), dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
		if _, _, err := formatstest.ReadAll(t, Format(), dir, formats.ImportOptions{AllowExternalMedia: true}); err != nil {
			t.Errorf("%s, allowed: %v", name, err)
		}
	}
}

// TestOneOfMany: the named file is read, though it is not among the first.
func TestOneOfMany(t *testing.T) {
	tree := map[string]string{"z_atr.txt": goodLine, "z_seg.png": twoSeg, "z.jpg": picture}
	for i := range 250 {
		tree[fmt.Sprintf("%03d_atr.txt", i)] = goodLine
	}
	path := filepath.Join(write(t, tree), "z_atr.txt")
	if v := formatstest.MustProbe(t, Format(), path); v.Confidence != formats.High {
		t.Errorf("%+v", v)
	}
	d, _ := load(t, path, formats.ImportOptions{})
	if len(d.List) != 1 || d.List[0].ID != "z" || d.List[0].Media == nil {
		t.Error(describe(d))
	}
}
