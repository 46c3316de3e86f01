package reencode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"strconv"
	"testing"

	"datum/files"
	"datum/formats"
)

// withChecksum puts the checksum of a PNG's header right.
func withChecksum(b []byte) []byte {
	binary.BigEndian.PutUint32(b[29:], crc32.ChecksumIEEE(b[12:29]))
	return b
}

// withOrientation puts EXIF data into a PNG.
func withOrientation(b []byte, orientation int) []byte {
	exif := "eXIfMM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(orientation)) + "\x00\x00\x00\x00\x00\x00"
	const header = 33
	chunk := binary.BigEndian.AppendUint32(nil, uint32(len(exif)-4))
	chunk = binary.BigEndian.AppendUint32(append(chunk, exif...), crc32.ChecksumIEEE([]byte(exif)))
	return append(append(append([]byte{}, b[:header]...), chunk...), b[header:]...)
}

// letters are grey values that are easy to read.
func letters(m *image.Gray) string {
	s := ""
	for y := range m.Rect.Dy() {
		s += string(m.Pix[y*m.Stride:y*m.Stride+m.Rect.Dx()]) + "/"
	}
	return s
}

func TestOrientation(t *testing.T) {
	m := image.NewGray(image.Rect(0, 0, 3, 2))
	copy(m.Pix, "abcdef")
	b := encoded(t, ".png", m)
	// What ImageOps.exif_transpose of Pillow gives.
	for orientation, want := range []string{"", "abc/def/", "cba/fed/", "fed/cba/", "def/abc/", "ad/be/cf/", "da/eb/fc/", "fc/eb/da/", "cf/be/ad/", "abc/def/"} {
		if orientation == 0 {
			continue
		}
		got, ok := convert(t, withOrientation(b, orientation), ".tiff").(*image.Gray)
		if !ok || letters(got) != want {
			t.Errorf("orientation %d: %q, want %q", orientation, letters(got), want)
		}
	}
}

// Every type of picture is turned in the same way, and stays of its type.
func TestTurnedTypes(t *testing.T) {
	r := image.Rect(0, 0, 5, 3)
	palette := make(color.Palette, 15)
	for i := range palette {
		palette[i] = color.Gray{uint8(i * 16)}
	}
	y, ya := image.NewYCbCr(r, image.YCbCrSubsampleRatio444), image.NewNYCbCrA(r, image.YCbCrSubsampleRatio444)
	for i := range y.Y {
		y.Y[i], y.Cb[i], y.Cr[i] = uint8(i*16), 128, 128
		ya.Y[i], ya.Cb[i], ya.Cr[i], ya.A[i] = uint8(i*16), 128, 128, 255
	}
	paletted := image.NewPaletted(r, palette)
	all := []image.Image{y, ya, paletted}
	for _, m := range []interface {
		image.Image
		Set(x, y int, c color.Color)
	}{image.NewGray(r), image.NewGray16(r), image.NewRGBA(r), image.NewNRGBA(r), image.NewRGBA64(r), image.NewNRGBA64(r), image.NewCMYK(r), paletted} {
		each(m, func(x, y int) { m.Set(x, y, color.Gray{uint8((y*5 + x) * 16)}) })
		all = append(all, m)
	}
	for _, m := range all {
		for orientation := 2; orientation <= 8; orientation++ {
			got := turned(m, orientation)
			size := got.Bounds().Size()
			if (size.X == 3) != (orientation >= 5) {
				t.Fatal(orientation, size)
			}
			each(got, func(x, y int) {
				u, v := origin(orientation, x, y, size)
				if straight(got, x, y) != straight(m, u, v) {
					t.Errorf("%T, %d: %v at %d, %d", m, orientation, got.At(x, y), x, y)
				}
			})
		}
	}
}

func TestCaught(t *testing.T) {
	breaking := func() (err error) {
		defer caught(&err)
		panic("oh")
	}
	if err := breaking(); !errors.Is(err, formats.ErrCorrupt) {
		t.Error(err)
	}
}

func FuzzImage(f *testing.F) {
	for _, ext := range exts {
		f.Add(encoded(f, ext, blocks()), uint8(1))
	}
	f.Add(withOrientation(encoded(f, ".png", blocks()), 6), uint8(3))
	f.Add([]byte("RIFF\x20\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x01bcdefghi"), uint8(0))
	f.Fuzz(func(t *testing.T, b []byte, to uint8) {
		ext := exts[int(to)%len(exts)]
		var out bytes.Buffer
		if err := Image(bytes.NewReader(b), &out, ext, files.Limits{ImagePixels: 1 << 14}); err != nil {
			return
		}
		config, _, err := image.DecodeConfig(&out)
		if err != nil || config.Width*config.Height > 1<<14 {
			t.Fatal(strconv.Quote(ext), config, err)
		}
	})
}
