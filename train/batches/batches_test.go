package batches_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"datum"
	"datum/dataset"
	"datum/formats"
	"datum/internal/shapes"
	"datum/train/augment"
	"datum/train/batches"
	"datum/train/loader"
)

// open returns a dataset of n pictures of shapes, 40 pixels wide and high.
func open(t testing.TB, n int) *datum.Dataset {
	t.Helper()
	dir := t.TempDir()
	if _, err := shapes.Write(dir, shapes.Options{Images: []shapes.Subset{{Name: "train", Images: n}}, Size: 40}); err != nil {
		t.Fatal(err)
	}
	ds, err := datum.Open(t.Context(), dir, datum.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ds.Close() })
	return ds
}

func objects(it *dataset.Item) ([]augment.Box, bool, error) {
	var boxes []augment.Box
	for i, a := range it.Annotations {
		if b, ok := a.(*dataset.Bbox); ok {
			boxes = append(boxes, augment.Box{Label: int(b.Label), X1: b.X, Y1: b.Y, X2: b.X + b.W, Y2: b.Y + b.H, Annotation: i})
		}
	}
	return boxes, true, nil
}

func options() batches.Options {
	return batches.Options{
		Loader: loader.Options{Shuffle: true, Seed: 1, Go: true}, Seed: 1, Width: 32, Height: 24, Size: 4, Objects: objects,
		Recipe: augment.Recipe{FlipAcross: 0.5, ScaleLeast: 0.5, ScaleMost: 1.5, Mosaic: 0.5, MixUp: 0.5, Hue: 10},
	}
}

// all returns a hash of each batch.
func all(t *testing.T, ds loader.Dataset, o batches.Options) (sums []string, pictures int) {
	t.Helper()
	for b, err := range batches.Stream(t.Context(), ds, o) {
		if err != nil {
			t.Fatal(err)
		}
		if len(b.Pixels) != len(b.Items)*o.Width*o.Height*3 || len(b.Boxes) != len(b.Items) {
			t.Fatalf("%d bytes and %d lists of boxes for %d pictures", len(b.Pixels), len(b.Boxes), len(b.Items))
		}
		h := sha256.New()
		h.Write(b.Pixels)
		for i := range b.Items {
			fmt.Fprint(h, b.Items[i].ID, b.Boxes[i])
		}
		sums, pictures = append(sums, fmt.Sprintf("%x", h.Sum(nil))), pictures+len(b.Items)
		b.Release()
	}
	return sums, pictures
}

// The batches are the same for any number of workers, and others in another
// epoch.
func TestDeterministic(t *testing.T) {
	ds := open(t, 38)
	o := options()
	o.Loader.Workers = 1
	want, n := all(t, ds, o)
	if len(want) != 9 || n != 36 {
		t.Errorf("%d batches with %d pictures of 38", len(want), n)
	}
	for _, w := range []int{2, 7} {
		o.Loader.Workers = w
		if got, _ := all(t, ds, o); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%d workers make other batches", w)
		}
	}
	o.Epoch = 1
	got, _ := all(t, ds, o)
	for i := range got {
		if got[i] == want[i] {
			t.Errorf("batch %d is the same in the next epoch", i)
		}
	}
	o.Partial = true
	if got, n := all(t, ds, o); len(got) != 10 || n != 38 {
		t.Errorf("%d batches with %d pictures of 38", len(got), n)
	}
}

// Without a recipe a picture comes as it is, with its boxes.
func TestPlain(t *testing.T) {
	ds := open(t, 3)
	o := options()
	o.Recipe, o.Loader.Shuffle, o.Width, o.Height, o.Size = augment.Recipe{}, false, 40, 40, 1
	next := 0
	for b, err := range batches.Stream(t.Context(), ds, o) {
		if err != nil {
			t.Fatal(err)
		}
		for s, err := range loader.Samples(t.Context(), ds, loader.Options{Shards: 3, Shard: next, Go: true}) {
			if err != nil {
				t.Fatal(err)
			}
			if string(s.Pixels) != string(b.Pixels) {
				t.Errorf("picture %d has other pixels", next)
			}
		}
		want, _, _ := objects(&b.Items[0])
		if len(want) != len(b.Boxes[0]) || len(want) > 0 && want[0].X2 != b.Boxes[0][0].X2 {
			t.Errorf("picture %d has the boxes %v, not %v", next, b.Boxes[0], want)
		}
		next++
	}
	if next != 3 {
		t.Errorf("%d pictures", next)
	}
}

func TestErrors(t *testing.T) {
	ds := open(t, 6)
	o := options()
	o.Size = 0
	first := func(o batches.Options) error {
		for _, err := range batches.Stream(t.Context(), ds, o) {
			return err
		}
		return nil
	}
	if err := first(o); !errors.Is(err, formats.ErrUsage) {
		t.Errorf("batches of no pictures: %v", err)
	}
	o = options()
	bad := errors.New("bad")
	o.Objects = func(*dataset.Item) ([]augment.Box, bool, error) { return nil, true, bad }
	if err := first(o); !errors.Is(err, bad) {
		t.Errorf("the error of the objects is %v", err)
	}
	o = options()
	o.Loader.Subset = "test"
	if err := first(o); !errors.Is(err, formats.ErrUsage) {
		t.Errorf("a subset that is not there: %v", err)
	}
}

// Items that are not usable are left out.
func TestUnusable(t *testing.T) {
	ds := open(t, 8)
	o := options()
	seen := 0
	o.Objects = func(it *dataset.Item) ([]augment.Box, bool, error) {
		seen++
		return nil, seen%2 == 0, nil
	}
	if got, n := all(t, ds, o); len(got) != 1 || n != 4 {
		t.Errorf("%d batches with %d pictures of 4", len(got), n)
	}
}

// Whoever stops, or is stopped, leaves nothing running.
func TestStopping(t *testing.T) {
	ds := open(t, 40)
	before := runtime.NumGoroutine()
	for range 10 {
		for range batches.Stream(t.Context(), ds, options()) {
			break
		}
		ctx, cancel := context.WithCancel(t.Context())
		for range batches.Stream(ctx, ds, options()) {
			cancel()
		}
		cancel()
	}
	for range 100 {
		if runtime.NumGoroutine() <= before {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func BenchmarkStream(b *testing.B) {
	ds := open(b, 200)
	o := options()
	o.Width, o.Height, o.Size = 128, 128, 16
	for b.Loop() {
		for x, err := range batches.Stream(b.Context(), ds, o) {
			if err != nil {
				b.Fatal(err)
			}
			x.Release()
		}
	}
}
