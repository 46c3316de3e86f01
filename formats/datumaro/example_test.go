package datumaro_test

import (
	"context"
	"fmt"
	"os"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/datumaro"
)

// Write a dataset with one item and read it again.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "datumaro")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)

	ex, err := datumaro.Format().Export(ctx, dir, formats.ExportOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer ex.Abort()
	labels := &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cat"}}}
	if err := ex.Begin(&dataset.Info{MediaKind: dataset.MediaImage, Categories: dataset.Categories{Labels: labels}}); err != nil {
		fmt.Println(err)
		return
	}
	box := &dataset.Bbox{Base: dataset.Base{ObjectID: dataset.NoObject}, X: 1, Y: 2, W: 3.5, H: 4}
	if err := ex.Write(dataset.Item{ID: "a/b", Subset: "train", Annotations: []dataset.Annotation{box}}); err != nil {
		fmt.Println(err)
		return
	}
	if _, err := ex.Close(); err != nil {
		fmt.Println(err)
		return
	}

	folder, err := files.OpenFolder(dir)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer folder.Close()
	im, err := datumaro.Format().Import(ctx, folder, formats.ImportOptions{})
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
		b := it.Annotations[0].(*dataset.Bbox)
		fmt.Println(it.Subset, it.ID, im.Info().Categories.Name(b.Label), b.W)
	}
	// Output: train a/b cat 3.5
}
