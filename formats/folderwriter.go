package formats

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	"datum/dataset"
	"datum/internal/imagesize"
)

// FolderWriter is what exporters have in common that write a plain folder: the
// media, the names of files, errors with a place and the losses. An exporter
// embeds it and adds Begin, Write, which calls [FolderWriter.Item], and Close,
// which calls [FolderWriter.Finish]:
//
//	func (e *exporter) Begin(info *dataset.Info) error      { e.Info = *info; … }
//	func (e *exporter) Write(it dataset.Item) error         { return e.Item(&it, e.write) }
//	func (e *exporter) Close() (formats.Loss, error)        { return e.Finish(e.finish) }
//
// Like an exporter, it is used by one goroutine.
type FolderWriter struct {
	Ctx    context.Context
	Format string // its name
	Dir    string // the folder that is written
	Opts   ExportOptions
	Info   dataset.Info // set by Begin
	Media  *MediaWriter
	Names  *FileNames
	Loss   Loss

	files  []*outFile
	filled map[string]bool // subsets with items
	failed error           // the first error of an item
}

// outFile is a file that stays open until the end.
type outFile struct {
	file *os.File
	out  *bufio.Writer
}

// NewFolderWriter returns a writer for the folder dir. The limits in the
// options get their defaults.
func NewFolderWriter(ctx context.Context, format, dir string, o ExportOptions) (*FolderWriter, error) {
	if err := o.OnlyPlain(format); err != nil {
		return nil, err
	}
	o.Limits = o.Limits.WithDefaults()
	media, err := NewMediaWriter(ctx, format, dir, o)
	if err != nil {
		return nil, err
	}
	return &FolderWriter{
		Ctx: ctx, Format: format, Dir: dir, Opts: o, Media: media, Names: NewFileNames(o.OnCollision), filled: map[string]bool{},
	}, nil
}

// At returns err with its place: the folder, and the item if it is about one.
// Errors that have a place, and all that came of the end of the context, are
// returned as they are. Unlike all else, several goroutines may call it.
func (w *FolderWriter) At(item string, err error) error {
	var placed *Error
	if err == nil || errors.As(err, &placed) || w.Ctx.Err() != nil {
		return err
	}
	return &Error{Format: w.Format, Path: filepath.Clean(w.Dir), Item: item, Err: err}
}

// Item checks an item and lets write have it, unless the context has ended or
// an earlier item failed: the first error is returned ever after.
func (w *FolderWriter) Item(it *dataset.Item, write func(*dataset.Item) error) error {
	if w.failed == nil {
		w.failed = w.item(it, write)
	}
	return w.failed
}

func (w *FolderWriter) item(it *dataset.Item, write func(*dataset.Item) error) error {
	if err := w.Ctx.Err(); err != nil {
		return err
	}
	if err := CheckItem(&w.Info, it); err != nil {
		return w.At(it.ID, err)
	}
	return w.At(it.ID, write(it))
}

// CheckMediaName refuses media whose name leads out of a dataset.
func (w *FolderWriter) CheckMediaName(it *dataset.Item) error {
	if it.Media == nil {
		return nil
	}
	if name := it.Media.Main().Name; name != "" && !filepath.IsLocal(name) {
		return Reason(ErrCorrupt, "the media name %q is no path inside a dataset", name)
	}
	return nil
}

// Subset returns the name of the files of a subset; see [SubsetFileName]. One
// that the format has another use for is an error, which reads: the subset name
// "x", and then why.
func (w *FolderWriter) Subset(name string, used func(string) bool, why string) (string, error) {
	name, err := SubsetFileName(name)
	if err == nil && used != nil && used(name) {
		err = Reason(ErrCorrupt, "the subset name %q %s", name, why)
	}
	return name, err
}

// Place returns the folder of the subset of an item and the name of its files
// in there, without an extension; used tells which folders the format has
// another use for.
func (w *FolderWriter) Place(it *dataset.Item, used func(string) bool) (folder, name string, err error) {
	folder, err = w.Subset(it.Subset, used, "is that of a folder of the format")
	if err != nil {
		return "", "", err
	}
	name, err = w.Names.Take(it, folder, it.ID, &w.Loss)
	if err == nil {
		w.filled[it.Subset] = true
	}
	return folder, name, err
}

// LoseEmptySubsets counts the subsets of which no item had a place.
func (w *FolderWriter) LoseEmptySubsets() {
	for _, s := range w.Info.Subsets {
		if !w.filled[s.Name] {
			w.Loss.Add("subsets without items dropped", s.Name, 1)
		}
	}
}

// LabelColors returns the colours of labels. Those of none, and second ones of a
// label, are counted as lost.
func (w *FolderWriter) LabelColors() map[int32][3]int32 {
	colors := map[int32][3]int32{}
	c := &w.Info.Categories
	if c.Masks == nil {
		return colors
	}
	for _, x := range c.Masks.Colors {
		if _, twice := colors[x.Label]; twice || x.Label < 0 || int(x.Label) >= c.Len() {
			w.Loss.Add("colours of labels dropped", c.Name(x.Label), 1)
			continue
		}
		colors[x.Label] = [3]int32{x.R, x.G, x.B}
	}
	return colors
}

