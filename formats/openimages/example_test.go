package openimages_test

import (
	"context"
	"fmt"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/openimages"
)

// Read boxes, with the names of labels that people know.
func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/openimages/v5")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer folder.Close()
	o := formats.ImportOptions{Values: formats.Values{"open_images-names": "display"}}
	im, err := openimages.Format().Import(ctx, folder, o)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer im.Close()
	for it, err := range im.Items(ctx) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, a := range it.Annotations {
			if b, ok := a.(*dataset.Bbox); ok {
				fmt.Println(it.Subset, it.ID, im.Info().Categories.Name(b.Label), b.X, b.Y, b.W, b.H)
			}
		}
	}
	// Output:
	// train 0000a1 Person 4 6 20 12
	// train 0000a1 Car 0.5 4.45314 7.31248 13.17186
	// train 0000a2 Man 0 0 40 30
	// validation 0000b1 Bicycle, large 10 5 5 4
}
