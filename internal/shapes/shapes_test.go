package shapes_test

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"testing"

	"datum"
	"datum/internal/shapes"
)

func write(t *testing.T, o shapes.Options) (dir string, wrong []int) {
	t.Helper()
	dir = t.TempDir()
	wrong, err := shapes.Write(dir, o)
	if err != nil {
		t.Fatal(err)
	}
	return dir, wrong
}

// The dataset is one that datum reads, and the same each time.
func TestWrite(t *testing.T) {
	o := shapes.Options{Images: []shapes.Subset{{"train", 20}, {"val", 5}}, Seed: 3}
	dir, _ := write(t, o)
	ds, err := datum.Open(t.Context(), dir, datum.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer ds.Close()
	items, boxes := map[string]int{}, 0
	for it, err := range ds.Items(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		items[it.Subset]++
		boxes += len(it.Annotations)
	}
	if items["train"] != 20 || items["val"] != 5 || boxes < 25 {
		t.Errorf("%v and %d boxes", items, boxes)
	}
	again, _ := write(t, o)
	if a, b := hash(t, dir), hash(t, again); a != b {
		t.Errorf("two datasets of the same options: %s and %s", a, b)
	}
}

func hash(t *testing.T, dir string) string {
	t.Helper()
	h := sha256.New()
	for _, name := range []string{"/annotations/instances_train.json", "/images/train/000007.jpg"} {
		b, err := os.ReadFile(dir + name)
		if err != nil {
			t.Fatal(err)
		}
		h.Write(b)
	}
	return hex.EncodeToString(h.Sum(nil))
}

func TestWrongLabels(t *testing.T) {
	_, wrong := write(t, shapes.Options{Images: []shapes.Subset{{"train", 200}, {"val", 1}}, Wrong: 0.1})
	if len(wrong) < 25 || len(wrong) > 90 {
		t.Errorf("%d labels of some 500 are wrong", len(wrong))
	}
	if _, moved := write(t, shapes.Options{Images: []shapes.Subset{{"train", 200}}, Moved: 0.1}); len(moved) < 25 || len(moved) > 90 {
		t.Errorf("%d boxes of some 500 are moved", len(moved))
	}
	if _, none := write(t, shapes.Options{Images: []shapes.Subset{{"train", 20}}}); len(none) > 0 {
		t.Errorf("wrong labels that nobody asked for: %v", none)
	}
	if _, err := shapes.Write(t.TempDir(), shapes.Options{Size: 8}); err == nil {
		t.Error("pictures of 8 pixels are taken")
	}
}
