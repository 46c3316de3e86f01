package voc

import (
	"errors"
	"reflect"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
)

func names(c *dataset.Categories) (out []string) {
	for i := range int32(c.Len()) {
		out = append(out, c.Name(i))
	}
	return out
}

func TestLabelMap(t *testing.T) {
	for _, test := range []struct {
		text string
		want []mapLine
		bad  string
	}{
		{"\ufeff# label:color_rgb:parts:actions\r\n\r\ncat:1, 2,3:head, tail :run\r\ndog\n", []mapLine{
			{name: "cat", color: &dataset.LabelColor{R: 1, G: 2, B: 3}, parts: []string{"head", "tail"}, actions: []string{"run"}}, {name: "dog"},
		}, ""},
		{`"a:b #":::` + "\n" + `"quoted:::`, []mapLine{{name: "a:b #"}, {name: `"quoted`}}, ""},
		{impliedHead + "\nbackground:::\na:::\n", []mapLine{{name: "a"}}, ""},
		{"a\nb:1,2::", nil, `the colour "1,2" is not three numbers from 0 to 255`},
		{"b:1,2,256::", nil, `the colour "1,2,256" is not three numbers from 0 to 255`},
		{"::::", nil, "a line of a label map without a label"},
		{"a:b:c:d:e", nil, "a line of a label map with more than 4 fields"},
	} {
		got, line, err := parseLabelMap([]byte(test.text))
		if (err != nil) != (test.bad != "") || err != nil && (err.Error() != test.bad || line == 0) {
			t.Errorf("%q: %v in line %d", test.text, err, line)
		}
		if !reflect.DeepEqual(got, test.want) {
			t.Errorf("%q: %+v", test.text, got)
		}
	}
}

// TestLabelMapComesBack requires the same labels in the same order.
func TestLabelMapComesBack(t *testing.T) {
	for _, labels := range [][]dataset.LabelCategory{
		{},
		{{Name: "a"}, {Name: "b", Attributes: []string{"x", "y"}}},
		{{Name: "person"}, {Name: "head", Parent: "person"}, {Name: "hand", Parent: "person"}},
		{{Name: "head", Parent: "person"}, {Name: "person"}, {Name: "dog"}},
		{{Name: "head", Parent: "person", Attributes: []string{"bald"}}, {Name: "nose", Parent: "head"}, {Name: "person"}},
		{{Name: "person", Parent: "person"}, {Name: "dog", Parent: "animal \"x\""}, {Name: "tail", Parent: "dog"}},
		{{Name: ""}, {Name: " a "}, {Name: "#b"}, {Name: "c:d"}, {Name: `"e"`}, {Name: "f\ng"}, {Name: "\x00"}, {Name: `"`}},
	} {
		c := dataset.Categories{Labels: &dataset.LabelCategories{Labels: labels}}
		var text []byte
		for _, l := range mapLines(&c) {
			text = appendMapLine(text, l)
		}
		lines, _, err := parseLabelMap(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var table labelTable
		if err := table.addMap(lines); err != nil {
			t.Fatal(err)
		}
		table.addParts(lines)
		if got := table.cats.Labels.Labels; len(got)+len(labels) > 0 && !reflect.DeepEqual(got, labels) {
			t.Errorf("%+v came back as %+v from\n%s", labels, got, text)
		}
	}
}

func TestLabelsOfADataset(t *testing.T) {
	xml := func(names ...string) string {
		s := "<annotation>"
		for _, n := range names {
			s += "<object><name>" + n + "</name>" + someBox + "<part><name>eye</name>" + someBox + "</part></object>"
		}
		return s + "</annotation>"
	}
	for _, test := range []struct {
		name  string
		files map[string]string
		want  []string
	}{
		{"by their names", map[string]string{"a.xml": xml("dog"), "b.xml": xml("cat", "dog")}, []string{"cat", "dog", "eye"}},
		{"by the label map", map[string]string{"a.xml": xml("dog", "ant"), "label_map.txt": "eye\ndog\n"}, []string{"eye", "dog", "ant"}},
		{"a label map above", map[string]string{"LabelMap.TXT": "dog\ncat\n", "VOC2012/Annotations/a.xml": xml("cat")}, []string{"dog", "cat", "eye"}},
	} {
		d, _ := readAll(t, folder(t, test.files), formats.ImportOptions{})
		if got := names(&d.Meta.Categories); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q", test.name, got)
		}
	}
	err := firstError(t, folder(t, map[string]string{"a.xml": bare, "labelmap.txt": "a\nb:x\n"}), formats.ImportOptions{})
	var placed *formats.Error
	if !errors.As(err, &placed) || placed.Line != 2 {
		t.Errorf("a bad label map: %v", err)
	}
	if err := firstError(t, folder(t, map[string]string{"a.xml": bare, "labelmap.txt": "a\na\n"}), formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("a label twice: %v", err)
	}
}

func TestClasses(t *testing.T) {
	categories := func(names ...string) *dataset.Categories {
		c := &dataset.Categories{Labels: &dataset.LabelCategories{}}
		for _, n := range names {
			c.Labels.Labels = append(c.Labels.Labels, dataset.LabelCategory{Name: n})
		}
		return c
	}
	black := categories("a", "b")
	black.Masks = &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 1}, {Label: 0, R: 5}}}
	for _, test := range []struct {
		name string
		c    *dataset.Categories
		want []int32 // label of each index
	}{
		{"none", &dataset.Categories{}, []int32{-1}},
		{"no background", categories("a", "b"), []int32{-1, 0, 1}},
		{"the first", categories("Background", "a"), []int32{0, 1}},
		{"another", categories("a", "background", "b"), []int32{1, 0, 2}},
		{"the black one", black, []int32{1, 0}},
	} {
		c := classesOf(test.c)
		if !slices.Equal(c.labels, test.want) {
			t.Errorf("%s: %v", test.name, c.labels)
		}
		for i, label := range test.want[1:] {
			if index, ok := c.index(label); !ok || int(index) != i+1 || c.label(index) != label {
				t.Errorf("%s: label %d has index %d, %v", test.name, label, index, ok)
			}
		}
	}
	c := classesOf(categories("background", "a"))
	for _, label := range []int32{-1, 0, 2} {
		if index, ok := c.index(label); ok {
			t.Errorf("label %d has index %d", label, index)
		}
	}
}

func TestPalette(t *testing.T) {
	for i, want := range map[int][3]uint8{0: {0, 0, 0}, 1: {128, 0, 0}, 2: {0, 128, 0}, 15: {192, 128, 128}, 20: {0, 64, 128}, 255: {224, 224, 192}} {
		if c := vocPalette[i]; [3]uint8{c.R, c.G, c.B} != want {
			t.Errorf("index %d is %v", i, c)
		}
	}
}
