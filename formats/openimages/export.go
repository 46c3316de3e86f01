package openimages

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path"
	"path/filepath"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/nameset"
)

// exporter writes one dataset.
type exporter struct {
	ctx     context.Context
	dir     string
	root    *os.Root
	opts    formats.ExportOptions
	info    dataset.Info
	media   *formats.MediaWriter
	names   *formats.FileNames
	labels  []string // LabelNames
	numbers int      // of labels, in a dataset that does not list them
	subsets map[string]*outSubset
	order   []*outSubset
	meta    *bufio.Writer
	files   []*os.File
	listed  *nameset.Set // ids in images.meta
	loss    losses
	failed  error
}

// outSubset is a subset being written.
type outSubset struct {
	name   string
	info   *dataset.Subset
	tables map[kind]*outTable
	masks  *nameset.Set // files
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if err := o.OnlyPlain(formatName); err != nil {
		return nil, err
	}
	media, err := formats.NewMediaWriter(ctx, formatName, dir, o)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err == nil {
		err = root.MkdirAll(annotationsDir, 0o777)
	}
	if err != nil {
		media.Abort()
		return nil, err
	}
	return &exporter{
		ctx: ctx, dir: dir, root: root, opts: o, media: media,
		names: formats.NewFileNames(o.OnCollision), subsets: map[string]*outSubset{}, listed: nameset.New(),
	}, nil
}

// create makes a file in annotations/.
func (e *exporter) create(name string) (*bufio.Writer, error) {
	f, err := e.root.OpenFile(path.Join(annotationsDir, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, &formats.Error{Format: formatName, Path: filepath.Join(e.dir, annotationsDir, name), Err: err}
	}
	e.files = append(e.files, f)
	return bufio.NewWriterSize(f, 64<<10), nil
}

// Begin takes what is known of the dataset.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = *info
	e.loss.info(info)
	e.nameLabels()
	for _, s := range info.Subsets {
		if _, err := e.subset(s.Name); err != nil {
			return err
		}
	}
	return nil
}

func (e *exporter) at(item string, err error) error {
	return &formats.Error{Format: formatName, Path: e.dir, Item: item, Err: err}
}

// subset returns what is written of a subset, made on first use.
func (e *exporter) subset(name string) (*outSubset, error) {
	name, err := formats.SubsetFileName(name)
	if err == nil && (strings.HasPrefix(name, ".") || strings.Contains(name, "-annotations-") || strings.Contains(name, "-images-")) {
		err = formats.Reason(formats.ErrCorrupt, "the subset name %q cannot begin the names of files", name)
	}
	if err != nil {
		return nil, e.at("", err)
	}
	if s := e.subsets[name]; s != nil {
		return s, nil
	}
	s := &outSubset{name: name, info: e.info.Subset(name), tables: map[kind]*outTable{}, masks: nameset.New()}
	e.subsets[name] = s
	e.order = append(e.order, s)
	_, err = e.table(s, kindImages)
	return s, err
}

// Write takes the next item.
func (e *exporter) Write(it dataset.Item) error {
	if e.failed == nil {
		e.failed = e.write(&it)
	}
	return e.failed
}

func (e *exporter) write(it *dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := formats.CheckItem(&e.info, it); err != nil {
		return e.at(it.ID, err)
	}
	m, isImage := it.Media.(*dataset.Image)
	if it.Media != nil && !isImage {
		e.loss.lost(it, fmt.Sprintf("items with a %s dropped", it.Media.MediaKind()), 1)
		for _, a := range it.Annotations {
			e.loss.dropped(it, a)
		}
		return nil
	}
	if m != nil && m.Name != "" && !filepath.IsLocal(m.Name) {
		return e.at(it.ID, formats.Reason(formats.ErrCorrupt, "the media name %q is no path inside a dataset", m.Name))
	}
	s, err := e.subset(it.Subset)
	if err != nil {
		return err
	}
	id, err := e.names.Take(it, s.name, e.id(it), &e.loss.Loss)
	if err != nil {
		return e.at(it.ID, err)
	}
	w := &writer{e: e, s: s, it: it, id: id}
	e.loss.item(it)
	if err := e.images(w, m); err != nil {
		return err
	}
	return w.annotations()
}

// id is an id as it can stand in a table and name a file.
func (e *exporter) id(it *dataset.Item) string {
	id := strings.ReplaceAll(path.Clean(it.ID), "\r", "_")
	if id != it.ID {
		e.loss.lost(it, "items given another id, since theirs cannot stand in a table", 1)
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
		e.loss.lost(w.it, "items without media, listed as images all the same", 1)
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
		e.loss.lost(w.it, "sizes of pictures dropped, since their names have several lines", 1)
		return nil
	}
	_, err := fmt.Fprintf(e.meta, "%s %d %d\n", shellQuote(name), w.height, w.width)
	return err
}

// picture saves the picture of an item.
func (e *exporter) picture(w *writer, m *dataset.Image) error {
	ext := path.Ext(m.Name)
	switch saves := e.media.Saves(w.it, &m.File, &e.loss.Loss); {
	case !saves:
		if ext != ".jpg" {
			e.loss.lost(w.it, "extensions of pictures that are not saved dropped", 1)
		}
		return e.ctx.Err()
	case !imagesize.IsImage("x" + ext):
		e.loss.lost(w.it, "media given the extension .jpg, since theirs is none of a picture", 1)
		ext = ".jpg"
	}
	for _, part := range strings.Split(w.id, "/") {
		if strings.HasPrefix(part, ".") || part == "__MACOSX" {
			e.loss.lost(w.it, "pictures not saved, since their names are those of hidden files", 1)
			return nil
		}
	}
	return e.media.Save(w.it, &m.File, path.Join(imagesDir, w.s.name, w.id+ext), &e.loss.Loss)
}

// Close ends the files.
func (e *exporter) Close() (formats.Loss, error) {
	err := e.failed
	if err == nil {
		err = e.finish()
	}
	if err == nil {
		err = e.media.Close()
	}
	for _, f := range e.files {
		err = errors.Join(err, f.Close())
	}
	e.files = nil
	e.Abort()
	return e.loss.Loss, err
}

func (e *exporter) finish() error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	for _, s := range e.order {
		for _, k := range []kind{kindImages, kindLabels, kindBoxes, kindMasks} {
			if t := s.tables[k]; t != nil {
				if err := t.flush(); err != nil {
					return err
				}
			}
		}
	}
	if e.meta != nil {
		if err := e.meta.Flush(); err != nil {
			return err
		}
	}
	return e.writeClasses()
}

// Abort stops the workers and closes the files.
func (e *exporter) Abort() {
	e.media.Abort()
	for _, f := range e.files {
		f.Close()
	}
	e.files = nil
	if e.root != nil {
		e.root.Close()
		e.root = nil
	}
}
