package binary

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"datum/crypto/fernet"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func TestRoundTripIsExact(t *testing.T) {
	k := testKey(t)
	for name, o := range map[string]formats.ExportOptions{
		"plain":             {SaveMedia: true},
		"encrypted":         {SaveMedia: true, Key: k},
		"plain media":       {SaveMedia: true, Key: k, PlainMedia: true},
		"everything sealed": {SaveMedia: true, Key: k, EncryptAllMedia: true},
		"one worker":        {SaveMedia: true, Key: k, Workers: 1},
	} {
		t.Run(name, func(t *testing.T) {
			dir := sample(t, o)
			info, items, err := read(t, dir, formats.ImportOptions{Key: o.Key})
			if err != nil {
				t.Fatal(err)
			}
			if want := sampleInfo(t); !reflect.DeepEqual(info, want) {
				t.Errorf("info:\n got %+v\nwant %+v", info, want)
			}
			sameItems(t, items, wanted(t))
			report, err := Verify(t.Context(), formatstest.Folder(t, dir), formats.ImportOptions{Key: o.Key}, nil)
			if err != nil || !report.Manifest || report.Items != 5 || report.Media != 4 || report.Unlisted != 0 || report.Annotations != 15 {
				t.Errorf("verify: %+v, %v", report, err)
			}
		})
	}
}

func TestAnnotationsOnly(t *testing.T) {
	dir := sample(t, formats.ExportOptions{Key: testKey(t)})
	_, items, err := read(t, dir, formats.ImportOptions{Key: testKey(t)})
	if err != nil {
		t.Fatal(err)
	}
	want := wanted(t)
	for i := range want {
		for k := range want[i].media {
			want[i].media[k] = nil
		}
	}
	sameItems(t, items, want)
	if s, err := Inspect(formatstest.Folder(t, dir)); err != nil || s.MediaSaved || s.MediaEncrypted || !s.Encrypted || !s.Sidecars || len(s.Subsets) != 3 {
		t.Errorf("storage %+v, %v", s, err)
	}
}

// TestWithoutSidecar counts every loss, and leaves nothing else to be lost.
func TestWithoutSidecar(t *testing.T) {
	dir, loss := write(t, sampleInfo(t), sampleItems(t), formats.ExportOptions{SaveMedia: true, Key: testKey(t), NoSidecar: true})
	got := map[string]int{}
	for _, e := range loss.Entries() {
		got[e.What] = e.Count
	}
	want := map[string]int{
		"details of the source that only the sidecar can hold":            7,
		"rotated boxes dropped":                                           1,
		"polygons of fewer than three corners dropped":                    1,
		"table rows dropped":                                              1,
		"annotations with coordinates rounded to two decimals of float32": 8,
		"items renamed because another of the subset has the same id":     1,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("losses\n got %v\nwant %v", got, want)
	}
	_, items, err := read(t, dir, formats.ImportOptions{Key: testKey(t)})
	if err != nil {
		t.Fatal(err)
	}
	// Without a sidecar the subsets come in alphabetical order.
	if n := len(items); n != 5 || len(items[1].Annotations) != 5 || items[4].ID != "same.png" {
		t.Fatalf("%d items, the second with %d annotations, the last called %q", n, len(items[1].Annotations), items[4].ID)
	}
	box := items[1].Annotations[1].(*dataset.Bbox)
	if box.X != float64(float32(17.2)) {
		t.Errorf("x is %v, want the stored float32", box.X)
	}
}

func TestOutputDoesNotDependOnWorkers(t *testing.T) {
	one := sample(t, formats.ExportOptions{SaveMedia: true, Workers: 1})
	many := sample(t, formats.ExportOptions{SaveMedia: true, Workers: 7})
	sameTrees(t, one, many, func(b []byte) []byte { return b })
}

// TestEncryptedOutputIsDeterministic compares what is in the tokens: their
// times and random numbers differ.
func TestEncryptedOutputIsDeterministic(t *testing.T) {
	o := formats.ExportOptions{SaveMedia: true, Key: testKey(t), NoSidecar: true}
	one, other := t.TempDir(), t.TempDir()
	for _, dir := range []string{one, other} {
		if _, err := writeTo(t, dir, sampleInfo(t), sampleItems(t), o); err != nil {
			t.Fatal(err)
		}
	}
	cipher := testKey(t).Cipher()
	sameTrees(t, one, other, func(b []byte) []byte {
		h, err := readHead(bytes.NewReader(b), int64(len(b)))
		if err != nil { // a picture
			plain, err := cipher.AppendDecrypt(nil, b)
			if err != nil {
				t.Fatal(err)
			}
			return plain
		}
		var plain []byte
		for _, s := range h.sections()[1:] {
			if plain, err = cipher.AppendDecrypt(plain, *s.at); err != nil {
				t.Fatal(err)
			}
		}
		if rest := b[h.blobsAt:]; len(rest) > 0 {
			if plain, err = cipher.AppendDecrypt(plain, rest); err != nil {
				t.Fatal(err)
			}
		}
		return plain
	})
}

