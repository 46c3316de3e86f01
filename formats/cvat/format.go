package cvat

import (
	"context"

	"datum/files"
	"datum/formats"
)

const formatName = "cvat"

// The options of the format.
var (
	optionStyle = formats.Option{
		Name:   "cvat-style",
		Usage:  "write objects that are followed over several items as tracks (video), as shapes of their images (images), or as tracks if there are any (auto)",
		Values: []string{styleAuto, styleImages, styleVideo}, Default: styleAuto, Export: true,
	}
	optionOutside = formats.Option{
		Name:   "cvat-outside",
		Usage:  "leave out the shapes that say that a track's object is not in the picture (drop), or keep them with the attribute outside (keep)",
		Values: []string{outsideDrop, outsideKeep}, Default: outsideDrop, Import: true,
	}
)

const (
	styleAuto   = "auto"
	styleImages = "images"
	styleVideo  = "video"

	outsideDrop = "drop"
	outsideKeep = "keep"
)

// Format returns the format cvat.
func Format() *formats.Format {
	return &formats.Format{
		Name:    formatName,
		Aliases: []string{"cvat_images", "cvat_video"},
		Summary: "CVAT's XML 1.1, for images and for video: boxes, polygons, masks, skeletons, cuboids, tags and tracks",
		Options: []formats.Option{optionStyle, optionOutside},
		Probe:   func(_ context.Context, f *files.Folder) formats.Verdict { return probe(f) },
		Import:  open,
		Export:  export,
	}
}
