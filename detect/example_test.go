package detect_test

import (
	"context"
	"fmt"
	"log"

	"datum/detect"
	"datum/files"
	"datum/formats/all"
)

// Which format a folder holds, and what the nearest other one misses.
func ExampleRun() {
	folder, err := files.OpenFolder("../testdata/coco/sample")
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()
	res, err := detect.Run(context.Background(), all.Registry(), folder, detect.Depth)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(res.Matches[0].Format.Name)
	fmt.Println(res.Rejected[0].Format.Name, "needs", res.Rejected[0].Unmet[0])
	// Output:
	// coco
	// datumaro needs the members categories and items in its first .json file
}