func sameTrees(t *testing.T, a, b string, content func([]byte) []byte) {
	t.Helper()
	var names [2][]string
	for i, dir := range []string{a, b} {
		filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				names[i] = append(names[i], strings.TrimPrefix(p, dir))
			}
			return err
		})
	}
	if !reflect.DeepEqual(names[0], names[1]) {
		t.Fatalf("files differ: %v, %v", names[0], names[1])
	}
	for _, n := range names[0] {
		if !bytes.Equal(content(file(t, a, n)), content(file(t, b, n))) {
			t.Errorf("%s differs", n)
		}
	}
}

func TestNothingReadableInAnEncryptedDataset(t *testing.T) {
	dir := sample(t, formats.ExportOptions{SaveMedia: true, Key: testKey(t)})
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		for _, secret := range []string{"Attributes", "occluded", "bytes of", "a/b", testKeyText[6:20]} {
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("%s contains %q", p, secret)
			}
		}
		if strings.Contains(p, "/images/") && !fernet.LooksLikeToken(b) {
			t.Errorf("%s is no token", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestBlobsAreClosedAsDatumaroDoes(t *testing.T) {
	var items []dataset.Item
	for i := range 3 {
		items = append(items, dataset.Item{ID: string(rune('a' + i)), Subset: "s", Annotations: []dataset.Annotation{
			&dataset.Caption{Base: dataset.Base{ObjectID: dataset.NoObject}, Caption: strings.Repeat("x", 600<<10)},
		}})
	}
	dir, _ := write(t, &dataset.Info{MediaKind: dataset.MediaImage}, items, formats.ExportOptions{})
	im, err := open(t.Context(), formatstest.Folder(t, dir), formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	if sizes := im.(*importer).files[0].blobs; len(sizes) != 2 || sizes[0] <= blobSize || sizes[1] > blobSize {
		t.Errorf("blobs of %v bytes", sizes)
	}
}

func TestWriterRefuses(t *testing.T) {
	info := &dataset.Info{MediaKind: dataset.MediaImage, Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "a"}}}}}
	label := func(l int32) dataset.Item {
		return dataset.Item{ID: "x", Subset: "s", Annotations: []dataset.Annotation{&dataset.Label{Label: l}}}
	}
	for name, items := range map[string][]dataset.Item{
		"an id that leaves":      {{ID: "../x", Subset: "s"}},
		"an absolute id":         {{ID: "/x", Subset: "s"}},
		"an empty id":            {{ID: "", Subset: "s"}},
		"an id that is no UTF-8": {{ID: "\xff", Subset: "s"}},
		"a subset that leaves":   {{ID: "x", Subset: "../s"}},
		"a subset with a slash":  {{ID: "x", Subset: "a/b"}},
		"the same item twice":    {{ID: "x", Subset: "s"}, {ID: "x", Subset: "s"}},
		"a label too many":       {label(1)},
		"a label of -2":          {label(-2)},
	} {
		if _, err := writeTo(t, t.TempDir(), info, items, formats.ExportOptions{SaveMedia: true}); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, o := range []formats.ExportOptions{{PlainMedia: true}, {EncryptAllMedia: true}, {Key: testKey(t), PlainMedia: true, EncryptAllMedia: true}} {
		if _, err := Format().Export(t.Context(), t.TempDir(), o); !errors.Is(err, formats.ErrUsage) {
			t.Errorf("%+v: %v", o, err)
		}
	}
}

// TestMissingMediaEndsTheWorkEarly: not only when a blob is full, after a
// million bytes of records.
func TestMissingMediaEndsTheWorkEarly(t *testing.T) {
	ex, err := Format().Export(t.Context(), t.TempDir(), formats.ExportOptions{SaveMedia: true})
	if err != nil {
		t.Fatal(err)
	}
	defer ex.Abort()
	if err := ex.Begin(&dataset.Info{MediaKind: dataset.MediaImage}); err != nil {
		t.Fatal(err)
	}
	for i := range 5000 {
		name := fmt.Sprintf("%d.jpg", i)
		it := dataset.Item{ID: name, Subset: "s", Media: &dataset.Image{File: dataset.File{Name: name, Source: dataset.LocalFile("/nowhere/" + name)}}}
		if err := ex.Write(it); err != nil {
			return
		}
	}
	t.Error("5000 pictures are missing, and writing went on")
}

func TestMissingMediaIsNamed(t *testing.T) {
	items := []dataset.Item{{ID: "x", Subset: "s", Media: &dataset.Image{File: dataset.File{Name: "x.jpg", Source: dataset.LocalFile("/nowhere/x.jpg")}}}}
	_, err := writeTo(t, t.TempDir(), &dataset.Info{MediaKind: dataset.MediaImage}, items, formats.ExportOptions{SaveMedia: true})
	if !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), `"x"`) || formats.Hint(err) == "" {
		t.Errorf("%v, hint %q", err, formats.Hint(err))
	}
	if _, err := writeTo(t, t.TempDir(), &dataset.Info{MediaKind: dataset.MediaImage}, items, formats.ExportOptions{}); err != nil {
		t.Errorf("without media: %v", err)
	}
}
