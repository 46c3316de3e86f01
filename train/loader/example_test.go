package loader_test

import (
	"context"
	"fmt"
	"image/color"
	"log"

	"datum/dataset"
	"datum/train/loader"
)

// A detector wants pictures of one size, their proportions kept. What it finds
// is brought back to the pictures of the dataset.
func Example() {
	ds := open([]dataset.Item{ // or datum.Open, with the key of an encrypted one
		picture("wide", plain(64, 32, color.White)),
		picture("tall", plain(16, 32, color.White)),
	})
	o := loader.Options{Fit: loader.Letterbox, Width: 128, Height: 128, Fill: loader.Grey}
	for s, err := range loader.Samples(context.Background(), ds, o) {
		if err != nil {
			log.Fatal(err)
		}
		x, y := s.ToSource(64, 64)
		fmt.Printf("%s: %d × %d × 3 bytes of %d × %d, the middle is %g, %g\n", s.Item.ID, s.Height, s.Width, s.SourceWidth, s.SourceHeight, x, y)
		s.Release()
	}
	// Output:
	// wide: 128 × 128 × 3 bytes of 64 × 32, the middle is 32, 16
	// tall: 128 × 128 × 3 bytes of 16 × 32, the middle is 8, 16
}

// A classifier is trained on batches, in another order in each epoch.
func ExampleBatches() {
	ds := open(numbered(10))
	for epoch := range uint64(2) {
		o := loader.Options{Fit: loader.Stretch, Width: 32, Height: 32, Shuffle: true, Seed: epoch}
		for b, err := range loader.Batches(context.Background(), ds, 4, o) {
			if err != nil {
				log.Fatal(err)
			}
			fmt.Println(len(b.Samples), len(b.Pixels))
			b.Release()
		}
	}
	// Output:
	// 4 12288
	// 4 12288
	// 2 6144
	// 4 12288
	// 4 12288
	// 2 6144
}
