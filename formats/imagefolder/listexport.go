package imagefolder

import (
	"bufio"
	"context"
	"errors"
	"os"
	"path"
	"strconv"
	"strings"
	"unicode"

	"datum/dataset"
	"datum/formats"
)

// listExporter writes lists of pictures.
type listExporter struct {
	ctx    context.Context
	dir    string
	root   *os.Root
	opts   formats.ExportOptions
	info   dataset.Info
	media  *formats.MediaWriter
	names  *formats.FileNames
	lists  map[string]*listFile
	order  []*listFile
	labels int // of a dataset that does not list them
	loss   losses
	failed error
}

// listFile is the list of one subset.
type listFile struct {
	file *os.File
	out  *bufio.Writer
}

func exportLists(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if err := o.OnlyPlain(nameImageNetTxt); err != nil {
		return nil, err
	}
	media, err := formats.NewMediaWriter(ctx, nameImageNetTxt, dir, o)
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		media.Abort()
		return nil, err
	}
	return &listExporter{ctx: ctx, dir: dir, root: root, opts: o, media: media, names: formats.NewFileNames(o.OnCollision), lists: map[string]*listFile{}}, nil
}

// Begin takes what is known of the dataset.
func (e *listExporter) Begin(info *dataset.Info) error {
	e.info = *info
	e.loss.info(info, true)
	for _, s := range info.Subsets {
		if _, err := e.list(s.Name); err != nil {
			return err
		}
	}
	return nil
}

func (e *listExporter) at(item string, err error) error {
	return &formats.Error{Format: nameImageNetTxt, Path: e.dir, Item: item, Err: err}
}

// list returns the list of a subset, made on first use.
func (e *listExporter) list(subset string) (*listFile, error) {
	name, err := formats.SubsetFileName(subset)
	if err == nil && (isHidden(name) || isAbout(name) || name == stem(synsetsFile)) {
		err = formats.Reason(formats.ErrCorrupt, "the subset name %q cannot be that of a list", name)
	}
	if err != nil {
		return nil, e.at("", err)
	}
	if l := e.lists[name]; l != nil {
		return l, nil
	}
	f, err := e.root.OpenFile(name+".txt", os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return nil, e.at("", err)
	}
	l := &listFile{f, bufio.NewWriterSize(f, 64<<10)}
	e.lists[name] = l
	e.order = append(e.order, l)
	return l, nil
}

// Write takes the next item.
func (e *listExporter) Write(it dataset.Item) error {
	if e.failed == nil {
		e.failed = e.write(&it)
	}
	return e.failed
}

func (e *listExporter) write(it *dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := formats.CheckItem(&e.info, it); err != nil {
		return e.at(it.ID, err)
	}
	l, err := e.list(it.Subset)
	if err != nil {
		return err
	}
	m, ok := it.Media.(*dataset.Image)
	if it.Media != nil && !ok {
		e.loss.lost(it, "items with a "+it.Media.MediaKind().String()+" dropped", 1)
		for _, a := range it.Annotations {
			e.loss.dropped(it, a)
		}
		return nil
	}
	ext := ".jpg"
	if m == nil {
		e.loss.lost(it, "items without media, listed as pictures all the same", 1)
	} else if ext = path.Ext(m.Name); !isPicture("x" + ext) {
		e.loss.lost(it, "media given the extension .jpg, since theirs is none of a picture", 1)
		ext = ".jpg"
	}
	name, err := e.name(it, ext)
	if err != nil {
		return err
	}
	e.loss.item(it)
	if err := e.line(l, it, name, ext); err != nil || m == nil {
		return err
	}
	return e.media.Save(it, &m.File, path.Join(imagesDir, name+ext), &e.loss.Loss)
}

// name returns the name of the picture of an item, without extension. All
// subsets share one folder: where two have the same name, the pictures have to
// be the same, unless names may be changed.
func (e *listExporter) name(it *dataset.Item, ext string) (string, error) {
	id := path.Clean(it.ID)
	if strings.ContainsAny(id, "\r\n\"") {
		id = strings.NewReplacer("\r", "_", "\n", "_", `"`, "_").Replace(id)
		e.loss.lost(it, "items given another id, since theirs cannot stand in a list", 1)
	}
	folder := ext
	if e.opts.OnCollision == formats.CollisionError {
		folder = it.Subset + "\x00" + ext
	}
	name, err := e.names.Take(it, folder, id, &e.loss.Loss)
	if err != nil {
		return "", e.at(it.ID, err)
	}
	return name, nil
}

func (e *listExporter) line(l *listFile, it *dataset.Item, name, ext string) error {
	if strings.ContainsFunc(name, unicode.IsSpace) {
		name = `"` + name + `"`
	}
	b := append([]byte(name), ext...)
	for _, a := range it.Annotations {
		x, ok := a.(*dataset.Label)
		if !ok || x.Label == dataset.NoLabel {
			e.loss.dropped(it, a)
			continue
		}
		e.loss.base(it, a)
		e.labels = max(e.labels, int(x.Label)+1)
		b = strconv.AppendInt(append(b, ' '), int64(x.Label), 10)
	}
	_, err := l.out.Write(append(b, '\n'))
	return err
}

// Close ends the files.
func (e *listExporter) Close() (formats.Loss, error) {
	err := e.failed
	if err == nil {
		err = e.synsets()
	}
	for _, l := range e.order {
		if err == nil {
			err = l.out.Flush()
		}
		err = errors.Join(err, l.file.Close())
	}
	e.order = nil
	if err == nil {
		err = e.media.Close()
	}
	if err == nil {
		err = e.ctx.Err()
	}
	e.Abort()
	return e.loss.Loss, err
}

// synsets writes the names of the classes.
func (e *listExporter) synsets() error {
	var b []byte
	n := e.info.Categories.Len()
	if e.info.Categories.Labels == nil {
		n = e.labels
		e.loss.Add("labels without a name, named by their numbers", "0", n)
	}
	for i := range int32(n) {
		name := e.info.Categories.Name(i)
		if e.info.Categories.Labels == nil {
			name = strconv.Itoa(int(i))
		}
		clean := strings.TrimSpace(strings.ToValidUTF8(strings.NewReplacer("\r", " ", "\n", " ").Replace(name), "_"))
		if clean != name {
			e.loss.Add("labels given another name, since theirs cannot stand in a line", name, 1)
		}
		b = append(append(b, clean...), '\n')
	}
	f, err := e.root.OpenFile(synsetsFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return e.at("", err)
	}
	_, err = f.Write(b)
	return errors.Join(err, f.Close())
}

// Abort stops the workers and closes the files.
func (e *listExporter) Abort() {
	e.media.Abort()
	for _, l := range e.order {
		l.file.Close()
	}
	e.order = nil
	if e.root != nil {
		e.root.Close()
		e.root = nil
	}
}
