package metadata

import "slices"

// cocoNames are the names of COCO's eighty categories in the order of their ids,
// and cocoGaps the ids from 1 to 90 that none of them has.
var (
	cocoNames = []string{
		"person", "bicycle", "car", "motorcycle", "airplane", "bus", "train", "truck", "boat", "traffic light",
		"fire hydrant", "stop sign", "parking meter", "bench", "bird", "cat", "dog", "horse", "sheep", "cow",
		"elephant", "bear", "zebra", "giraffe", "backpack", "umbrella", "handbag", "tie", "suitcase", "frisbee",
		"skis", "snowboard", "sports ball", "kite", "baseball bat", "baseball glove", "skateboard", "surfboard", "tennis racket", "bottle",
		"wine glass", "cup", "fork", "knife", "spoon", "bowl", "banana", "apple", "sandwich", "orange",
		"broccoli", "carrot", "hot dog", "pizza", "donut", "cake", "chair", "couch", "potted plant", "bed",
		"dining table", "toilet", "tv", "laptop", "mouse", "remote", "keyboard", "cell phone", "microwave", "oven",
		"toaster", "sink", "refrigerator", "book", "clock", "vase", "scissors", "teddy bear", "hair drier", "toothbrush",
	}
	cocoGaps = []int{12, 26, 29, 30, 45, 66, 68, 69, 71, 83}
	// cocoAgree says which names are looked at: the first and the last are called the
	// same by all, where others write aeroplane, motorbike, sofa or tvmonitor.
	cocoAgree = []int{0, 1, 2, 5, 8, 9, 10, 11, 13, 14, 15, 16, 17, 23, 44, 45, 46, 47, 52, 53, 72, 73, 74, 75, 76, 77, 79}
)

// isCOCO reports whether a list of names is that of COCO's categories.
func isCOCO(names map[int]string) bool {
	if len(names) != len(cocoNames) {
		return false
	}
	return !slices.ContainsFunc(cocoAgree, func(i int) bool { return Plain(names[i]) != cocoNames[i] })
}

// cocoID is the id of COCO's category at a place of the list.
func cocoID(place int) int {
	id := place + 1
	for _, gap := range cocoGaps {
		if id >= gap {
			id++
		}
	}
	return id
}
