package ade20k

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// TestRealSets reads the two sets with which Datumaro and its users test their
// readers.
func TestRealSets(t *testing.T) {
	peers := os.Getenv("DATUM_PEERS")
	if peers == "" {
		t.Skip("SKIPPED, NOT PASSED: the sets of others were not read: set DATUM_PEERS to the folder that make peers prints")
	}
	for name, c := range map[string]struct {
		want, labels string
	}{
		"ade20k2017_dataset/dataset": {
			want: `training/street/1 (street/1.jpg 4×3 true)
  sky #1 g1 z0 [3 3 6] {"occluded":true,"part_level":0}
  person #2 g2 z0 [6 6] {"walkin":true,"occluded":false,"part_level":0}
  license plate #1 g3 z1 [9 3] {"occluded":false,"part_level":1}
validation/2 (2.jpg 4×3 true)
  sky #1 g1 z0 [3 3 3 3] {"occluded":false,"part_level":0}
  person #2 g2 z0 [6 3 3] {"occluded":false,"part_level":0}
  license plate #1 g3 z1 [3 3 3 3] {"occluded":false,"part_level":1}
  rim #1 g4 z2 [3 3 6] {"occluded":false,"part_level":2}
`,
			labels: "sky|person|license plate|rim",
		},
		"ade20k2020_dataset/dataset": {
			want: `training/street/1 (street/1.jpg 5×5 true) {"scene":["outdoor","urban","street"]}
  car #0 g1 z0 [10 15] {"crop":false,"part_level":0}
  person #1 g2 z0 [5 5 15] {"walkin":true,"occluded":false,"crop":false,"part_level":0}
  door #2 g3 z1 [15 10] {"occluded":true,"crop":false,"part_level":1,"part_of":0}
validation/2 (2.jpg 5×5 true) {"scene":["outdoor","urban","street"]}
  car #0 g1 z0 [10 15] {"crop":false,"part_level":0}
  person #1 g2 z0 [5 5 15] {"walkin":true,"occluded":false,"crop":false,"part_level":0}
  door #2 g3 z1 [15 10] {"occluded":true,"crop":false,"part_level":1,"part_of":0}
  rim #3 g4 z2 [20 5] {"occluded":false,"crop":false,"part_level":2,"part_of":2}
`,
			labels: "car|person|door|rim",
		},
	} {
		dirs, err := filepath.Glob(filepath.Join(peers, "*", filepath.FromSlash(name)))
		if err != nil || len(dirs) == 0 {
			if dirs, err = filepath.Glob(filepath.Join(peers, "*", "*", filepath.FromSlash(name))); err != nil || len(dirs) == 0 {
				t.Errorf("%s is not below %s: %v", name, peers, err)
				continue
			}
		}
		d, notes := load(t, dirs[0], formats.ImportOptions{})
		if got := describe(d); got != c.want || notes.Total() > 0 {
			t.Errorf("%s: got\n%s\nwant\n%s\n%v", name, got, c.want, notes)
		}
		if got := strings.Join(formatstest.LabelNames(d), "|"); got != c.labels {
			t.Errorf("%s: labels %s", name, got)
		}
		testWithMeta(t, dirs[0]+"_with_meta_file", c.labels, d)
	}
}

// testWithMeta reads the set again that has the same first item, and a file of
// labels.
func testWithMeta(t *testing.T, dir, labels string, whole *formatstest.Dataset) {
	t.Helper()
	d, notes := load(t, dir, formats.ImportOptions{})
	if got := strings.Join(formatstest.LabelNames(d), "|"); got != labels || notes.Total() > 0 {
		t.Errorf("%s: labels %s\n%v", dir, got, notes)
	}
	first := whole.List[slices.IndexFunc(whole.List, func(it dataset.Item) bool { return strings.HasSuffix(it.ID, "1") }):][:1]
	for _, diff := range formatstest.CompareAll(first, d.List, formatstest.Compare) {
		t.Errorf("%s: %s", dir, diff)
	}
	if v := formatstest.MustProbe(t, Format(), dir); v.Confidence != formats.High {
		t.Errorf("%s: %+v", dir, v)
	}
}
