package voc

import (
	"datum/dataset"
	"datum/formats"
)

// formatName is the name of the format and of what it carries.
const formatName = "voc"

var (
	optionCoordinates = formats.Option{
		Name:  "voc-coordinates",
		Usage: "zero-based keeps the numbers of boxes as they stand; one-based takes them as pixels counted from 1, both corners included",
		Values: []string{
			zeroBased, oneBased,
		},
		Default: zeroBased, Import: true, Export: true,
	}
	optionPolygons = formats.Option{
		Name:    "voc-polygons",
		Usage:   "what becomes of polygons: masks paints them, attribute keeps their points in the XML file, drop leaves them out",
		Values:  []string{polygonsPaint, polygonsKeep, polygonsDrop},
		Default: polygonsPaint, Export: true,
	}
	optionTask = formats.Option{
		Name:    "voc-task",
		Usage:   "all writes what there is; detection writes boxes only, also around polygons and masks, as the name voc_detection means it",
		Values:  []string{taskAll, taskDetection},
		Default: taskAll, Export: true,
	}
)

const (
	zeroBased = "zero-based"
	oneBased  = "one-based"

	taskAll       = "all"
	taskDetection = "detection"

	polygonsPaint = "masks"
	polygonsKeep  = "attribute"
	polygonsDrop  = "drop"
)

// Format returns the format voc.
func Format() *formats.Format {
	return &formats.Format{
		Name: formatName,
		Aliases: []string{
			"voc_detection", "voc_classification", "voc_segmentation", "voc_instance_segmentation", "voc_layout",
			"voc_action", "roboflow_voc",
		},
		Implied: map[string]formats.Values{"voc_detection": {optionTask.Name: taskDetection}},
		Summary: "Pascal VOC: an XML file for each picture, lists of subsets and classes, masks as PNG with a palette",
		Options: []formats.Option{optionCoordinates, optionPolygons, optionTask},
		Probe:   probe,
		Import:  open,
		Export:  export,
	}
}

// The attributes in which a dataset carries along what VOC holds and the model
// has no field for.
var (
	// Of an item or an annotation: the text of XML elements that VOC does not
	// have, or that say nothing the model could hold.
	carryXML = dataset.CarriedName(formatName, "xml")
	// Of an item: the depth of its picture, where that is not 3.
	carryDepth = dataset.CarriedName(formatName, "depth")
	// Of an item: the lists that name it, where its content does not tell.
	carryTasks = dataset.CarriedName(formatName, "tasks")
	// Of an item: that it stands for the same files as one of another subset.
	carryShared = dataset.CarriedName(formatName, "shared")
	// Of an item: the void pixels of its masks, see [carriedMask]; and those
	// of its objects, where they differ.
	carryVoid        = dataset.CarriedName(formatName, "void")
	carryVoidObjects = dataset.CarriedName(formatName, "void_objects")
	// Of an item: that its masks are of classes, not of objects.
	carrySemantic = dataset.CarriedName(formatName, "semantic")
	// Of a box: that it is a part of the object in its group.
	carryPart = dataset.CarriedName(formatName, "part")
	// Of the first annotation of an object: which attributes are actions.
	carryActions = dataset.CarriedName(formatName, "actions")
	// Of a mask: that no object is there, and the class that has no label.
	carryStuff = dataset.CarriedName(formatName, "stuff")
	carryClass = dataset.CarriedName(formatName, "class")
)

// The attributes of objects that VOC has elements for.
const (
	attrPose      = "pose"
	attrTruncated = "truncated"
	attrOccluded  = "occluded"
	attrDifficult = "difficult"
)
