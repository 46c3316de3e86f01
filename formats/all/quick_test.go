package all

import (
	"os"
	"path/filepath"
	"testing"

	"datum/crypto/key"
	"datum/formats"
	"datum/formats/coco/cocotest"
)

func convert(t *testing.T, from, ff, to, tf string, in formats.ImportOptions, o formats.ExportOptions) {
	f, _ := Registry().Lookup(ff)
	g, _ := Registry().Lookup(tf)
	im, err := f.Import(t.Context(), from, in)
	if err != nil {
		t.Fatal(err)
	}
	os.MkdirAll(to, 0o777)
	ex, err := g.Export(t.Context(), to, o)
	if err != nil {
		t.Fatal(err)
	}
	if err := ex.Begin(im.Info()); err != nil {
		t.Fatal(err)
	}
	for it, err := range im.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if err := ex.Write(it); err != nil {
			t.Fatal(err)
		}
	}
	loss, err := ex.Close()
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s: notes %v loss %v", from, im.Notes(), loss)
}

func TestQuick(t *testing.T) {
	k, _ := key.New()
	otx := "/tmp/otx143/otx-1.4.3/otx-1.4.3/tests/assets/"
	for _, d := range []string{"/work/shared/fixtures/datumaro/src/coco", otx + "car_tree_bug", otx + "small_objects"} {
		tmp := t.TempDir()
		convert(t, d, "coco", tmp+"/coco", "coco", formats.ImportOptions{}, formats.ExportOptions{SaveMedia: true})
		for _, x := range cocotest.Diff(d, tmp+"/coco") {
			t.Error(filepath.Base(d), x)
		}
		convert(t, d, "coco", tmp+"/bin", "datumaro_binary", formats.ImportOptions{}, formats.ExportOptions{SaveMedia: true, Key: k})
		convert(t, tmp+"/bin", "datumaro_binary", tmp+"/coco2", "coco", formats.ImportOptions{Key: k}, formats.ExportOptions{SaveMedia: true})
		for _, x := range cocotest.Diff(d, tmp+"/coco2") {
			t.Error(filepath.Base(d), "encrypted", x)
		}
	}
}
