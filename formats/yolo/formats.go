package yolo

import (
	"context"

	"datum/files"
	"datum/formats"
)

// The names of the formats.
const (
	darknetName     = "yolo"
	ultralyticsName = "yolo_ultralytics"
)

var (
	optionTask = formats.Option{Name: "yolo-task", Usage: "what the lines of label files are",
		Values: tasks, Default: string(auto), Import: true, Export: true}
	optionClip = formats.Option{Name: "yolo-clip", Usage: "cut off what reaches out of the picture",
		Values: formats.YesNo, Default: "no", Import: true, Export: true}
	optionConfidence = formats.Option{Name: "yolo-confidence", Usage: "write the attribute score as a last column, as detectors do",
		Values: formats.YesNo, Default: "no", Export: true}
)

// Formats returns the formats yolo and yolo_ultralytics. Either reads the
// datasets of both.
func Formats() []*formats.Format {
	return []*formats.Format{
		{
			Name: darknetName, Aliases: []string{"yolo_strict", "yolo_loose"},
			Summary: "YOLO of Darknet: boxes, with obj.data and obj.names",
			Options: []formats.Option{optionTask, optionClip, optionConfidence},
			Probe:   probeFor(darknetName), Import: importAs(darknetName), Export: exportDarknet,
		},
		{
			Name:    ultralyticsName,
			Aliases: []string{"roboflow_yolo", "yolo_detect", "yolo_segment", "yolo_obb", "yolo_pose", "yolo_classify"},
			Summary: "YOLO of Ultralytics: boxes, rotated boxes, outlines, keypoints or classes, with data.yaml",
			Options: []formats.Option{optionTask, optionClip, optionConfidence},
			Probe:   probeFor(ultralyticsName), Import: importAs(ultralyticsName), Export: exportUltralytics,
		},
	}
}

type importFunc = func(context.Context, *files.Folder, formats.ImportOptions) (formats.Importer, error)

// importAs returns the reader under a name.
func importAs(name string) importFunc {
	return func(ctx context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
		return open(ctx, f, name, o)
	}
}
