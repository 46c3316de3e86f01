package cityscapes

import (
	"reflect"
	"testing"

	"datum/formats/formatstest"
)

// FuzzPolygons: what is read is written so that the same is read.
func FuzzPolygons(f *testing.F) {
	formatstest.Seeds(f, data, "_polygons.json")
	f.Fuzz(func(t *testing.T, text []byte) {
		s, err := parsePolygons(text)
		if err != nil {
			return
		}
		again, err := parsePolygons(appendScene(nil, s))
		if err != nil || len(again.objects) != len(s.objects) || again.height != s.height || again.width != s.width {
			t.Fatalf("%s is %+v, then %+v, %v", text, s, again, err)
		}
		for i, o := range s.objects {
			if x := again.objects[i]; x.label != o.label || x.deleted != o.deleted || !reflect.DeepEqual(x.points, o.points) {
				t.Fatalf("object %d of %s is %+v, then %+v", i, text, o, x)
			}
		}
	})
}

// FuzzLabels: what is read of a file of labels can be written and read again.
func FuzzLabels(f *testing.F) {
	formatstest.Seeds(f, data, "/"+colorsFile)
	formatstest.Seeds(f, data, "/"+metaFile)
	f.Add([]byte("1 2 3 a\n0 0 0 b"))
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, parse := range []func([]byte) (*table, error){parseColors, parseMeta} {
			first, err := parse(text)
			if err != nil || len(first.classes) == 0 {
				continue
			}
			var names []string
			colors := make([]*[3]int32, len(first.classes))
			for i, c := range first.classes {
				names = append(names, c.name)
				if first.colored[i] {
					colors[i] = &c.color
				}
			}
			out, file, content, err := tableFor(names, colors)
			if err != nil {
				t.Fatal(err)
			}
			again := out
			switch file {
			case colorsFile:
				again, err = parseColors(content)
			case metaFile:
				again, err = parseMeta(content)
			}
			if err != nil || !reflect.DeepEqual(again.classes, out.classes) || !reflect.DeepEqual(again.colored, out.colored) {
				t.Fatalf("%s: %+v, then %+v, %v", content, out.classes, again, err)
			}
		}
	})
}
