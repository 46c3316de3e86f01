package voc

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

const someBox = "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>3</xmax><ymax>5</ymax></bndbox>"

func object1(inner string) string { return "<object>\n<name>cat</name>" + inner + "</object>\n" }

// single reads a dataset of one XML file.
func single(t *testing.T, text string, values formats.Values) (*formatstest.Dataset, map[string]int) {
	t.Helper()
	return readAll(t, folder(t, map[string]string{"a.xml": text}), formats.ImportOptions{Values: values})
}

func TestQuirksOfObjects(t *testing.T) {
	const flags, odd = "flags that are neither 0 nor 1", "flags of objects that say neither yes nor no, left out"
	for _, test := range []struct {
		name, inner string
		attributes  string // of the first annotation
		box         [4]float64
		notes       map[string]int
	}{
		{"nothing else", someBox, `{}`, [4]float64{1, 2, 2, 3}, nil},
		{"flags", someBox + "<difficult>1</difficult><truncated>0</truncated><pose>Left</pose><occluded>1</occluded>",
			`{"pose":"Left","truncated":false,"occluded":true,"difficult":true}`, [4]float64{1, 2, 2, 3}, nil},
		{"words for flags", someBox + "<difficult>True</difficult><truncated>no</truncated>", `{"truncated":false,"difficult":true}`, [4]float64{1, 2, 2, 3}, map[string]int{flags: 2}},
		{"flags that are none", someBox + "<difficult>Unspecified</difficult><truncated/><occluded> </occluded>", `{}`, [4]float64{1, 2, 2, 3}, map[string]int{odd: 3}},
		{"decimals", "<bndbox><xmin>1.5</xmin><ymin>0.1</ymin><xmax>4.25</xmax><ymax>0.3</ymax></bndbox>", `{}`, [4]float64{1.5, 0.1, 2.75, 0.2}, nil},
		{"exponents and space", "<bndbox><xmin> 1e1 </xmin><ymin>\n2\n</ymin><xmax>+15</xmax><ymax>2.50</ymax></bndbox>", `{}`, [4]float64{10, 2, 5, 0.5}, nil},
		{"swapped corners", "<bndbox><xmin>3</xmin><ymin>2</ymin><xmax>1</xmax><ymax>5</ymax></bndbox>", `{}`, [4]float64{1, 2, 2, 3}, map[string]int{"boxes with their corners in the wrong order": 1}},
		{"corners in another order", "<bndbox><ymax>5</ymax><xmax>3</xmax><ymin>2</ymin><xmin>1</xmin></bndbox>", `{}`, [4]float64{1, 2, 2, 3}, nil},
		{"entities and CDATA", someBox + "<pose>a&amp;b &#65;&#x42;<![CDATA[<c>]]></pose>", `{"pose":"a\u0026b AB<c>"}`, [4]float64{1, 2, 2, 3}, nil},
		{"comments", "<!-- <bndbox> -->" + someBox + "<pose>L<!-- x -->eft</pose>", `{"pose":"Left"}`, [4]float64{1, 2, 2, 3}, nil},
		{"attributes", someBox + "<attributes><attribute><name>n</name><value>1</value></attribute><attribute><name>s</name><value>01</value></attribute>" +
			"<attribute><name>b</name><value>True</value></attribute><attribute><name>e</name></attribute><attribute><value>x</value></attribute></attributes>",
			`{"n":1,"s":"01","b":true,"e":""}`, [4]float64{1, 2, 2, 3}, map[string]int{"attributes without a name left out": 1}},
		{"elements of other tools", someBox + "<id>7</id>", `{"@voc.xml":"<id>7</id>"}`, [4]float64{1, 2, 2, 3}, map[string]int{"elements that VOC does not have, carried along": 1}},
		{"a second box", someBox + someBox, "", [4]float64{1, 2, 2, 3}, map[string]int{"elements that VOC does not have, carried along": 1}},
		{"a part without a box", someBox + "<part><name>head</name></part>", `{}`, [4]float64{1, 2, 2, 3}, map[string]int{"parts of objects without name or box left out": 1}},
	} {
		d, notes := single(t, "<annotation><filename>a.jpg</filename><size><width>9</width><height>9</height><depth>3</depth></size>"+object1(test.inner)+"</annotation>", nil)
		b := d.List[0].Annotations[0].(*dataset.Bbox)
		if got := [4]float64{b.X, b.Y, b.W, b.H}; got != test.box || b.Label != 0 {
			t.Errorf("%s: %v, label %d", test.name, got, b.Label)
		}
		delete(notes, "boxes that reach out of the picture, kept as they are")
		if want := strings.ReplaceAll(test.attributes, `\u0026`, "&"); want != "" && string(b.Attributes.AppendJSON(nil)) != want {
			t.Errorf("%s: attributes %s", test.name, b.Attributes.AppendJSON(nil))
		}
		if !maps.Equal(notes, test.notes) {
			t.Errorf("%s: notes %v", test.name, notes)
		}
	}
}

