package cvat

import (
	"reflect"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/internal/xmltext"
)

// table declares the labels of a <labels> element.
func table(t *testing.T, labels string) (*labelTable, map[string]int) {
	t.Helper()
	meta, err := xmltext.Parse([]byte("<meta><task><labels>"+labels+"</labels></task></meta>"), 0)
	if err != nil {
		t.Fatal(err)
	}
	l, loss := newLabelTable(), formats.Loss{}
	l.declare(meta, &loss, "x.xml")
	notes := map[string]int{}
	for _, e := range loss.Entries() {
		notes[e.What] = e.Count
	}
	return l, notes
}

func TestLabels(t *testing.T) {
	l, notes := table(t, `<label><name> a </name><color>#FF8000</color></label>
		<label><name>b</name><type>rectangle</type><attributes><attribute><name>n</name><input_type>number</input_type></attribute></attributes></label>
		<label><name>b</name><attributes><attribute><name>n</name><input_type>text</input_type></attribute><attribute><name>m</name></attribute></attributes></label>
		<label><name></name></label><label><name>c</name><parent>a</parent></label><other/>`)
	c := l.categories()
	var names []string
	for _, x := range c.Labels.Labels {
		names = append(names, x.Name)
	}
	if !slices.Equal(names, []string{"a", "b", "c"}) || c.Labels.Labels[2].Parent != "a" {
		t.Errorf("%+v", c.Labels)
	}
	if got := c.Labels.Labels[1]; !slices.Equal(got.Attributes, []string{"n", "m"}) || l.types["b"]["n"] != typeNumber {
		t.Errorf("%+v", got)
	}
	if !reflect.DeepEqual(c.Masks.Colors, []dataset.LabelColor{{Label: 0, R: 255, G: 128, B: 0}}) || c.Points != nil {
		t.Errorf("%+v", c.Masks)
	}
	if notes["labels declared again in another way, of which the first counts"] != 1 {
		t.Errorf("%v", notes)
	}
}

// TestSkeletonElements requires that elements of two skeletons may have one
// name, and that a label that is called like one stays.
func TestSkeletonElements(t *testing.T) {
	l, _ := table(t, `<label><name>1</name><type>any</type></label>
		<label><name>s</name><type>skeleton</type></label><label><name>1</name><type>points</type><parent>s</parent></label>
		<label><name>t</name><type>skeleton</type></label><label><name>2</name><type>points</type><parent>t</parent></label><label><name>1</name><type>points</type><parent>t</parent></label>`)
	c := l.categories()
	if c.Len() != 3 || len(c.Points.Items) != 2 || !slices.Equal(c.Points.Items[1].Names, []string{"2", "1"}) {
		t.Errorf("%+v %+v", c.Labels, c.Points)
	}
}

func TestOldAttributes(t *testing.T) {
	for text, want := range map[string]attrSpec{
		"@select=quality:good,bad": {Name: "quality", Mutable: "False", InputType: "select", Values: "good\nbad"},
		" ~checkbox=sleeps:false ": {Name: "sleeps", Mutable: "True", InputType: "checkbox", Values: "false"},
		"@number=age":              {Name: "age", Mutable: "False", InputType: "number"},
		"nothing":                  {},
		"":                         {},
	} {
		if got := oldAttrSpec(text); got != want {
			t.Errorf("%q: %+v", text, got)
		}
	}
}

func TestColors(t *testing.T) {
	for text, want := range map[string][4]int32{
		"#fa3253": {250, 50, 83, 1}, "#FFF": {255, 255, 255, 1}, "": {}, "red": {}, "fa3253": {}, "#12345": {}, "#gggggg": {}, "#+12345": {},
	} {
		r, g, b, ok := parseColor(text)
		if got := [4]int32{r, g, b, 0}; ok {
			got[3] = 1
			if got != want {
				t.Errorf("%q: %v", text, got)
			}
		} else if want[3] != 0 {
			t.Errorf("%q is no colour", text)
		}
	}
	if got := colorText(250, 5, 83); got != "#fa0553" {
		t.Error(got)
	}
}

// TestDrawing requires that a skeleton comes back from its drawing.
func TestDrawing(t *testing.T) {
	for _, p := range []dataset.PointsCategory{
		{Label: 3, Names: []string{"a", `b "<&>`}, Joints: [][2]int32{{2, 1}, {1, 2}}, Positions: []float64{0.105, 1, 1e-9, 0}},
		{Label: 3, Names: []string{"a"}},
		{Label: 3, Names: []string{"a", "b"}, Joints: [][2]int32{{1, 2}}},
	} {
		d := parseDrawing(drawSkeleton(&p))
		if got := d.skeleton(3, p.Names); !reflect.DeepEqual(got, p) {
			t.Errorf("got %+v, want %+v", got, p)
		}
		if !sameSkeleton(drawSkeleton(&p), &p) {
			t.Errorf("%+v is not its own drawing", p)
		}
	}
	if d := parseDrawing("<circle data-node-id='1'><broken"); len(d.joints) != 1 {
		t.Errorf("%+v", d)
	}
}
