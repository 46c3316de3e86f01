package voc

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image/color"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/workers"
)

// exporter writes one dataset.
type exporter struct {
	ctx      context.Context
	dir      string
	root     *os.Root
	opts     formats.ExportOptions
	limits   files.Limits
	oneBased bool
	polygons string // what becomes of them
	// boxesOnly says that boxes are written in the place of outlines.
	boxesOnly bool
	info      dataset.Info
	labels    outLabels
	// The palettes of the pictures of masks.
	classColors, objectColors color.Palette
	media                     *formats.MediaWriter
	names                     *formats.FileNames
	subsets                   []*outSubset
	pool                      *workers.Pool
	waiting                   *batch // items of which nothing was made yet
	pending                   []*workers.Future[*batch]
	painted                   bool // there are masks
	loss                      formats.Loss
	failed                    error // the first error of Write
	// shared are the digests of the items that several subsets have, nil until
	// the files are made.
	shared map[string]*[sha256.Size]byte
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if err := o.OnlyPlain(formatName); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	media, err := formats.NewMediaWriter(ctx, formatName, dir, o)
	if err != nil {
		root.Close()
		return nil, err
	}
	return &exporter{
		ctx: ctx, dir: dir, root: root, opts: o, limits: o.Limits.WithDefaults(), media: media,
		oneBased: o.Values.Of(optionCoordinates) == oneBased, polygons: o.Values.Of(optionPolygons),
		boxesOnly: o.Values.Of(optionTask) == taskDetection,
		names:     formats.NewFileNames(o.OnCollision), shared: map[string]*[sha256.Size]byte{},
		pool: workers.NewPool(workers.Count(o.Workers)), waiting: &batch{},
	}, nil
}

// Begin takes what is known of the dataset.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = *info
	e.countInfo()
	e.labels = e.newLabels(&info.Categories)
	e.classColors, e.objectColors = e.labels.palette(), instancePalette()
	for _, s := range info.Subsets {
		if _, err := e.subset(s.Name); err != nil {
			return err
		}
	}
	return nil
}

// subset returns what is written of a subset, made on first use.
func (e *exporter) subset(name string) (*outSubset, error) {
	name, err := formats.SubsetFileName(name)
	if err == nil && strings.HasPrefix(name, ".") {
		err = formats.Reason(formats.ErrCorrupt, "the list of the subset %q would be a hidden file", name)
	}
	if err == nil && strings.ContainsAny(name, "\x00") {
		err = formats.Reason(formats.ErrCorrupt, "the subset name %q cannot be a file name", name)
	}
	if err != nil {
		return nil, e.errorf("", err)
	}
	if i := slices.IndexFunc(e.subsets, func(s *outSubset) bool { return s.name == name }); i >= 0 {
		return e.subsets[i], nil
	}
	s := &outSubset{name: name}
	e.subsets = append(e.subsets, s)
	return s, nil
}

func (e *exporter) errorf(item string, err error) error {
	var placed *formats.Error
	if errors.As(err, &placed) {
		return err
	}
	return &formats.Error{Format: formatName, Path: e.dir, Item: item, Err: err}
}

// lost counts n more of what was lost of an item.
func (e *exporter) lost(it *dataset.Item, what string, n int) {
	e.loss.Add(what, it.ID+" of "+it.Subset, n)
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
		return e.errorf(it.ID, err)
	}
	s, err := e.subset(it.Subset)
	if err != nil {
		return e.errorf(it.ID, err)
	}
	if it.Media != nil && it.Media.MediaKind() != dataset.MediaImage {
		e.lost(it, fmt.Sprintf("items with a %s, which VOC has no place for, dropped", it.Media.MediaKind()), 1)
		return nil
	}
	if isHidden(it.ID) {
		e.lost(it, "items dropped, since their names are those of hidden files", 1)
		return nil
	}
	if done, err := e.repeat(it, s); done || err != nil {
		return err
	}
	name, err := e.names.Take(it, "", it.ID, &e.loss)
	if err == nil && strings.ContainsRune(name, 0) {
		err = formats.Reason(formats.ErrCorrupt, "the item id cannot be the name of a file")
	}
	if err != nil {
		return e.errorf(it.ID, err)
	}
	w := &itemWriter{exporter: e, it: it, subset: s, name: name}
	w.findMedia()
	if w.image != nil {
		if err := e.media.Save(it, &w.image.File, path.Join(picturesDir, w.media), &e.loss); err != nil {
			return err
		}
	}
	if it.Attributes.Has(carryShared) && name == it.ID {
		w.sum = &[sha256.Size]byte{}
		e.shared[name] = w.sum
	}
	return e.hand(w)
}

