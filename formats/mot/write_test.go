package mot

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// TestAsItWas requires that the files come back as they were.
func TestAsItWas(t *testing.T) {
	for dir, files := range map[string][]string{
		"MOT17":    {"train/MOT17-02-FRCNN/gt/gt.txt", "train/MOT17-02-FRCNN/seqinfo.ini", "test/MOT17-01/det/det.txt"},
		"datumaro": {"gt/gt.txt"},
	} {
		_, im, err := read(t, testdata+dir, formats.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		out, loss := formatstest.MustWrite(t, Format(), im, formats.ExportOptions{SaveMedia: true})
		for _, e := range loss.Entries() {
			if e.What != "media files not saved, since the source holds only their names" {
				t.Errorf("%s: %d %s (%s)", dir, e.Count, e.What, e.Example)
			}
		}
		for _, file := range files {
			want, err1 := os.ReadFile(testdata + dir + "/" + file)
			got, err2 := os.ReadFile(out + "/" + file)
			if err1 != nil || err2 != nil || sorted(string(got)) != sorted(string(want)) {
				t.Errorf("%s: %v, %v\n%s\nwant\n%s", file, err1, err2, got, want)
			}
		}
		once, _, _ := read(t, testdata+dir, formats.ImportOptions{})
		again, _, err := read(t, out, formats.ImportOptions{})
		if err != nil || !slices.Equal(once, again) {
			t.Errorf("%s: %v\n%q\n%q", dir, err, once, again)
		}
	}
}

// sorted puts lines in order, and numbers without trailing zeros.
func sorted(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, l := range lines {
		fields := strings.Split(l, ",")
		for k := 2; k < len(fields); k++ {
			fields[k] = strings.TrimSuffix(fields[k], ".0")
		}
		l = strings.Join(fields, ",")
		if len(fields) == 7 { // a detection gets the columns that it lacks
			l += ",-1,-1"
		}
		lines[i] = l
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// of makes a dataset of pictures "subset/id.ext", each with a box of an object.
func of(items ...string) *formatstest.Dataset {
	d := &formatstest.Dataset{Meta: dataset.Info{MediaKind: dataset.MediaImage, Categories: dataset.Categories{
		Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "a"}, {Name: " b\n"}}}}}}
	for i, s := range items {
		subset, name, _ := strings.Cut(s, "/")
		id := name[:strings.LastIndexByte(name, '.')]
		box := &dataset.Bbox{Base: dataset.Base{ObjectID: int32(i)}, Label: int32(i % 2), X: 0.1, Y: 1e-9, W: 1.0 / 3, H: 1e21}
		d.List = append(d.List, dataset.Item{ID: id, Subset: subset, Media: formatstest.Picture(name), Annotations: []dataset.Annotation{box}})
	}
	return d
}

func TestNumbersOfFrames(t *testing.T) {
	for name, test := range map[string]struct {
		in    []string
		saved bool
		want  []string
	}{
		"as they are":             {[]string{"s/000003.jpg", "s/000001.jpg"}, true, []string{"s 000001", "s 000003"}},
		"other digits":            {[]string{"s/7.jpg", "s/00000008.png"}, true, []string{"s 7", "s 00000008"}},
		"not saved, six digits":   {[]string{"s/7.jpg"}, false, []string{"s 000007"}},
		"names":                   {[]string{"s/x.jpg", "s/y.jpg"}, true, []string{"s 000001", "s 000002"}},
		"names and then a number": {[]string{"s/x.jpg", "s/000001.jpg"}, true, []string{"s 000001", "s 000002"}},
		"folders are sequences":   {[]string{"s/v/1.jpg", "s/w/1.jpg", "s/v/2.jpg"}, true, []string{"s v/1", "s v/2", "s w/1"}},
	} {
		dir := t.TempDir()
		if _, err := formatstest.Write(t.Context(), Format(), dir, of(test.in...), formats.ExportOptions{SaveMedia: test.saved}); err != nil {
			t.Fatal(err)
		}
		lines, _, err := read(t, dir, formats.ImportOptions{})
		var got []string
		for _, l := range lines {
			if id, _, ok := strings.Cut(l, ": "); ok {
				got = append(got, id)
			}
		}
		if err != nil || !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	twice := of("s/5.jpg", "s/000005.jpg")
	if _, err := formatstest.Write(t.Context(), Format(), t.TempDir(), twice, formats.ExportOptions{SaveMedia: true}); !errors.Is(err, formats.ErrCorrupt) || formats.Hint(err) == "" {
		t.Error(err)
	}
	o := formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename}
	if loss, err := formatstest.Write(t.Context(), Format(), t.TempDir(), twice, o); err != nil || !strings.Contains(loss.String(), "1 items given another id") {
		t.Error(loss, err)
	}
}

