package labelme

import (
	"fmt"
	"path"
	"slices"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

const empty = `{"version":"5","shapes":[],"imagePath":"%s","imageHeight":1,"imageWidth":1}`

// TestLayouts requires subsets and names for the ways in which files lie.
func TestLayouts(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string // path to imagePath; pictures have none
		want  []string          // subset/id name, with "!" where the picture is not there
	}{
		"beside":            {map[string]string{"a.json": "a.jpg", "a.jpg": "", "sub/b.json": "b.png", "sub/b.png": ""}, []string{"default/a a.jpg", "default/sub/b sub/b.png"}},
		"one subset folder": {map[string]string{"train/a.json": "a.jpg", "train/a.jpg": ""}, []string{"default/train/a train/a.jpg"}},
		"subset folders":    {map[string]string{"val/a.json": "a.jpg", "val/a.jpg": "", "train/a.json": "a.jpg", "x/a.json": "a.jpg"}, []string{"train/a a.jpg!", "default/x/a x/a.jpg!", "val/a a.jpg"}},
		"apart":             {map[string]string{"annotations/a.json": "../images/a.jpg", "images/a.jpg": ""}, []string{"default/a a.jpg"}},
		"apart, bare names": {map[string]string{"json/s/a.json": "a.jpg", "images/s/a.jpg": ""}, []string{"default/s/a s/a.jpg"}},
		"apart in subsets":  {map[string]string{"train/labels/a.json": "a.jpg", "train/images/a.jpg": "", "test/labels/a.json": "a.jpg", "test/images/a.jpg": ""}, []string{"train/a a.jpg", "test/a a.jpg"}},
		"subsets in images": {map[string]string{"images/train/a.json": "a.jpg", "images/train/a.jpg": "", "images/val/b.jpg": "", "images/val/c.json": "c.jpg"}, []string{"train/a a.jpg", "val/b b.jpg", "val/c c.jpg!"}},
		"another stem":      {map[string]string{"a_ann.json": "a.jpg", "a.jpg": ""}, []string{"default/a a.jpg"}},
		"another extension": {map[string]string{"a.json": "a.bmp", "a.jpg": ""}, []string{"default/a a.jpg"}},
		"a lost picture":    {map[string]string{"a.json": "/home/x/b.jpg"}, []string{"default/a a.jpg!"}},
		"listed subsets":    {map[string]string{"one/a.json": "", "two/a.json": "", "subsets.txt": "two\none\n"}, []string{"two/a ", "one/a "}},
		"two of one stem":   {map[string]string{"a.json": "a.png", "a.png": "", "a.jpg": ""}, []string{"default/a a.jpg", "default/a a.png"}},
	} {
		files := map[string]string{}
		for file, content := range c.files {
			switch path.Ext(file) {
			case ".json":
				content = fmt.Sprintf(empty, content)
			case ".jpg", ".png":
				content = "picture"
			}
			files[file] = content
		}
		var got []string
		for _, it := range read(t, formatstest.Tree(t, files), formats.ImportOptions{}).List {
			line := it.Subset + "/" + it.ID + " "
			if it.Media != nil {
				if line += it.Media.Main().Name; it.Media.Main().Source == nil {
					line += "!"
				}
			}
			got = append(got, line)
		}
		slices.Sort(got)
		slices.Sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s:\n got %q\nwant %q", name, got, c.want)
		}
	}
}

// TestSubsetOrder requires training first, whatever the letters say.
func TestSubsetOrder(t *testing.T) {
	list := []string{"val", "test", "train", "default"}
	slices.SortFunc(list, bySubsetOrder)
	if want := []string{"train", "default", "test", "val"}; !slices.Equal(list, want) {
		t.Errorf("%q", list)
	}
}
