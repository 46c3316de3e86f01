package labelme

import (
	"os"
	"strings"
	"testing"

	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

// roundTrip reads a folder of one file. What can be read is written, and what
// was written can be read.
func roundTrip(t *testing.T, name string, text []byte) {
	dir := formatstest.Tree(t, map[string]string{name: string(text)})
	o := formats.ImportOptions{Skip: &formats.Skipped{}, Workers: 1, Limits: files.Limits{RecordBytes: 1 << 20, ImagePixels: 1 << 16}}
	im, err := formatstest.Open(t.Context(), Format(), dir, o)
	if err != nil {
		return
	}
	defer im.Close()
	items, err := formatstest.Collect(t.Context(), im)
	if err != nil {
		return
	}
	d := &formatstest.Dataset{Meta: *im.Info(), List: items}
	out := t.TempDir()
	if _, err := formatstest.Write(t.Context(), Format(), out, d, formats.ExportOptions{Workers: 1}); err != nil {
		return
	}
	if err := readError(t, out, formats.ImportOptions{Workers: 1}); err != nil {
		t.Fatalf("what was written cannot be read: %v", err)
	}
}

func seed(f *testing.F, names ...string) {
	for _, name := range names {
		b, err := os.ReadFile(testdata + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
}

// FuzzJSON reads JSON files.
func FuzzJSON(f *testing.F) {
	seed(f, "beside/street.jpg.json", "folders/train/a.json", "folders/val/B.JSON")
	f.Fuzz(func(t *testing.T, text []byte) { roundTrip(t, "a.json", text) })
}

// FuzzXML reads XML files.
func FuzzXML(f *testing.F) {
	seed(f, "xml/Annotations/img1.xml")
	f.Fuzz(func(t *testing.T, text []byte) { roundTrip(t, "a.xml", text) })
}

// FuzzSniff looks at files for a probe.
func FuzzSniff(f *testing.F) {
	seed(f, "beside/street.jpg.json", "xml/Annotations/img1.xml")
	f.Fuzz(func(t *testing.T, text []byte) {
		sniffJSON(strings.NewReader(string(text)))
		sniffXML(strings.NewReader(string(text)))
	})
}
