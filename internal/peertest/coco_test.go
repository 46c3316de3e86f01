package peertest

import (
	"encoding/json"
	"os"
	"path/filepath"
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
			Compare(want.ByID(), got.ByID()).Check(t)
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
			Compare(Read(t, New, "coco", coco, "").ByID(), Read(t, New, "coco", dir, "").ByID()).Check(t)
			if d := cmp.Diff(pycocotools(t, coco), pycocotools(t, dir)); d != "" {
				t.Errorf("pycocotools (-want +got):\n%s", d)
			}
		})
	}
}

// A COCO dataset that Datumaro encrypted comes back as COCO.
func TestCOCOThatDatumaroEncrypted(t *testing.T) {
	for name, coco := range cocoSets(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			locked := filepath.Join(t.TempDir(), "locked")
			CommandLine(t, Old, "convert", "-i", coco, "-if", "coco", "-o", locked, "-f", "datumaro_binary", "--", "--save-media", "--encryption")
			dir := export(t, openWithItsKey(t, locked), "coco", formats.ExportOptions{SaveMedia: true})
			Compare(Read(t, New, "coco", coco, "").ByID(), Read(t, New, "coco", dir, "").ByID()).Check(t)
			want, got := pycocotools(t, coco), pycocotools(t, dir)
			if d := cmp.Diff(summed(want), summed(got)); d != "" {
				t.Errorf("pycocotools (-want +got):\n%s", d)
			}
		})
	}
}

// pycocotools also reads what we make of a dataset that has everything.
func TestPycocotoolsReadsTheSample(t *testing.T) {
	in := formatstest.Sample()
	dir := export(t, datum.New(in.Info(), in.List), "coco", formats.ExportOptions{SaveMedia: true})
	for name, found := range pycocotools(t, dir) {
		t.Logf("%s: %d images, %d annotations, %d masks", name, found.Images, found.Annotations, len(found.Areas))
		if found.Images == 0 {
			t.Errorf("%s: no images", name)
		}
	}
}

// found is what pycocotools makes of a file.
type found struct {
	Images, Annotations int
	Areas               map[string]int
}

func pycocotools(t *testing.T, dir string) map[string]found {
	t.Helper()
	var out map[string]found
	if err := json.Unmarshal(Run(t, New, "coco.py", annotationFiles(t, dir)...), &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// summed adds up what is in the files, whatever they are called.
func summed(files map[string]found) found {
	sum := found{Areas: map[string]int{}}
	for _, f := range files {
		sum.Images += f.Images
		sum.Annotations += f.Annotations
		for id, area := range f.Areas {
			sum.Areas[id] += area
		}
	}
	return sum
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
