package formats_test

import (
	"errors"
	"fmt"

	"datum/formats"
)

// What a target could not hold is counted by kind, with the first place.
func ExampleLoss() {
	var l formats.Loss
	l.Add("rotated boxes dropped", `item "a"`, 1)
	l.Add("captions dropped", `item "a"`, 2)
	l.Add("rotated boxes dropped", `item "b"`, 3)
	fmt.Print(l)
	fmt.Println(l.Total(), "in all")
	// Output:
	// 2 captions dropped (first: item "a")
	// 4 rotated boxes dropped (first: item "a")
	// 6 in all
}

// An error says where, why, and what to do; its sentinel tells what kind it is.
func ExampleError() {
	var err error = &formats.Error{
		Format: "coco", Path: "annotations/train.json", Line: 12, Item: "0007",
		Err: formats.Reason(formats.ErrCorrupt, "there is no category %d", 91),
	}
	err = formats.WithHint(err, "the file may use the 80 classes of YOLO")
	fmt.Println(err)
	fmt.Println("hint:", formats.Hint(err))
	fmt.Println(errors.Is(err, formats.ErrCorrupt))
	// Output:
	// annotations/train.json:12: item "0007": there is no category 91
	// hint: the file may use the 80 classes of YOLO
	// true
}

// Formats are found by their names and aliases.
func ExampleRegistry_Lookup() {
	r, err := formats.NewRegistry(&formats.Format{Name: "coco", Aliases: []string{"coco_instances"}}, &formats.Format{Name: "voc"})
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := r.Lookup("coco_instances")
	fmt.Println(f.Name, err)
	_, err = r.Lookup("yolo")
	fmt.Println(err)
	fmt.Println("hint:", formats.Hint(err))
	// Output:
	// coco <nil>
	// no format is called "yolo"
	// hint: the formats are coco, voc
}
