package voc

import (
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// usualFile has what most files have.
const usualFile = `<?xml version="1.0" encoding="utf-8"?>
<annotation>
	<folder>pictures</folder><filename>a.jpg</filename><path>/home/a.jpg</path>
	<source><database>Unknown</database><x><y>1</y></x></source>
	<size><width>500</width><height>375</height><depth>1</depth></size>
	<segmented>0</segmented>
	<object><name>person</name><pose>Left</pose><truncated>0</truncated><occluded>1</occluded><difficult>1</difficult>
		<bndbox><ymin>78.25</ymin><xmin>104</xmin><xmax>375</xmax><ymax> 183 </ymax></bndbox>
		<attributes><attribute><name>n</name><value>12</value></attribute><attribute><name>s</name><value>a b</value></attribute></attributes>
	</object>
	<object><name>dog</name><pose implied="1">Unspecified</pose><truncated implied="1">0</truncated><bndbox implied="1"><xmin>1</xmin><ymin>1</ymin><xmax>2</xmax><ymax>2</ymax></bndbox></object>
	<attributes><attribute><name>id</name><value>7</value></attribute></attributes>
</annotation>
`

// FuzzUsual requires that what is read in the short way is read the same in the
// long one.
func FuzzUsual(f *testing.F) {
	seeds(f, ".xml")
	f.Add([]byte(usualFile))
	f.Add([]byte(strings.ReplaceAll(usualFile, "name>person", "name>\"x\\n\"")))
	u := &usualReader{}
	f.Fuzz(func(t *testing.T, text []byte) {
		for _, oneBased := range []bool{false, true} {
			u.oneBased = oneBased
			compareUsual(t, u, text)
		}
	})
}

func compareUsual(t *testing.T, u *usualReader, text []byte) (short bool) {
	t.Helper()
	var notes, want formats.Loss
	rec, ok := u.read(text, "here", &notes)
	if !ok {
		return false
	}
	general, err := parseRecord(text, u.oneBased, "here", &want)
	if err != nil {
		t.Fatalf("%q was read, which is wrong: %v", text, err)
	}
	got := *rec
	if len(got.objects) == 0 {
		got.objects = nil
	}
	if !reflect.DeepEqual(&got, general) {
		t.Fatalf("%q:\n%+v instead of\n%+v", text, got, *general)
	}
	if notes.String() != want.String() {
		t.Fatalf("%q: noted\n%s instead of\n%s", text, notes, want)
	}
	return true
}

// TestUsual requires that ordinary files are read in the short way, those of
// this package among them.
func TestUsual(t *testing.T) {
	t.Parallel()
	u := &usualReader{}
	for range 2 {
		if !compareUsual(t, u, []byte(usualFile)) {
			t.Error("a file as most are was not read in the short way")
		}
		u.again = true
	}
	annotations := []dataset.Annotation{}
	for i := range 40 {
		b := &dataset.Bbox{Label: int32(i % 2), X: float64(i) / 4, Y: 1, W: 10.01, H: 5}
		b.Attributes.SetRaw("is_crowd", []byte("false"))
		if i%3 == 0 {
			b.Attributes.SetRaw(attrPose, []byte(`"Left"`))
			b.Attributes.SetRaw(attrDifficult, []byte("true"))
		}
		annotations = append(annotations, b)
	}
	dir, _ := writeAll(t, picture(annotations...), formats.ExportOptions{})
	text, err := os.ReadFile(filepath.Join(dir, "Annotations", "x.xml"))
	if err != nil {
		t.Fatal(err)
	}
	if !compareUsual(t, u, text) {
		t.Errorf("this file was not read in the short way:\n%s", text)
	}
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{})
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	list, err := formatstest.Collect(t.Context(), im)
	if err != nil || len(list) != 1 || len(list[0].Annotations) != len(annotations) {
		t.Fatalf("%d items, %v", len(list), err)
	}
	for i, a := range list[0].Annotations {
		if got, want := fmt.Sprintf("%+v", a.(*dataset.Bbox)), annotations[i].(*dataset.Bbox); !strings.Contains(got, fmt.Sprintf("X:%v", want.X)) {
			t.Errorf("box %d is %s", i, got)
		}
	}
}

// TestUnusual requires that what is not expected is left to the long way.
func TestUnusual(t *testing.T) {
	t.Parallel()
	u := &usualReader{}
	for _, change := range [][2]string{
		{"person", "a &amp; b"}, {"<object>", "<!-- x --><object>"}, {"<pose>Left", "<pose a='1'>Left"}, {"<name>dog</name>", ""}, {"183", "x"}, {"</annotation>\n", "</annotation><!-- -->"},
		{"<depth>1</depth>", "<depth>1</depth><scale>1</scale>"}, {"<xmax>2<", "<xmax>0<"}, {"<segmented>0", "<segmented>no"}, {"utf-8", "latin1"}, {"<name>dog", "<name>\xff"},
		{"<value>12", "<value>1 2</value><value>"}, {"<name>n<", "<name>s<"}, {"<name>n<", "<name>@voc.part<"}, {"375</xmax>", "375</xmax><z>1</z>"}, {"</object>", "<part><name>head</name></part></object>"},
	} {
		text := strings.Replace(usualFile, change[0], change[1], 1)
		if text == usualFile {
			t.Fatalf("%q is not there", change[0])
		}
		if _, ok := u.read([]byte(text), "", &formats.Loss{}); ok {
			t.Errorf("with %q it is still usual", change[1])
		}
	}
}

// BenchmarkUsual reads a file as most are.
func BenchmarkUsual(b *testing.B) {
	u, loss := &usualReader{again: true}, formats.Loss{}
	text := []byte(usualFile)
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, ok := u.read(text, "", &loss); !ok {
			b.Fatal("not usual")
		}
	}
}
