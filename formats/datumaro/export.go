package datumaro

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"path"

	"datum/dataset"
	"datum/formats"
	"datum/internal/nameset"
)

// exporter writes one dataset. Items go into the file of the subset they name.
type exporter struct {
	ctx     context.Context
	dir     string
	root    *os.Root
	media   *formats.MediaWriter
	info    dataset.Info
	kind    dataset.MediaKind // as it stands in the files
	subsets map[string]*subsetWriter
	order   []string
	kinds   map[dataset.MediaKind]bool
	loss    formats.Loss
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if err := o.OnlyPlain(formatName); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	for _, d := range []string{annotationsDir, imagesDir} {
		if err := root.Mkdir(d, 0o777); err != nil {
			root.Close()
			return nil, err
		}
	}
	media, err := formats.NewMediaWriter(ctx, formatName, dir, o)
	if err != nil {
		root.Close()
		return nil, err
	}
	return &exporter{
		ctx: ctx, dir: dir, root: root, media: media,
		subsets: map[string]*subsetWriter{}, kinds: map[dataset.MediaKind]bool{},
	}, nil
}

// Begin takes what is known of the dataset. Subsets named here get a file even
// without items.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = *info
	e.kind = storedKind(info.MediaKind)
	for _, s := range info.Subsets {
		if _, err := e.subset(s.Name); err != nil {
			return err
		}
		user, _ := s.Attributes.Split()
		e.loss.Add("attributes of subsets dropped", "subset "+s.Name, len(user))
	}
	return nil
}

// storedKind is a kind of media that Datumaro reads, one digit each.
func storedKind(k dataset.MediaKind) dataset.MediaKind {
	switch k {
	case dataset.MediaAny, dataset.MediaVideoFrame, dataset.MediaVideo, dataset.MediaPointCloud:
		return k
	}
	return dataset.MediaImage
}

// subset returns the writer of a subset, made on first use.
func (e *exporter) subset(name string) (*subsetWriter, error) {
	name, err := formats.SubsetFileName(name)
	if err != nil {
		return nil, e.at("", err)
	}
	if w := e.subsets[name]; w != nil {
		return w, nil
	}
	w, err := newSubsetWriter(e, name)
	if err != nil {
		return nil, err
	}
	e.subsets[name] = w
	e.order = append(e.order, name)
	return w, nil
}

// Write takes the next item.
func (e *exporter) Write(it dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := formats.CheckItem(&e.info, &it); err != nil {
		return e.at(it.ID, err)
	}
	w, err := e.subset(it.Subset)
	if err != nil {
		return err
	}
	if it.Media != nil {
		e.kinds[it.Media.MediaKind()] = true
	}
	return w.write(&it)
}

// at gives an error its place.
func (e *exporter) at(item string, err error) error {
	return &formats.Error{Format: formatName, Path: e.dir, Item: item, Err: err}
}

func (e *exporter) errorf(item, format string, args ...any) error {
	return e.at(item, formats.Reason(formats.ErrCorrupt, format, args...))
}

// Close ends the files. A dataset without subsets becomes one empty subset:
// Datumaro finds a dataset by its files.
func (e *exporter) Close() (formats.Loss, error) {
	if len(e.subsets) == 0 {
		if _, err := e.subset(""); err != nil {
			return e.loss, err
		}
	}
	kind := e.finalKind()
	for _, name := range e.order {
		if err := e.subsets[name].finish(kind); err != nil {
			return e.loss, err
		}
	}
	err := errors.Join(e.media.Close(), e.root.Close())
	e.root = nil
	return e.loss, err
}

// finalKind is the kind for the head: Datumaro refuses an item whose media is
// of another kind, unless the kind is "any".
func (e *exporter) finalKind() dataset.MediaKind {
	if len(e.kinds) == 0 || len(e.kinds) == 1 && e.kinds[e.kind] {
		return e.kind
	}
	if len(e.kinds) > 1 {
		return dataset.MediaAny
	}
	for k := range e.kinds { // the only one
		return k
	}
	return e.kind
}

// Abort closes the files.
func (e *exporter) Abort() {
	for _, w := range e.subsets {
		w.close()
	}
	e.media.Abort()
	if e.root != nil {
		e.root.Close()
		e.root = nil
	}
}

// subsetWriter writes the file of one subset.
type subsetWriter struct {
	e      *exporter
	name   string
	file   *os.File
	out    *bufio.Writer
	kindAt int64 // where the digit of the media type is
	items  int
	ids    *nameset.Set // ids given away
	keys   *nameset.Set // ids with the extension of the media
	saved  *nameset.Set // media files written, by folder and name
	buf    []byte
}

func newSubsetWriter(e *exporter, name string) (*subsetWriter, error) {
	f, err := e.root.OpenFile(path.Join(annotationsDir, name+extension), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, err
	}
	w := &subsetWriter{e: e, name: name, file: f, out: bufio.NewWriterSize(f, 256<<10), ids: nameset.New(), keys: nameset.New(), saved: nameset.New()}
	w.buf, w.kindAt = headText(&e.info, w.name, e.kind)
	if _, err := w.out.Write(w.buf); err != nil {
		f.Close()
		return nil, err
	}
	return w, nil
}

func (w *subsetWriter) finish(kind dataset.MediaKind) error {
	_, err := w.out.WriteString("]}")
	err = errors.Join(err, w.out.Flush())
	if err == nil && kind != w.e.kind {
		_, err = w.file.WriteAt(fmt.Appendf(nil, "%d", kind), w.kindAt)
	}
	return errors.Join(err, w.close())
}

func (w *subsetWriter) close() error {
	if w.file == nil {
		return nil
	}
	f := w.file
	w.file = nil
	return f.Close()
}

// lost counts what the format does not hold.
func (w *subsetWriter) lost(what string, it *dataset.Item, n int) {
	w.e.loss.Add(what, fmt.Sprintf("item %q of %s", it.ID, w.name), n)
}

// recordID returns the id to write. Datumaro refuses a dataset in which two
// items of a subset share one, so the second gets its extension too.
func (w *subsetWriter) recordID(it *dataset.Item) (string, error) {
	full := it.ID
	if it.Media != nil {
		full += path.Ext(it.Media.Main().Name)
	}
	if !w.keys.Add(full) {
		return "", w.e.errorf(it.ID, "subset %s has two items of this id and media", w.name)
	}
	if w.ids.Add(it.ID) {
		return it.ID, nil
	}
	w.lost("items renamed because another of the subset has the same id", it, 1)
	return w.ids.Unique(full), nil
}
