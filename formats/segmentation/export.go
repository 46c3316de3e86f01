package segmentation

import (
	"context"
	"path"

	"datum/dataset"
	"datum/formats"
)

// exporter writes a dataset. Of items it keeps nothing but their names.
type exporter struct {
	*formats.FolderWriter
	table  *table
	listed map[string]bool // subsets with a list of labels
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	w, err := formats.NewFolderWriter(ctx, formatName, dir, o)
	if err != nil {
		return nil, err
	}
	return &exporter{FolderWriter: w, listed: map[string]bool{}}, nil
}

// Begin prepares the labels; each subset gets a list of them.
func (e *exporter) Begin(info *dataset.Info) error {
	e.Info = *info
	e.loseInfo()
	var labels []dataset.LabelCategory
	if info.Categories.Labels != nil {
		labels = info.Categories.Labels.Labels
	}
	e.table = tableFor(labels, e.LabelColors())
	return nil
}

// loseInfo counts what the format has no place for besides items.
func (e *exporter) loseInfo() {
	c := &e.Info.Categories
	e.Loss.AddInfoAttributes(&e.Info)
	e.Loss.AddLabelAttributes(c)
	e.Loss.AddLabelGroups(c)
	e.Loss.AddParents(c)
	e.Loss.AddSkeletons(c, "keypoint skeletons of labels dropped")
}

// Write writes the files of an item.
func (e *exporter) Write(it dataset.Item) error { return e.Item(&it, e.write) }

func (e *exporter) write(it *dataset.Item) error {
	folder, name, err := e.Place(it, nil)
	if err != nil {
		return err
	}
	if err := e.list(folder); err != nil {
		return err
	}
	e.Loss.AddItemAttributes(it)
	saved, err := e.SavePicture(it, path.Join(folder, imageDir, name))
	if err != nil {
		return err
	}
	to := path.Join(folder, maskDir, name+".png")
	painted, err := e.saveMask(it, to, e.sort(it))
	if err != nil || saved || painted {
		return err
	}
	return e.saveBlank(it, to)
}

// list writes the labels of a subset, once.
func (e *exporter) list(folder string) error {
	if e.listed[folder] {
		return nil
	}
	e.listed[folder] = true
	text, err := e.table.text()
	if err != nil {
		return err
	}
	return e.Media.SaveBytes(path.Join(folder, metaFile), text)
}

// Close finishes the files.
func (e *exporter) Close() (formats.Loss, error) {
	e.LoseEmptySubsets()
	return e.Finish(nil)
}
