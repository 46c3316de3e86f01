package imagefolder

import (
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// fileList lists the files of a folder, and the folders without files.
func fileList(t *testing.T, dir string) (names []string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(dir), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			entries, err := fs.ReadDir(os.DirFS(dir), p)
			if len(entries) == 0 {
				names = append(names, p+"/")
			}
			return err
		}
		names = append(names, p)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// of makes a dataset of the subsets named first, of two labels, and of items
// "subset/id.ext=label".
func of(subsets string, items ...string) *formatstest.Dataset {
	d := &formatstest.Dataset{Meta: dataset.Info{MediaKind: dataset.MediaImage, Categories: dataset.Categories{
		Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "a"}, {Name: "b"}}}}}}
	for _, s := range strings.Fields(subsets) {
		d.Meta.Subsets = append(d.Meta.Subsets, dataset.Subset{Name: s})
	}
	for _, s := range items {
		s, label, _ := strings.Cut(s, "=")
		subset, name, _ := strings.Cut(s, "/")
		it := dataset.Item{ID: stem(name), Subset: subset, Media: formatstest.Picture(name)}
		for _, l := range label {
			it.Annotations = append(it.Annotations, &dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: int32(l - 'a')})
		}
		d.List = append(d.List, it)
	}
	return d
}

func TestWhereClassesGo(t *testing.T) {
	for name, test := range map[string]struct {
		in   *formatstest.Dataset
		want []string
	}{
		"no folder for the default subset": {of("default", "default/1.png=a", "default/b/2.png=b"), []string{"a/1.png", "b/2.png"}},
		"unless a picture lies deeper":     {of("default", "default/1.png=a", "default/x/2.png=a"), []string{"a/1.png", "b/", "default/a/x/2.png"}},
		"no label":                         {of("default", "default/1.png", "default/no_label/2.png=a"), []string{"a/no_label/2.png", "b/", "no_label/1.png"}},
		"several subsets":                  {of("train val", "train/1.png=b", "val/b/1.png=b"), []string{"train/a/", "train/b/1.png", "val/b/1.png"}},
		"a subset without items":           {of("train val", "train/1.png=b", "train/2.png=a"), []string{"train/a/2.png", "train/b/1.png", "val/"}},
		"the first of several labels":      {of("default", "default/1.png=ba"), []string{"a/", "b/1.png"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			if _, err := formatstest.Write(t.Context(), imageNet(), dir, test.in, formats.ExportOptions{SaveMedia: true}); err != nil {
				t.Fatal(err)
			}
			got := fileList(t, dir)
			if name == "no label" {
				test.want = []string{"b/", "default/a/no_label/2.png", "no_label/1.png"}
			}
			if !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

// TestIDsStay requires that what was read once is written to the same places.
func TestIDsStay(t *testing.T) {
	for _, dir := range []string{"plain", "classes", "subsets", "stray", "anysubsets"} {
		im, err := formatstest.Open(t.Context(), imageNet(), testdata+dir, formats.ImportOptions{})
		if err != nil {
			t.Fatal(err)
		}
		out := t.TempDir()
		loss, err := formatstest.Write(t.Context(), imageNet(), out, im, formats.ExportOptions{SaveMedia: true})
		im.Close()
		if err != nil || loss.Total() > 0 {
			t.Errorf("%s: %v, %v", dir, loss, err)
		}
		before, _ := read(t, imageNet(), testdata+dir, formats.ImportOptions{})
		after, _ := read(t, imageNet(), out, formats.ImportOptions{})
		slices.Sort(before)
		slices.Sort(after)
		if !slices.Equal(before, after) {
			t.Errorf("%s:\n%q\n%q", dir, before, after)
		}
	}
}

func TestNamesOfFolders(t *testing.T) {
	for in, want := range map[string]string{
		"cat": "cat", "a/b": "a_b", `c\d`: "c_d", "": "_", ".": "_", "..": "_", ".hid": "_.hid", "x.": "x_", "a\x00b": "a_b", "__MACOSX": "___MACOSX",
		"große Katze": "große Katze", "a\xff": "a_", "n01440764 tench, Tinca": "n01440764 tench, Tinca", "what?": "what_",
	} {
		if got := folderName(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestLabelsThatShareAFolder(t *testing.T) {
	d := of("default", "default/1.png=a", "default/2.png=b", "default/3.png")
	d.Meta.Categories.Labels.Labels = []dataset.LabelCategory{{Name: "x/y"}, {Name: "x_y"}, {Name: "no_label"}}
	dir, loss := formatstest.MustWrite(t, imageNet(), d, formats.ExportOptions{SaveMedia: true})
	if got := fileList(t, dir); !slices.Equal(got, []string{"no_label/3.png", "no_label~2/", "x_y/1.png", "x_y~2/2.png"}) {
		t.Errorf("%q", got)
	}
	if !strings.Contains(loss.String(), "3 labels given another name") || !strings.Contains(loss.String(), "3 labels given another number") {
		t.Error(loss)
	}
}

func TestBareSubsetsWithOtherNames(t *testing.T) {
	dir := t.TempDir()
	loss, err := formatstest.Write(t.Context(), imageDir(), dir, of("day", "day/1.png"), formats.ExportOptions{SaveMedia: true})
	if err != nil || !strings.Contains(loss.String(), "1 items whose subset becomes a folder in their id") {
		t.Error(loss, err)
	}
	if got, _ := read(t, imageDir(), dir, formats.ImportOptions{}); !slices.Equal(got, []string{"default: day/1 .png"}) {
		t.Errorf("%q", got)
	}
	loss, err = formatstest.Write(t.Context(), imageDir(), t.TempDir(), of("default", "default/train/1.png"), formats.ExportOptions{SaveMedia: true})
	if err != nil || !strings.Contains(loss.String(), "1 items whose folder is read as a subset") {
		t.Error(loss, err)
	}
}

func TestWithoutMedia(t *testing.T) {
	for _, f := range []*formats.Format{imageNet(), imageDir(), mvtec()} {
		loss, err := formatstest.Write(t.Context(), f, t.TempDir(), of("train", "train/1.png=a", "train/2.png"), formats.ExportOptions{})
		if err != nil || !strings.Contains(loss.String(), "2 items dropped: this format is its pictures") {
			t.Error(f.Name, loss, err)
		}
	}
}

func TestNamesThatAreNotListed(t *testing.T) {
	d := of("train", "train/.hidden.png=a", "train/noext=b", "train/a/1.png=a")
	d.List[1].Media.Main().Name = "noext"
	_, loss := formatstest.MustWrite(t, imageNet(), d, formats.ExportOptions{SaveMedia: true})
	for _, want := range []string{"1 items dropped, since their names are those of hidden files", "1 items dropped, since the names of their media do not end like"} {
		if !strings.Contains(loss.String(), want) {
			t.Errorf("%v, want %s", loss, want)
		}
	}
}

func TestCollisions(t *testing.T) {
	d := of("train", "train/1.png=a", "train/a/1.png=a")
	for policy, want := range map[formats.Collision][]string{
		formats.CollisionError: nil, formats.CollisionRename: {"train/a/1.png", "train/a/1_2.png", "train/b/"},
	} {
		dir := t.TempDir()
		_, err := formatstest.Write(t.Context(), imageNet(), dir, d, formats.ExportOptions{SaveMedia: true, OnCollision: policy})
		if want == nil {
			if !errors.Is(err, formats.ErrCorrupt) || formats.Hint(err) == "" {
				t.Error(err)
			}
			continue
		}
		if got := fileList(t, dir); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q, %v", got, err)
		}
	}
	masked := mvtecSample()
	masked.List[2].ID, masked.List[2].Annotations = "crack/0", masked.List[0].Annotations[:1]
	if _, err := formatstest.Write(t.Context(), mvtec(), t.TempDir(), masked, formats.ExportOptions{SaveMedia: true}); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("a picture gets the mask of another: %v", err)
	}
	dir := t.TempDir()
	if _, err := formatstest.Write(t.Context(), mvtec(), dir, masked, formats.ExportOptions{SaveMedia: true, OnCollision: formats.CollisionRename}); err != nil {
		t.Error(err)
	}
	if got := fileList(t, dir); !slices.Contains(got, "train/crack/train_0.png") {
		t.Errorf("%q", got)
	}
}

func TestLines(t *testing.T) {
	d := of("train", "train/a b.png=ab", "train/c\u00a0d.png", "train/q\"uote.png=b", "train/plain.png=a")
	d.Meta.Categories.Labels.Labels[0].Name = " two\nlines"
	dir, loss := formatstest.MustWrite(t, imageNetTxt(), d, formats.ExportOptions{})
	text, _ := os.ReadFile(dir + "/train.txt")
	if want := "\"a b\".png 0 1\n\"c\u00a0d\".png\nq_uote.png 1\nplain.png 0\n"; string(text) != want {
		t.Errorf("%q", text)
	}
	if text, _ := os.ReadFile(dir + "/synsets.txt"); string(text) != "two lines\nb\n" {
		t.Errorf("%q", text)
	}
	for _, want := range []string{"1 items given another id", "1 labels given another name"} {
		if !strings.Contains(loss.String(), want) {
			t.Errorf("%v, want %s", loss, want)
		}
	}
}

func FuzzParseLine(f *testing.F) {
	for _, line := range []string{"n01/1.png 0 2", `"a b".png 1`, `"`, "a b.JPG\t7", `"x" .png`, "1.png -1", `""`, " "} {
		f.Add(line)
	}
	f.Fuzz(func(t *testing.T, line string) {
		x, err := parseLine(line)
		if err == nil && (x.name == "" || slices.ContainsFunc(x.labels, func(l int32) bool { return l < 0 })) {
			t.Errorf("%q gives %+v", line, x)
		}
	})
}
