package binary

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// sharedFixtures is the folder of datasets that the real Datumaro wrote. They
// are not part of the repository.
func sharedFixtures(t testing.TB) string {
	t.Helper()
	shared := os.Getenv("DATUM_SHARED")
	if shared == "" {
		shared = "../../../shared"
	}
	dir := filepath.Join(shared, "fixtures", "datumaro")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("SKIPPED, NOT PASSED: the datasets written by the real Datumaro are not at %s (set DATUM_SHARED)", dir)
	}
	return dir
}

// documented is how many items of a case differ from what Datumaro held in
// memory, in its own re-import as well: what its writer did to them.
var documented = map[string]int{
	"cuboid2d_nolabel": 1, // corners narrowed to float32
	"floats":           1, // 3D cuboids beyond float32, a box with infinite corners
	"nomedia":          2, // attributes NaN and Infinity become null, a numpy float32 is spelt shorter
	"video":            1, // a video that ends at frame 0 is written as one without end
}

// changedMedia are pictures whose bytes Datumaro changed: it encoded two anew
// for their extensions, and wrote a_b over a/b.
var changedMedia = map[string]bool{"JPGUPPER": true, "noext": true, "a/b": true}

// TestFixtures reads everything that Datumaro 1.4.1, 1.11.1 and 1.13.12 wrote.
func TestFixtures(t *testing.T) {
	root := sharedFixtures(t)
	variants, err := filepath.Glob(filepath.Join(root, "1.*", "*", "*", annotationsDir))
	if err != nil {
		t.Fatal(err)
	}
	total, exact, items, media := 0, 0, 0, 0
	for _, v := range variants {
		dir := filepath.Dir(v)
		if filepath.Base(dir) == "json" {
			continue
		}
		rel, _ := filepath.Rel(root, dir)
		t.Run(rel, func(t *testing.T) {
			n, diffs, files := fixture(t, dir)
			total, items, media = total+1, items+n, media+files
			if len(diffs) == 0 {
				exact++
			}
			if want := documented[filepath.Base(filepath.Dir(dir))]; len(diffs) != want {
				t.Errorf("%d items differ, %d are known to:\n%s", len(diffs), want, strings.Join(diffs, "\n"))
			}
		})
	}
	t.Logf("%d datasets, %d exact, the others differ as documented; %d items, %d media files equal to their sources", total, exact, items, media)
	if total < 80 {
		t.Errorf("only %d datasets were found", total)
	}
}

func fixture(t *testing.T, dir string) (items int, diffs []string, media int) {
	o := formats.ImportOptions{}
	if _, err := os.Stat(filepath.Join(dir, "secret_key.txt")); err == nil {
		if o.Key, err = key.ReadFile(filepath.Join(dir, "secret_key.txt")); err != nil {
			t.Fatal(err)
		}
	}
	im, err := formatstest.Open(t.Context(), Format(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	got, err := formatstest.Collect(t.Context(), im)
	if err != nil {
		t.Fatal(err)
	}
	truth := filepath.Join(filepath.Dir(dir), "truth.json")
	if _, err := os.Stat(truth); err != nil {
		truth += ".gz"
	}
	if filepath.Base(filepath.Dir(dir)) == "empty_subset" { // has no truth: no items
		return len(got), nil, 0
	}
	info, want, err := formatstest.LoadTruth(truth)
	if err != nil {
		t.Fatal(err)
	}
	if d := formatstest.CompareTruthInfo(info, im.Info()); d != "" {
		t.Errorf("info: %s", d)
	}
	return len(got), formatstest.CompareAll(want, got, formatstest.CompareTruth), compareMedia(t, truth, got)
}

// compareMedia compares the bytes of media with those of the files that they
// were made from.
func compareMedia(t *testing.T, truth string, items []dataset.Item) (equal int) {
	sums := sourceSums(t, truth)
	for _, it := range items {
		want := sums[it.Subset+"/"+it.ID]
		if want == "" || it.Media == nil || it.Media.Main().Source == nil {
			continue
		}
		b, err := contentOf(it.Media.Main())
		if err != nil {
			if !os.IsNotExist(err) && !strings.Contains(err.Error(), "no such file") {
				t.Errorf("%s: %v", it.ID, err)
			}
			continue
		}
		sum := sha256.Sum256(b)
		switch got := hex.EncodeToString(sum[:]); {
		case got == want:
			equal++
		case !changedMedia[it.ID]:
			t.Errorf("%s: the bytes are not those of the source", it.ID)
		}
	}
	return equal
}

func sourceSums(t *testing.T, path string) map[string]string {
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(path, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	var truth struct {
		Subsets map[string][]struct {
			ID    string
			Media *struct {
				Sum string `json:"src_sha256"`
			}
		}
	}
	if err := json.NewDecoder(r).Decode(&truth); err != nil {
		t.Fatal(err)
	}
	sums := map[string]string{}
	for subset, items := range truth.Subsets {
		for _, it := range items {
			if it.Media != nil {
				sums[subset+"/"+it.ID] = it.Media.Sum
			}
		}
	}
	return sums
}
