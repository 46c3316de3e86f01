package formatstest_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/datumaro"
	"datum/formats/formatstest"
)

func TestTree(t *testing.T) {
	dir := formatstest.Tree(t, map[string]string{"a/b/c.txt": "text", "d": ""})
	formatstest.Plant(t, dir, map[string]string{"a/e": "more", "d": "anew"})
	for name, want := range map[string]string{"a/b/c.txt": "text", "a/e": "more", "d": "anew"} {
		if got := formatstest.Text(t, dir+"/"+name); got != want {
			t.Errorf("%s holds %q", name, got)
		}
	}
}

func TestReadAll(t *testing.T) {
	f := datumaro.Format()
	in := formatstest.Sample()
	dir, loss := formatstest.MustWrite(t, f, in, formats.ExportOptions{SaveMedia: true})
	if loss.Total() == 0 {
		t.Error("the sample has what only its names are known of, and no loss is counted")
	}
	d, notes := formatstest.MustReadAll(t, f, dir, formats.ImportOptions{})
	if len(d.List) != len(in.List) || notes.Total() > 0 || len(d.Meta.Subsets) == 0 {
		t.Errorf("%d items, %v", len(d.List), notes)
	}
	loaded := slices.ContainsFunc(d.List, func(it dataset.Item) bool {
		if it.Media == nil {
			return false
		}
		_, ok := it.Media.Main().Source.(formatstest.Bytes)
		return ok
	})
	if !loaded {
		t.Error("no media are loaded")
	}
	if got, want := formatstest.LabelNames(d), formatstest.LabelNames(in); !slices.Equal(got, want) || len(got) == 0 {
		t.Errorf("labels %q, want %q", got, want)
	}
	describe := func(info *dataset.Info, it *dataset.Item) []string {
		return []string{it.Subset, fmt.Sprint(info.Categories.Len())}
	}
	lines, im, err := formatstest.ReadLines(t, f, dir, formats.ImportOptions{}, describe)
	if err != nil || len(lines) != 2*len(in.List) || lines[1] != fmt.Sprint(len(formatstest.LabelNames(in))) {
		t.Errorf("%q, %v", lines, err)
	}
	if _, err := formatstest.Collect(t.Context(), im); err != nil {
		t.Errorf("the importer is closed: %v", err)
	}
}

func TestReadAllFails(t *testing.T) {
	f := datumaro.Format()
	if d, _, err := formatstest.ReadAll(t, f, t.TempDir(), formats.ImportOptions{}); d != nil || !errors.Is(err, formats.ErrUnknownFormat) {
		t.Errorf("an empty folder: %v, %v", d, err)
	}
	if _, im, err := formatstest.ReadLines(t, f, t.TempDir(), formats.ImportOptions{}, nil); im != nil || !errors.Is(err, formats.ErrUnknownFormat) {
		t.Errorf("an empty folder: %v, %v", im, err)
	}
	in := formatstest.Sample()
	dir, _ := formatstest.MustWrite(t, f, in, formats.ExportOptions{})
	files, err := os.ReadDir(dir + "/annotations")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	last := dir + "/annotations/" + files[len(files)-1].Name()
	text := formatstest.Text(t, last)
	formatstest.Plant(t, last+"/..", map[string]string{files[len(files)-1].Name(): strings.Replace(text, `"annotations":[`, `"annotations":[7,`, 1)})
	if d, _, err := formatstest.ReadAll(t, f, dir, formats.ImportOptions{}); err == nil || d != nil && len(d.List) == len(in.List) {
		t.Errorf("a broken file is read: %v", err)
	}
}

func TestCounts(t *testing.T) {
	var l formats.Loss
	l.Add("boxes dropped", "", 2)
	l.Add("masks dropped", "x", 1)
	if got := formatstest.Counts(l); !maps.Equal(got, map[string]int{"boxes dropped": 2, "masks dropped": 1}) {
		t.Error(got)
	}
}

func TestSampleParts(t *testing.T) {
	a := formatstest.Attributes(`{"x":1}`)
	if len(a) != 1 || a[0].Name != "x" {
		t.Error(a)
	}
	bare, full := formatstest.BarePicture("a.png"), formatstest.Picture("a.png")
	if bare.Height != 0 || bare.Width != 0 || full.Height == 0 || bare.Name != "a.png" || bare.Source == nil {
		t.Error(bare)
	}
}