func TestQuirksOfFiles(t *testing.T) {
	for _, test := range []struct {
		name, text, want string
		notes            map[string]int
	}{
		{"a byte order mark", "\ufeff<annotation><filename>a.jpg</filename></annotation>", "default/a a.jpg", nil},
		{"UTF-16", "\xff\xfe" + utf16le("<annotation><filename>a.jpg</filename>"+strings.Replace(object1(someBox), "cat", "Größe😀", 1)+"</annotation>"), "default/a a.jpg, bbox Größe😀", nil},
		{"a declaration and a document type", "<?xml version='1.0' encoding='utf-8'?>\n<!DOCTYPE annotation>\n<!-- x --><annotation verified='yes'><filename>a.jpg</filename></annotation>\n<!-- y -->\n", "default/a a.jpg", nil},
		{"a path for a name", `<annotation><filename>C:\x\a.jpg</filename></annotation>`, "default/a a.jpg", map[string]int{"file names in XML files that are not that of the XML file, which counts": 1}},
		{"no name at all", "<annotation><size><width>2</width><height>3</height></size></annotation>", "default/a a.jpg", map[string]int{"pictures that are not there and have no name, taken as JPEG": 1}},
		{"nothing", "<annotation/>", "default/a", nil},
		{"a depth that is empty", "<annotation><filename>a.png</filename><size><width>2.0</width><height>3</height><depth/></size></annotation>", "default/a a.png", nil},
		{"a size that is none", "<annotation><filename>a.png</filename><size><width>x</width><height>-3</height></size></annotation>", "default/a a.png", map[string]int{"sizes of pictures that are no numbers": 2}},
		{"an object without a name", "<annotation><object>" + someBox + "</object></annotation>", "default/a, bbox ", map[string]int{"objects without a name": 1}},
		{"a turned box", "<annotation>" + object1("<type>robndbox</type><robndbox><cx>5</cx><cy>6</cy><w>7</w><h>8</h><angle>0.5</angle></robndbox>") + "</annotation>", "default/a, rotated_bbox cat", nil},
		{"polygons of both kinds", "<annotation>" + object1(someBox+"<polygon><x1>1</x1><y1>2</y1><x2>3</x2><y2>4</y2></polygon><polygon><pt><x>1</x><y>2</y></pt></polygon>") + "</annotation>", "default/a, bbox cat 1, polygon cat 1, polygon cat 1", nil},
		{"several points", "<annotation>" + object1("<point><x>1</x><y>2</y></point>") + "</annotation>", "default/a, points cat", nil},
	} {
		d, notes := single(t, test.text, nil)
		if got := showAll(d); len(got) != 1 || got[0] != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
		if !maps.Equal(notes, test.notes) {
			t.Errorf("%s: notes %v", test.name, notes)
		}
	}
}

func utf16le(s string) string {
	var b []byte
	for _, r := range s {
		if r > 0xffff {
			r -= 0x10000
			hi, lo := 0xd800+r>>10, 0xdc00+r&0x3ff
			b = append(b, byte(hi), byte(hi>>8), byte(lo), byte(lo>>8))
			continue
		}
		b = append(b, byte(r), byte(r>>8))
	}
	return string(b)
}

func TestBadFiles(t *testing.T) {
	deep := strings.Repeat("<a>", 100)
	for _, test := range []struct{ name, text, want string }{
		{"no number", "<annotation>\n" + object1("\n<bndbox><xmin>x</xmin><ymin>2</ymin><xmax>3</xmax><ymax>5</ymax></bndbox>") + "</annotation>", `a.xml:4: item "a": <xmin> is "x", which is no number`},
		{"NaN", "<annotation>\n" + object1("<bndbox><xmin>NaN</xmin><ymin>2</ymin><xmax>3</xmax><ymax>5</ymax></bndbox>") + "</annotation>", `a.xml:3: item "a": <xmin> is "NaN", which is no number`},
		{"no corner", "<annotation>\n" + object1("<bndbox><xmin>1</xmin></bndbox>") + "</annotation>", `a.xml:3: item "a": <bndbox> without <ymin>`},
		{"no box", "<annotation>\n" + object1("") + "</annotation>", `a.xml:2: item "a": an object without box, polygon or point`},
		{"an odd polygon", "<annotation>\n" + object1("<polygon><x1>1</x1></polygon>") + "</annotation>", `a.xml:3: item "a": a polygon of 1 numbers`},
		{"a polygon in disorder", "<annotation>\n" + object1("<polygon><y1>1</y1></polygon>") + "</annotation>", `a.xml:3: item "a": <y1> in a polygon where x is expected`},
		{"a tag that does not end", "<annotation>\n<filename>a</filename", `a.xml:2: item "a": the file ends inside <filename>`},
		{"a file that ends early", "<annotation>\n<filename>a</filename>\n", `a.xml:3: item "a": the file ends inside <annotation>`},
		{"crossed tags", "<annotation>\n<size><width>1</size></width></annotation>", `a.xml:2: item "a": <width> ends with </size>`},
		{"an entity", "<annotation>\n<filename>&a;</filename></annotation>", `a.xml:2: item "a": the reference &a; stands for nothing that XML knows`},
		{"a bomb", "<!DOCTYPE a [<!ENTITY a 'x'>]>\n<annotation/>", `a.xml:1: item "a": a document type with declarations in it is refused: it could make a small file a large one`},
		{"depth", "<annotation>\n" + deep + "</annotation>", `a.xml:2: item "a": elements lie more than 64 deep in each other`},
		{"text behind", "<annotation/>\nx", `a.xml:2: item "a": text behind the end of <annotation>`},
		{"text between", "<annotation>\nx</annotation>", `a.xml:2: item "a": text directly in <annotation>`},
		{"another encoding", "<?xml version='1.0' encoding='gbk'?><annotation/>", `a.xml: item "a": the encoding "gbk" is not one of UTF-8, UTF-16 and ISO-8859-1`},
		{"no UTF-8", "<annotation>\n<filename>\xff</filename></annotation>", `a.xml:2: item "a": the text is not UTF-8, and no other encoding is declared`},
	} {
		dir := folder(t, map[string]string{"a.xml": test.text, "b.xml": "<annotation><filename>b.jpg</filename></annotation>"})
		err := firstError(t, dir, formats.ImportOptions{})
		if err == nil || strings.TrimPrefix(err.Error(), dir+"/") != test.want || !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%s: %v, want %s", test.name, err, test.want)
		}
		var skipped formats.Skipped
		d, _ := readAll(t, dir, formats.ImportOptions{Skip: &skipped})
		if len(d.List) == 0 || d.List[len(d.List)-1].ID != "b" || skipped.Count() != 1 || strings.TrimPrefix(skipped.Errors()[0], dir+"/") != test.want {
			t.Errorf("%s: skipped %d: %q, %q", test.name, skipped.Count(), skipped.Errors(), showAll(d))
		}
	}
}

