package kitti

import (
	"context"
	"path"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// exporter writes a dataset. Of items it keeps nothing but their names.
type exporter struct {
	*formats.FolderWriter
	table *table
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	w, err := formats.NewFolderWriter(ctx, formatName, dir, o)
	if err != nil {
		return nil, err
	}
	return &exporter{FolderWriter: w}, nil
}

// Begin writes the labels.
func (e *exporter) Begin(info *dataset.Info) error {
	e.Info = *info
	e.loseInfo()
	var labels []dataset.LabelCategory
	if info.Categories.Labels != nil {
		labels = info.Categories.Labels.Labels
	}
	e.table = newTable(labels, e.LabelColors())
	if len(labels) == 0 {
		return nil
	}
	if !e.table.isPlain() {
		text, err := e.table.metaText()
		if err != nil {
			return err
		}
		return e.Media.SaveBytes(metaFile, text)
	}
	return e.Media.SaveBytes(colorsFile, e.table.colorsText())
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
	folder, name, err := e.Place(it, func(name string) bool { return isOurs(name) || name == listDir })
	if err != nil {
		return err
	}
	e.Loss.AddItemAttributes(it)
	saved, err := e.SavePicture(it, path.Join(folder, imageDir, name))
	if err != nil {
		return err
	}
	text, boxes, masks := e.sort(it)
	painted, err := e.saveMasks(it, folder, name, masks)
	if err != nil {
		return err
	}
	if boxes == 0 && (saved || painted) {
		return nil
	}
	return e.Media.SaveBytes(path.Join(folder, labelDir, name+".txt"), text)
}

// sort tells boxes from masks, counts what is neither, and returns the lines
// of the boxes and their number.
func (e *exporter) sort(it *dataset.Item) (text []byte, boxes int, masks []*dataset.Mask) {
	var b strings.Builder
	for _, a := range it.Annotations {
		switch a := a.(type) {
		case *dataset.Bbox:
			if line, ok := e.line(it, a); ok {
				b.WriteString(line + "\n")
				boxes++
			}
		case *dataset.Mask:
			masks = append(masks, a)
		case *dataset.Label:
			e.Lost(it, "image labels dropped", 1)
		default:
			e.Loss.AddDropped(it, a)
		}
	}
	return []byte(b.String()), boxes, masks
}

// Close finishes the files.
func (e *exporter) Close() (formats.Loss, error) {
	e.LoseEmptySubsets()
	return e.Finish(nil)
}
