package files_test

import (
	"os"
	"path/filepath"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/detect"
	"datum/files"
	"datum/formats"
	"datum/formats/all"
	"datum/formats/formatstest"
)

// TestShortReads reads a sample of every format from files that give a few bytes
// at a time: nothing may be different.
func TestShortReads(t *testing.T) {
	t.Parallel()
	samples, err := filepath.Glob("../testdata/*/*")
	if err != nil || len(samples) < 30 {
		t.Fatalf("%d samples, %v", len(samples), err)
	}
	read := 0
	for _, sample := range samples {
		if st, err := os.Stat(sample); err != nil || !st.IsDir() {
			continue
		}
		want, format, err := itemsOf(t, sample, false)
		if err != nil {
			continue // several datasets, or none
		}
		read++
		got, inPieces, err := itemsOf(t, sample, true)
		if err != nil || inPieces != format {
			t.Errorf("%s: %s, then %s, %v", sample, format, inPieces, err)
			continue
		}
		if diff := formatstest.CompareAll(want, got, formatstest.Compare); len(diff) > 0 {
			t.Errorf("%s: %d differences, such as %.300s", sample, len(diff), diff[0])
		}
	}
	if read < 30 {
		t.Errorf("only %d samples were read", read)
	}
}

// itemsOf finds out the format of a sample and reads it.
func itemsOf(t *testing.T, path string, inPieces bool) ([]dataset.Item, string, error) {
	t.Helper()
	folder, err := files.OpenFolder(path)
	if err != nil {
		return nil, "", err
	}
	defer folder.Close()
	if inPieces {
		folder.ReadInPieces()
	}
	m, err := detect.One(t.Context(), all.Registry(), folder, 2)
	if err != nil {
		return nil, "", err
	}
	var o formats.ImportOptions
	if m.Encrypted {
		if o.Key, err = key.ReadFile(filepath.Join(path, "secret_key.txt")); err != nil {
			return nil, "", err
		}
		defer o.Key.Destroy()
	}
	im, err := m.Format.Import(t.Context(), m.Folder, o)
	if err != nil {
		return nil, "", err
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil {
		return nil, "", err
	}
	return items, m.Format.Name, formatstest.LoadMedia(items)
}
