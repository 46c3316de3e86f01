package ade20k_test

import (
	"context"
	"fmt"
	"log"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/ade20k"
)

// Reading ADE20K: the subsets are found below the folders around them, and a
// part says of which object it is one.
func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/ade20k/2020")
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()
	im, err := ade20k.Format().Import(ctx, folder, formats.ImportOptions{})
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
			m := a.(*dataset.Mask)
			area, err := m.RLE.Area()
			if err != nil {
				log.Fatal(err)
			}
			fmt.Printf("  %d %s: %d pixels", m.ID, im.Info().Categories.Name(m.Label), area)
			if whole, ok := m.Attributes.Get("part_of"); ok {
				fmt.Printf(", part of %s", whole)
			}
			fmt.Println()
		}
	}
	// Output:
	// training urban/street/T1
	//   0 car: 7 pixels
	//   2 man: 6 pixels
	//   3 wheel: 1 pixels, part of 0
	// validation indoor/V 1
	//   0 cup: 4 pixels
}
