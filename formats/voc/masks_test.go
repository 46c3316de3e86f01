package voc

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/png"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
)

// paletted returns a PNG of palette indices, one letter each: '.' is 0, 'v' void.
func paletted(t testing.TB, rows ...string) string {
	t.Helper()
	m := image.NewPaletted(image.Rect(0, 0, len(rows[0]), len(rows)), instancePalette())
	for y, row := range rows {
		for x, c := range row {
			switch c {
			case '.':
			case 'v':
				m.SetColorIndex(x, y, void)
			default:
				m.SetColorIndex(x, y, uint8(c-'0'))
			}
		}
	}
	return encoded(t, m)
}

func encoded(t testing.TB, m image.Image) string {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// repainted returns the same picture without palette.
func repainted(t testing.TB, text string) string {
	t.Helper()
	m, err := png.Decode(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	out := image.NewNRGBA(m.Bounds())
	for y := range m.Bounds().Dy() {
		for x := range m.Bounds().Dx() {
			out.Set(x, y, m.At(x, y))
		}
	}
	return encoded(t, out)
}

func boxAt(name string, x0, y0, x1, y1 string) string {
	return "<object><name>" + name + "</name><bndbox><xmin>" + x0 + "</xmin><ymin>" + y0 + "</ymin><xmax>" + x1 + "</xmax><ymax>" + y1 + "</ymax></bndbox></object>"
}

func TestPairing(t *testing.T) {
	two := "<annotation>" + boxAt("a", "0", "0", "2", "2") + boxAt("b", "4", "0", "6", "2") + "</annotation>"
	const wrong = "masks whose number is not that of their object, found by class and place"
	for _, test := range []struct {
		name, class, object string
		want                string
		notes               map[string]int
	}{
		{"by number", paletted(t, "11..22", "11..22"), paletted(t, "11..22", "11..22"), "bbox a 1, mask a 1, bbox b 2, mask b 2", nil},
		{"in colours", repainted(t, paletted(t, "11..22", "11..vv")), repainted(t, paletted(t, "11..22", "11..vv")), "bbox a 1, mask a 1, bbox b 2, mask b 2", nil},
		{"numbers the other way round", paletted(t, "11..22", "11..22"), paletted(t, "22..11", "22..11"), "bbox a 1, mask a 1, bbox b 2, mask b 2", map[string]int{wrong: 2}},
		{"numbers of more objects", paletted(t, "11..22", "11..22"), paletted(t, "11..33", "11..33"), "bbox a 1, mask a 1, bbox b 2, mask b 2", map[string]int{wrong: 1}},
		{"another class", paletted(t, "22..22", "22..22"), paletted(t, "11..22", "11..22"), "bbox a, bbox b 2, mask b 2, mask b",
			map[string]int{"masks of objects that the XML file does not have": 1}},
		{"another place", paletted(t, "...11.", "...11."), paletted(t, "...11.", "...11."), "bbox a, bbox b, mask a",
			map[string]int{"masks of objects that the XML file does not have": 1}},
		{"a class without objects", paletted(t, "11..22", "11..22"), paletted(t, "11....", "11...."), "bbox a 1, mask a 1, bbox b, mask b", nil},
		{"a class without a label", paletted(t, "11..77", "11..77"), paletted(t, "11....", "11...."), "bbox a 1, mask a 1, bbox b, mask ",
			map[string]int{"masks of classes that have no label": 1}},
		{"several classes in one object", paletted(t, "12..22", "11..22"), paletted(t, "11..22", "11..22"), "bbox a 1, mask a 1, bbox b 2, mask b 2",
			map[string]int{"masks of objects with pixels of several classes, of which the most frequent counts": 1}},
		{"no classes", "", paletted(t, "11..22", "11..22"), "bbox a 1, mask a 1, bbox b 2, mask b 2", nil},
		{"no objects", paletted(t, "11..22", "11..22"), "", "bbox a, bbox b, mask a, mask b", nil},
	} {
		files := map[string]string{"Annotations/x.xml": two, "labelmap.txt": "a\nb\n"}
		if test.class != "" {
			files["SegmentationClass/x.png"] = test.class
		}
		if test.object != "" {
			files["SegmentationObject/x.PNG"] = test.object
		}
		d, notes := readAll(t, folder(t, files), formats.ImportOptions{})
		if got := show(d, d.List[0]); got != "default/x, "+test.want {
			t.Errorf("%s: %s", test.name, got)
		}
		if !maps.Equal(notes, test.notes) {
			t.Errorf("%s: notes %v", test.name, notes)
		}
		dir, loss := writeAll(t, d, formats.ExportOptions{})
		if len(loss) > 0 {
			t.Errorf("%s: lost %v", test.name, loss)
		}
		again, _ := readAll(t, dir, formats.ImportOptions{})
		if got := show(again, again.List[0]); got != "default/x, "+test.want {
			t.Errorf("%s: came back as %s", test.name, got)
		}
	}
}

func TestBadMasks(t *testing.T) {
	gray16 := image.NewGray16(image.Rect(0, 0, 2, 2))
	for name, test := range map[string]struct{ class, object, want string }{
		"no PNG":        {"x", "", "SegmentationClass/a.png: item \"a\": a mask that cannot be read"},
		"16 bits":       {"", encoded(t, gray16), "a mask of 16 bits a pixel"},
		"another size":  {paletted(t, "11"), paletted(t, "1"), "a picture of objects of 1 × 1 pixels, that of classes has 2 × 1"},
		"an early end":  {paletted(t, "11")[:60], "", "a mask that cannot be read"},
		"a huge header": {hugePNG(t), "", "a mask that cannot be read: 1000000 × 1000000 pixels are more than the limit"},
	} {
		files := map[string]string{"Annotations/a.xml": bare}
		if test.class != "" {
			files["SegmentationClass/a.png"] = test.class
		}
		if test.object != "" {
			files["SegmentationObject/a.png"] = test.object
		}
		if err := firstError(t, folder(t, files), formats.ImportOptions{}); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// hugePNG claims a size that nobody wants to decode.
func hugePNG(t *testing.T) string {
	b := []byte(paletted(t, "1"))
	copy(b[16:], "\x00\x0f\x42\x40\x00\x0f\x42\x40") // 1000000 twice
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return string(b)
}

// TestUnknownColours counts pixels of colours that no label has.
func TestUnknownColours(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 3, 1))
	m.Set(0, 0, color.NRGBA{9, 9, 9, 255})
	m.Set(1, 0, color.NRGBA{7, 8, 9, 255})
	m.Set(2, 0, color.NRGBA{0, 0, 0, 255})
	files := map[string]string{"Annotations/a.xml": bare, "SegmentationClass/a.png": encoded(t, m), "labelmap.txt": "cat:7,8,9::\n"}
	d, notes := readAll(t, folder(t, files), formats.ImportOptions{})
	if got := showAll(d); !slices.Equal(got, []string{"default/a, mask cat"}) || notes["pixels of masks whose colour no label has, left out"] != 1 {
		t.Errorf("%q, %v", got, notes)
	}
}

// TestWrittenMasks looks at the pixels of the pictures.
func TestWrittenMasks(t *testing.T) {
	in, _ := readAll(t, layouts+"official", formats.ImportOptions{})
	dir, _ := writeAll(t, in, formats.ExportOptions{})
	for _, kind := range []string{classDir, objectDir} {
		name := filepath.Join(kind, "2012_000001.png")
		want, got := decoded(t, layouts+"official/"+name), decoded(t, filepath.Join(dir, name))
		if !bytes.Equal(want.Pix, got.Pix) {
			t.Errorf("%s has other pixels", name)
		}
		for i := range want.Palette {
			if !sameColor(want.Palette[i], got.Palette[i]) {
				t.Errorf("%s: index %d is %v, was %v", name, i, got.Palette[i], want.Palette[i])
			}
		}
	}
}

func sameColor(a, b color.Color) bool {
	return color.NRGBAModel.Convert(a) == color.NRGBAModel.Convert(b)
}

func decoded(t *testing.T, name string) *image.Paletted {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	p, ok := m.(*image.Paletted)
	if !ok {
		t.Fatalf("%s is no picture with a palette", name)
	}
	return p
}

func TestOverlap(t *testing.T) {
	b := &dataset.Bbox{X: 0, Y: 0, W: 3, H: 3}
	if o := overlap([4]float64{0, 0, 4, 4}, b); o != 1 {
		t.Errorf("a mask that fills its box: %v", o)
	}
	if o := overlap([4]float64{10, 0, 4, 4}, b); o != 0 {
		t.Errorf("a mask elsewhere: %v", o)
	}
}
