package loader_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"slices"
	"testing"

	"datum"
	"datum/dataset"
	"datum/formats"
	"datum/train/loader"
)

// memory is a media file in memory.
type memory []byte

func (m memory) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m)), nil }

// failing is one that cannot be opened.
type failing struct{ err error }

func (f failing) Open() (io.ReadCloser, error) { return nil, f.err }

// plain is a PNG of one colour.
func plain(width, height int, c color.Color) memory {
	m := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			m.Set(x, y, c)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func picture(id string, source dataset.Source) dataset.Item {
	return dataset.Item{ID: id, Subset: "train", Media: &dataset.Image{File: dataset.File{Name: id + ".png", Source: source}}}
}

// numbered is a dataset of n pictures, of sizes and colours of their own.
func numbered(n int) []dataset.Item {
	items := make([]dataset.Item, n)
	for i := range items {
		items[i] = picture(fmt.Sprint(i), plain(3+i%5, 2+i%3, color.NRGBA{uint8(i), 100, 200, 255}))
		if i%4 == 3 {
			items[i].Subset = "val"
		}
	}
	return items
}

func open(items []dataset.Item) *datum.Dataset {
	return datum.New(&dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "train", Items: -1}, {Name: "val", Items: -1}}}, items)
}

// ids loads the samples and returns their ids. It checks their colours.
func ids(t *testing.T, items []dataset.Item, o loader.Options) []string {
	t.Helper()
	var all []string
	for s, err := range loader.Samples(t.Context(), open(items), o) {
		if err != nil {
			t.Fatal(err)
		}
		if got := s.Pixels[0]; fmt.Sprint(got) != s.Item.ID {
			t.Errorf("item %s has the pixels of %d", s.Item.ID, got)
		}
		all = append(all, s.Item.ID)
		s.Release()
	}
	return all
}

func TestOrder(t *testing.T) {
	t.Parallel()
	items := numbered(60)
	var want []string
	for _, it := range items {
		want = append(want, it.ID)
	}
	for _, workers := range []int{1, 2, 7} {
		for _, prefetch := range []int{0, 1, 20} {
			if got := ids(t, items, loader.Options{Workers: workers, Prefetch: prefetch}); !slices.Equal(got, want) {
				t.Errorf("%d workers, %d ahead: %v", workers, prefetch, got)
			}
		}
	}
	if got := ids(t, items, loader.Options{Subset: "val"}); !slices.Equal(got[:3], []string{"3", "7", "11"}) || len(got) != 15 {
		t.Errorf("the subset has %v", got)
	}
	if got := ids(t, items, loader.Options{Shard: 1, Shards: 20}); !slices.Equal(got, []string{"1", "21", "41"}) {
		t.Errorf("the shard has %v", got)
	}
}

func TestShuffleDependsOnItsSeedOnly(t *testing.T) {
	t.Parallel()
	items := numbered(60)
	for _, room := range []int64{0, 4000} {
		o := loader.Options{Shuffle: true, Seed: 1, ShuffleBytes: room, Workers: 1}
		first := ids(t, items, o)
		o.Workers, o.Prefetch = 5, 9
		if again := ids(t, items, o); !slices.Equal(first, again) {
			t.Errorf("room %d: %v, then %v", room, first, again)
		}
		o.Seed = 2
		if other := ids(t, items, o); slices.Equal(first, other) {
			t.Errorf("room %d: another seed, the same order", room)
		}
		slices.Sort(first)
		if got := len(slices.Compact(first)); got != len(items) {
			t.Errorf("room %d: %d items of %d", room, got, len(items))
		}
	}
}

// Where all items have room, each is equally probable at each place.
func TestShuffleIsFair(t *testing.T) {
	t.Parallel()
	const n, rounds = 8, 4000
	items := make([]dataset.Item, n)
	for i := range items {
		items[i].ID = fmt.Sprint(i)
	}
	var counts [n][n]int
	for seed := range uint64(rounds) {
		at := 0
		for it, err := range loader.Items(t.Context(), open(items), loader.Options{Shuffle: true, Seed: seed}) {
			if err != nil {
				t.Fatal(err)
			}
			counts[it.ID[0]-'0'][at]++
			at++
		}
	}
	for i := range n {
		for at, got := range counts[i] {
			if want := rounds / n; math.Abs(float64(got-want)) > 5*math.Sqrt(float64(want)) {
				t.Errorf("item %d was %d times at place %d, want about %d", i, got, at, want)
			}
		}
	}
}

