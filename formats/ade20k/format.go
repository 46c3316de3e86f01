package ade20k

import (
	"path"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

const formatName = "ade20k"

// What the model has no field for travels under these names.
var (
	carryObject     = dataset.CarriedName(formatName, "object")     // 2020: the object as it is in the JSON file
	carryHidden     = dataset.CarriedName(formatName, "hidden")     // 2020: the pixels that others lie over
	carryClass      = dataset.CarriedName(formatName, "class")      // 2017: the name of the class
	carryNumber     = dataset.CarriedName(formatName, "number")     // 2017: the number of the class in the picture
	carryAnnotation = dataset.CarriedName(formatName, "annotation") // 2020: all members of "annotation" but the objects
	carryMembers    = dataset.CarriedName(formatName, "members")    // 2020: what lies beside "annotation"
)

// The user's attributes that the format defines.
const (
	attrOccluded = "occluded"
	attrCrop     = "crop"
	attrLevel    = "part_level"
	attrPartOf   = "part_of"
	attrScene    = "scene"
)

var optionLabels = formats.Option{
	Name:    "ade20k-labels",
	Usage:   "labels are the words of whoever drew the object (raw), or the classes of the dataset (class)",
	Values:  []string{"raw", "class"},
	Default: "raw",
	Import:  true,
}

var optionShapes = formats.Option{
	Name:    "ade20k-shapes",
	Usage:   "an object of the 2020 layout is read as its mask, as its outline, or as both in one group",
	Values:  []string{"masks", "polygons", "both"},
	Default: "masks",
	Import:  true,
}

// Format returns the format ade20k.
func Format() *formats.Format {
	return &formats.Format{
		Name:    formatName,
		Aliases: []string{"ade20k2017", "ade20k2020"},
		Summary: "ADE20K: masks of objects and of their parts beside each picture, in the layouts of 2017 and 2020 (read only)",
		Options: []formats.Option{optionLabels, optionShapes},
		Probe:   probe,
		Import:  open,
	}
}

// placed says where in a file an error is; line 0 is the whole file.
func placed(f *files.Folder, name string, line int, err error) error {
	return &formats.Error{Format: formatName, Path: f.Path(name), Line: line, Err: err}
}

// stem is a name without its extension.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }

func hasExt(name, ext string) bool { return strings.EqualFold(path.Ext(name), ext) }
