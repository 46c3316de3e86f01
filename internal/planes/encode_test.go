package planes

import (
	"bytes"
	"image"
	"image/color"
	plan "image/color/palette"
	"image/png"
	"math/rand/v2"
	"testing"
)

// decoded is what the standard library's reader makes of a picture.
func decoded(t *testing.T, text []byte) image.Image {
	t.Helper()
	m, err := png.Decode(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("a file of %d bytes: %v", len(text), err)
	}
	return m
}

// FuzzEncode requires that any pixels come back.
func FuzzEncode(f *testing.F) {
	f.Add([]byte("\x00\x00\x00\x01\x01\x01\x01\x01\x00\x00\x00\x00"), uint8(4), uint8(0))
	f.Add(bytes.Repeat([]byte{7}, 700), uint8(100), uint8(1))
	f.Add(bytes.Repeat([]byte{1, 2}, 300), uint8(60), uint8(2))
	f.Add([]byte{1}, uint8(1), uint8(0))
	f.Fuzz(func(t *testing.T, pix []byte, width, kind uint8) {
		size := 1 + int(kind%3)/2
		w := int(width)
		if w == 0 || len(pix) < w*size {
			return
		}
		h := len(pix) / (w * size)
		pix = pix[:w*h*size]
		s := &surface{width: w, height: h, pix: pix, stride: w * size, size: size}
		if kind%3 == 1 {
			s.palette = plan.Plan9
		}
		if got := pixelsOf(decoded(t, s.append(nil))); !bytes.Equal(got, pix) {
			t.Fatalf("%d × %d pixels of %d bytes came back as others", w, h, size)
		}
	})
}

func pixelsOf(m image.Image) []byte {
	switch m := m.(type) {
	case *image.Paletted:
		return m.Pix
	case *image.Gray:
		return m.Pix
	case *image.Gray16:
		return m.Pix
	}
	return nil
}

// blobs draws discs of numbers below n.
func blobs(w, h, n int) *image.Paletted {
	r := rand.New(rand.NewPCG(5, 6))
	m := image.NewPaletted(image.Rect(0, 0, w, h), plan.Plan9)
	for v := 1; v < n; v++ {
		cx, cy, ra := r.IntN(w), r.IntN(h), 1+r.IntN(h/4)
		for y := range h {
			for x := range w {
				if (x-cx)*(x-cx)+(y-cy)*(y-cy) < ra*ra {
					m.Pix[y*w+x] = uint8(v)
				}
			}
		}
	}
	return m
}

// TestMasksAreSmall compares files of masks with those of the other encoder.
func TestMasksAreSmall(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 8, 100} {
		m := blobs(640, 480, n)
		text, err := Encode(m)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(pixelsOf(decoded(t, text)), m.Pix) {
			t.Fatalf("the picture of %d discs came back as another", n)
		}
		var b bytes.Buffer
		encoder.Encode(&b, m)
		if len(text) > b.Len() {
			t.Errorf("%d discs take %d bytes instead of %d", n, len(text), b.Len())
		}
	}
}

// TestOtherPictures encodes what is no mask as most are.
func TestOtherPictures(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 8))
	noise := image.NewGray(image.Rect(0, 0, 90, 70))
	deep := image.NewGray16(image.Rect(0, 0, 50, 40))
	few := image.NewPaletted(image.Rect(0, 0, 9, 9), color.Palette{color.Black, color.White, color.Transparent})
	clear := image.NewPaletted(image.Rect(0, 0, 300, 300), append(color.Palette{color.NRGBA{1, 2, 3, 4}, color.Transparent}, plan.WebSafe...))
	part := blobs(64, 64, 9).SubImage(image.Rect(3, 3, 40, 40))
	wide := image.NewGray(image.Rect(0, 0, 200_000, 3))
	for _, pix := range [][]byte{noise.Pix, deep.Pix, wide.Pix} {
		for i := range pix {
			pix[i] = uint8(r.IntN(256))
		}
	}
	few.Pix[3], clear.Pix[77] = 2, 200
	for _, m := range []image.Image{noise, deep, few, clear, part, wide, image.NewRGBA(image.Rect(0, 0, 5, 5))} {
		text, err := Append([]byte("before"), m)
		if err != nil || !bytes.HasPrefix(text, []byte("before")) {
			t.Fatal(err)
		}
		got := decoded(t, text[len("before"):])
		for y := range m.Bounds().Dy() {
			for x := range m.Bounds().Dx() {
				r0, g0, b0, a0 := m.At(m.Bounds().Min.X+x, m.Bounds().Min.Y+y).RGBA()
				if r1, g1, b1, a1 := got.At(x, y).RGBA(); r0 != r1 || g0 != g1 || b0 != b1 || a0 != a1 {
					t.Fatalf("a pixel of %T at %d, %d is another", m, x, y)
				}
			}
		}
	}
}

// TestLongCodes makes a code of counts that rise so fast that its words would be
// too long.
func TestLongCodes(t *testing.T) {
	t.Parallel()
	counts := []uint32{1, 1}
	for len(counts) < 30 {
		counts = append(counts, counts[len(counts)-1]+counts[len(counts)-2])
	}
	var c coder
	var out code
	for most := uint8(7); most <= 15; most++ {
		c.make(&out, counts, most)
		room := 0
		for s, n := range out.lengths {
			if n == 0 || n > most {
				t.Fatalf("symbol %d has %d bits", s, n)
			}
			room += 1 << (15 - n)
		}
		if room != 1<<15 {
			t.Errorf("words of up to %d bits are not all used: %d", most, room)
		}
	}
}

func BenchmarkEncode(b *testing.B) {
	m := blobs(640, 480, 8)
	var text []byte
	for b.Loop() {
		text, _ = Append(text[:0], m)
	}
	b.ReportMetric(float64(len(text)), "bytes")
}

func BenchmarkEncodeGeneral(b *testing.B) {
	m := blobs(640, 480, 8)
	var text bytes.Buffer
	for b.Loop() {
		text.Reset()
		encoder.Encode(&text, m)
	}
	b.ReportMetric(float64(text.Len()), "bytes")
}
