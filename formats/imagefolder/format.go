package imagefolder

import (
	"context"

	"datum/files"
	"datum/formats"
)

// The names of the formats.
const (
	nameImageNet    = "imagenet"
	nameImageDir    = "image_dir"
	nameMVTec       = "mvtec"
	nameImageNetTxt = "imagenet_txt"
)

// Formats returns the formats imagenet, image_dir, mvtec and imagenet_txt.
func Formats() []*formats.Format {
	return []*formats.Format{imageNet(), imageDir(), mvtec(), imageNetTxt()}
}

func imageNet() *formats.Format {
	return &formats.Format{
		Name:    nameImageNet,
		Aliases: []string{"imagefolder", "imagenet_with_subset_dirs", "image_folder"},
		Summary: "class folders of pictures: one label for each picture",
		Probe:   probeImageNet,
		Import:  opener(nameImageNet, planImageNet),
		Export:  exporterOf(nameImageNet, newClassPlaces),
	}
}

func imageDir() *formats.Format {
	return &formats.Format{
		Name:    nameImageDir,
		Aliases: []string{"imagedir"},
		Summary: "bare pictures in folders, without annotations",
		Probe:   probeImageDir,
		Import:  opener(nameImageDir, planImageDir),
		Export:  exporterOf(nameImageDir, newBarePlaces),
	}
}

func mvtec() *formats.Format {
	return &formats.Format{
		Name:    nameMVTec,
		Aliases: []string{"mvtec_classification", "mvtec_segmentation", "mvtec_detection"},
		Summary: "MVTec AD: pictures with and without defects, and masks of these",
		Probe:   probeMVTec,
		Import:  opener(nameMVTec, planMVTec),
		Export:  exporterOf(nameMVTec, newMVTecPlaces),
	}
}

// opener returns the function that opens a dataset whose folders plan
// understands.
func opener(name string, plan func(*tree) error) func(context.Context, *files.Folder, formats.ImportOptions) (formats.Importer, error) {
	return func(_ context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
		if err := o.OnlyPlain(name, f); err != nil {
			return nil, err
		}
		if f.Only() != "" {
			return nil, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s is one file, the format %s is a folder of pictures", f.Path(f.Only()), name),
				"name the folder")
		}
		t := &tree{folder: f, format: name, opts: o}
		if err := plan(t); err != nil {
			return nil, err
		}
		if !t.any {
			return nil, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: there are no pictures where the format %s has them", f.Path("."), name),
				"datum detect says what a folder holds")
		}
		return newImporter(t), nil
	}
}
