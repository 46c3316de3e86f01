package segmentation_test

import (
	"context"
	"fmt"
	"log"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/segmentation"
)

// Reading pictures and masks: the numbers of pixels are those of label_map.
func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/segmentation/subsets")
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()
	im, err := segmentation.Format().Import(ctx, folder, formats.ImportOptions{})
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
			area, _ := m.RLE.Area()
			fmt.Println(" ", im.Info().Categories.Name(m.Label), area)
		}
	}
	// Output:
	// train 0001
	//   Rectangle 4
	// val sub/0002
	//   Circle 1
	//   Rectangle 2
}
