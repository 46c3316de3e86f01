package dota

import (
	"context"
	"errors"
	"path"
	"path/filepath"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
)

// exporter writes a dataset. Of items it keeps nothing but their names.
type exporter struct {
	ctx    context.Context
	dir    string
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
	return &exporter{ctx: ctx, dir: dir, opts: o, media: media, names: formats.NewFileNames(o.OnCollision), filled: map[string]bool{}}, nil
}

// Begin writes the labels.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = info
	e.loseInfo()
	var names []string
	if info.Categories.Labels != nil {
		for _, l := range info.Categories.Labels.Labels {
			names = append(names, l.Name)
			e.loss.Add("names of labels changed, since they cannot be a line of classes.txt", l.Name, b2i(!isOneLine(l.Name)))
		}
	}
	if m := info.Categories.Masks; m != nil && len(m.Colors) > 0 {
		e.loss.Add("colours of labels dropped", info.Categories.Name(m.Colors[0].Label), len(m.Colors))
	}
	e.table = newTable(names)
	if len(names) == 0 {
		return nil
	}
	return e.media.SaveBytes(classesFile, e.table.classesText())
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
	if isOurs(folder) {
		return formats.Reason(formats.ErrCorrupt, "the subset name %q is that of a folder of the format", folder)
	}
	name, err := e.names.Take(it, folder, it.ID, &e.loss)
	if err != nil {
		return err
	}
	e.filled[it.Subset] = true
	if err := e.saveMedia(it, path.Join(folder, imageDir, name)); err != nil {
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
	return e.media.SaveBytes(path.Join(folder, labelDir, name+".txt"), []byte(b.String()))
}

// saveMedia saves the picture of an item under a path that lacks the
// extension.
func (e *exporter) saveMedia(it *dataset.Item, to string) error {
	if it.Media == nil {
		return nil
	}
	picture, ok := it.Media.(*dataset.Image)
	if !ok {
		e.lost(it, "media other than pictures dropped", 1)
		return nil
	}
	if !e.opts.SaveMedia {
		e.lost(it, "names of media files dropped, since only files that are saved have one", 1)
		return nil
	}
	if !e.media.Saves(it, &picture.File, &e.loss) {
		return nil
	}
	ext := path.Ext(picture.Name)
	if !imagesize.IsImage(picture.Name) {
		e.lost(it, "media files given the extension .png, since theirs is not one of a picture", 1)
		ext = ".png"
	} else if stem(picture.Name) != it.ID {
		e.lost(it, "media files given the names of their items", 1)
	}
	return e.media.Save(it, &picture.File, to+ext, &e.loss)
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