// repeat adds an item to the lists of a subset whose files another subset has
// already, and reports whether it is one.
func (e *exporter) repeat(it *dataset.Item, s *outSubset) (done bool, err error) {
	first, ok := e.shared[it.ID]
	if !ok || !it.Attributes.Has(carryShared) {
		return false, nil
	}
	if err := e.finishPending(); err != nil {
		return false, err
	}
	trial := formats.Loss{}
	w := &itemWriter{exporter: e, it: it, subset: s, name: it.ID, again: true, losses: &trial}
	w.findMedia()
	w.assemble()
	if err := w.paint(nil); err != nil {
		return false, w.errorf(it.ID, err)
	}
	if w.digest() != *first {
		return false, nil // it was changed since: two items of one name
	}
	if w.image != nil {
		if err := e.media.Save(it, &w.image.File, path.Join(picturesDir, w.media), &trial); err != nil {
			return false, err
		}
	}
	e.loss.Merge(trial)
	entry := w.entry()
	s.items.add(&entry)
	return true, nil
}

// digest is one of all that the files of an item say.
func (w *itemWriter) digest() [sha256.Size]byte {
	text := append(w.xml(), w.media...)
	for _, o := range w.objects {
		text = fmt.Appendf(text, "\n%d %d %d %s", o.class, o.pixels.Height, o.pixels.Width, o.pixels.Counts)
	}
	for _, m := range w.stuff {
		text = fmt.Appendf(text, "\n%d %s", m.Label, m.RLE.Counts)
	}
	return sha256.Sum256(text)
}

// isHidden reports whether a reader would not see a file of this name.
func isHidden(name string) bool {
	return slices.ContainsFunc(strings.Split(name, "/"), func(s string) bool {
		return strings.HasPrefix(s, ".") && s != "." && s != ".." || s == "__MACOSX"
	})
}

// itemWriter writes one item.
type itemWriter struct {
	*exporter
	it      *dataset.Item
	subset  *outSubset
	name    string             // of its files
	place   string             // how losses name it
	losses  *formats.Loss      // those of the exporter where it is nil
	sum     *[sha256.Size]byte // takes the digest, where it is wanted
	listed  outName            // what lists say of it
	image   *dataset.Image
	media   string // name of the picture, empty where there is none
	size    [2]int32
	objects []*outObject
	room    []outObject // that objects points into
	stuff   []*dataset.Mask
	flags   []flag
	pngs    bool // there are pictures of masks
	again   bool // they are there already
	// semantic says that the masks are of classes and no objects.
	semantic bool
}

// lost counts n more of what was lost of the item.
func (w *itemWriter) lost(what string, n int) {
	if n == 0 {
		return
	}
	if w.losses == nil {
		w.losses = &w.exporter.loss
	}
	if w.place == "" {
		w.place = w.it.ID + " of " + w.it.Subset
	}
	w.losses.Add(what, w.place, n)
}

// findMedia finds out the name and the size of the picture.
func (w *itemWriter) findMedia() {
	image, ok := w.it.Media.(*dataset.Image)
	if !ok {
		return
	}
	w.image = image
	ext := path.Ext(image.Name)
	w.media = w.name + ext
	if image.Name != w.it.ID+ext {
		w.lost("media given the name of their item", 1)
	}
	w.size = [2]int32{image.Height, image.Width}
	if (image.Height <= 0 || image.Width <= 0) && image.Source != nil {
		if size, err := imagesize.Of(&image.File); err == nil {
			width, height := size.Shown()
			w.size = [2]int32{int32(height), int32(width)}
		}
	}
	if w.size[0] <= 0 || w.size[1] <= 0 {
		w.size = [2]int32{}
	}
}

// Close writes the lists and the label map.
func (e *exporter) Close() (formats.Loss, error) {
	err := e.finish()
	e.Abort()
	return e.loss, err
}

func (e *exporter) finish() error {
	if e.failed != nil {
		return e.failed
	}
	if e.root == nil {
		return nil
	}
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := e.finishPending(); err != nil {
		return err
	}
	if err := e.writeLabelMap(); err != nil {
		return err
	}
	if err := e.writeLists(); err != nil {
		return err
	}
	return e.media.Close()
}

// Abort stops the workers.
func (e *exporter) Abort() {
	if e.root == nil {
		return
	}
	e.pool.Close()
	e.media.Abort()
	e.root.Close()
	e.root = nil
}

// put writes a file of the dataset.
func (e *exporter) put(name string, content []byte) error {
	err := e.root.MkdirAll(path.Dir(name), 0o777)
	if err == nil {
		var f *os.File
		if f, err = e.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666); err == nil {
			_, err = f.Write(content)
			err = errors.Join(err, f.Close())
		}
	}
	if err != nil {
		return &formats.Error{Format: formatName, Path: filepath.Join(e.dir, filepath.FromSlash(name)), Err: err}
	}
	return nil
}
