package all

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"datum/crypto/fernet"
	"datum/crypto/key"
	"datum/formats"
	"datum/formats/coco/cocotest"
	"datum/formats/formatstest"
	"datum/internal/cocogen"
)

// pass writes what is in the folder from as another format into a new folder.
func pass(t *testing.T, from, inFormat, outFormat string, in formats.ImportOptions, out formats.ExportOptions) string {
	t.Helper()
	reads, err := Registry().Lookup(inFormat)
	if err != nil {
		t.Fatal(err)
	}
	writes, err := Registry().Lookup(outFormat)
	if err != nil {
		t.Fatal(err)
	}
	im, err := formatstest.Open(t.Context(), reads, from, in)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	to := t.TempDir()
	loss, err := formatstest.Write(t.Context(), writes, to, im, out)
	if err != nil {
		t.Fatal(err)
	}
	if loss.Total() > 0 {
		t.Errorf("%s to %s lost: %v", inFormat, outFormat, loss)
	}
	return to
}

// cycle encrypts a COCO folder, decrypts it and compares.
func cycle(t *testing.T, folder string) (encrypted, back string) {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	encrypted = pass(t, folder, "coco", "datumaro_binary", formats.ImportOptions{}, formats.ExportOptions{SaveMedia: true, Key: k})
	back = pass(t, encrypted, "datumaro_binary", "coco", formats.ImportOptions{Key: k}, formats.ExportOptions{SaveMedia: true})
	for _, d := range cocotest.Diff(folder, back) {
		t.Error(d)
	}
	return encrypted, back
}

// TestSampleComesBack goes from COCO to encrypted and back, twice: exactly what
// was there, and the same bytes both times.
func TestSampleComesBack(t *testing.T) {
	encrypted, back := cycle(t, "../../testdata/coco/sample")
	_, again := cycle(t, "../../testdata/coco/sample")
	sameBytes(t, back, again)
	err := fs.WalkDir(os.DirFS(encrypted), "images", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(filepath.Join(encrypted, p))
		if !fernet.LooksLikeToken(b) {
			t.Errorf("%s is not encrypted", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sameBytes(t *testing.T, a, b string) {
	t.Helper()
	err := fs.WalkDir(os.DirFS(a), ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		x, err := os.ReadFile(filepath.Join(a, p))
		if err != nil {
			return err
		}
		y, err := os.ReadFile(filepath.Join(b, p))
		if !bytes.Equal(x, y) {
			t.Errorf("%s differs", p)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// TestThousandsOfImagesComeBack is the same with 5 000 images and all tasks.
func TestThousandsOfImagesComeBack(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	folder := t.TempDir()
	if err := cocogen.Write(folder, cocogen.Options{Images: 5000, Seed: 5, Width: 80, Height: 60, Subsets: []string{"train", "val"}}); err != nil {
		t.Fatal(err)
	}
	cycle(t, folder)
}
