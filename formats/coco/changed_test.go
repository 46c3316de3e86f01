package coco

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"datum/dataset"
	"datum/formats"
	"datum/formats/coco/cocotest"
	"datum/formats/formatstest"
)

// changed reads a folder, lets change work on the dataset, and writes it.
func changed(t *testing.T, from string, change func(*dataset.Info, []dataset.Item) []dataset.Item) (to string, loss formats.Loss, err error) {
	t.Helper()
	im, err := formatstest.Open(t.Context(), Format(), from, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil {
		t.Fatal(err)
	}
	items = change(im.Info(), items)
	to = t.TempDir()
	loss, err = formatstest.Write(t.Context(), Format(), to, &formatstest.Dataset{Meta: *im.Info(), List: items}, formats.ExportOptions{SaveMedia: true})
	return to, loss, err
}

const layouts = "../../testdata/coco/layouts/"

// TestAnotherName: a subset with another name gets other files, with what the
// old ones held.
func TestAnotherName(t *testing.T) {
	to, loss, err := changed(t, layouts+"official", func(info *dataset.Info, items []dataset.Item) []dataset.Item {
		info.Subsets[0].Name = "all"
		for i := range items {
			items[i].Subset = "all"
		}
		return items
	})
	if err != nil || loss.Total() > 0 {
		t.Fatal(err, loss)
	}
	for old, name := range map[string]string{"val2017": "all"} {
		for _, task := range []string{taskInstances, taskKeypoints, taskCaptions} {
			want, err1 := os.ReadFile(filepath.Join(layouts, "official/annotations", task+"_"+old+".json"))
			got, err2 := os.ReadFile(filepath.Join(to, "annotations", task+"_"+name+".json"))
			if err := errors.Join(err1, err2); err != nil {
				t.Fatal(err)
			}
			for _, d := range cocotest.DiffJSON(task, want, got) {
				t.Error(d)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(to, "images/all/000000397133.jpg")); err != nil {
		t.Error(err)
	}
}

// TestFewerItems: images and annotations that were removed leave the others
// as they were.
func TestFewerItems(t *testing.T) {
	to, loss, err := changed(t, layouts+"official", func(_ *dataset.Info, items []dataset.Item) []dataset.Item {
		items[0].Annotations = slices.DeleteFunc(items[0].Annotations, func(a dataset.Annotation) bool { return a.Common().ID == 1767 })
		return items[:1]
	})
	if err != nil || loss.Total() > 0 {
		t.Fatal(err, loss)
	}
	b, err := os.ReadFile(filepath.Join(to, "annotations/instances_val2017.json"))
	if err != nil {
		t.Fatal(err)
	}
	if n := len(listOf(t, string(b), "images")); n != 1 {
		t.Errorf("%d images", n)
	}
	var ids []string
	for _, r := range listOf(t, string(b), "annotations") {
		ids = append(ids, string(member([]byte(r), "id")))
	}
	if !slices.Equal(ids, []string{"1766", "900100397133"}) {
		t.Error(ids)
	}
}

// TestRenamedLabels: the categories say what the dataset says now.
func TestRenamedLabels(t *testing.T) {
	to, _, err := changed(t, layouts+"official", func(info *dataset.Info, items []dataset.Item) []dataset.Item {
		info.Categories.Labels.Labels[0].Name = "human"
		info.Categories.Labels.Labels = append(info.Categories.Labels.Labels, dataset.LabelCategory{Name: "new"})
		items[0].Annotations = append(items[0].Annotations, &dataset.Bbox{Base: base(0, 0), Label: 3, W: 1, H: 1})
		return items
	})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(to, "annotations/instances_val2017.json"))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"id":1,"name":"human","supercategory":"person"}`, `{"id":18,"name":"dog","supercategory":"animal"}`,
		`{"id":90,"name":"toothbrush","supercategory":"indoor"}`, `{"id":4,"name":"new","supercategory":""}`,
	}
	if d := cmp.Diff(want, listOf(t, string(b), "categories")); d != "" {
		t.Error(d)
	}
	anns := listOf(t, string(b), "annotations")
	if last := anns[len(anns)-1]; !strings.Contains(last, `"category_id":4`) || !strings.Contains(last, `"id":900100397134,`) {
		t.Error(last)
	}
}

// TestCarriedByHand: carried attributes that nobody could have carried change
// nothing and lead nowhere.
func TestCarriedByHand(t *testing.T) {
	for _, files := range []string{
		`[{"path":"../../x.json","task":"instances","members":[]}]`,
		`[{"path":"/tmp/x.json","task":"instances","members":null}]`,
		`[{"path":"annotations/instances_val2017.json","task":"../x","members":[]}]`,
		`[{"path":"x_val2017.txt","task":"instances","members":[[],["\"images\""],[1,2]]}]`,
		`[{"path":"a.json","task":"instances"},{"path":"a.json","task":"instances"}]`,
		`7`,
	} {
		to, _, err := changed(t, layouts+"official", func(info *dataset.Info, items []dataset.Item) []dataset.Item {
			a := &info.Subsets[0].Attributes
			a.SetRaw(carryFiles, []byte(files))
			a.SetRaw(carryMedia, []byte(`"../.."`))
			items[0].Attributes.SetRaw(carryMedia, []byte(`"/tmp"`))
			items[1].Attributes.SetRaw(carryIn, []byte(`{"99":{"at":-5},"x":{}}`))
			items[1].Attributes.SetRaw(carryRaw, []byte(`[{"file":99,"record":{}}]`))
			items[1].Annotations[0].Common().Attributes.SetRaw(carryOrder, []byte("-99"))
			items[1].Annotations[0].Common().Attributes.SetRaw(carryFile, []byte("1e9"))
			return items
		})
		if err != nil {
			t.Errorf("%s: %v", files, err)
			continue
		}
		im, err := formatstest.Open(t.Context(), Format(), to, formats.ImportOptions{})
		if err != nil {
			t.Errorf("%s: %v", files, err)
			continue
		}
		if items, err := formatstest.Collect(t.Context(), im); err != nil || len(items) < 2 {
			t.Errorf("%s: %d items, %v", files, len(items), err)
		}
		im.Close()
	}
}

// TestOnePlaceForTwoPictures: subsets may share a folder of pictures, as long
// as they agree about what is in it.
func TestOnePlaceForTwoPictures(t *testing.T) {
	_, _, err := changed(t, layouts+"images_all", func(_ *dataset.Info, items []dataset.Item) []dataset.Item {
		items[0].Media.Main().Source = formatstest.Bytes("one")
		items[2].Media.Main().Source = formatstest.Bytes("another")
		return items
	})
	var placed *formats.Error
	if !errors.As(err, &placed) || !strings.Contains(err.Error(), "another picture has this place") || !strings.HasSuffix(placed.Path, filepath.FromSlash("images/a.png")) {
		t.Errorf("%v", err)
	}
}

func TestAMissingPicture(t *testing.T) {
	dir := folder(t, "annotations/instances_t.json", annotations())
	_, _, err := changed(t, dir, func(_ *dataset.Info, items []dataset.Item) []dataset.Item { return items })
	want := filepath.Join(dir, "images/t/a.jpg") + `: item "a": no such file or directory`
	if !errors.Is(err, fs.ErrNotExist) || err.Error() != want || formats.Hint(err) == "" {
		t.Errorf("%v, hint %q", err, formats.Hint(err))
	}
	out, _ := rewrite(t, dir) // without pictures it can be converted
	for _, d := range cocotest.Diff(dir, out) {
		t.Error(d)
	}
}

func TestExistingFilesStay(t *testing.T) {
	dir := folder(t, "annotations/image_info_s.json", "mine")
	d := &formatstest.Dataset{Meta: dataset.Info{}, List: []dataset.Item{foreign("x")}}
	if _, err := formatstest.Write(t.Context(), Format(), dir, d, formats.ExportOptions{}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("%v", err)
	}
	if b, _ := os.ReadFile(filepath.Join(dir, "annotations/image_info_s.json")); string(b) != "mine" {
		t.Errorf("it holds %q", b)
	}
}

// TestInterleaved: subsets may come mixed; the output is the same.
func TestInterleaved(t *testing.T) {
	sorted := t.TempDir()
	mixed := t.TempDir()
	im, err := formatstest.Open(t.Context(), Format(), layouts+"roboflow", formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(context.Background(), im)
	if err != nil {
		t.Fatal(err)
	}
	for dir, list := range map[string][]dataset.Item{sorted: items, mixed: {items[2], items[0], items[1]}} {
		if _, err := formatstest.Write(t.Context(), Format(), dir, &formatstest.Dataset{Meta: *im.Info(), List: list}, formats.ExportOptions{SaveMedia: true}); err != nil {
			t.Fatal(err)
		}
	}
	for _, d := range cocotest.Diff(sorted, mixed) {
		t.Error(d)
	}
}
