package shard

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

func newKey(t *testing.T) *key.Key {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// everything is a dataset with all that the model can say, and media of all kinds.
// Its items go from one subset to the other and back.
func everything() source {
	return source{"everything", func(*testing.T) *datum.Dataset {
		d := formatstest.Sample()
		d.Meta.MediaKind = dataset.MediaAny
		for _, kind := range []dataset.MediaKind{dataset.MediaPointCloud, dataset.MediaVideo, dataset.MediaVideoFrame} {
			d.List = append(d.List, formatstest.SampleOf(kind).List...)
		}
		return &datum.Dataset{Importer: d}
	}}
}

// pictures is a dataset of pictures in several formats.
func pictures() source {
	d := &formatstest.Dataset{Meta: dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "train", Items: 20}, {Name: "val", Items: 20}}}}
	for i := range 40 {
		it := dataset.Item{ID: fmt.Sprintf("deep/p%d", i), Subset: d.Meta.Subsets[i/20].Name}
		it.Media = formatstest.Picture(it.ID + []string{".png", ".jpg", ".jpeg"}[i%3])
		d.List = append(d.List, it)
	}
	return source{"pictures", func(*testing.T) *datum.Dataset { return &datum.Dataset{Importer: d} }}
}

// collected reads a dataset whole, with the bytes of its media.
func collected(t *testing.T, dir string, k *key.Key) *formatstest.Dataset {
	t.Helper()
	ds := opened(t, dir, formats.ImportOptions{Key: k})
	items, err := formatstest.Collect(t.Context(), ds)
	if err == nil {
		err = formatstest.LoadMedia(items)
	}
	if err != nil {
		t.Fatal(err)
	}
	return &formatstest.Dataset{Meta: *ds.Info(), List: items}
}

func names(files map[string]string) []string {
	var list []string
	for name := range files {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}

// compareSealed requires that two encrypted datasets have the same files, and are
// the same when they are decrypted.
func compareSealed(t *testing.T, whole, merged string, k *key.Key) {
	t.Helper()
	if x, y := names(contents(t, whole)), names(contents(t, merged)); !slices.Equal(x, y) {
		t.Errorf("the files are %q, at once: %q", y, x)
	}
	x, y := collected(t, whole, k), collected(t, merged, k)
	if d := formatstest.CompareInfo(&x.Meta, &y.Meta); d != "" {
		t.Error(d)
	}
	for _, d := range formatstest.CompareAll(x.List, y.List, formatstest.Compare) {
		t.Error(d)
	}
}

// TestEncryptedShards requires, for every way in which a key takes part, that what
// shards become is what one run makes: the same bytes where it is plain, and the
// same files with the same content where it is encrypted.
func TestEncryptedShards(t *testing.T) {
	k := newKey(t)
	plainIn := everything()
	sealed := func(o datum.ExportOptions) source {
		dir := filepath.Join(t.TempDir(), "in")
		o.Key, o.SaveMedia = k, true
		if _, err := datum.Export(t.Context(), plainIn.open(t), dir, "datumaro_binary", o); err != nil {
			t.Fatal(err)
		}
		return source{"sealed", func(t *testing.T) *datum.Dataset { return opened(t, dir, formats.ImportOptions{Key: k}) }}
	}
	var all datum.ExportOptions
	all.EncryptAllMedia = true
	sealedIn, allSealedIn := sealed(datum.ExportOptions{}), sealed(all)
	for _, test := range []struct {
		name    string
		in      source
		inKey   bool
		outKey  bool
		format  string
		options func(*Options)
	}{
		{"encrypt", plainIn, false, true, "datumaro_binary", nil},
		{"encrypt all", plainIn, false, true, "datumaro_binary", func(o *Options) { o.EncryptAllMedia = true }},
		{"encrypt, media plain", plainIn, false, true, "datumaro_binary", func(o *Options) { o.PlainMedia = true }},
		{"encrypt, media none", plainIn, false, true, "datumaro_binary", func(o *Options) { o.SaveMedia = false }},
		{"encrypt, no sidecar", plainIn, false, true, "datumaro_binary", func(o *Options) { o.NoSidecar = true }},
		{"encrypt, other pictures", pictures(), false, true, "datumaro_binary", func(o *Options) { o.ImageExt = "bmp" }},
		{"other pictures", pictures(), false, false, "coco", func(o *Options) { o.ImageExt = "jpg" }},
		{"decrypt", sealedIn, true, false, "datumaro_binary", nil},
		{"decrypt all", allSealedIn, true, false, "datumaro_binary", nil},
		{"decrypt to coco", sealedIn, true, false, "coco", nil},
		{"decrypt to images", sealedIn, true, false, "imagefolder", func(o *Options) { o.OnCollision = formats.CollisionRename }},
		{"the same key", sealedIn, true, true, "datumaro_binary", nil},
		{"the same key, all", sealedIn, true, true, "datumaro_binary", func(o *Options) { o.EncryptAllMedia = true }},
		{"the same key, media plain", allSealedIn, true, true, "datumaro_binary", func(o *Options) { o.PlainMedia = true }},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			o := Options{}
			o.SaveMedia = true
			if test.options != nil {
				test.options(&o)
			}
			if test.inKey {
				o.Input.Key = k
			}
			if test.outKey {
				o.ExportOptions.Key = k
			}
			dir := t.TempDir()
			whole, merged := filepath.Join(dir, "whole"), filepath.Join(dir, "merged")
			res, err := datum.Export(t.Context(), test.in.open(t), whole, test.format, o.ExportOptions)
			if err != nil {
				t.Fatal(err)
			}
			got, err := sharded(t, test.in, merged, test.format, 3, o)
			if err != nil {
				t.Fatal(err)
			}
			if got.Loss.String() != res.Loss.String() || got.Items != res.Items {
				t.Errorf("%d items, losses %q; at once: %d, %q", got.Items, got.Loss, res.Items, res.Loss)
			}
			if !test.outKey {
				for _, d := range differences(contents(t, whole), contents(t, merged)) {
					t.Error(d)
				}
				return
			}
			compareSealed(t, whole, merged, k)
		})
	}
}

