package kitti

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/files"
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
	for _, name := range []string{"rgb/" + colorsFile, "datumaro/" + colorsFile, "semantic_only/" + metaFile} {
		text, err := os.ReadFile(data + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
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

// FuzzPlane: pictures of numbers.
func FuzzPlane(f *testing.F) {
	names, err := filepath.Glob(data + "*/*/*/*.png")
	if err != nil || len(names) == 0 {
		f.Fatal(names, err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	limits := files.Limits{ImagePixels: 1 << 16}.WithDefaults()
	colors := newTable([]dataset.LabelCategory{{Name: "a"}, {Name: "b"}}, nil).colorIndex()
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := decodePlane(bytes.NewReader(b), limits, colors)
		if err == nil && len(p.pixels) != int(p.height)*int(p.width) {
			t.Fatalf("%d pixels of %d × %d", len(p.pixels), p.width, p.height)
		}
	})
}

func TestDecimals(t *testing.T) {
	for _, c := range []struct{ low, high, want string }{
		{"587.01", "614.12", "27.11"}, {"-0.5", "0.25", "0.75"}, {"1", "1", "0"}, {"5", "2.50", "-2.5"}, {"-0.001", "0", "0.001"}, {".5", "1.", "0.5"},
	} {
		a, ok1 := parseDecimal(c.low)
		b, ok2 := parseDecimal(c.high)
		d, ok3 := b.plus(a, -1)
		if !ok1 || !ok2 || !ok3 || d.String() != c.want {
			t.Errorf("%s to %s: %s", c.low, c.high, d)
		}
	}
	for _, s := range []string{"", ".", "1e3", "1234567890123456789", "x", "--1", "1.2.3"} {
		if d, ok := parseDecimal(s); ok {
			t.Errorf("%q is %s", s, d)
		}
	}
}

func TestGrayOfFewBits(t *testing.T) {
	for depth, value := range map[byte]uint8{1: 255, 2: 170, 4: 34, 8: 9} {
		if got, want := value/grayStep(depth), map[byte]uint8{1: 1, 2: 2, 4: 2, 8: 9}[depth]; got != want {
			t.Errorf("%d bits: %d", depth, got)
		}
	}
}