// An item waits in no more than the room for it.
func TestShuffleBufferIsBounded(t *testing.T) {
	t.Parallel()
	read, most := 0, 0
	ds := watched{open(numbered(500)), func() { read++ }}
	taken := 0
	for _, err := range loader.Items(t.Context(), ds, loader.Options{Shuffle: true, ShuffleBytes: 10_000}) {
		if err != nil {
			t.Fatal(err)
		}
		taken++
		most = max(most, read-taken)
	}
	if taken != 500 || most > 50 || most < 5 {
		t.Errorf("%d items, at most %d of them waited", taken, most)
	}
}

// watched tells of every item that is read.
type watched struct {
	*datum.Dataset
	read func()
}

func (w watched) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		for it, err := range w.Dataset.Items(ctx) {
			if w.read(); !yield(it, err) {
				return
			}
		}
	}
}

func TestFit(t *testing.T) {
	t.Parallel()
	red, grey := color.NRGBA{255, 0, 0, 255}, loader.Grey
	for _, test := range []struct {
		name                   string
		width, height          int
		o                      loader.Options
		wantWidth, wantHeight  int
		scaleX, scaleY, dx, dy float64
		around                 [3]byte // the first pixel
	}{
		{"original", 30, 20, loader.Options{}, 30, 20, 1, 1, 0, 0, [3]byte{255, 0, 0}},
		{"stretch", 30, 20, loader.Options{Fit: loader.Stretch, Width: 60, Height: 10}, 60, 10, 2, 0.5, 0, 0, [3]byte{255, 0, 0}},
		{"wide", 30, 20, loader.Options{Fit: loader.Letterbox, Width: 60, Height: 60, Fill: grey}, 60, 60, 2, 2, 0, 10, grey},
		{"tall", 20, 30, loader.Options{Fit: loader.Letterbox, Width: 60, Height: 60, Fill: grey}, 60, 60, 2, 2, 10, 0, grey},
		{"odd", 30, 20, loader.Options{Fit: loader.Letterbox, Width: 30, Height: 23}, 30, 23, 1, 1, 0, 1, [3]byte{}},
		{"corner", 30, 20, loader.Options{Fit: loader.Corner, Width: 60, Height: 60, Fill: grey}, 60, 60, 2, 2, 0, 0, [3]byte{255, 0, 0}},
		{"thin", 1000, 1, loader.Options{Fit: loader.Letterbox, Width: 10, Height: 10}, 10, 10, 0.01, 1, 0, 4, [3]byte{}},
		{"smaller", 30, 20, loader.Options{Fit: loader.Letterbox, Width: 15, Height: 10, Interpolation: loader.Area}, 15, 10, 0.5, 0.5, 0, 0, [3]byte{255, 0, 0}},
	} {
		for s, err := range loader.Samples(t.Context(), open([]dataset.Item{picture("a", plain(test.width, test.height, red))}), test.o) {
			if err != nil {
				t.Fatalf("%s: %v", test.name, err)
			}
			if s.Width != test.wantWidth || s.Height != test.wantHeight || len(s.Pixels) != 3*s.Width*s.Height {
				t.Errorf("%s: %d × %d, %d bytes", test.name, s.Width, s.Height, len(s.Pixels))
			}
			if s.SourceWidth != test.width || s.SourceHeight != test.height {
				t.Errorf("%s: the source is %d × %d", test.name, s.SourceWidth, s.SourceHeight)
			}
			if got, want := [4]float64{s.ScaleX, s.ScaleY, s.OffsetX, s.OffsetY}, [4]float64{test.scaleX, test.scaleY, test.dx, test.dy}; got != want {
				t.Errorf("%s: it lies at %v, want %v", test.name, got, want)
			}
			if got := [3]byte(s.Pixels); got != test.around {
				t.Errorf("%s: the first pixel is %v", test.name, got)
			}
			corner := 3 * (int(s.OffsetY)*s.Width + int(s.OffsetX))
			if got := [3]byte(s.Pixels[corner:]); got != [3]byte{255, 0, 0} {
				t.Errorf("%s: the picture begins with the pixel %v", test.name, got)
			}
			if last := [3]byte(s.Pixels[len(s.Pixels)-3:]); test.o.Fit == loader.Corner && last != grey {
				t.Errorf("%s: the last pixel is %v", test.name, last)
			}
			if x, y := s.ToSource(s.OffsetX+float64(test.width)*s.ScaleX, s.OffsetY); math.Abs(x-float64(test.width)) > 1e-9 || y != 0 {
				t.Errorf("%s: the upper right corner comes from %v, %v", test.name, x, y)
			}
		}
	}
}

