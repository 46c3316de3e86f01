package cvat

import (
	"os"
	"testing"

	"datum/files"
	"datum/formats"
	"datum/formats/formatstest"
)

// FuzzFile reads annotation files. What can be read is written, and what was
// written can be read.
func FuzzFile(f *testing.F) {
	for _, name := range []string{"images/annotations.xml", "video/annotations.xml", "project/annotations.xml", "beside/EXPORT.XML", "old/annotations/dump.xml"} {
		b, err := os.ReadFile(testdata + name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := formatstest.Tree(t, map[string]string{annotationFile: string(text)})
		o := formats.ImportOptions{Skip: &formats.Skipped{}, Workers: 1, Limits: files.Limits{RecordBytes: 1 << 20, ImagePixels: 1 << 16}}
		im, err := formatstest.Open(t.Context(), Format(), dir, o)
		if err != nil {
			return
		}
		defer im.Close()
		items, err := formatstest.Collect(t.Context(), im)
		if err != nil {
			t.Skip()
		}
		d := &formatstest.Dataset{Meta: *im.Info(), List: items}
		out := t.TempDir()
		if _, err := formatstest.Write(t.Context(), Format(), out, d, formats.ExportOptions{Workers: 1}); err != nil {
			return
		}
		if err := readAll(t, out); err != nil {
			t.Fatalf("what was written cannot be read: %v", err)
		}
	})
}

func readAll(t *testing.T, dir string) error {
	im, err := formatstest.Open(t.Context(), Format(), dir, formats.ImportOptions{Workers: 1})
	if err != nil {
		return err
	}
	defer im.Close()
	_, err = formatstest.Collect(t.Context(), im)
	return err
}

// FuzzMaskCode requires that a mask comes back from its code.
func FuzzMaskCode(f *testing.F) {
	f.Add("1, 2, 3, 1, 2", int64(4), int64(5), int64(3), int64(3))
	f.Add("", int64(0), int64(0), int64(1), int64(1))
	f.Fuzz(func(t *testing.T, code string, left, top, width, height int64) {
		r, err := newRegion(left, top, width, height, 1<<16)
		if err != nil || r.readRuns(code) != nil || left > 1<<10 || top > 1<<10 {
			return
		}
		m := r.mask(top+height+1, left+width+1)
		back, err := regionOf(m, 1<<16)
		if err != nil {
			t.Fatal(err)
		}
		again := &region{left: back.left, top: back.top, width: back.width, height: back.height, bits: make([]uint64, len(back.bits))}
		if err := again.readRuns(string(back.appendRuns(nil))); err != nil {
			t.Fatal(err)
		}
		if got := again.mask(int64(m.Height), int64(m.Width)); string(got.Counts) != string(m.Counts) {
			t.Fatalf("%s, was %s", got.Counts, m.Counts)
		}
	})
}
