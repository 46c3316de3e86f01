package metrics_test

import (
	"fmt"

	"datum/metrics"
)

func Example() {
	a := metrics.NewAccumulator(1, metrics.Options{})
	truth := metrics.Box{X: 10, Y: 10, W: 100, H: 50}
	found := metrics.Box{X: 12, Y: 10, W: 100, H: 50}
	if err := a.Add(
		[]metrics.Truth{{Box: truth, Area: truth.Area()}},
		[]metrics.Detection{{Box: found, Score: 0.8}},
	); err != nil {
		fmt.Println(err)
		return
	}
	mean, _ := a.COCO()
	fmt.Printf("AP %.3f, AP50 %.3f, VOC %.3f\n", mean.AP, mean.AP50, a.VOC2010().Mean)
	// Output: AP 1.000, AP50 1.000, VOC 1.000
}
