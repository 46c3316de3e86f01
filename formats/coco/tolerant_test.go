package coco

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/coco/cocotest"
	"datum/formats/formatstest"
)

// folder makes a dataset folder of files given as pairs of name and content.
func folder(t testing.TB, files ...string) string {
	t.Helper()
	dir := t.TempDir()
	for i := 0; i < len(files); i += 2 {
		p := filepath.Join(dir, files[i])
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(files[i+1]), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// readAll reads a dataset up to the first error, and on request its pictures.
func readAll(t testing.TB, path string, loadMedia bool) (items []dataset.Item, info *dataset.Info, notes formats.Loss, err error) {
	t.Helper()
	im, err := formatstest.Open(t.Context(), Format(), path, formats.ImportOptions{})
	if err != nil {
		return nil, nil, notes, err
	}
	defer im.Close()
	if items, err = formatstest.Collect(t.Context(), im); err == nil && loadMedia {
		err = formatstest.LoadMedia(items)
	}
	return items, im.Info(), im.Notes(), err
}

// rewrite reads a folder and writes it again.
func rewrite(t testing.TB, dir string) (out string, notes formats.Loss) {
	t.Helper()
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	out = t.TempDir()
	if _, err := formatstest.Write(t.Context(), Format(), out, im, formats.ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	return out, im.Notes()
}

const oneImage = `"images":[{"id":7,"file_name":"a.jpg","width":20,"height":10}],"categories":[{"id":3,"name":"cat"}]`

// annotations puts annotation records into a file with one image and one
// category, each on a line of its own.
func annotations(records ...string) string {
	return "{" + oneImage + ",\n\"annotations\":[\n" + strings.Join(records, ",\n") + "\n]}"
}

// TestTolerated reads what is not quite COCO, counts it, and gives it back as
// it was.
func TestTolerated(t *testing.T) {
	for name, test := range map[string]struct{ file, note string }{
		"nothing unusual":         {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,2,3,4],"area":12,"iscrowd":0,"segmentation":[]}`), ""},
		"no iscrowd":              {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,2,3,4],"area":12,"segmentation":[]}`), "annotations without iscrowd, taken as 0"},
		"no area":                 {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,2,3,4],"iscrowd":0}`), ""},
		"no id":                   {annotations(`{"image_id":7,"category_id":3,"bbox":[1,2,3,4]}`, `{"image_id":7,"category_id":3,"bbox":[1,2,3,5]}`), "annotations without an id"},
		"no box":                  {annotations(`{"id":1,"image_id":7,"category_id":3,"segmentation":[[1,1,5,1,5,5]],"iscrowd":0}`), "annotations without a box, given that of their outline"},
		"no segmentation":         {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,2,3,4],"iscrowd":0,"area":1.5}`), ""},
		"no category":             {annotations(`{"id":1,"image_id":7,"bbox":[1,2,3,4],"iscrowd":0}`), ""},
		"null category":           {annotations(`{"id":1,"image_id":7,"category_id":null,"bbox":[1,2,3,4],"iscrowd":0}`), ""},
		"only a category":         {annotations(`{"id":1,"image_id":7,"category_id":3}`), ""},
		"ids of 0":                {annotations(`{"id":0,"image_id":7,"category_id":3,"bbox":[1,2,3,4],"segmentation":[[1,1,5,1,5,5],[6,6,8,6,8,8]]}`), ""},
		"the same id twice":       {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,2,3,4]}`, `{"id":1,"image_id":7,"category_id":3,"bbox":[5,6,7,8]}`), ""},
		"an id that is text":      {annotations(`{"id":"x1","image_id":7,"category_id":3,"bbox":[1,2,3,4]}`), "annotations with an id that is no whole number"},
		"an id beyond float64":    {annotations(`{"id":9007199254740993,"image_id":7,"category_id":3,"bbox":[1,2,3,4]}`), ""},
		"a flat polygon":          {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,1,4,4],"segmentation":[1,1,5,1,5,5]}`), "polygons that are not in a list of polygons"},
		"empty polygons":          {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,1,4,4],"segmentation":[[]]}`), ""},
		"two points":              {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,1,4,4],"segmentation":[[1,1,5,5],[1,1,2,2,3,3]]}`), "polygons of fewer than three points, passed on as they are"},
		"an empty box":            {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[],"segmentation":[]}`), "annotations without box, outline, keypoints, caption or category, passed on as they are"},
		"crowd of polygons":       {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,1,4,4],"segmentation":[[1,1,5,1,5,5]],"iscrowd":1}`), ""},
		"crowd as a bool":         {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,1,4,4],"iscrowd":true}`), ""},
		"a mask that is no crowd": {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,1,4,4],"area":3,"iscrowd":0,"segmentation":{"size":[10,20],"counts":[0,3,197]}}`), ""},
		"a mask as text":          {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,1,4,4],"iscrowd":1,"segmentation":{"counts":"03U6","size":[10,20]}}`), ""},
		"a mask of gigapixels":    {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[0,0,0,0],"area":0,"iscrowd":1,"segmentation":{"size":[30000,30000],"counts":[900000000]}}`), ""},
		"keypoints":               {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,1,4,4],"keypoints":[1,2,2,0,0,0],"num_keypoints":1,"iscrowd":0}`), ""},
		"a score and more":        {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,1,4,4],"score":0.25,"attributes":{"occluded":true,"n":1.0},"x":{"y":[1,2.50]}}`), ""},
		"the word of panoptic":    {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,2,3,4],"attributes":{"segments_info":1},"x":["segments_info"]}`), ""},
		"a caption":               {annotations(`{"id":1,"image_id":7,"caption":"a \"cat\"\n\u00fc"}`), ""},
		"numbers of all kinds":    {annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1.0,2e0,3.14159265358979,1e-9],"area":1e300}`), ""},
		"image ids as text":       {`{"images":[{"id":"seven","file_name":"a.jpg"}],"categories":[],"annotations":[{"id":1,"image_id":"seven","bbox":[1,2,3,4]}]}`, ""},
		"image ids as floats":     {`{"images":[{"id":7.0,"file_name":"a.jpg"}],"annotations":[{"id":1,"image_id":7,"bbox":[1,2,3,4]}],"categories":[]}`, ""},
		"annotations first":       {`{"annotations":[{"id":1,"image_id":7,"category_id":3,"bbox":[1,2,3,4]}],` + oneImage + `}`, ""},
		"no annotations":          {`{` + oneImage + `}`, ""},
		"annotations null":        {`{` + oneImage + `,"annotations":[]}`, ""},
		"categories with holes":   {`{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[{"id":1,"image_id":1,"category_id":90,"bbox":[1,2,3,4]}],"categories":[{"id":90,"name":"b","supercategory":"s","isthing":1,"color":[1,2,3]},{"id":0,"name":"a"}]}`, ""},
		"one name, two ids":       {`{"images":[],"annotations":[],"categories":[{"id":0,"name":"a"},{"id":1,"name":"a"}]}`, "categories with the name of another, kept apart by their ids"},
		"one picture, two ids":    {`{"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"a.jpg"}],"annotations":[{"id":1,"image_id":2,"bbox":[1,2,3,4]}],"categories":[]}`, "images with the file_name of another, told apart by a number"},
		"odd file names":          {`{"images":[{"id":1,"file_name":"x\\y\\a.jpg"},{"id":2,"file_name":"/abs/b.jpg"},{"id":3,"file_name":"http://h/p/c.jpg"},{"id":4,"file_name":"./d.jpg"},{"id":5,"file_name":"C:\\e.jpg"},{"id":6,"file_name":"noext"},{"id":7,"file_name":".jpg"}],"annotations":[],"categories":[]}`, ""},
		"more at the top":         {`{"info":{"year":2026,"x":null},"licenses":[{"id":1}],"extra":[1,[2]],` + oneImage + `,"annotations":[]}`, ""},
		"more in an image":        {`{"images":[{"id":1,"file_name":"a.jpg","width":0,"height":5,"license":3,"attributes":{"k":[1]}}],"annotations":[],"categories":[]}`, ""},
		"order":                   {`{"images":[{"id":2,"file_name":"b.jpg"},{"id":1,"file_name":"a.jpg"}],"categories":[],"annotations":[{"id":5,"image_id":1,"bbox":[1,2,3,4]},{"id":3,"image_id":2,"bbox":[1,2,3,4]},{"id":4,"image_id":1,"bbox":[1,2,3,4]}]}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			dir := folder(t, "annotations/instances_train.json", test.file)
			out, notes := rewrite(t, dir)
			for _, d := range cocotest.Diff(dir, out) {
				t.Error(d)
			}
			for _, e := range notes.Entries() {
				if e.What == test.note {
					return
				}
			}
			if test.note != "" {
				t.Errorf("%q is not noted: %v", test.note, notes)
			}
		})
	}
}

// TestNotJSON reads text with a byte order mark, NaN and infinities. They come
// back as what they were read as.
func TestNotJSON(t *testing.T) {
	file := "\ufeff" + annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,2,3,4],"area":NaN,"x":[-Infinity,Infinity],"s":"NaN \" Infinity"}`)
	out, notes := rewrite(t, folder(t, "annotations/instances_train.json", file))
	want := folder(t, "annotations/instances_train.json", annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,2,3,4],"area":null,"x":[null,null],"s":"NaN \" Infinity"}`))
	for _, d := range cocotest.Diff(want, out) {
		t.Error(d)
	}
	if text := notes.String(); !strings.Contains(text, "3 numbers that are NaN or infinite, read as null") {
		t.Errorf("notes: %s", text)
	}
}

// TestRefused reads what is wrong, and wants to know where.
func TestRefused(t *testing.T) {
	for name, test := range map[string]struct{ file, at, says string }{
		"an image that is not listed":   {annotations(`{"id":1,"image_id":7,"bbox":[1,2,3,4]}`, `{"id":2,"image_id":8,"bbox":[1,2,3,4]}`), ":4:", "image 8, which is not in the list"},
		"a category that is not listed": {annotations(`{"id":1,"image_id":7,"category_id":4,"bbox":[1,2,3,4]}`), ":3:", "category 4 is not in the list"},
		"an image twice":                {"{\"images\":[\n{\"id\":1,\"file_name\":\"a\"},\n{\"id\":1,\"file_name\":\"b\"}],\"annotations\":[]}", ":3:", "image id 1 is given twice"},
		"a category twice":              {`{"images":[],"annotations":[],"categories":[{"id":1,"name":"a"},{"id":1,"name":"b"}]}`, "", "category id 1 is given to"},
		"a category without a name":     {`{"images":[],"annotations":[],"categories":[{"id":1}]}`, "", "no id or no name"},
		"an image without a name":       {`{"images":[{"id":1}],"annotations":[]}`, ":1:", "no file_name"},
		"an image without an id":        {`{"images":[{"file_name":"a.jpg"}],"annotations":[]}`, ":1:", "without an id"},
		"an annotation of no image":     {annotations(`{"id":1,"bbox":[1,2,3,4]}`), ":3:", "without an image_id"},
		"a name that leaves":            {`{"images":[{"id":1,"file_name":"../../etc/passwd"}],"annotations":[]}`, ":1:", "leaves the dataset"},
		"a box of three numbers":        {annotations(`{"id":1,"image_id":7,"bbox":[1,2,3]}`), ":3:", "not four numbers"},
		"a box of words":                {annotations(`{"id":1,"image_id":7,"bbox":["1",2,3,4]}`), ":3:", "not four numbers"},
		"a mask of the wrong size":      {annotations(`{"id":1,"image_id":7,"bbox":[1,2,3,4],"segmentation":{"size":[10,20],"counts":[1,2]}}`), ":3:", "3 pixels in a mask of 10 × 20"},
		"a mask without a size":         {annotations(`{"id":1,"image_id":7,"bbox":[1,2,3,4],"segmentation":{"counts":[1,2]}}`), ":3:", "the size of the run-length code"},
		"a mask of noise":               {annotations(`{"id":1,"image_id":7,"bbox":[1,2,3,4],"segmentation":{"size":[10,20],"counts":"~~"}}`), ":3:", "run-length code"},
		"a mask of negative runs":       {annotations(`{"id":1,"image_id":7,"bbox":[1,2,3,4],"segmentation":{"size":[1,2],"counts":[-1,3]}}`), ":3:", "does not fit into"},
		"keypoints cut short":           {annotations(`{"id":1,"image_id":7,"bbox":[1,2,3,4],"keypoints":[1,2]}`), ":3:", "x, y and visibility"},
		"a segmentation of text":        {annotations(`{"id":1,"image_id":7,"bbox":[1,2,3,4],"segmentation":"x"}`), ":3:", "neither polygons nor"},
		"cut off":                       {annotations(`{"id":1,"image_id":7,"bbox":[1,2,3,4]}`)[:120], ":3:", "ends too early"},
		"a comma too many":              {annotations(`{"id":1,"image_id":7,"bbox":[1,2,3,4],}`), ":3:", "not COCO"},
		"more after the end":            {annotations() + "{}", ":4:", "more text after the end"},
		"two lists of images":           {`{"images":[],"images":[]}`, ":1:", "two lists of images"},
		"images no list":                {`{"annotations":[],"images":{}}`, ":1:", "images is no list"},
		"categories no list":            {`{"images":[],"categories":7}`, "", "the categories are no list"},
	} {
		dir := folder(t, "annotations/instances_train.json", test.file)
		_, _, _, err := readAll(t, dir, false)
		want := filepath.Join(dir, "annotations/instances_train.json") + test.at
		if !errors.Is(err, formats.ErrCorrupt) || !strings.HasPrefix(err.Error(), want) || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v; want %s… %s", name, err, test.at, test.says)
		}
	}
}

// TestLayouts finds annotation files and pictures where people have them.
func TestLayouts(t *testing.T) {
	file := `{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[],"categories":[]}`
	for name, test := range map[string]struct {
		files  []string
		subset string
	}{
		"official":            {[]string{"annotations/instances_train2017.json", file, "train2017/a.jpg", "x"}, "train2017"},
		"images/<subset>":     {[]string{"annotations/instances_val.json", file, "images/val/a.jpg", "x"}, "val"},
		"images":              {[]string{"annotations/person_keypoints_val.json", file, "images/a.jpg", "x"}, "val"},
		"another folder":      {[]string{"annotations/instances_val.json", file, "images/photos/a.jpg", "x"}, "val"},
		"flat":                {[]string{"train.json", file, "a.jpg", "x"}, "train"},
		"any name":            {[]string{"my_export.json", file, "a.jpg", "x"}, "my_export"},
		"a name of no subset": {[]string{"result.json", file, "images/a.jpg", "x"}, "default"},
		"roboflow":            {[]string{"train/_annotations.coco.json", file, "train/a.jpg", "x"}, "train"},
		"roboflow, one":       {[]string{"_annotations.coco.json", file, "a.jpg", "x"}, "default"},
		"other JSON beside":   {[]string{"annotations/instances_a.json", file, "annotations/other.json", `{"a":1}`, "annotations/list.json", `[1]`, "images/a.jpg", "x"}, "a"},
	} {
		dir := folder(t, test.files...)
		items, info, _, err := readAll(t, dir, true)
		if err != nil || len(items) != 1 || len(info.Subsets) != 1 || info.Subsets[0].Name != test.subset {
			t.Errorf("%s: %d items, %+v, %v", name, len(items), info, err)
		}
		if v := formatstest.MustProbe(t, Format(), dir); v.Confidence != formats.High {
			t.Errorf("%s: not detected: %+v", name, v)
		}
	}
	dir := folder(t, "sub/annotations/instances_x.json", file, "sub/images/a.jpg", "x")
	if items, _, _, err := readAll(t, filepath.Join(dir, "sub/annotations/instances_x.json"), false); err != nil || len(items) != 1 || items[0].Subset != "x" {
		t.Errorf("a file: %v, %v", items, err)
	}
	for _, none := range []string{folder(t, "a.json", `{"items":[],"categories":{}}`), folder(t, "a.txt", "x"), filepath.Join(dir, "no")} {
		if _, _, _, err := readAll(t, none, false); !errors.Is(err, formats.ErrUnknownFormat) {
			t.Errorf("%s: %v", none, err)
		}
	}
}

// TestSeveralTasks: the files of one subset are one list of items, and come
// apart again.
func TestSeveralTasks(t *testing.T) {
	dir := folder(t,
		"annotations/instances_t.json", `{"info":{"a":1},"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg","license":1}],"categories":[{"id":1,"name":"person"},{"id":2,"name":"cat"}],"annotations":[{"id":9,"image_id":1,"category_id":1,"bbox":[1,2,3,4]},{"id":8,"image_id":2,"category_id":2,"bbox":[1,2,3,4]}]}`,
		"annotations/person_keypoints_t.json", `{"images":[{"id":2,"file_name":"b.jpg","license":2},{"id":3,"file_name":"c.jpg"}],"categories":[{"id":1,"name":"person","keypoints":["nose"],"skeleton":[]}],"annotations":[{"id":9,"image_id":2,"category_id":1,"bbox":[1,2,3,4],"keypoints":[1,2,2],"num_keypoints":1}]}`,
		"annotations/captions_t.json", `{"images":[{"id":1,"file_name":"a.jpg"},{"id":2,"file_name":"b.jpg","license":1}],"annotations":[{"id":1,"image_id":1,"caption":"one"}]}`,
	)
	items, info, _, err := readAll(t, dir, false)
	if err != nil || len(items) != 3 || info.Categories.Len() != 2 || len(items[1].Annotations) != 3 {
		t.Fatalf("%d items, %+v, %v", len(items), items, err)
	}
	out, _ := rewrite(t, dir)
	for _, d := range cocotest.Diff(dir, out) {
		t.Error(d)
	}
}

func TestAPictureThroughALink(t *testing.T) {
	dir := folder(t, "annotations/instances_t.json", `{"images":[{"id":1,"file_name":"a.jpg"}],"annotations":[]}`, "images/x", "")
	secret := filepath.Join(folder(t, "secret.jpg", "secret"), "secret.jpg")
	if err := os.Symlink(secret, filepath.Join(dir, "images/a.jpg")); err != nil {
		t.Fatal(err)
	}
	_, _, _, err := readAll(t, dir, true)
	if !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "leaves the dataset") {
		t.Errorf("%v", err)
	}
}

func TestAKeyForCOCO(t *testing.T) {
	_, err := Format().Export(t.Context(), t.TempDir(), formats.ExportOptions{PlainMedia: true})
	if !errors.Is(err, formats.ErrUsage) {
		t.Errorf("%v", err)
	}
}

func FuzzRead(f *testing.F) {
	f.Add([]byte(annotations(`{"id":1,"image_id":7,"category_id":3,"bbox":[1,2,3,4],"segmentation":[[1,1,5,1,5,5]],"attributes":{"a":1}}`)))
	f.Add([]byte(annotations(`{"id":0,"image_id":7,"area":NaN,"segmentation":{"size":[10,20],"counts":[0,3,197]},"bbox":[]}`)))
	f.Add([]byte("\ufeff{\"images\":[{\"id\":\"x\",\"file_name\":\"a\\\\b.jpg\"}],\"annotations\":[{\"image_id\":\"x\",\"caption\":\"c\"}]}"))
	dir := f.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "annotations"), 0o777); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		if err := os.WriteFile(filepath.Join(dir, "annotations/instances_x.json"), text, 0o666); err != nil {
			t.Fatal(err)
		}
		im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{Workers: 1})
		if err != nil {
			return
		}
		defer im.Close()
		items, err := formatstest.Collect(t.Context(), im)
		if err != nil {
			return
		}
		// What can be read can be written, and read again.
		out := t.TempDir()
		if _, err := formatstest.Write(t.Context(), Format(), out, &formatstest.Dataset{Meta: *im.Info(), List: items}, formats.ExportOptions{}); err != nil {
			t.Fatalf("what was read cannot be written: %v", err)
		}
		again, _, _, err := readAll(t, out, false)
		if err != nil || len(again) != len(items) {
			t.Fatalf("%d items, %d before: %v", len(again), len(items), err)
		}
	})
}
