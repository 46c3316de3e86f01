package yolo_test

import (
	"context"
	"fmt"
	"log"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/yolo"
)

// Reading a dataset of Ultralytics: what its lines mean is found out from all
// of them.
func Example() {
	ctx := context.Background()
	folder, err := files.OpenFolder("../../testdata/yolo/segment")
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()
	ultralytics := yolo.Formats()[1]
	im, err := ultralytics.Import(ctx, folder, formats.ImportOptions{Values: formats.Values{"yolo-clip": "yes"}})
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
			fmt.Println(" ", a.Kind(), im.Info().Categories.Name(*dataset.LabelOf(a)))
		}
	}
	// Output:
	// train s
	//   polygon class_0
	//   bbox class_0
	//   polygon class_0
	// val s
	//   polygon class_0
	//   bbox class_0
	//   polygon class_0
}
