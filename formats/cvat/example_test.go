package cvat_test

import (
	"context"
	"fmt"

	"datum/files"
	"datum/formats"
	"datum/formats/cvat"
)

func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/cvat/video")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer folder.Close()
	im, err := cvat.Format().Import(ctx, folder, formats.ImportOptions{})
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
			fmt.Println(it.ID, a.Kind(), "of object", a.Common().ObjectID)
		}
	}
	// Output:
	// frame_000000 bbox of object 0
	// frame_000000 polygon of object 2
	// frame_000001 bbox of object 0
	// frame_000001 points of object 1
	// frame_000003 bbox of object 0
}
