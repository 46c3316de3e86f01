package imagefolder_test

import (
	"context"
	"fmt"

	"datum/files"
	"datum/formats"
	"datum/formats/imagefolder"
)

// Read class folders.
func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/imagefolder/subsets")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer folder.Close()
	im, err := imagefolder.Formats()[0].Import(ctx, folder, formats.ImportOptions{})
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
		fmt.Println(it.Subset, it.ID)
	}
	// Output:
	// test cat/9
	// train cat/1
	// train dog/2
	// val dog/1
}
