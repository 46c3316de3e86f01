package openimages

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

// FuzzImport reads a dataset of one table and its helpers. Whatever they say,
// it ends with items or with an error about the content.
func FuzzImport(f *testing.F) {
	for _, name := range []string{
		"v5/annotations/train-annotations-bbox.csv", "v5/annotations/train-annotations-object-segmentation.csv", "v6/annotations/oidv6-train-annotations-bbox.csv",
		"v5/annotations/train-images-boxable-with-rotation.csv", "v5/annotations/train-annotations-human-imagelabels-boxable.csv",
	} {
		text, err := os.ReadFile(testdata + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), "/m/01g317,Person\n", "0000a1 30 40\n'0000 a2' 1 1\n", `{"LabelName":"x","Subcategory":[{"LabelName":"/m/01g317","Subcategory":[{"LabelName":"y"}]}]}`)
	}
	f.Add("ImageID,LabelName,XMin,XMax,YMin,YMax\na,x,0,1e308,0,1\n\"a\nb\",x,,,,\n", "", "a 2147483647 2147483647", "{}")
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, table, classes, meta, hierarchy string) {
		for name, text := range map[string]string{"train-annotations-x.csv": table, "class-descriptions.csv": classes, metaFile: meta, hierarchyFile: hierarchy} {
			if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		o := formats.ImportOptions{Skip: &formats.Skipped{}, Workers: 1}
		im, err := formatstest.Open(t.Context(), Format(), dir, o)
		if err == nil {
			_, err = formatstest.Collect(t.Context(), im)
			im.Close()
		}
		if err != nil && !errors.Is(err, formats.ErrCorrupt) && !errors.Is(err, formats.ErrUnknownFormat) {
			t.Error(err)
		}
	})
}

func FuzzMeta(f *testing.F) {
	for _, line := range []string{"a 1 2", "'a b' 3 4 # x", `"`, `a\`, "# only"} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		name, height, width, err := parseMeta(line)
		if err == nil && name != "" && (height < 1 || width < 1) {
			t.Errorf("%q: %d × %d", line, height, width)
		}
	})
}