func TestBatches(t *testing.T) {
	t.Parallel()
	items := numbered(25)
	o := loader.Options{Fit: loader.Stretch, Width: 6, Height: 4, Workers: 3}
	var sizes []int
	n := 0
	for b, err := range loader.Batches(t.Context(), open(items), 8, o) {
		if err != nil {
			t.Fatal(err)
		}
		sizes = append(sizes, len(b.Samples))
		if b.Width != 6 || b.Height != 4 || len(b.Pixels) != len(b.Samples)*6*4*3 {
			t.Fatalf("%d × %d, %d bytes", b.Width, b.Height, len(b.Pixels))
		}
		for i, s := range b.Samples {
			if s.Item.ID != fmt.Sprint(n) || s.Pixels[0] != byte(n) || &s.Pixels[0] != &b.Pixels[i*6*4*3] {
				t.Errorf("sample %d of a batch is %s, its pixels begin with %d", n, s.Item.ID, s.Pixels[0])
			}
			n++
		}
		b.Release()
	}
	if !slices.Equal(sizes, []int{8, 8, 8, 1}) {
		t.Errorf("batches of %v", sizes)
	}
}

func TestOptionsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for _, o := range []loader.Options{
		{Fit: loader.Stretch},
		{Fit: loader.Letterbox, Width: 10},
		{Fit: loader.Stretch, Width: 1 << 20, Height: 1 << 20},
		{Subset: "test"},
		{Shard: 1},
		{Shard: 3, Shards: 3},
	} {
		for s, err := range loader.Samples(t.Context(), open(numbered(1)), o) {
			if !errors.Is(err, formats.ErrUsage) || s != nil {
				t.Errorf("%+v: %v", o, err)
			}
		}
	}
	for _, err := range loader.Batches(t.Context(), open(numbered(1)), 2, loader.Options{}) {
		if !errors.Is(err, formats.ErrUsage) {
			t.Errorf("a batch of pictures of their own sizes: %v", err)
		}
	}
}

func TestEndOfContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	var last error
	for _, err := range loader.Samples(ctx, open(numbered(200)), loader.Options{}) {
		if last = err; err == nil {
			if n++; n == 3 {
				cancel()
			}
		}
	}
	if !errors.Is(last, context.Canceled) || n > 30 {
		t.Errorf("after %d samples: %v", n, last)
	}
}

// Whoever stops early stops all that goes on for them.
func TestStoppingEarly(t *testing.T) {
	t.Parallel()
	read := 0
	ds := watched{open(numbered(500)), func() { read++ }}
	for range loader.Samples(t.Context(), ds, loader.Options{Workers: 2, Prefetch: 3}) {
		break
	}
	if read > 12 {
		t.Errorf("%d items were read for one", read)
	}
}

// Memory that is released is used again.
func TestRelease(t *testing.T) {
	t.Parallel()
	seen := map[*byte]bool{}
	for s, err := range loader.Samples(t.Context(), open(numbered(200)), loader.Options{Fit: loader.Stretch, Width: 10, Height: 10, Workers: 2, Prefetch: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		seen[&s.Pixels[0]] = true
		s.Release()
	}
	if len(seen) > 12 {
		t.Errorf("%d buffers", len(seen))
	}
}
