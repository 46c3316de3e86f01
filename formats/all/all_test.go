package all

import (
	"errors"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/detect"
	"datum/formats"
	"datum/formats/formatstest"
)

func TestRegistry(t *testing.T) {
	for _, f := range Registry().All() {
		if f.Summary == "" || f.Probe == nil || f.Import == nil {
			t.Errorf("%s is not complete", f.Name)
		}
		for _, name := range append(f.Aliases, f.Name) {
			if g, err := Registry().Lookup(name); err != nil || g.Name != f.Name {
				t.Errorf("%s: %v, %v", name, g, err)
			}
		}
	}
}

// TestEveryFormatIsDetectedAsItself writes a dataset in every format, with and
// without media, and encrypted where there is that, and finds out what it is.
func TestEveryFormatIsDetectedAsItself(t *testing.T) {
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range Registry().All() {
		if f.Export == nil {
			continue
		}
		for _, o := range []formats.ExportOptions{{SaveMedia: true}, {}, {SaveMedia: true, Key: k}} {
			d := bare()
			carriers(d)
			dir := t.TempDir()
			loss, err := formatstest.Write(t.Context(), f, dir, d, o)
			if errors.Is(err, formats.ErrUsage) && o.Key != nil {
				continue // it cannot be encrypted
			}
			if err != nil {
				t.Errorf("%s: %v", f.Name, err)
				continue
			}
			m, err := detect.One(t.Context(), Registry(), formatstest.Folder(t, dir), 0)
			if err != nil && !o.SaveMedia && dropped(loss) == len(d.List) {
				continue // pictures are all that there is to this format
			}
			if err != nil || m.Format.Name != f.Name || m.Encrypted != (o.Key != nil) {
				t.Errorf("%s, encrypted %t: detected as %+v, %v", f.Name, o.Key != nil, m, err)
				continue
			}
			if got := len(read(t, f, dir, o.Key)); got != 1 {
				t.Errorf("%s, encrypted %t: %d items", f.Name, o.Key != nil, got)
			}
		}
	}
}

// dropped is how many items were left out.
func dropped(loss formats.Loss) (n int) {
	for _, e := range loss.Entries() {
		if strings.HasPrefix(e.What, "items") && strings.Contains(e.What, "dropped") {
			n += e.Count
		}
	}
	return n
}

func read(t *testing.T, f *formats.Format, dir string, k *key.Key) (items []dataset.Item) {
	t.Helper()
	imp, err := formatstest.Open(t.Context(), f, dir, formats.ImportOptions{Key: k})
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
