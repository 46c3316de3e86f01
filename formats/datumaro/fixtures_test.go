package datumaro

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// fixtures are datasets that Datumaro itself wrote, one folder for each
// version and case, with the truth of what it held in memory.
const fixtures = "../../testdata/datumaro"

// documented is the number of items of a case that Datumaro's writer changed:
// it writes NaN and infinities as null, and float32 with fewer digits.
var documented = map[string]int{
	"nomedia": 2, // attributes: a float32 of numpy, NaN and Infinity
	"floats":  1, // infinite coordinates
}

func fixtureCases(t testing.TB) []string {
	t.Helper()
	cases, err := filepath.Glob(filepath.Join(fixtures, "1.*", "*"))
	if err != nil || len(cases) == 0 {
		t.Fatalf("no fixtures: %v", err)
	}
	return cases
}

func caseName(dir string) string {
	return filepath.Base(filepath.Dir(dir)) + "/" + filepath.Base(dir)
}

func readAll(t testing.TB, dir string, o formats.ImportOptions) (*dataset.Info, []dataset.Item) {
	t.Helper()
	im, err := formatstest.Open(t.Context(), Format(), dir, o)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil {
		t.Fatal(err)
	}
	return im.Info(), items
}

func TestFixturesAreReadAsDatumaroHeldThem(t *testing.T) {
	cases, exact, items, same := 0, 0, 0, 0
	for _, dir := range fixtureCases(t) {
		t.Run(caseName(dir), func(t *testing.T) {
			wantInfo, want, err := formatstest.LoadTruth(filepath.Join(dir, "truth.json"))
			if err != nil {
				t.Fatal(err)
			}
			info, got := readAll(t, dir, formats.ImportOptions{})
			if d := formatstest.CompareTruthInfo(wantInfo, info); d != "" {
				t.Errorf("info: %s", d)
			}
			diffs := formatstest.CompareAll(want, got, formatstest.CompareTruth)
			if len(diffs) != documented[filepath.Base(dir)] {
				t.Errorf("%d items differ, want %d:\n%s", len(diffs), documented[filepath.Base(dir)], strings.Join(diffs, "\n"))
			}
			cases, items, same = cases+1, items+len(want), same+len(want)-len(diffs)
			if len(diffs) == 0 {
				exact++
			}
		})
	}
	t.Logf("%d cases, %d exact; %d items, %d exact", cases, exact, items, same)
}

// TestFixturesAreWrittenAsDatumaroWroteThem writes what it read and compares
// the texts, all but the paths of media. Datumaro 1.4 did not know the
// positions of keypoints yet; later versions write them even where there are
// none.
func TestFixturesAreWrittenAsDatumaroWroteThem(t *testing.T) {
	identical := 0
	for _, dir := range fixtureCases(t) {
		t.Run(caseName(dir), func(t *testing.T) {
			out := t.TempDir()
			im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
			if err != nil {
				t.Fatal(err)
			}
			defer im.Close()
			loss, err := formatstest.Write(t.Context(), Format(), out, im, formats.ExportOptions{})
			if err != nil || loss.Total() > 0 {
				t.Fatalf("%v, lost: %v", err, loss)
			}
			names, err := filepath.Glob(filepath.Join(dir, annotationsDir, "*"))
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				want, got := pathless(t, name), pathless(t, filepath.Join(out, annotationsDir, filepath.Base(name)))
				if strings.Contains(dir, "1.4.1") {
					got = strings.ReplaceAll(got, `,"positions":[]`, "")
				}
				if want != got {
					t.Errorf("%s differs:\n got %s\nwant %s", name, got, want)
				}
				identical++
			}
		})
	}
	t.Logf("%d files identical but for paths of media", identical)
}

// pathless returns the text of a file with every path of media taken out.
func pathless(t *testing.T, name string) string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(b)
	for _, member := range []string{`"path":`, `"video_path":`} {
		parts := strings.Split(text, member)
		for i, p := range parts[1:] {
			var path *string
			dec := json.NewDecoder(strings.NewReader(p))
			if err := dec.Decode(&path); err != nil {
				t.Fatal(err)
			}
			parts[i+1] = p[dec.InputOffset():]
		}
		text = strings.Join(parts, member)
	}
	return text
}
