package ade20k

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"slices"
	"testing"

	"datum/dataset"
	"datum/files"
)

func TestNumbering(t *testing.T) {
	for name, c := range map[string]struct {
		blues   []uint8
		ids     []int64
		leftOut bool
		owners  []int
		how     numbering
	}{
		"as is":                    {[]uint8{1, 2, 3}, []int64{1, 2, 3}, false, []int{0, 1, 2}, numberedAsIs},
		"as is, one hidden":        {[]uint8{1, 3}, []int64{1, 2, 3}, false, []int{0, 2}, numberedAsIs},
		"as is, one line left out": {[]uint8{1, 3}, []int64{1, 2, 3}, true, []int{0, 2}, numberedAsIs},
		"in turn":                  {[]uint8{85, 170, 255}, []int64{1, 2, 3}, false, []int{0, 1, 2}, numberedInTurn},
		"in turn, other ids":       {[]uint8{10, 20}, []int64{4, 9}, false, []int{0, 1}, numberedInTurn},
		"in turn, a line left out": {[]uint8{10, 20}, []int64{4, 9}, true, []int{-1, -1}, numberedGuess},
		"spread, one hidden":       {[]uint8{85, 255}, []int64{1, 2, 3}, false, []int{0, 2}, numberedSpread},
		"spread over 24":           {[]uint8{11, 21, 32, 43, 244, 255}, numbers(24), false, []int{0, 1, 2, 3, 22, 23}, numberedSpread},
		"neither":                  {[]uint8{85, 200}, []int64{1, 2, 3}, false, []int{0, 1}, numberedGuess},
		"more than there are":      {[]uint8{7, 8, 9}, []int64{1, 2}, false, []int{0, 1, -1}, numberedGuess},
		"no blue":                  {[]uint8{0, 1}, []int64{1}, false, []int{-1, 0}, numberedAsIs},
		"two classes":              {[]uint8{5, 5, 6}, []int64{1, 2}, false, []int{0, 0, 1}, numberedInTurn},
		"no objects":               {[]uint8{5}, nil, false, []int{-1}, numberedGuess},
		"more than blues":          {[]uint8{255}, numbers(300), false, []int{254}, numberedAsIs},
	} {
		var list []region
		for _, b := range c.blues {
			list = append(list, region{instance: b})
		}
		owners, how := numberRegions(list, c.ids, c.leftOut)
		if !slices.Equal(owners, c.owners) || how != c.how {
			t.Errorf("%s: %v, way %d", name, owners, how)
		}
	}
}

func numbers(n int64) (out []int64) {
	for i := range n {
		out = append(out, i+1)
	}
	return out
}

func TestColorKey(t *testing.T) {
	for c, want := range map[[3]uint8]uint32{{0, 0, 0}: 0, {10, 145, 25}: 25<<16 | 401, {71, 39, 1}: 1<<16 | 1831, {255, 255, 255}: 255<<16 | 6655} {
		if got := colorKey(c); got != want {
			t.Errorf("%v: %d", c, got)
		}
	}
}

// TestKindsOfPNG: the same masks in whatever a PNG file may be.
func TestKindsOfPNG(t *testing.T) {
	box := image.Rect(0, 0, 3, 2)
	seen, hidden := color.NRGBA{255, 255, 255, 255}, color.NRGBA{128, 128, 128, 255}
	for name, m := range map[string]interface {
		image.Image
		Set(x, y int, c color.Color)
	}{
		"grey": image.NewGray(box), "16 bits": image.NewGray16(box), "colours": image.NewRGBA(box), "colours of 16 bits": image.NewNRGBA64(box),
	} {
		m.Set(1, 0, seen)
		m.Set(2, 1, hidden)
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		decoded, err := decodePNG(bytes.NewReader(b.Bytes()), files.Defaults)
		if err != nil {
			t.Fatal(err)
		}
		if got := grey(decoded); !slices.Equal(got, []uint8{0, 255, 0, 0, 0, 128}) {
			t.Errorf("%s: %v", name, got)
		}
		list, err := regionsOf(decoded)
		if err != nil || len(list) != 2 || list[1].class != 25*256+255 || list[1].instance != 255 || list[0].instance != 128 {
			t.Errorf("%s: %v %v", name, list, err)
		}
	}
	p := image.NewPaletted(box, color.Palette{color.Black, color.White, color.NRGBA{10, 145, 25, 255}})
	p.SetColorIndex(0, 1, 2)
	if got := grey(p); !slices.Equal(got, []uint8{0, 0, 0, 2, 0, 0}) {
		t.Error(got)
	}
	if list, err := regionsOf(p); err != nil || len(list) != 1 || list[0].class != 401 {
		t.Error(list, err)
	}
}

// TestTooManyColors: a photograph is no mask.
func TestTooManyColors(t *testing.T) {
	m := image.NewNRGBA(image.Rect(0, 0, 256, 300))
	for i := range 256 * 300 {
		m.SetNRGBA(i%256, i/256, color.NRGBA{uint8(i >> 16 * 10), uint8(i), uint8(i >> 8), 255})
	}
	if _, err := regionsOf(m); err == nil {
		t.Error("it is one")
	}
}

// TestMatch: of several regions of a class each object gets the one where its
// outline is, and none that another has.
func TestMatch(t *testing.T) {
	columns := func(from, to int64) dataset.RLE { return dataset.EncodeRuns(1, 10, []int64{from, to - from, 10 - to}) }
	list := []region{{class: 7, mask: columns(0, 2)}, {class: 7, mask: columns(4, 6)}, {class: 7, mask: columns(8, 10)}, {class: 8, mask: columns(2, 3)}}
	right := &object{number: 7, outline: []float64{4, 0, 6, 0, 6, 1}}
	first := &object{number: 7}
	none := &object{number: 9}
	out := matchRegions(list, []*object{right, first, none}, func(m dataset.RLE) bool { return string(m.Counts) == string(list[0].mask.Counts) })
	if len(out) != 2 || string(out[right].Counts) != string(list[1].mask.Counts) || string(out[first].Counts) != string(list[2].mask.Counts) {
		t.Error(out)
	}
}
