package detection_test

import (
	"fmt"

	"datum/models/detection"
)

// A model that is recognised by its outputs, and what one of its outputs says.
func ExampleRecognise() {
	outputs := []detection.Port{{Names: []string{"output0"}, Shape: []int{1, 300, 6}}}
	head, err := detection.Recognise(outputs)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(head.Name())

	// One row: x1, y1, x2, y2, score, class, in pixels of the input.
	out := detection.Output{Name: "output0", Shape: []int{1, 1, 6}, Data: []float32{64, 128, 320, 384, 0.75, 2}}
	found, err := head.Decode([]detection.Output{out}, detection.Stretched(1280, 640, 640, 640), detection.Options{Score: 0.5})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Printf("%+v\n", found[0])
	// Output:
	// yolo-e2e
	// {Class:2 Score:0.75 X:128 Y:128 W:512 H:256 Points:[]}
}
