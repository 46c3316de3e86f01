package loader

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"io"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"datum"
	"datum/dataset"
)

type inMemory []byte

func (m inMemory) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m)), nil }

// halves is a picture whose left half is white.
func halves(t *testing.T, width, height int) dataset.Item {
	t.Helper()
	m := image.NewGray(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width / 2 {
			m.SetGray(x, y, color.Gray{255})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return dataset.Item{ID: "a", Media: &dataset.Image{File: dataset.File{Name: "a.png", Source: inMemory(b.Bytes())}, Width: int32(width), Height: int32(height)}}
}

func set(items ...dataset.Item) *datum.Dataset {
	return datum.New(&dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "", Items: -1}}}, items)
}

// A PNG that may come smaller does, by the factors of a JPEG, and never below what is
// wanted of it.
func TestShrunk(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ width, height, room, wantWidth, wantHeight int }{
		{640, 480, 100, 160, 120}, {641, 481, 100, 161, 121}, {640, 480, 161, 320, 240}, {199, 100, 100, 100, 50}, {150, 150, 100, 150, 150}, {4000, 40, 100, 500, 5}, {60, 40, 100, 60, 40},
	} {
		for _, scaled := range []bool{true, false} {
			o := Options{Fit: Original, Width: c.room, Height: c.room, Scaled: scaled}
			if !scaled {
				c.wantWidth, c.wantHeight = c.width, c.height
			}
			for s, err := range Samples(t.Context(), set(halves(t, c.width, c.height)), o) {
				if err != nil {
					t.Fatal(err)
				}
				if s.Width != c.wantWidth || s.Height != c.wantHeight || s.SourceWidth != c.width || len(s.Pixels) != 3*s.Width*s.Height {
					t.Errorf("%+v became %d × %d", c, s.Width, s.Height)
				}
				if s.ScaleX != float64(s.Width)/float64(c.width) || s.Pixels[0] != 255 || s.Pixels[len(s.Pixels)-1] != 0 {
					t.Errorf("%+v: scale %v, %d to %d", c, s.ScaleX, s.Pixels[0], s.Pixels[len(s.Pixels)-1])
				}
			}
		}
	}
}

// The memory of large pictures does not grow with their number, though all are kept.
func TestLargePicturesAreNotKept(t *testing.T) {
	it := halves(t, 3000, 2000)
	items := make([]dataset.Item, 24)
	for i := range items {
		items[i] = it
	}
	var kept []*Sample
	for s, err := range Samples(t.Context(), set(items...), Options{Fit: Original, Width: 100, Height: 100, Scaled: true}) {
		if err != nil {
			t.Fatal(err)
		}
		kept = append(kept, s)
	}
	for _, s := range kept {
		if cap(s.Pixels) > 3*s.Width*s.Height {
			t.Fatalf("a picture of %d × %d holds %d bytes", s.Width, s.Height, cap(s.Pixels))
		}
	}
}

// Whoever wants more than there is waits, unless nobody else has any.
func TestAllowance(t *testing.T) {
	t.Parallel()
	a := newAllowance(1)
	a.most = 10
	var now, highest atomic.Int64
	var all sync.WaitGroup
	for i := range 60 {
		all.Go(func() {
			n := int64(1 + i%12)
			a.take(n)
			for {
				was, is := highest.Load(), now.Add(0)+n
				if is <= was || highest.CompareAndSwap(was, is) {
					break
				}
			}
			now.Add(n)
			runtime.Gosched()
			now.Add(-n)
			a.give(n)
		})
	}
	all.Wait()
	if a.taken != 0 || highest.Load() > 12 {
		t.Errorf("%d at once, %d at the end", highest.Load(), a.taken)
	}
}
