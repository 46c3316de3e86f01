package binary

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// small is a dataset of one item, so that every byte of it can be tried.
func small(t testing.TB, o formats.ExportOptions) string {
	t.Helper()
	info := &dataset.Info{MediaKind: dataset.MediaImage, Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "a"}}}}}
	dir, _ := write(t, info, []dataset.Item{{ID: "x", Subset: "s", Media: picture("x.jpg"), Annotations: []dataset.Annotation{
		&dataset.Bbox{Base: dataset.Base{ID: 1, ObjectID: dataset.NoObject}, X: 1, Y: 2, W: 3, H: 4},
	}}}, o)
	return dir
}

// detected reads the dataset and reports whether something was noticed, and as
// what.
func detected(t testing.TB, dir string, o formats.ImportOptions) bool {
	t.Helper()
	_, _, err := read(t, dir, o)
	if err == nil {
		return false
	}
	if !errors.Is(err, formats.ErrCorrupt) && !errors.Is(err, formats.ErrAuthentication) && !errors.Is(err, formats.ErrKey) {
		t.Errorf("an error of no class: %v", err)
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("an error of several lines: %q", err)
	}
	return true
}

// TestEveryFlippedBitAndTruncationIsNoticed damages each file of a dataset at
// every byte: one bit flipped, and cut off there.
func TestEveryFlippedBitAndTruncationIsNoticed(t *testing.T) {
	k := testKey(t)
	for name, c := range map[string]struct {
		out   formats.ExportOptions
		in    formats.ImportOptions
		files []string
	}{
		"encrypted":                 {formats.ExportOptions{SaveMedia: true, Key: k}, formats.ImportOptions{Key: k}, []string{"annotations/s.datum", "annotations/s.sidecar", "images/s/x.jpg"}},
		"encrypted without sidecar": {formats.ExportOptions{SaveMedia: true, Key: k, NoSidecar: true}, formats.ImportOptions{Key: k}, []string{"annotations/s.datum", "images/s/x.jpg"}},
		"plain":                     {formats.ExportOptions{SaveMedia: true}, formats.ImportOptions{}, []string{"annotations/s.datum", "annotations/s.sidecar", "images/s/x.jpg"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := small(t, c.out)
			flips, cuts := 0, 0
			for _, f := range c.files {
				good := file(t, dir, f)
				for i := range good {
					bad := bytes.Clone(good)
					bad[i] ^= 1 << (i % 8)
					put(t, bad, dir, f)
					if !detected(t, dir, c.in) {
						t.Errorf("%s: bit %d of byte %d flipped, not noticed", f, i%8, i)
					}
					flips++
					put(t, good[:i], dir, f)
					if !detected(t, dir, c.in) {
						t.Errorf("%s: cut at byte %d, not noticed", f, i)
					}
					cuts++
				}
				put(t, append(bytes.Clone(good), 'x'), dir, f)
				if !detected(t, dir, c.in) {
					t.Errorf("%s: a byte appended, not noticed", f)
				}
				put(t, good, dir, f)
			}
			t.Logf("%d bit flips and %d truncations, all noticed unless said above", flips, cuts)
			if detected(t, dir, c.in) {
				t.Error("the sound dataset is refused")
			}
		})
	}
}

