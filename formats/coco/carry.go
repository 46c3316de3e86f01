package coco

import "datum/dataset"

// formatName is the name of the format and of what it carries.
const formatName = "coco"

// The attributes in which a dataset carries along what COCO holds and the
// model has no field for. Each is there only where the writer would not make
// the same by itself.
var (
	// Of a label: its id, and a patch of its record.
	carryID       = dataset.CarriedName(formatName, "id")
	carryCategory = dataset.CarriedName(formatName, "category")
	// Of a subset: the files it came from, see [carriedFile].
	carryFiles = dataset.CarriedName(formatName, "files")
	// Of a subset: the folder of its pictures; of an item: that of its own.
	carryMedia = dataset.CarriedName(formatName, "media")
	// Of an item: a patch of its record, and the files that list it, see
	// [listing].
	carryImage = dataset.CarriedName(formatName, "image")
	carryIn    = dataset.CarriedName(formatName, "in")
	// Of an item: records that say nothing the model could hold, see
	// [rawRecord], and what else its panoptic record holds.
	carryRaw      = dataset.CarriedName(formatName, "raw")
	carryPanoptic = dataset.CarriedName(formatName, "panoptic")
	// Of the first annotation of a record: a patch of the record, its place
	// in the file. Of each annotation: its file, by its place in the list.
	carryRecord = dataset.CarriedName(formatName, "record")
	carryOrder  = dataset.CarriedName(formatName, "order")
	carryFile   = dataset.CarriedName(formatName, "file")
	// Of a mask: that its counts were a list; that it is an id of a panoptic
	// picture which the record does not list.
	carryList     = dataset.CarriedName(formatName, "list")
	carryUnlisted = dataset.CarriedName(formatName, "unlisted")
)

// carry sets a carried attribute.
func carry(a *dataset.Attributes, name string, value []byte) {
	if value != nil {
		a.SetRaw(name, value)
	}
}
