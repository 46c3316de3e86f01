package coco_test

import (
	"context"
	"fmt"
	"log"

	"datum/files"
	"datum/formats"
	"datum/formats/coco"
)

// Reading a COCO dataset: the items of all files of a subset come together.
func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/coco/layouts/official")
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()
	im, err := coco.Format().Import(ctx, folder, formats.ImportOptions{})
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
			fmt.Println(" ", a.Kind(), a.Common().ID)
		}
	}
	// Output:
	// val2017 000000397133
	//   polygon 1766
	//   bbox 1766
	//   mask 900100397133
	//   bbox 900100397133
	//   polygon 1767
	//   bbox 1767
	//   points 1766
	//   polygon 1766
	//   bbox 1766
	//   caption 30
	// val2017 000000037777
	//   polygon 1768
	//   bbox 1768
	// val2017 000000252219
	//   caption 31
}
