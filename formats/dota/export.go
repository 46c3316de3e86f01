package dota

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
	var names []string
	if info.Categories.Labels != nil {
		for _, l := range info.Categories.Labels.Labels {
			names = append(names, l.Name)
			if !isOneLine(l.Name) {
				e.Loss.Add("names of labels changed, since they cannot be a line of classes.txt", l.Name, 1)
			}
		}
	}
	e.table = newTable(names)
	if len(names) == 0 {
		return nil
	}
	return e.Media.SaveBytes(classesFile, e.table.classesText())
}

// loseInfo counts what the format has no place for besides items.
func (e *exporter) loseInfo() {
	c := &e.Info.Categories
	e.Loss.AddInfoAttributes(&e.Info)
	e.Loss.AddLabelAttributes(c)
	e.Loss.AddLabelGroups(c)
	e.Loss.AddParents(c)
	e.Loss.AddColors(c)
	e.Loss.AddSkeletons(c, "keypoint skeletons of labels dropped")
}

// Write writes the files of an item.
func (e *exporter) Write(it dataset.Item) error { return e.Item(&it, e.write) }

func (e *exporter) write(it *dataset.Item) error {
	folder, name, err := e.Place(it, isOurs)
	if err != nil {
		return err
	}
	if _, err := e.SavePicture(it, path.Join(folder, imageDir, name)); err != nil {
		return err
	}
	var b strings.Builder
	if header := e.header(it); header != "" {
		b.WriteString(header + "\n")
	}
	for _, a := range it.Annotations {
		if line, ok := e.line(it, a); ok {
			b.WriteString(line + "\n")
		}
	}
	return e.Media.SaveBytes(path.Join(folder, labelDir, name+".txt"), []byte(b.String()))
}

// Close finishes the files.
func (e *exporter) Close() (formats.Loss, error) {
	e.LoseEmptySubsets()
	return e.Finish(nil)
}