// Lost counts n of what of an item; see [Loss.AddOf].
func (w *FolderWriter) Lost(it *dataset.Item, what string, n int) { w.Loss.AddOf(it, what, n) }

// LostIf counts what of an item where it is so.
func (w *FolderWriter) LostIf(it *dataset.Item, what string, is bool) { w.Loss.AddIf(it, what, is) }

// Drop counts an item that is not written, and what it has.
func (w *FolderWriter) Drop(it *dataset.Item, why string) {
	w.Lost(it, why, 1)
	for _, a := range it.Annotations {
		w.Loss.AddDropped(it, a)
	}
}

// DropOther drops an item whose media is no picture, and reports whether it
// is one. An item without media is not dropped.
func (w *FolderWriter) DropOther(it *dataset.Item) (picture *dataset.Image, dropped bool) {
	picture, ok := it.Media.(*dataset.Image)
	if dropped = it.Media != nil && !ok; dropped {
		w.Drop(it, fmt.Sprintf("items with a %s dropped", it.Media.MediaKind()))
	}
	return picture, dropped
}

// SavePicture saves the picture of an item under a path that lacks the
// extension, and reports whether it did. It is for formats that know a media
// file by the name of its item only: what the item says and such a file does
// not is counted.
func (w *FolderWriter) SavePicture(it *dataset.Item, to string) (saved bool, err error) {
	if it.Media == nil {
		return false, nil
	}
	picture, ok := it.Media.(*dataset.Image)
	switch {
	case !ok:
		w.Lost(it, "media other than pictures dropped", 1)
		return false, nil
	case !w.Opts.SaveMedia:
		w.Lost(it, "names of media files dropped, since only files that are saved have one", 1)
		return false, nil
	case !w.Media.Saves(it, &picture.File, &w.Loss):
		return false, nil
	}
	ext := path.Ext(picture.Name)
	if !imagesize.IsImage(picture.Name) {
		w.Lost(it, "media files given the extension .png, since theirs is not one of a picture", 1)
		ext = ".png"
	} else if strings.TrimSuffix(picture.Name, ext) != it.ID {
		w.Lost(it, "media files given the names of their items", 1)
	}
	return true, w.Media.Save(it, &picture.File, to+ext, &w.Loss)
}

// MkdirAll makes a folder and those above it.
func (w *FolderWriter) MkdirAll(name string) error {
	if w.Media.root == nil {
		return w.Media.there(name, fs.ErrClosed)
	}
	return w.Media.there(name, w.Media.root.MkdirAll(name, 0o777))
}

// Open opens a file in the folder to be written, which the caller closes. The
// folders above it are made.
func (w *FolderWriter) Open(name string, flag int) (*os.File, error) {
	if err := w.MkdirAll(path.Dir(name)); err != nil {
		return nil, err
	}
	f, err := w.Media.root.OpenFile(name, flag, 0o666)
	return f, w.Media.there(name, err)
}

// exclusive makes a new file.
const exclusive = os.O_WRONLY | os.O_CREATE | os.O_EXCL

// Create makes a file that is written until the end, when Finish closes it.
func (w *FolderWriter) Create(name string) (*bufio.Writer, error) {
	f, err := w.Open(name, exclusive)
	if err != nil {
		return nil, err
	}
	o := &outFile{f, bufio.NewWriterSize(f, 64<<10)}
	w.files = append(w.files, o)
	return o.out, nil
}

// WriteFile makes a file of the given content.
func (w *FolderWriter) WriteFile(name string, content []byte) error {
	f, err := w.Open(name, exclusive)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return w.Media.there(name, errors.Join(err, f.Close()))
}

// Finish lets last write what comes at the end, if that is not nil, closes all
// files, waits for the media and returns the losses.
func (w *FolderWriter) Finish(last func() error) (Loss, error) {
	err := w.failed
	if err == nil {
		err = w.Ctx.Err()
	}
	if err == nil && last != nil {
		err = last()
	}
	if err == nil {
		err = w.flush()
	}
	if err == nil {
		err = w.Media.Close()
	}
	if err == nil {
		err = w.Ctx.Err()
	}
	w.Abort()
	if err != nil {
		return Loss{}, w.At("", err)
	}
	return w.Loss, nil
}

func (w *FolderWriter) flush() (err error) {
	for _, o := range w.files {
		err = errors.Join(err, o.out.Flush(), o.file.Close())
	}
	w.files = nil
	return err
}

// Abort gives up: it stops the workers and closes the files. It may be called
// at any time.
func (w *FolderWriter) Abort() {
	w.Media.Abort()
	for _, o := range w.files {
		o.file.Close()
	}
	w.files = nil
}
