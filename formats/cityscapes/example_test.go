package cityscapes_test

import (
	"context"
	"fmt"
	"log"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/cityscapes"
)

// Reading Cityscapes: polygons where there are any, masks elsewhere.
func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/cityscapes/official")
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()
	im, err := cityscapes.Format().Import(ctx, folder, formats.ImportOptions{})
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
			fmt.Println(" ", a.Kind(), im.Info().Categories.Name(*dataset.LabelOf(a)), a.Common().ID)
		}
	}
	// Output:
	// test berlin/berlin_000000_000019
	// train aachen/aachen_000000_000019
	//   polygon road 0
	//   polygon car 0
	//   polygon license plate 0
	// val bochum/bochum_000000_000001
	//   mask road 0
	//   mask person 0
	//   mask person 24000
	//   mask person 24001
	//   mask license plate 0
}