func firstError(t *testing.T, dir string, o formats.ImportOptions) error {
	t.Helper()
	im, err := formatstest.Open(t.Context(), Format(), dir, o)
	if err != nil {
		return err
	}
	defer im.Close()
	_, err = formatstest.Collect(t.Context(), im)
	return err
}

// TestBadObjectKeepsItsNumber requires that the masks of the others are theirs.
func TestBadObjectKeepsItsNumber(t *testing.T) {
	text := "<annotation>" + object1("<bndbox/>") + strings.Replace(object1(someBox), "cat", "dog", 1) + "</annotation>"
	var skipped formats.Skipped
	d, _ := readAll(t, folder(t, map[string]string{"a.xml": text}), formats.ImportOptions{Skip: &skipped})
	if got := showAll(d); !slices.Equal(got, []string{"default/a, bbox dog"}) || skipped.Count() != 1 || d.Meta.Subsets[0].Items != -1 {
		t.Errorf("%q, %d skipped", got, skipped.Count())
	}
}

func TestLimits(t *testing.T) {
	dir := folder(t, map[string]string{"a.xml": "<annotation><filename>a.jpg</filename></annotation>" + strings.Repeat(" ", 1000)})
	o := formats.ImportOptions{}
	o.Limits.RecordBytes = 100
	if err := firstError(t, dir, o); !errors.Is(err, formats.ErrCorrupt) || formats.Hint(err) == "" {
		t.Errorf("an XML file beyond the limit: %v", err)
	}
	o = formats.ImportOptions{}
	o.Limits.ImagePixels = 100
	if err := firstError(t, layouts+"official", o); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "SegmentationClass/2012_000001.png") {
		t.Errorf("a mask beyond the limit: %v", err)
	}
}

func TestCoordinates(t *testing.T) {
	text := "<annotation>" + object1(someBox+"<point><x>4</x><y>5.5</y></point><polygon><x1>1</x1><y1>2</y1></polygon>") + "</annotation>"
	d, _ := single(t, text, formats.Values{"voc-coordinates": "one-based"})
	b := d.List[0].Annotations[0].(*dataset.Bbox)
	if got := [4]float64{b.X, b.Y, b.W, b.H}; got != [4]float64{0, 1, 3, 4} {
		t.Errorf("one-based box: %v", got)
	}
	if p := d.List[0].Annotations[2].(*dataset.Points).Points; !slices.Equal(p, []float64{3, 4.5}) {
		t.Errorf("one-based point: %v", p)
	}
	if p := d.List[0].Annotations[1].(*dataset.Polygon).Points; !slices.Equal(p, []float64{0, 1}) {
		t.Errorf("one-based polygon: %v", p)
	}
	if err := (formats.Values{"voc-coordinates": "two-based"}).Check(Format()); !errors.Is(err, formats.ErrUsage) {
		t.Errorf("a value that does not exist: %v", err)
	}
}

func TestBoxesOutsideThePicture(t *testing.T) {
	_, notes := single(t, "<annotation><size><width>3</width><height>4</height></size>"+object1(someBox)+"</annotation>", nil)
	if notes["boxes that reach out of the picture, kept as they are"] != 1 {
		t.Errorf("notes %v", notes)
	}
}
