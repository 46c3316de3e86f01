package kitti_test

import (
	"context"
	"fmt"
	"log"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/kitti"
)

// Reading KITTI: a list in ImageSets makes the subsets, and the 3D fields are
// attributes.
func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/kitti/official")
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()
	im, err := kitti.Format().Import(ctx, folder, formats.ImportOptions{})
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
			b := a.(*dataset.Bbox)
			alpha, _ := b.Attributes.Get("alpha")
			fmt.Println(" ", im.Info().Categories.Name(b.Label), b.X, b.Y, b.W, b.H, string(alpha))
		}
	}
	// Output:
	// test 000000
	// train 000000
	//   Pedestrian 712.4 143 98.33 164.92 -0.20
	// train 000002
	//   Car 1 2 2.25 2.5 1.5
	// val 000001
	//   Truck 599.41 156.4 30.34 32.85 -1.57
	//   Car 0 192.37 402.31 181.63 -0.69
	//   DontCare 503.89 169.71 86.72 20.42
}
