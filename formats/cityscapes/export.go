package cityscapes

import (
	"context"
	"path"

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
	var names, parents []string
	if info.Categories.Labels != nil {
		for _, l := range info.Categories.Labels.Labels {
			names = append(names, l.Name)
			parents = append(parents, l.Parent)
		}
	}
	colors := make([]*[3]int32, len(names))
	for label, c := range e.LabelColors() {
		colors[label] = &c
	}
	t, file, text, err := tableFor(names, colors)
	if err != nil {
		return err
	}
	e.table = t
	for i, c := range t.classes {
		if parents[i] != "" && parents[i] != c.category {
			e.Loss.Add("parents of labels dropped", c.name, 1)
		}
	}
	if file == "" {
		return nil
	}
	return e.Media.SaveBytes(file, text)
}

// loseInfo counts what the format has no place for besides items.
func (e *exporter) loseInfo() {
	c := &e.Info.Categories
	e.Loss.AddInfoAttributes(&e.Info)
	e.Loss.AddLabelAttributes(c)
	e.Loss.AddLabelGroups(c)
	e.Loss.AddSkeletons(c, "keypoint skeletons of labels dropped")
}

// Write writes the files of an item.
func (e *exporter) Write(it dataset.Item) error { return e.Item(&it, e.write) }

func (e *exporter) write(it *dataset.Item) error {
	folder, name, err := e.Place(it, nil)
	if err != nil {
		return err
	}
	e.Loss.AddItemAttributes(it)
	saved, err := e.SavePicture(it, path.Join(imageDir, folder, name+"_"+imageDir))
	if err != nil {
		return err
	}
	truth := path.Join(fineDir, folder, name+"_"+fineDir)
	shapes := e.sort(it)
	size, err := e.sizeFor(it, shapes)
	if err != nil {
		return err
	}
	painted, err := e.saveMasks(it, truth, size, shapes)
	if err != nil {
		return err
	}
	s := &scene{height: size.height, width: size.width}
	for _, sh := range shapes {
		if sh.polygon != nil {
			s.objects = append(s.objects, e.object(sh.polygon))
		}
	}
	if len(s.objects) == 0 && (painted || saved) {
		return nil
	}
	return e.Media.SaveBytes(truth+"_polygons.json", appendScene(nil, s))
}

// Close finishes the files.
func (e *exporter) Close() (formats.Loss, error) {
	e.LoseEmptySubsets()
	return e.Finish(nil)
}
