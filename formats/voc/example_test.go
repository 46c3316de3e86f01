package voc_test

import (
	"context"
	"fmt"
	"log"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/voc"
)

// Reading a dataset whose boxes count pixels from 1, as those of the challenges
// do.
func Example() {
	folder, err := files.OpenFolder("../../testdata/voc/layouts/official")
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()
	ctx := context.Background()
	im, err := voc.Format().Import(ctx, folder, formats.ImportOptions{Values: formats.Values{"voc-coordinates": "one-based"}})
	if err != nil {
		log.Fatal(err)
	}
	defer im.Close()
	for it, err := range im.Items(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(it.Subset, it.ID)
		for _, a := range it.Annotations {
			if b, ok := a.(*dataset.Bbox); ok {
				fmt.Printf("  %s at %v, %v, %v × %v\n", im.Info().Categories.Name(b.Label), b.X, b.Y, b.W, b.H)
			}
		}
	}
	// Output:
	// train 2012_000001
	//   cat at 1, 1, 6 × 7
	//   person at 9, 0, 9 × 9
	//   head at 10.5, 1, 3.75 × 3
	// train 2012_000003
	// val 2012_000002
	//   person at 0, 0, 5 × 5
}
