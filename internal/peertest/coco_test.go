package peertest

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"datum"
	"datum/crypto/key"
	"datum/formats"
	"datum/formats/formatstest"
)

// cocoSets returns COCO datasets by name: the bundled sample, one for each
// task in it, because Datumaro reads only one of several, and those that
// people made.
func cocoSets(t *testing.T) map[string]string {
	t.Helper()
	sample := filepath.Join(Root(t), "testdata", "coco", "sample")
	sets := map[string]string{
		"car_tree_bug":  filepath.Join(Dir(t, Collected), "car_tree_bug"),
		"small_objects": filepath.Join(Dir(t, Collected), "small_objects"),
	}
	for _, task := range []string{"instances", "person_keypoints", "captions"} {
		sets[task] = oneTask(t, sample, task)
	}
	return sets
}

// overlooked is how many pictures of a dataset Datumaro does not find by
// itself: those of annotations/instances_train_5_imgs.json lie in images/train.
var overlooked = map[string]int{"car_tree_bug": 8}

// oneTask copies a COCO dataset with the files of one task only.
func oneTask(t *testing.T, from, task string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "coco")
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	for _, name := range annotationFiles(t, dir) {
		if !strings.HasPrefix(filepath.Base(name), task+"_") {
			if err := os.Remove(name); err != nil {
				t.Fatal(err)
			}
		}
	}
	return dir
}

func annotationFiles(t *testing.T, dir string) []string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(dir, "annotations", "*.json"))
	if err != nil || len(found) == 0 {
		t.Fatalf("no annotations in %s: %v", dir, err)
	}
	return found
}

// Datumaro finds in our encrypted copy of a COCO dataset what it finds in the
// dataset itself.
func TestDatumaroReadsOurBinaryOfCOCO(t *testing.T) {
	for name, coco := range cocoSets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := export(t, open(t, coco, false), "datumaro_binary", formats.ExportOptions{SaveMedia: true, Key: testKey(t)})
			want := Read(t, Old, "coco", coco, "")
			got := Read(t, Old, "datumaro_binary", dir, keyText)
			Compare(want.ByID(), got.ByID()).Check(t, overlooked[name])
		})
	}
}

// Datumaro and pycocotools find in our COCO what they find in the COCO
// dataset that it was made of, by way of an encrypted copy.
func TestPeersReadOurCOCO(t *testing.T) {
	for name, coco := range cocoSets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			locked := export(t, open(t, coco, false), "datumaro_binary", formats.ExportOptions{SaveMedia: true, Key: testKey(t)})
			dir := export(t, open(t, locked, true), "coco", formats.ExportOptions{SaveMedia: true})
			Compare(Read(t, New, "coco", coco, "").ByID(), Read(t, New, "coco", dir, "").ByID()).Check(t, 0)
			if d := cmp.Diff(pycocotools(t, coco), pycocotools(t, dir)); d != "" {
				t.Errorf("pycocotools (-want +got):\n%s", d)
			}
		})
	}
}

// A COCO dataset that Datumaro encrypted comes back as COCO.
func TestCOCOThatDatumaroEncrypted(t *testing.T) {
	sets := cocoSets(t)
	delete(sets, "car_tree_bug") // Datumaro loses the pictures it overlooks
	// Datumaro cannot write masks whose run lengths are text.
	without(t, sets["instances"], regexp.MustCompile(`"counts": *"`))
	for name, coco := range sets {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			locked := filepath.Join(t.TempDir(), "locked")
			CommandLine(t, Old, "convert", "-i", coco, "-if", "coco", "-o", locked, "-f", "datumaro_binary", "--", "--save-media", "--encryption")
			dir := export(t, openWithItsKey(t, locked), "coco", formats.ExportOptions{SaveMedia: true})
			Compare(Read(t, New, "coco", coco, "").ByID(), Read(t, New, "coco", dir, "").ByID()).Check(t, 0)
			want, got := pycocotools(t, coco), pycocotools(t, dir)
			if d := cmp.Diff(want, got, cmp.Comparer(aboutTheSame)); d != "" {
				t.Errorf("pycocotools (-want +got):\n%s", d)
			}
		})
	}
}

// without takes away the annotations whose segmentation matches pattern.
func without(t *testing.T, coco string, pattern *regexp.Regexp) {
	t.Helper()
	for _, name := range annotationFiles(t, coco) {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var file map[string]json.RawMessage
		var list []map[string]json.RawMessage
		if err := errors.Join(json.Unmarshal(b, &file), json.Unmarshal(file["annotations"], &list)); err != nil {
			t.Fatal(err)
		}
		list = slices.DeleteFunc(list, func(a map[string]json.RawMessage) bool {
			return pattern.Match(a["segmentation"])
		})
		file["annotations"], err = json.Marshal(list)
		b, err2 := json.Marshal(file)
		if err := errors.Join(err, err2, os.WriteFile(name, b, 0o666)); err != nil {
			t.Fatal(err)
		}
	}
}

// aboutTheSame compares the number of pixels of a mask before and after
// Datumaro rounded the corners of its outline to hundredths.
func aboutTheSame(a, b int) bool { return max(a-b, b-a) <= 8+a/100 }

// pycocotools also reads what we make of a dataset that has everything.
func TestPycocotoolsReadsTheSample(t *testing.T) {
	in := formatstest.Sample()
	dir := export(t, datum.New(in.Info(), in.List), "coco", formats.ExportOptions{SaveMedia: true})
	masks := 0
	for name, found := range pycocotools(t, dir) {
		t.Logf("%s: %d images, %d annotations, %d masks", name, found.Images, found.Annotations, len(found.Areas))
		masks += len(found.Areas)
	}
	if masks == 0 {
		t.Error("no masks were found")
	}
}

// found is what pycocotools makes of a file.
type found struct {
	Images, Annotations int
	// Areas are the pixels of the masks by the id of their annotation.
	Areas map[string]int
}

func pycocotools(t *testing.T, dir string) map[string]found {
	t.Helper()
	var out map[string]found
	if err := json.Unmarshal(Run(t, New, "coco", annotationFiles(t, dir)...), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// openWithItsKey opens a dataset with the key that Datumaro left in it.
func openWithItsKey(t *testing.T, dir string) *datum.Dataset {
	t.Helper()
	var o datum.Options
	var err error
	if o.Key, err = key.ReadFile(filepath.Join(dir, datum.SecretKeyFile)); err != nil {
		t.Fatal(err)
	}
	ds, err := datum.Open(t.Context(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ds.Close() })
	return ds
}
