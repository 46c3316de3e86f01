package dota_test

import (
	"context"
	"fmt"
	"log"

	"datum/files"
	"datum/formats"
	"datum/formats/dota"
)

// Reading DOTA: quadrilaterals that are rectangles are rotated boxes.
func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/dota/official/train")
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()
	im, err := dota.Format().Import(ctx, folder, formats.ImportOptions{})
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
			difficult, _ := a.Common().Attributes.Get("difficult")
			fmt.Println(" ", a.Kind(), string(difficult))
		}
	}
	// Output:
	// default P0000
	//   rotated_bbox 0
	//   polygon 1
	//   rotated_bbox 2
}
