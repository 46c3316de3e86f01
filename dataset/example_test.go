package dataset_test

import (
	"fmt"

	"datum/dataset"
)

// Attribute values keep their spelling and their order.
func ExampleParseAttributes() {
	a, err := dataset.ParseAttributes([]byte(`{"score": 1.0, "id": 18446744073709551615}`))
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := a.Set("occluded", true); err != nil {
		fmt.Println(err)
		return
	}
	a.SetRaw(dataset.CarriedName("coco", "area"), []byte("12.50"))
	user, carried := a.Split()
	fmt.Println(string(user.AppendJSON(nil)))
	fmt.Println(string(carried.AppendJSON(nil)))
	// Output:
	// {"score":1.0,"id":18446744073709551615,"occluded":true}
	// {"@coco.area":12.50}
}

// A mask of 3 rows and 2 columns, whose second column is set but for its last
// pixel.
func ExampleEncodeRuns() {
	mask := dataset.EncodeRuns(3, 2, []int64{3, 2, 1})
	area, err := mask.Area()
	if err != nil {
		fmt.Println(err)
		return
	}
	x, y, w, h, err := mask.Bounds()
	fmt.Println(string(mask.Counts), area, x, y, w, h, err)
	// Output: 321 2 1 0 1 2 <nil>
}

// An item with one box.
func ExampleItem() {
	it := dataset.Item{
		ID: "street/0001", Subset: "train",
		Media: &dataset.Image{File: dataset.File{Name: "street/0001.jpg"}, Height: 480, Width: 640},
		Annotations: []dataset.Annotation{
			&dataset.Bbox{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: 0, X: 10, Y: 20, W: 30, H: 40},
		},
	}
	for _, a := range it.Annotations {
		fmt.Println(it.ID, a.Kind(), *dataset.LabelOf(a))
	}
	// Output: street/0001 bbox 0
}
