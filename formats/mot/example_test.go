package mot_test

import (
	"context"
	"fmt"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/mot"
)

// Follow one object through a sequence.
func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/mot/MOT17/train/MOT17-02-FRCNN")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer folder.Close()
	im, err := mot.Format().Import(ctx, folder, formats.ImportOptions{})
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
			if b := a.(*dataset.Bbox); b.ObjectID == 1 {
				fmt.Println(it.ID, im.Info().Categories.Name(b.Label), b.X, b.Y, b.W, b.H)
			}
		}
	}
	// Output:
	// 000001 pedestrian 10 5 12 20
	// 000002 pedestrian 11 5 12 20
}
