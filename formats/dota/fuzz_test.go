package dota

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/formats/formatstest"
)

// FuzzLine: a line that is read is written so that the same is read.
func FuzzLine(f *testing.F) {
	names, err := filepath.Glob(data + "*/*/labelTxt*/*")
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		for line := range strings.Lines(string(text)) {
			f.Add(line)
		}
	}
	f.Fuzz(func(t *testing.T, text string) {
		q, err := parseLine(text)
		if err != nil {
			return
		}
		a := q.annotation(0, 1, 1)
		p, ok := cornersOf(a)
		if !ok {
			return // of sums beyond float64
		}
		line := format(p, "x", a.Common().Attributes)
		again, err := parseLine(line)
		if err != nil || again.points != p {
			t.Fatalf("%q is %q, then %+v, %v", text, line, again, err)
		}
	})
}

// FuzzHeader: a header that is read is written in the same way.
func FuzzHeader(f *testing.F) {
	for _, s := range []string{"imagesource:x\ngsd:null", "gsd: 1.50", "imagesource:\r\ngsd:+1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		lines := strings.Split(text, "\n")
		for _, line := range lines {
			if !isHeader(line) || strings.ToValidUTF8(line, "") != line || strings.Contains(line, "\r") {
				return
			}
		}
		if got := headerOf(headerAttributes(lines)); got != text {
			t.Fatalf("%q comes back as %q", text, got)
		}
	})
}

// FuzzLabels: files of labels, in both forms.
func FuzzLabels(f *testing.F) {
	formatstest.Seeds(f, data, "/"+classesFile)
	formatstest.Seeds(f, data, "/data.yaml")
	f.Add([]byte("names: {1: a, 0: 'b c'}"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, parse := range []func([]byte) ([]string, error){parseClasses, parseYAML} {
			names, err := parse(text)
			if err != nil {
				continue
			}
			table := newTable(names)
			seen := map[string]bool{}
			for i, name := range table.written {
				if seen[name] || table.index[name] != int32(i) || len(strings.Fields(name)) != 1 {
					t.Fatalf("label %d of %q is written %q", i, names, name)
				}
				seen[name] = true
			}
		}
	})
}