func TestDefaultAlone(t *testing.T) {
	d := of("default/1.jpg", "default/v/1.jpg")
	d.Meta.Subsets = []dataset.Subset{{Name: "default"}}
	dir := t.TempDir()
	if _, err := formatstest.Write(t.Context(), Format(), dir, d, formats.ExportOptions{SaveMedia: true}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"gt/gt.txt", "gt/labels.txt", "img1/1.jpg", "default/v/gt/gt.txt", "default/v/img1/1.jpg"} {
		if _, err := os.Stat(dir + "/" + name); err != nil {
			t.Error(err)
		}
	}
	got, _, err := read(t, dir, formats.ImportOptions{})
	if err != nil || len(got) != 4 || !strings.HasPrefix(got[0], "default 1: ") || !strings.HasPrefix(got[2], "default v/1: ") {
		t.Errorf("%q, %v", got, err)
	}
}

func TestRows(t *testing.T) {
	attributes := func(text string) dataset.Attributes {
		a, err := dataset.ParseAttributes([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	d := of("s/1.jpg")
	box := func(object int32, a string) dataset.Annotation {
		return &dataset.Bbox{Base: dataset.Base{ObjectID: object, Attributes: attributes(a)}, Label: dataset.NoLabel, X: 0.1, Y: 1e-9, W: 1.0 / 3, H: 1e21}
	}
	d.List[0].Annotations = []dataset.Annotation{
		box(-1, `{}`), box(4, `{"ignored":true,"visibility":0.25}`), box(-1, `{"track_id":7,"visibility":1}`), box(-5, `{"occluded":true,"score":0.5}`),
		box(0, `{"ignored":false,"occluded":"yes","@mot_seq.confidence":"0.5","@mot_seq.class":"0"}`),
		box(1, `{"ignored":true,"@mot_seq.confidence":"0.5","@mot_seq.world":"1,2"}`),
	}
	dir, loss := formatstest.MustWrite(t, Format(), d, formats.ExportOptions{})
	text, err := os.ReadFile(dir + "/s/gt/gt.txt")
	const b = "0.1,0.000000001,0.3333333333333333,1000000000000000000000,"
	want := "1,-1," + b + "1,-1,1\n1,4," + b + "0,-1,0.25\n1,7," + b + "1,-1,1\n1,-1," + b + "1,-1,0\n1,0," + b + "0.5,0,1\n1,1," + b + "0,-1,1\n"
	if err != nil || string(text) != want {
		t.Errorf("%v\n%s\nwant\n%s", err, text, want)
	}
	for _, s := range []string{"1 attributes track_id made object ids", "1 negative object ids dropped", "4 attributes of annotations dropped", "1 labels given another name"} {
		if !strings.Contains(loss.String(), s) {
			t.Errorf("%v, want %s", loss, s)
		}
	}
}

func TestFoldersThatAreReserved(t *testing.T) {
	loss, err := formatstest.Write(t.Context(), Format(), t.TempDir(), of("s/gt/1.jpg", "s/.x/1.jpg"), formats.ExportOptions{})
	if err != nil || !strings.Contains(loss.String(), "2 items dropped, since the folders in their ids") {
		t.Error(loss, err)
	}
	if _, err := formatstest.Write(t.Context(), Format(), t.TempDir(), of("det/1.jpg"), formats.ExportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
		t.Error(err)
	}
}

func TestLabelsWithoutNames(t *testing.T) {
	d := of("s/1.jpg", "s/2.jpg")
	d.Meta.Categories.Labels = nil
	dir := t.TempDir()
	loss, err := formatstest.Write(t.Context(), Format(), dir, d, formats.ExportOptions{})
	if err != nil || !strings.Contains(loss.String(), "2 labels without a name") {
		t.Error(loss, err)
	}
	if text, err := os.ReadFile(dir + "/s/gt/labels.txt"); err != nil || string(text) != "0\n1\n" {
		t.Errorf("%q, %v", text, err)
	}
}
