package ade20k

import (
	"bytes"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

// check wants of a record what the rest relies on.
func check(t *testing.T, r *record) {
	for _, o := range r.objects {
		if o.label(false) == "" || o.label(true) == "" || o.level < 0 || o.level > maxLevel || len(o.outline)%2 != 0 {
			t.Fatalf("%+v", o)
		}
		a := o.attributes("", &formats.Loss{})
		if o.source != nil {
			a.SetRaw(carryObject, o.source)
		}
		again, err := dataset.ParseAttributes(a.AppendJSON(nil))
		if err != nil || len(again) != len(a) {
			t.Fatalf("%s: %v", a.AppendJSON(nil), err)
		}
	}
	if _, err := dataset.ParseAttributes(r.rest.AppendJSON(nil)); err != nil {
		t.Fatal(err)
	}
}

func FuzzText(f *testing.F) {
	formatstest.Seeds(f, data, "_atr.txt")
	f.Add([]byte("1 # 0 # 0 # C# # C# # \"a\"\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		last := 0
		r, err := parseText("x", content, func(line int, err error) error {
			if line <= last || line > bytes.Count(content, []byte{'\n'})+1 {
				t.Fatalf("line %d after %d", line, last)
			}
			last = line
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		check(t, r)
	})
}

func FuzzJSON(f *testing.F) {
	formatstest.Seeds(f, data, ".json")
	f.Add([]byte(`{"annotation":{"object":{"raw_name":"a","polygon":{"x":1,"y":"2"},"parts":{"ispartof":[3]}}}}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		r, err := parseJSON("x", content, func(line int, err error) error {
			if line < 1 || line > bytes.Count(content, []byte{'\n'})+1 {
				t.Fatalf("line %d", line)
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		check(t, r)
	})
}

func FuzzMeta(f *testing.F) {
	formatstest.Seeds(f, data, metaFile)
	f.Add([]byte(`{"labels":["a","b","a"],"segmentation_colors":[[1,2,3],null]}`))
	f.Fuzz(func(t *testing.T, content []byte) {
		l, err := parseMeta(content)
		if err != nil {
			return
		}
		for _, c := range l.colors {
			if int(c.Label) >= len(l.names) {
				t.Fatalf("%+v", l)
			}
		}
	})
}

func FuzzMasks(f *testing.F) {
	formatstest.Seeds(f, data, ".png")
	limits := files.Limits{ImagePixels: 1 << 16}.WithDefaults()
	f.Fuzz(func(t *testing.T, content []byte) {
		m, err := decodePNG(bytes.NewReader(content), limits)
		if err != nil {
			return
		}
		height, width := sizeOf(m)
		list, err := regionsOf(m)
		if err != nil {
			return
		}
		total := int64(0)
		for _, r := range list {
			area, err := r.mask.Area()
			if err != nil {
				t.Fatal(err)
			}
			total += area
		}
		if total > int64(height)*int64(width) || len(grey(m)) != int(height)*int(width) {
			t.Fatalf("%d pixels of %d × %d", total, width, height)
		}
		numberRegions(list, []int64{1, 2, 5}, false)
	})
}
