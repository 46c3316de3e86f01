package imagefolder

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

const testdata = "../../testdata/imagefolder/"

// read lists the items of a dataset, one a line: subset, id, name of the media
// and labels.
func read(t *testing.T, f *formats.Format, path string, o formats.ImportOptions) (lines []string, notes formats.Loss) {
	t.Helper()
	im, err := formatstest.Open(t.Context(), f, path, o)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		line := fmt.Sprintf("%s: %s %s", it.Subset, it.ID, strings.TrimPrefix(it.Media.Main().Name, it.ID))
		for _, a := range it.Annotations {
			line += fmt.Sprintf(" %s %s", a.Kind(), im.Info().Categories.Name(*dataset.LabelOf(a)))
		}
		lines = append(lines, line)
	}
	if err := formatstest.LoadMedia(items); err != nil {
		t.Error(err)
	}
	return lines, im.Notes()
}

func TestLayouts(t *testing.T) {
	for _, test := range []struct {
		dir    string
		format *formats.Format
		want   []string
		notes  []string
	}{
		{"plain", imageNet(), []string{"default: cat/1 .png label cat", "default: dog/2 .png label dog"}, nil},
		{"classes", imageNet(), []string{
			"default: cat/0001 .jpg label cat", "default: cat/0002 .JPG label cat", "default: cat/deep er/a.b .png label cat",
			"default: große Katze/ein Bild .png label große Katze", "default: what .png",
		}, []string{"1 files that are no pictures ignored"}},
		{"subsets", imageNet(), []string{
			"test: cat/9 .png label cat", "train: cat/1 .png label cat", "train: dog/2 .png label dog", "val: dog/1 .png label dog",
		}, nil},
		{"stray", imageNet(), []string{"train: stray .png", "train: cat/1 .png label cat", "train: dog/2 .png label dog"},
			[]string{"1 pictures beside the class folders, read without a label"}},
		{"anysubsets", imageNet(), []string{"day one: cat/1 .png label cat", "day one: dog/2 .png label dog", "night: cat/1 .png label cat"}, nil},
		{"mvtec", imageNet(), []string{
			"test: crack/000 .png label crack", "test: good/000 .png label good", "test: hole/000 .png label hole",
			"train: good/000 .png label good", "train: good/001 .png label good",
		}, []string{"1 folders of masks ignored"}},
		{"flat", imageNet(), []string{"default: B .PNG", "default: a .jpg", "default: c d .png"}, []string{"3 pictures beside the class folders"}},
		{"flat", imageDir(), []string{"default: B .PNG", "default: a .jpg", "default: c d .png"}, nil},
		{"nested", imageDir(), []string{"default: c .png", "default: 2019/b .png", "default: 2019/summer/a .png"}, []string{"1 folders of pictures, read as parts of their names"}},
		{"bare_subsets", imageDir(), []string{"test: b .png", "train: a .png"}, nil},
		{"mvtec", mvtec(), []string{
			"test: crack/000 .png label crack mask crack", "test: good/000 .png label good", "test: hole/000 .png label hole mask hole",
			"train: good/000 .png label good", "train: good/001 .png label good",
		}, nil},
		{"mvtec_plain", mvtec(), []string{"test: colour/02 .jpg label colour mask colour", "test: good/01 .jpg label good", "train: good/00 .jpg label good"}, nil},
		{"imagenet_txt", imageNetTxt(), []string{
			"train: n01/1 .png label n01 tench label n03 großer Hai", "train: a b .png label n02 goldfish, Carassius", "train: 2 .png",
			"val: 3 .png label n03 großer Hai", "val: missing .png label n01 tench",
		}, nil},
		{"imagenet_txt/val.txt", imageNetTxt(), []string{"val: 3 .png label n03 großer Hai", "val: missing .png label n01 tench"}, nil},
	} {
		t.Run(test.dir+" as "+test.format.Name, func(t *testing.T) {
			got, notes := read(t, test.format, testdata+test.dir, formats.ImportOptions{})
			if !slices.Equal(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
			if len(notes.Entries()) != len(test.notes) {
				t.Errorf("notes %v", notes)
			}
			for _, n := range test.notes {
				if !strings.Contains(notes.String(), n) {
					t.Errorf("notes %v, want %q", notes, n)
				}
			}
		})
	}
}

func TestEmptyClassIsAClass(t *testing.T) {
	im, err := formatstest.Open(t.Context(), imageNet(), testdata+"classes", formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	var names []string
	for _, l := range im.Info().Categories.Labels.Labels {
		names = append(names, l.Name)
	}
	if want := []string{"cat", "empty", "große Katze"}; !slices.Equal(names, want) {
		t.Errorf("%q", names)
	}
}

func TestMaskOfMVTec(t *testing.T) {
	im, err := formatstest.Open(t.Context(), mvtec(), testdata+"mvtec", formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil {
		t.Fatal(err)
	}
	m := items[0].Annotations[1].(*dataset.Mask).RLE
	x, y, w, h, err := m.Bounds()
	if got := fmt.Sprint(x, y, w, h, err, m.Width, m.Height); got != "2 3 4 5 <nil> 16 12" {
		t.Error(got)
	}
}

func TestProbe(t *testing.T) {
	list := Formats()
	for dir, want := range map[string]string{
		"plain": "imagenet", "classes": "image_dir", "subsets": "imagenet", "stray": "image_dir", "anysubsets": "imagenet",
		"flat": "image_dir", "nested": "image_dir", "bare_subsets": "image_dir", "mvtec": "imagenet mvtec", "mvtec_plain": "imagenet mvtec",
		"imagenet_txt": "imagenet_txt", "flat/a.jpg": "", "imagenet_txt/train.txt": "imagenet_txt",
		"../coco/sample": "", "../coco/layouts/roboflow": "", "../datumaro/1.13.12/images": "",
	} {
		var got []string
		for _, f := range list {
			v, err := formatstest.Probe(t.Context(), f, testdata+dir)
			if err != nil {
				t.Fatal(err)
			}
			if v.Confidence > formats.No {
				got = append(got, f.Name)
			}
			if (v.Confidence == formats.No) != (len(v.Unmet) > 0) {
				t.Errorf("%s, %s: %+v", dir, f.Name, v)
			}
			if want := formats.Bare; f.Name == nameImageDir && v.Confidence > want {
				t.Errorf("%s: bare pictures with confidence %d", dir, v.Confidence)
			}
		}
		if s := strings.Join(got, " "); s != want {
			t.Errorf("%s is %q, want %q", dir, s, want)
		}
	}
}

func TestProbeOfOtherData(t *testing.T) {
	for name, tree := range map[string][]string{
		"pictures of YOLO":     {"images/train/1.png", "images/val/2.png", "labels/train/1.txt=0 0 0 1 1"},
		"pictures of VOC":      {"JPEGImages/1.png", "Annotations/1.xml=<annotation/>"},
		"masks beside":         {"train/1.png", "trainannot/1.png", "train.txt=x"},
		"a table beside":       {"cat/1.png", "dog/2.png", "labels2.csv=a,b"},
		"class folders, masks": {"images/1.png", "masks/1.png", "x.json={}"},
		"masks only":           {"train/images/1.png", "train/masks/1.png"},
		"Cityscapes":           {"gtFine/train/a/1_gtFine_labelIds.png", "leftImg8bit/train/a/1_leftImg8bit.png"},
	} {
		dir := t.TempDir()
		plant(t, dir, tree...)
		for _, f := range Formats() {
			if v, err := formatstest.Probe(t.Context(), f, dir); err != nil || v.Confidence != formats.No {
				t.Errorf("%s: %s says %+v, %v", name, f.Name, v, err)
			}
		}
	}
}

// plant makes files, of the content behind an equals sign or a picture.
func plant(t *testing.T, dir string, names ...string) {
	t.Helper()
	picture := formatstest.Text(t, testdata+"plain/cat/1.png")
	files := map[string]string{}
	for _, n := range names {
		name, text, ok := strings.Cut(n, "=")
		if !ok {
			text = picture
		}
		files[name] = text
	}
	formatstest.Plant(t, dir, files)
}

func TestNotThere(t *testing.T) {
	for _, f := range Formats() {
		for _, dir := range []string{t.TempDir(), testdata + "nowhere", testdata + "flat/a.jpg"} {
			if im, err := formatstest.Open(t.Context(), f, dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrUnknownFormat) {
				t.Errorf("%s opens %s: %v, %v", f.Name, dir, im, err)
			}
		}
		if _, err := formatstest.Open(t.Context(), f, testdata+"flat", formats.ImportOptions{Key: new(key.Key)}); !errors.Is(err, formats.ErrKey) {
			t.Errorf("%s takes a key: %v", f.Name, err)
		}
		if _, err := f.Export(t.Context(), t.TempDir(), formats.ExportOptions{PlainMedia: true}); !errors.Is(err, formats.ErrUsage) {
			t.Errorf("%s encrypts: %v", f.Name, err)
		}
	}
}

func TestBadRecords(t *testing.T) {
	for name, test := range map[string]struct {
		format *formats.Format
		tree   []string
		want   string
		items  int // with the bad ones left out
	}{
		"a label that does not exist": {imageNetTxt(), []string{"synsets.txt=a\n", "t.txt=1.png 0\n2.png 1\n"}, "t.txt:2: item \"2\": label 1 does not exist, synsets.txt has 1 lines", 1},
		"a line that is none":         {imageNetTxt(), []string{"synsets.txt=a\n", "t.txt=\"1.png 0\n\n3.png 0\n"}, "t.txt:1: a line is the name", 1},
		"a negative label":            {imageNetTxt(), []string{"synsets.txt=a\n", "t.txt=1.png -1\n"}, "t.txt:1: a line is", 0},
		"a path that leaves":          {imageNetTxt(), []string{"synsets.txt=a\n", "t.txt=../1.png 0\n2.png\n"}, "t.txt:1: item \"../1\": \"../1.png\" is no path", 1},
		"listed twice":                {imageNetTxt(), []string{"synsets.txt=a\n", "t.txt=1.png 0\n1.png 0\n"}, "t.txt:2: item \"1\": the picture is listed twice", 1},
		"a broken mask":               {mvtec(), []string{"test/bad/1.png", "test/bad/2.png", "ground_truth/bad/1_mask.png=x"}, "1_mask.png: ", 1},
		"twice in one subset":         {imageNet(), []string{"cat/1.png", "default/cat/1.png", "default/cat/a/2.png"}, "1.png: item \"cat/1\": the subset default has another picture of this name", 2},
		"a name that is not UTF-8":    {imageDir(), []string{"a\xff.png", "b.png"}, "the name is not UTF-8", 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			plant(t, dir, test.tree...)
			im, err := formatstest.Open(t.Context(), test.format, dir, formats.ImportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer im.Close()
			_, err = formatstest.Collect(t.Context(), im)
			if !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), strings.TrimSuffix(test.want, " ")) {
				t.Errorf("got  %v\nwant %s", err, test.want)
			}
			skip := &formats.Skipped{}
			lines, _ := read(t, test.format, dir, formats.ImportOptions{Skip: skip})
			if len(lines) != test.items || skip.Count() != 1 {
				t.Errorf("%d items, %d left out: %q", len(lines), skip.Count(), lines)
			}
		})
	}
}

func TestLinks(t *testing.T) {
	dir := t.TempDir()
	plant(t, dir, "cat/1.png", "dog/2.png", "store/x/3.png")
	for from, to := range map[string]string{"../store/x": "cat/more", "store/x": "bird", ".": "dog/round"} {
		if err := os.Symlink(from, filepath.Join(dir, to)); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
	}
	if err := os.RemoveAll(filepath.Join(dir, "dog", "round")); err != nil {
		t.Fatal(err)
	}
	got, notes := read(t, imageNet(), dir, formats.ImportOptions{})
	want := []string{"default: bird/3 .png label bird", "default: cat/1 .png label cat", "default: dog/2 .png label dog", "store: x/3 .png label x"}
	if !slices.Equal(got, want) || !strings.Contains(notes.String(), "1 links to folders not followed") {
		t.Errorf("%q, %v", got, notes)
	}
}

func TestLimitOfMasks(t *testing.T) {
	o := formats.ImportOptions{}
	o.Limits.ImagePixels = 100
	im, err := formatstest.Open(t.Context(), mvtec(), testdata+"mvtec", o)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	if _, err := formatstest.Collect(context.Background(), im); !errors.Is(err, formats.ErrCorrupt) {
		t.Error(err)
	}
}