// TestTokensAreBoundToTheirPlace moves sound tokens about.
func TestTokensAreBoundToTheirPlace(t *testing.T) {
	k := testKey(t)
	o := formats.ExportOptions{SaveMedia: true, Key: k}
	big := func(letters string) string {
		info := &dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "s"}, {Name: "u"}}}
		var items []dataset.Item
		for _, l := range letters {
			items = append(items, dataset.Item{ID: string(l), Subset: "s", Media: picture(string(l) + ".jpg"), Annotations: []dataset.Annotation{
				&dataset.Caption{Base: dataset.Base{ObjectID: dataset.NoObject}, Caption: strings.Repeat(string(l), blobSize+1)},
			}})
		}
		items = append(items, dataset.Item{ID: "z", Subset: "u"})
		dir, _ := write(t, info, items, o)
		return dir
	}
	dir, other := big("abc"), big("abc")
	swap := func(a, b string) func(string) {
		return func(d string) {
			x, y := file(t, d, a), file(t, d, b)
			put(t, y, d, a)
			put(t, x, d, b)
		}
	}
	fromOther := func(f string) func(string) { return func(d string) { put(t, file(t, other, f), d, f) } }
	remove := func(f string) func(string) {
		return func(d string) {
			if err := os.Remove(filepath.Join(d, f)); err != nil {
				t.Fatal(err)
			}
		}
	}
	blobs := func(change func(blobs [][]byte)) func(string) {
		return func(d string) { changeBlobs(t, d, "s", change) }
	}
	for name, damage := range map[string]func(string){
		"pictures swapped":              swap("images/s/a.jpg", "images/s/b.jpg"),
		"a picture of another export":   fromOther("images/s/a.jpg"),
		"a picture removed":             remove("images/s/a.jpg"),
		"a picture copied over another": func(d string) { put(t, file(t, d, "images/s/a.jpg"), d, "images/s/b.jpg") },
		"annotations of another export": fromOther("annotations/s.datum"),
		"sidecar of another export":     fromOther("annotations/s.sidecar"),
		"one subset of another export":  func(d string) { fromOther("annotations/s.datum")(d); fromOther("annotations/s.sidecar")(d) },
		"a subset removed":              func(d string) { remove("annotations/u.datum")(d); remove("annotations/u.sidecar")(d) },
		"a sidecar removed":             remove("annotations/u.sidecar"),
		"a .datum file removed":         remove("annotations/u.datum"),
		"subsets swapped":               swap("annotations/s.datum", "annotations/u.datum"),
		"subsets swapped with their sidecars": func(d string) {
			swap("annotations/s.datum", "annotations/u.datum")(d)
			swap("annotations/s.sidecar", "annotations/u.sidecar")(d)
		},
		"blobs swapped":                          blobs(func(b [][]byte) { b[0], b[1] = b[1], b[0] }),
		"a blob doubled":                         blobs(func(b [][]byte) { b[1] = b[0] }),
		"media_encryption denied in the version": func(d string) { denyEncryption(t, d, "s") },
	} {
		d := copyTree(t, dir)
		damage(d)
		if !detected(t, d, formats.ImportOptions{Key: k}) {
			t.Errorf("%s: not noticed", name)
		}
		if _, err := Verify(t.Context(), formatstest.Folder(t, d), formats.ImportOptions{Key: k}, nil); err == nil {
			t.Errorf("%s: not noticed by Verify", name)
		}
	}
	if detected(t, dir, formats.ImportOptions{Key: k}) {
		t.Error("the sound dataset is refused")
	}
}

// changeBlobs changes the blobs of a file as somebody without the key can: all
// have the same length, so the list of sizes still fits.
func changeBlobs(t testing.TB, dir, subset string, change func([][]byte)) {
	t.Helper()
	b := file(t, dir, annotationsDir, subset+".datum")
	h, err := readHead(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	c, err := h.open(sealer{testKey(t).Cipher()}, int64(len(b))-h.blobsAt)
	if err != nil {
		t.Fatal(err)
	}
	var blobs [][]byte
	at := h.blobsAt
	for _, n := range c.sizes {
		blobs = append(blobs, bytes.Clone(b[at:at+int64(n)]))
		at += int64(n)
	}
	change(blobs)
	put(t, append(b[:h.blobsAt:h.blobsAt], bytes.Join(blobs, nil)...), dir, annotationsDir, subset+".datum")
}

func denyEncryption(t testing.TB, dir, subset string) {
	t.Helper()
	b := file(t, dir, annotationsDir, subset+".datum")
	put(t, bytes.Replace(b, []byte(`"media_encryption":true`), []byte(`"media_encryption":null`), 1), dir, annotationsDir, subset+".datum")
}

func TestIgnoringTheSidecar(t *testing.T) {
	k := testKey(t)
	dir := small(t, formats.ExportOptions{SaveMedia: true, Key: k})
	put(t, []byte("nonsense"), dir, "annotations/s.sidecar")
	_, _, err := read(t, dir, formats.ImportOptions{Key: k})
	if !errors.Is(err, formats.ErrAuthentication) || !strings.Contains(formats.Hint(err), "--ignore-sidecar") {
		t.Errorf("%v, hint %q", err, formats.Hint(err))
	}
	if _, items, err := read(t, dir, formats.ImportOptions{Key: k, IgnoreSidecar: true}); err != nil || len(items) != 1 {
		t.Errorf("%d items, %v", len(items), err)
	}
}

func TestKeys(t *testing.T) {
	k := testKey(t)
	plain, sealed := small(t, formats.ExportOptions{}), small(t, formats.ExportOptions{Key: k})
	for _, test := range []struct {
		name, dir string
		o         formats.ImportOptions
		says      string
	}{
		{"no key", sealed, formats.ImportOptions{}, "no key was given"},
		{"wrong key", sealed, formats.ImportOptions{Key: otherKey(t)}, "not the one"},
		{"a key for a plain dataset", plain, formats.ImportOptions{Key: k}, "not encrypted"},
	} {
		_, _, err := read(t, test.dir, test.o)
		if !errors.Is(err, formats.ErrKey) || !strings.Contains(err.Error(), test.says) || formats.Hint(err) == "" {
			t.Errorf("%s: %v, hint %q", test.name, err, formats.Hint(err))
		}
		if err != nil && strings.Contains(err.Error(), testKeyText[6:]) {
			t.Errorf("%s: the error shows the key", test.name)
		}
	}
}

func TestTwoSubsetsUnderTwoKeys(t *testing.T) {
	k := testKey(t)
	o := formats.ExportOptions{Key: k, NoSidecar: true}
	dir := small(t, o)
	o.Key = otherKey(t)
	other, _ := write(t, &dataset.Info{MediaKind: dataset.MediaImage}, []dataset.Item{{ID: "y", Subset: "t"}}, o)
	put(t, file(t, other, "annotations/t.datum"), dir, "annotations/t.datum")
	_, _, err := read(t, dir, formats.ImportOptions{Key: k})
	if !errors.Is(err, formats.ErrKey) || !strings.Contains(err.Error(), "t.datum") || !strings.Contains(err.Error(), "another key") {
		t.Errorf("%v", err)
	}
	put(t, file(t, small(t, formats.ExportOptions{NoSidecar: true}), "annotations/s.datum"), dir, "annotations/t.datum")
	if _, _, err := read(t, dir, formats.ImportOptions{Key: k}); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("a plain subset beside an encrypted one: %v", err)
	}
}

