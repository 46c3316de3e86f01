package kitti

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// exporter writes a dataset. Of items it keeps nothing but their names.
type exporter struct {
	ctx    context.Context
	dir    string
	limits files.Limits
	opts   formats.ExportOptions
	media  *formats.MediaWriter
	names  *formats.FileNames
	info   *dataset.Info
	table  *table
	filled map[string]bool // subsets with items
	loss   formats.Loss
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if err := o.OnlyPlain(formatName); err != nil {
		return nil, err
	}
	media, err := formats.NewMediaWriter(ctx, formatName, dir, o)
	if err != nil {
		return nil, err
	}
	return &exporter{
		ctx: ctx, dir: dir, opts: o, limits: o.Limits.WithDefaults(),
		media: media, names: formats.NewFileNames(o.OnCollision), filled: map[string]bool{},
	}, nil
}

// Begin writes the labels.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = info
	e.loseInfo()
	var labels []dataset.LabelCategory
	if info.Categories.Labels != nil {
		labels = info.Categories.Labels.Labels
	}
	colors := map[int32][3]int32{}
	if m := info.Categories.Masks; m != nil {
		for _, c := range m.Colors {
			if _, twice := colors[c.Label]; twice || c.Label < 0 || int(c.Label) >= len(labels) {
				e.loss.Add("colours of labels dropped", info.Categories.Name(c.Label), 1)
				continue
			}
			colors[c.Label] = [3]int32{c.R, c.G, c.B}
		}
	}
	e.table = newTable(labels, colors)
	if len(labels) == 0 {
		return nil
	}
	if !e.table.isPlain() {
		text, err := e.table.metaText()
		if err != nil {
			return err
		}
		return e.media.SaveBytes(metaFile, text)
	}
	return e.media.SaveBytes(colorsFile, e.table.colorsText())
}

// Write writes the files of an item.
func (e *exporter) Write(it dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := e.write(&it); err != nil {
		var placed *formats.Error
		if errors.As(err, &placed) || e.ctx.Err() != nil {
			return err
		}
		return &formats.Error{Format: formatName, Path: e.dir, Item: it.ID, Err: err}
	}
	return nil
}

func (e *exporter) write(it *dataset.Item) error {
	if err := formats.CheckItem(e.info, it); err != nil {
		return err
	}
	folder, err := formats.SubsetFileName(it.Subset)
	if err != nil {
		return err
	}
	if isOurs(folder) || folder == listDir {
		return formats.Reason(formats.ErrCorrupt, "the subset name %q is that of a folder of the format", folder)
	}
	name, err := e.names.Take(it, folder, it.ID, &e.loss)
	if err != nil {
		return err
	}
	e.filled[it.Subset] = true
	e.lost(it, "attributes of items dropped", len(userOnly(it.Attributes)))
	saved, err := e.saveMedia(it, path.Join(folder, imageDir, name))
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
	return e.media.SaveBytes(path.Join(folder, labelDir, name+".txt"), text)
}

// saveMedia saves the picture of an item under a path that lacks the
// extension, and reports whether it did.
func (e *exporter) saveMedia(it *dataset.Item, to string) (bool, error) {
	if it.Media == nil {
		return false, nil
	}
	picture, ok := it.Media.(*dataset.Image)
	if !ok {
		e.lost(it, "media other than pictures dropped", 1)
		return false, nil
	}
	if !e.opts.SaveMedia {
		e.lost(it, "names of media files dropped, since only files that are saved have one", 1)
		return false, nil
	}
	if !e.media.Saves(it, &picture.File, &e.loss) {
		return false, nil
	}
	ext := path.Ext(picture.Name)
	if !imagesize.IsImage(picture.Name) {
		e.lost(it, "media files given the extension .png, since theirs is not one of a picture", 1)
		ext = ".png"
	} else if stem(picture.Name) != it.ID {
		e.lost(it, "media files given the names of their items", 1)
	}
	return true, e.media.Save(it, &picture.File, to+ext, &e.loss)
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
		default:
			e.lost(it, droppedKind(a.Kind()), 1)
		}
	}
	return []byte(b.String()), boxes, masks
}

// Close finishes the files.
func (e *exporter) Close() (formats.Loss, error) {
	if e.info != nil {
		for _, s := range e.info.Subsets {
			if !e.filled[s.Name] {
				e.loss.Add("subsets without items dropped", s.Name, 1)
			}
		}
	}
	err := e.media.Close()
	if err == nil {
		err = e.ctx.Err()
	}
	if err != nil {
		var placed *formats.Error
		if !errors.As(err, &placed) && e.ctx.Err() == nil {
			err = &formats.Error{Format: formatName, Path: filepath.Clean(e.dir), Err: err}
		}
		return formats.Loss{}, err
	}
	return e.loss, nil
}

// Abort gives up.
func (e *exporter) Abort() { e.media.Abort() }
