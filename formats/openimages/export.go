package openimages

import (
	"bufio"
	"context"
	"fmt"
	"math"
	"path"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/nameset"
)

// exporter writes one dataset.
type exporter struct {
	*formats.FolderWriter
	labels  []string // LabelNames
	numbers int      // of labels, in a dataset that does not list them
	subsets map[string]*outSubset
	order   []*outSubset
	meta    *bufio.Writer
	listed  *nameset.Set // ids in images.meta
}

// outSubset is a subset being written.
type outSubset struct {
	name   string
	info   *dataset.Subset
	tables map[kind]*outTable
	masks  *nameset.Set // files
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	w, err := formats.NewFolderWriter(ctx, formatName, dir, o)
	if err != nil {
		return nil, err
	}
	return &exporter{FolderWriter: w, subsets: map[string]*outSubset{}, listed: nameset.New()}, nil
}

// create makes a file in annotations/.
func (e *exporter) create(name string) (*bufio.Writer, error) {
	return e.Create(path.Join(annotationsDir, name))
}

// Begin takes what is known of the dataset.
func (e *exporter) Begin(info *dataset.Info) error {
	e.Info = *info
	e.loseInfo()
	e.nameLabels()
	for _, s := range info.Subsets {
		if _, err := e.subset(s.Name); err != nil {
			return e.At("", err)
		}
	}
	return nil
}

// loseInfo counts what is lost of the dataset as a whole.
func (e *exporter) loseInfo() {
	c := &e.Info.Categories
	e.Loss.AddInfoAttributes(&e.Info)
	e.Loss.AddLabelAttributes(c)
	e.Loss.AddLabelGroups(c)
	e.Loss.AddColors(c)
	e.Loss.AddSkeletons(c, "skeletons of labels dropped")
}

// isNoPrefix tells whether a name cannot begin those of the files of a subset.
func isNoPrefix(name string) bool {
	return strings.HasPrefix(name, ".") || strings.Contains(name, "-annotations-") || strings.Contains(name, "-images-")
}

// subset returns what is written of a subset, made on first use.
func (e *exporter) subset(name string) (*outSubset, error) {
	name, err := e.Subset(name, isNoPrefix, "cannot begin the names of files")
	if err != nil {
		return nil, err
	}
	if s := e.subsets[name]; s != nil {
		return s, nil
	}
	s := &outSubset{name: name, info: e.Info.Subset(name), tables: map[kind]*outTable{}, masks: nameset.New()}
	e.subsets[name] = s
	e.order = append(e.order, s)
	_, err = e.table(s, kindImages)
	return s, err
}

// Write takes the next item.
func (e *exporter) Write(it dataset.Item) error { return e.Item(&it, e.write) }

func (e *exporter) write(it *dataset.Item) error {
	m, dropped := e.DropOther(it)
	if dropped {
		return nil
	}
	if err := e.CheckMediaName(it); err != nil {
		return err
	}
	s, err := e.subset(it.Subset)
	if err != nil {
		return err
	}
	id, err := e.Names.Take(it, s.name, e.id(it), &e.Loss)
	if err != nil {
		return err
	}
	w := &writer{e: e, s: s, it: it, id: id}
	e.Loss.AddItemAttributes(it)
	if err := e.images(w, m); err != nil {
		return err
	}
	return w.annotations()
}

// id is an id as it can stand in a table and name a file.
func (e *exporter) id(it *dataset.Item) string {
	id := strings.ReplaceAll(path.Clean(it.ID), "\r", "_")
	if id != it.ID {
		e.Lost(it, "items given another id, since theirs cannot stand in a table", 1)
	}
	return id
}

// images writes the row of an image, its size and its picture.
func (e *exporter) images(w *writer, m *dataset.Image) error {
	t, err := e.table(w.s, kindImages)
	if err != nil {
		return err
	}
	if err := t.write(w.it.Attributes, map[string]string{"ImageID": w.id, "Subset": w.s.name}); err != nil {
		return err
	}
	if m == nil {
		e.Lost(w.it, "items without media, listed as images all the same", 1)
		return nil
	}
	w.height, w.width = e.size(w.it, m)
	if err := e.listSize(w, m); err != nil {
		return err
	}
	return e.picture(w, m)
}

// size returns the size of a picture; where an annotation needs it, its header
// is read.
func (e *exporter) size(it *dataset.Item, m *dataset.Image) (height, width int32) {
	if m.Height > 0 && m.Width > 0 || m.Source == nil {
		return m.Height, m.Width
	}
	for _, a := range it.Annotations {
		switch a.(type) {
		case *dataset.Bbox, *dataset.Mask:
			s, err := imagesize.Of(&m.File)
			if w, h := s.Shown(); err == nil && w > 0 && h > 0 && w <= math.MaxInt32 && h <= math.MaxInt32 {
				return int32(h), int32(w)
			}
			return 0, 0
		}
	}
	return 0, 0
}

// listSize writes a line of images.meta.
func (e *exporter) listSize(w *writer, m *dataset.Image) error {
	if w.height <= 0 || w.width <= 0 {
		return nil
	}
	if e.meta == nil {
		var err error
		if e.meta, err = e.create(metaFile); err != nil {
			return err
		}
		if _, err := e.meta.WriteString("# <image name> <height> <width>\n\n"); err != nil {
			return err
		}
	}
	name := w.id
	if !e.listed.Add(name) {
		name = metaName(w.s.name, w.id)
	}
	if strings.ContainsAny(name, "\n") {
		e.Lost(w.it, "sizes of pictures dropped, since their names have several lines", 1)
		return nil
	}
	_, err := fmt.Fprintf(e.meta, "%s %d %d\n", shellQuote(name), w.height, w.width)
	return err
}

// picture saves the picture of an item.
func (e *exporter) picture(w *writer, m *dataset.Image) error {
	ext := path.Ext(m.Name)
	switch saves := e.Media.Saves(w.it, &m.File, &e.Loss); {
	case !saves:
		if ext != ".jpg" {
			e.Lost(w.it, "extensions of pictures that are not saved dropped", 1)
		}
		return e.Ctx.Err()
	case !imagesize.IsImage("x" + ext):
		e.Lost(w.it, "media given the extension .jpg, since theirs is none of a picture", 1)
		ext = ".jpg"
	}
	for _, part := range strings.Split(w.id, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			e.Lost(w.it, "pictures not saved, since their names are those of hidden files", 1)
			return nil
		}
	}
	return e.Media.Save(w.it, &m.File, path.Join(imagesDir, w.s.name, w.id+ext), &e.Loss)
}

// Close ends the files.
func (e *exporter) Close() (formats.Loss, error) { return e.Finish(e.finish) }

func (e *exporter) finish() error {
	for _, s := range e.order {
		for _, k := range []kind{kindImages, kindLabels, kindBoxes, kindMasks} {
			if t := s.tables[k]; t != nil {
				if err := t.flush(); err != nil {
					return err
				}
			}
		}
	}
	return e.writeClasses()
}
