package kitti

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/formats/formatstest"
)

// FuzzLine: a line that is read is written so that the same is read.
func FuzzLine(f *testing.F) {
	names, err := filepath.Glob(data + "*/*/label_2/*")
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
	f.Add("a 1. +2 .5 1e3 00 -1 -0 1 2 3 4 5 6 7 8")
	f.Fuzz(func(t *testing.T, text string) {
		l, err := parseLine(text)
		if err != nil {
			return
		}
		b := l.box()
		again, err := parseLine(format("x", b))
		if math.IsInf(b.W, 0) || math.IsInf(b.H, 0) {
			return
		}
		if err != nil {
			t.Fatalf("%q: %v", format("x", b), err)
		}
		c := again.box()
		if b.X != c.X || b.Y != c.Y || string(b.Attributes.AppendJSON(nil)) != string(c.Attributes.AppendJSON(nil)) {
			t.Fatalf("%q is %q, then %+v", text, format("x", b), c)
		}
	})
}

// FuzzLabels: files of labels, in both forms.
func FuzzLabels(f *testing.F) {
	formatstest.Seeds(f, data, "/"+colorsFile)
	formatstest.Seeds(f, data, "/"+metaFile)
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, parse := range []func([]byte) (*table, error){parseColors, parseMeta} {
			first, err := parse(text)
			if err != nil {
				continue
			}
			meta, err := first.metaText()
			if err != nil {
				t.Fatal(err)
			}
			again, err := parseMeta(meta)
			if err != nil || len(again.labels) != len(first.labels) || len(again.colors) != len(first.colors) {
				t.Fatalf("%s: %+v, then %+v, %v", text, first, again, err)
			}
			seen := map[string]bool{}
			for i, name := range first.written {
				if seen[name] || first.index[name] != int32(i) || len(strings.Fields(name)) != 1 {
					t.Fatalf("label %d of %+v is written %q", i, first.labels, name)
				}
				seen[name] = true
			}
		}
	})
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		low, high string
		want      float64
	}{{"587.01", "614.12", 27.11}, {"-0.5", "0.25", 0.75}, {"1", "1", 0}, {"5", "2.50", -2.5}, {".5", "1.", 0.5}, {"1e3", "1000.1", 0.1}} {
		if got := distance(c.low, c.high, math.NaN(), math.NaN()); got != c.want {
			t.Errorf("%s to %s: %v", c.low, c.high, got)
		}
	}
	for _, c := range [][2]float64{{587.01, 27.11}, {-0.1, 1.0 / 3}, {1e9, 1e-9}, {1e300, 1e-300}} {
		if got := distance(spell(c[0]), far(c[0], c[1]), c[0], math.NaN()); got != c[1] {
			t.Errorf("%v and %v: %v", c[0], c[1], got)
		}
	}
}
