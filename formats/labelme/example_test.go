package labelme_test

import (
	"context"
	"fmt"

	"datum/files"
	"datum/formats"
	"datum/formats/labelme"
)

func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/labelme/apart")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer folder.Close()
	im, err := labelme.Format().Import(ctx, folder, formats.ImportOptions{})
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
		fmt.Println(it.Subset, it.ID, it.Media.Main().Name, len(it.Annotations))
	}
	// Output:
	// train 0 0.png 1
	// train 1 1.png 1
	// val 0 0.png 1
	// val lone lone.PNG 0
}
