package coco

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
)

// TestPanopticSegments: what the picture and the record say becomes masks.
func TestPanopticSegments(t *testing.T) {
	items, info, notes, err := readAll(t, layouts+"panoptic", false)
	if err != nil || len(items) != 3 {
		t.Fatal(len(items), err)
	}
	type segment struct {
		id    int64
		label string
		area  int64
		crowd string
	}
	var got []segment
	for _, a := range items[0].Annotations {
		m, ok := a.(*dataset.Mask)
		if !ok || m.RLE.Height != 16 || m.RLE.Width != 24 {
			continue
		}
		area, err := m.RLE.Area()
		if err != nil {
			t.Fatal(err)
		}
		crowd, _ := m.Attributes.Get(attrCrowd)
		got = append(got, segment{m.ID, info.Categories.Name(m.Label), area, string(crowd)})
	}
	want := []segment{
		{20000000, "sky-other", 12, "false"}, {3226956, "sky-other-merged", 144, "false"},
		{7, "person", 100, "false"}, {66000, "person", 100, "true"}, {1<<24 - 1, "", 1, ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%+v", got)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("segment %d: %+v, want %+v", i, got[i], want[i])
		}
	}
	if !strings.Contains(notes.String(), "1 panoptic segments in a picture that its record does not list") {
		t.Error(notes)
	}
}

func encodePNG(t testing.TB, m image.Image) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// pngBomb is the head of a picture of side × side pixels, and no more.
func pngBomb(side uint32) string {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32([]byte("IHDR"), side), side)
	head = append(head, 8, 2, 0, 0, 0)
	b := append([]byte("\x89PNG\r\n\x1a\n\x00\x00\x00\x0d"), head...)
	return string(binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(head)))
}

func TestPanopticRefused(t *testing.T) {
	small := image.NewPaletted(image.Rect(0, 0, 2, 2), color.Palette{color.NRGBA{5, 0, 0, 255}})
	const one = `{"image_id":7,"file_name":"a.png","segments_info":[{"id":5,"category_id":3}]}`
	for name, test := range map[string]struct{ png, records, says string }{
		"no picture":           {"", one, "no such file"},
		"no PNG":               {"GIF89a is another format", one, "a.png: png: invalid format"},
		"cut off":              {encodePNG(t, small)[:60], one, "a.png: "},
		"a bomb":               {pngBomb(30000), one, "30000 × 30000 pixels in 33 bytes"},
		"a small bomb":         {pngBomb(8000), one, "8000 × 8000 pixels in 33 bytes"},
		"a name that leaves":   {"", `{"image_id":7,"file_name":"../../x.png","segments_info":[]}`, "no path in the dataset"},
		"no name":              {"", `{"image_id":7,"segments_info":[]}`, "no path in the dataset"},
		"a category":           {encodePNG(t, small), `{"image_id":7,"file_name":"a.png","segments_info":[{"id":5,"category_id":4}]}`, "category 4"},
		"an id of 25 bits":     {encodePNG(t, small), `{"image_id":7,"file_name":"a.png","segments_info":[{"id":16777216,"category_id":3}]}`, "no colour of its own"},
		"an id twice":          {encodePNG(t, small), `{"image_id":7,"file_name":"a.png","segments_info":[{"id":5,"category_id":3},{"id":5,"category_id":3}]}`, "no colour of its own"},
		"a segment of text":    {encodePNG(t, small), `{"image_id":7,"file_name":"a.png","segments_info":["x"]}`, "no JSON object"},
		"two records":          {encodePNG(t, small), one + ",\n" + one, "two panoptic records"},
		"segments, not a list": {encodePNG(t, small), `{"image_id":7,"file_name":"a.png","segments_info":{}}`, "segments_info is no list"},
	} {
		files := []string{"annotations/panoptic_t.json", annotations(test.records)}
		if test.png != "" {
			files = append(files, "annotations/panoptic_t/a.png", test.png)
		}
		dir := folder(t, files...)
		_, _, _, err := readAll(t, dir, false)
		var placed *formats.Error
		if !errors.As(err, &placed) || !errors.Is(err, formats.ErrCorrupt) && !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), test.says) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPanopticPalette reads a picture with a palette, in which ids are the
// colours, not the indices.
func TestPanopticPalette(t *testing.T) {
	m := image.NewPaletted(image.Rect(0, 0, 3, 2), color.Palette{color.NRGBA{0, 0, 0, 255}, color.NRGBA{1, 2, 3, 255}})
	m.SetColorIndex(1, 0, 1)
	m.SetColorIndex(1, 1, 1)
	dir := folder(t, "annotations/panoptic_t.json", annotations(`{"image_id":7,"file_name":"a.png","segments_info":[{"id":197121,"category_id":3,"iscrowd":0,"bbox":[1,0,1,2],"area":2}]}`),
		"annotations/panoptic_t/a.png", encodePNG(t, m))
	checkRoundTripWithout(t, dir)
	items, _, _, err := readAll(t, dir, false)
	if err != nil || len(items[0].Annotations) != 1 {
		t.Fatal(items, err)
	}
	if area, err := items[0].Annotations[0].(*dataset.Mask).RLE.Area(); area != 2 || err != nil {
		t.Error(area, err)
	}
}

// checkRoundTripWithout is checkRoundTrip without pictures.
func checkRoundTripWithout(t *testing.T, dir string) {
	t.Helper()
	out, _ := rewrite(t, dir)
	compareFolders(t, dir, out)
}

// TestPanopticThatCannotBePainted: masks changed on the way are counted or
// refused, not painted outside.
func TestPanopticThatCannotBePainted(t *testing.T) {
	to, loss, err := changed(t, layouts+"panoptic", func(_ *dataset.Info, items []dataset.Item) []dataset.Item {
		n := 0
		for _, a := range items[0].Annotations {
			if m, ok := a.(*dataset.Mask); ok && m.Attributes.Has(carryFile) && m.ID != 20000000 {
				if n++; n == 2 {
					m.RLE = dataset.EncodeRuns(1, 1, []int64{1})
				}
				if n == 3 {
					m.ID = 1 << 40
				}
			}
		}
		return items
	})
	if err != nil || !strings.Contains(loss.String(), "2 panoptic segments dropped") {
		t.Error(err, loss)
	}
	if _, err := os.Stat(filepath.Join(to, "annotations/panoptic_val2017/000000000139.png")); err != nil {
		t.Error(err)
	}
	_, _, err = changed(t, layouts+"panoptic", func(_ *dataset.Info, items []dataset.Item) []dataset.Item {
		for i := range items {
			items[i].Attributes.Delete(carryPanoptic)
			items[i].Media.(*dataset.Image).Height = 0
			for _, a := range items[i].Annotations {
				if m, ok := a.(*dataset.Mask); ok {
					m.RLE.Height = 1 << 30
				}
			}
		}
		return items
	})
	if !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("%v", err)
	}
}