// TestNothingPlainOnTheWay looks at the shards of an encrypted dataset, and of one
// that is to be decrypted, for what is secret.
func TestNothingPlainOnTheWay(t *testing.T) {
	k := newKey(t)
	in := everything()
	o := Options{}
	o.SaveMedia, o.ExportOptions.Key, o.EncryptAllMedia = true, k, true
	dir := t.TempDir()
	sealed := filepath.Join(dir, "sealed")
	if _, err := datum.Export(t.Context(), in.open(t), sealed, "datumaro_binary", o.ExportOptions); err != nil {
		t.Fatal(err)
	}
	secrets := [][]byte{k.AppendText(nil)}
	items, err := formatstest.Collect(t.Context(), in.open(t))
	if err != nil || formatstest.LoadMedia(items) != nil {
		t.Fatal(err)
	}
	for _, it := range items {
		if it.Media != nil && it.Media.Main().Source != nil {
			secrets = append(secrets, it.Media.Main().Source.(formatstest.Bytes))
		}
	}
	for _, l := range in.open(t).Info().Categories.Labels.Labels {
		if len(l.Name) > 3 {
			secrets = append(secrets, []byte(l.Name))
		}
	}
	if len(secrets) < 4 {
		t.Fatal("there is nothing to look for")
	}
	decrypt := Options{Input: formats.ImportOptions{Key: k}}
	decrypt.SaveMedia = true
	again := source{"sealed", func(t *testing.T) *datum.Dataset { return opened(t, sealed, decrypt.Input) }}
	for name, work := range map[string]struct {
		in source
		o  Options
	}{"encrypted": {in, o}, "decrypted": {again, decrypt}} {
		out := filepath.Join(dir, name)
		for i := range 2 {
			if _, err := Write(t.Context(), work.in.open(t), out, "datumaro_binary", Part{i, 2}, work.o); err != nil {
				t.Fatal(err)
			}
		}
		for path, text := range contents(t, out+Suffix) {
			for _, s := range secrets {
				if bytes.Contains([]byte(text), s) {
					t.Errorf("%s: %s holds %.20q", name, path, s)
				}
			}
		}
	}
}

// TestMediaAreTakenOver requires that a merge makes no copy of media: neither of
// tokens nor of plain files.
func TestMediaAreTakenOver(t *testing.T) {
	k := newKey(t)
	for _, test := range []struct {
		format string
		key    *key.Key
	}{{"datumaro_binary", k}, {"datumaro_binary", nil}, {"coco", nil}} {
		out := filepath.Join(t.TempDir(), "out")
		o := Options{}
		o.SaveMedia, o.ExportOptions.Key = true, test.key
		for i := range 2 {
			if _, err := Write(t.Context(), everything().open(t), out, test.format, Part{i, 2}, o); err != nil {
				t.Fatal(err)
			}
		}
		set, err := Find(out + Suffix)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := set.Merge(t.Context(), out, MergeOptions{Key: test.key, Keep: true}); err != nil {
			t.Fatal(err)
		}
		made := inodes(t, out+Suffix)
		pictures := 0
		for path, st := range inodes(t, out) {
			if ext := filepath.Ext(path); ext != ".png" && ext != ".jpg" {
				continue
			}
			pictures++
			if sealed := test.key != nil; !slices.ContainsFunc(values(made), func(x fs.FileInfo) bool { return os.SameFile(x, st) }) && (!sealed || !strings.Contains(path, "extra_image")) {
				t.Errorf("%s: %s is a copy", test.format, path)
			}
		}
		if pictures == 0 {
			t.Errorf("%s: there are no pictures", test.format)
		}
	}
}

func inodes(t *testing.T, dir string) map[string]fs.FileInfo {
	t.Helper()
	out := map[string]fs.FileInfo{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		out[path], err = e.Info()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func values(m map[string]fs.FileInfo) (list []fs.FileInfo) {
	for _, v := range m {
		list = append(list, v)
	}
	return list
}

// TestShardsNeedAGivenKey: each would make one of its own.
func TestShardsNeedAGivenKey(t *testing.T) {
	o := Options{}
	o.Encrypt = true
	_, err := Write(t.Context(), everything().open(t), filepath.Join(t.TempDir(), "out"), "datumaro_binary", Part{0, 2}, o)
	if !errors.Is(err, formats.ErrKey) || formats.Hint(err) == "" {
		t.Errorf("%v", err)
	}
}