func TestMediaThatLeaveTheDataset(t *testing.T) {
	secret := filepath.Join(t.TempDir(), "secret.jpg")
	put(t, []byte("secret"), secret)
	dir := small(t, formats.ExportOptions{SaveMedia: true, NoSidecar: true})
	image := filepath.Join(dir, "images/s/x.jpg")
	if err := os.Remove(image); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(secret, image); err != nil {
		t.Fatal(err)
	}
	if _, _, err := read(t, dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "leaves the dataset") {
		t.Errorf("through a link: %v", err)
	}
	b := file(t, dir, "annotations/s.datum")
	put(t, bytes.Replace(b, []byte("x.jpg"), []byte("../ab"), 1), dir, "annotations/s.datum")
	if _, _, err := read(t, dir, formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "leaves the dataset") {
		t.Errorf("through dots: %v", err)
	}
	put(t, bytes.Replace(b, []byte("x.jpg"), []byte("/etcx"), 1), dir, "annotations/s.datum")
	if _, items, err := read(t, dir, formats.ImportOptions{}); err != nil || items[0].media[0] != nil {
		t.Errorf("an absolute path, as Datumaro writes without media: %v", err)
	}
}

func TestVerifyFindsUnlistedFiles(t *testing.T) {
	dir := small(t, formats.ExportOptions{SaveMedia: true})
	put(t, []byte("more"), dir, "images/s/more.jpg")
	var total, items int
	r, err := Verify(t.Context(), formatstest.Folder(t, dir), formats.ImportOptions{}, func(n int) func(int) {
		total = n
		return func(n int) { items = n }
	})
	if total != 1 || items != 1 {
		t.Errorf("progress: %d of %d", items, total)
	}
	if err != nil || r.Unlisted != 1 || r.FirstUnlisted != "images/s/more.jpg" {
		t.Errorf("%+v, %v", r, err)
	}
}

func FuzzRead(f *testing.F) {
	for _, o := range []formats.ExportOptions{{}, {NoSidecar: true}} {
		dir := small(f, o)
		datum := file(f, dir, "annotations/s.datum")
		var side []byte
		if !o.NoSidecar {
			side = file(f, dir, "annotations/s.sidecar")
		}
		f.Add(datum, side)
	}
	dir := f.TempDir()
	if err := os.Mkdir(filepath.Join(dir, annotationsDir), 0o755); err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, datum, side []byte) {
		put(t, datum, dir, "annotations/s.datum")
		os.Remove(filepath.Join(dir, "annotations/s.sidecar"))
		if len(side) > 0 {
			put(t, side, dir, "annotations/s.sidecar")
		}
		im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
		if err != nil {
			return
		}
		defer im.Close()
		for _, err := range im.Items(t.Context()) {
			if err != nil {
				return
			}
		}
	})
}

// TestDamagedDatasetsAreDetected, so that opening them says what is wrong.
func TestDamagedDatasetsAreDetected(t *testing.T) {
	dir := small(t, formats.ExportOptions{Key: testKey(t)})
	good := file(t, dir, "annotations/s.datum")
	if v := formatstest.MustProbe(t, Format(), dir); v.Confidence != formats.Magic || !v.Encrypted {
		t.Errorf("a sound dataset: %+v", v)
	}
	for _, cut := range []int{0, 10, 30, 100} {
		put(t, good[:cut], dir, "annotations/s.datum")
		if v := formatstest.MustProbe(t, Format(), dir); v.Confidence != formats.Medium || len(v.Unmet) != 1 {
			t.Errorf("cut at %d: %+v", cut, v)
		}
	}
	if v := formatstest.MustProbe(t, Format(), t.TempDir()); v.Confidence != formats.No {
		t.Errorf("an empty folder: %+v", v)
	}
}
