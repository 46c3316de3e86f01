package commands

import (
	"os"
	"path/filepath"
	"testing"

	"datum/detect"
	"datum/files"
	"datum/formats"
	"datum/formats/all"
	"datum/internal/detecttest"
)

func TestParsePositive(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		text, column  string
		of3, of4, of5 bool
	}{
		{"rating>=4", "rating", false, true, true},
		{" rating >= 4 ", "rating", false, true, true},
		{"rating>4", "rating", false, false, true},
		{"<4.5", "", true, true, false},
		{"x<=4", "x", true, true, false},
		{"x=4", "x", false, true, false},
		{"x==4", "x", false, true, false},
		{"x!=4", "x", true, false, true},
		{"x>-1e3", "x", true, true, true},
	} {
		column, is, err := parsePositive(test.text)
		if err != nil || column != test.column || is(3) != test.of3 || is(4) != test.of4 || is(5) != test.of5 {
			t.Errorf("%q: %q, %v", test.text, column, err)
		}
	}
	for _, text := range []string{"", "rating", "rating>", "rating>=", "rating>four", "rating>NaN", "rating!4", "a>1>2"} {
		if _, _, err := parsePositive(text); err == nil {
			t.Errorf("%q is something", text)
		}
	}
}

func TestTimeForPeople(t *testing.T) {
	t.Parallel()
	for time, want := range map[int64]string{
		0: "0", 7: "7", -5: "-5", 20200101: "20200101",
		874724710:     "1997-09-20 03:05:10 UTC (874724710)",
		1600000000123: "2020-09-13 12:26:40.123 UTC (1600000000123)",
		1 << 62:       "4611686018427387904",
	} {
		if got := timeForPeople(time); got != want {
			t.Errorf("%d is %s, want %s", time, got, want)
		}
	}
}

// Every format of logs has a name that no format of datasets has, is detected with
// them, and is nothing that a dataset could be read from or written to.
func TestFormatsOfEvents(t *testing.T) {
	t.Parallel()
	r, err := withEvents(all.Registry())
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range eventFormats() {
		got, err := r.Lookup(name)
		if err != nil || got.Probe == nil || got.Summary == "" {
			t.Fatalf("%s: %+v, %v", name, got, err)
		}
		for _, alias := range f.Aliases {
			if other, err := r.Lookup(alias); err != nil || other.Name != name {
				t.Errorf("%s is not %s, %v", alias, name, err)
			}
		}
		if (f.Import == nil) != (got.Import == nil) || (f.Export == nil) != (got.Export == nil) {
			t.Errorf("%s is read and written otherwise than it says", name)
		}
		if got.Export != nil {
			if _, err := got.Export(t.Context(), "", formats.ExportOptions{}); err == nil {
				t.Errorf("%s takes items", name)
			}
		}
	}
}

// The formats of logs take no folder from those of datasets: all that is detected
// without them is with them, too.
func TestEventsDisturbNoDetection(t *testing.T) {
	t.Parallel()
	with, err := withEvents(all.Registry())
	if err != nil {
		t.Fatal(err)
	}
	answer := func(path string, r *formats.Registry) string {
		folder, err := files.Open(path, files.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		defer folder.Close()
		res, err := detect.Run(t.Context(), r, folder, detect.Depth)
		if err != nil {
			t.Fatal(err)
		}
		names := ""
		for _, m := range res.Matches {
			names += m.Format.Name + " "
		}
		for _, m := range res.Rejected {
			if m.Confidence == formats.No && len(m.Unmet) == 0 {
				t.Errorf("%s: %s is rejected without a reason", path, m.Format.Name)
			}
		}
		return names
	}
	var paths []string
	for _, c := range detecttest.Cases {
		path, err := c.Make(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	samples, err := filepath.Glob("../../testdata/*/*")
	if err != nil || len(samples) < 20 {
		t.Fatal(len(samples), err)
	}
	for _, path := range samples {
		if st, err := os.Stat(path); err == nil && st.IsDir() {
			paths = append(paths, path)
		}
	}
	for _, path := range paths {
		if before, after := answer(path, all.Registry()), answer(path, with); before != after {
			t.Errorf("%s: %q without logs, %q with them", path, before, after)
		}
	}
}
