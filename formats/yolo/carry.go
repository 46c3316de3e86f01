package yolo

import "datum/dataset"

// carrier is the name under which both formats carry along what the model has
// no field for; each gives it back.
const carrier = "yolo"

// The carried attributes. Each is there only where the writer would not make
// the same by itself.
var (
	// Of a label: its class number, where numbers have holes.
	carryID = dataset.CarriedName(carrier, "id")
	// Of an annotation: the number of decimals that each of its numbers has,
	// or where they differ all of its numbers as text.
	carryDecimals = dataset.CarriedName(carrier, "decimals")
	carryNumbers  = dataset.CarriedName(carrier, "numbers")
	// Of the dataset: keys of data.yaml that are not about files or classes,
	// as YAML text, and what it says of keypoints.
	carryYAML     = dataset.CarriedName(carrier, "yaml")
	carryKptShape = dataset.CarriedName(carrier, "kpt_shape")
	carryFlip     = dataset.CarriedName(carrier, "flip_idx")
)
