package all

import (
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/detect"
	"datum/formats"
)

func TestRegistry(t *testing.T) {
	for _, f := range Registry().All() {
		if f.Summary == "" || f.Probe == nil || f.Import == nil || f.Export == nil {
			t.Errorf("%s is not complete", f.Name)
		}
		for _, name := range append(f.Aliases, f.Name) {
			if g, err := Registry().Lookup(name); err != nil || g.Name != f.Name {
				t.Errorf("%s: %v, %v", name, g, err)
			}
		}
	}
}

// TestEveryFormatIsDetectedAsItself writes the sample in every format, with and
// without encryption where there is one, and finds out what it is.
func TestEveryFormatIsDetectedAsItself(t *testing.T) {
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Registry().All() {
		for _, o := range []formats.ExportOptions{{}, {SaveMedia: true}, {SaveMedia: true, Key: k}} {
			dir := t.TempDir()
			items, ok := export(t, f, dir, o)
			if !ok {
				continue
			}
			m, err := detect.One(t.Context(), Registry(), dir, 0)
			if err != nil || m.Format.Name != f.Name || m.Encrypted != (o.Key != nil) {
				t.Errorf("%s, encrypted %t: detected as %+v, %v", f.Name, o.Key != nil, m, err)
				continue
			}
			if got := len(read(t, f, dir, o.Key)); got != items {
				t.Errorf("%s, encrypted %t: %d items, want %d", f.Name, o.Key != nil, got, items)
			}
		}
	}
}

// export writes the sample and returns the number of items; ok is false where
// the format has no encryption.
func export(t *testing.T, f *formats.Format, dir string, o formats.ExportOptions) (items int, ok bool) {
	t.Helper()
	coco, err := Registry().Lookup("coco")
	if err != nil {
		t.Fatal(err)
	}
	imp, err := coco.Import(t.Context(), "../../testdata/coco/sample", formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer imp.Close()
	exp, err := f.Export(t.Context(), dir, o)
	if err != nil {
		if o.Key == nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		return 0, false
	}
	if err := exp.Begin(imp.Info()); err != nil {
		t.Fatal(err)
	}
	for it, err := range imp.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		items++
		if err := exp.Write(it); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := exp.Close(); err != nil {
		t.Fatal(err)
	}
	return items, true
}

func read(t *testing.T, f *formats.Format, dir string, k *key.Key) (items []dataset.Item) {
	t.Helper()
	imp, err := f.Import(t.Context(), dir, formats.ImportOptions{Key: k})
	if err != nil {
		t.Fatalf("%s: %v", f.Name, err)
	}
	defer imp.Close()
	for it, err := range imp.Items(t.Context()) {
		if err != nil {
			t.Fatalf("%s: %v", f.Name, err)
		}
		items = append(items, it)
	}
	return items
}
