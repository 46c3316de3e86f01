package formats

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"datum/dataset"
	"datum/internal/nameset"
	"datum/internal/workers"
)

// MediaSink takes media files one after the other, as an archive does.
type MediaSink interface {
	// Add appends a file of size bytes, called name, with what r gives.
	Add(name string, size int64, r io.Reader) error
}

// MediaWriter saves the media files of an export, several at a time. It is
// used by one goroutine. All of them are in their places when Close returns;
// an error may come with a later call than the one that it is about.
type MediaWriter struct {
	ctx     context.Context
	format  string
	dir     string
	root    *os.Root
	opts    ExportOptions
	pool    *workers.Pool
	pending []*workers.Future[func() error]
	written *nameset.Set // paths
	// digests are of what went into the archive, which cannot be read again.
	digests map[string][sha256.Size]byte
}

// maxPending bounds the files that are under way into a folder.
const maxPending = 64

// NewMediaWriter returns a writer for the folder dir. Nothing is saved unless
// the options say so.
func NewMediaWriter(ctx context.Context, format, dir string, o ExportOptions) (*MediaWriter, error) {
	if o.Archive != nil && o.Media != MediaCopy {
		return nil, Reason(ErrUsage, "an archive cannot have a %s to a file elsewhere", o.Media)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return &MediaWriter{
		ctx: ctx, format: format, dir: dir, root: root, opts: o,
		pool: workers.NewPool(workers.Count(o.Workers)), written: nameset.New(), digests: map[string][sha256.Size]byte{},
	}, nil
}

// Saves reports whether the media of an item are saved at all. What cannot be,
// since the source knows only its name, is counted in loss.
func (w *MediaWriter) Saves(it *dataset.Item, f *dataset.File, loss *Loss) bool {
	if !w.opts.SaveMedia || f == nil {
		return false
	}
	if f.Source == nil {
		loss.Add("media files not saved, since the source holds only their names", fmt.Sprintf("%q of %s", f.Name, it.Subset), 1)
		return false
	}
	return true
}

// Save saves a file of an item under the slash-separated path to, where media
// are saved. Two items may share a path if the files have the same content.
func (w *MediaWriter) Save(it *dataset.Item, f *dataset.File, to string, loss *Loss) error {
	if !w.Saves(it, f, loss) {
		return w.ctx.Err()
	}
	if !filepath.IsLocal(to) {
		return w.at(it.ID, f, Reason(ErrCorrupt, "the media name %q is no path inside a dataset", to))
	}
	item, file := it.ID, *f
	if w.opts.DropMedia {
		return w.ctx.Err()
	}
	if !w.written.Add(to) {
		return w.sameAgain(item, &file, to)
	}
	if err := w.wait(maxPending - 1); err != nil {
		return err
	}
	if w.opts.Archive != nil {
		return w.add(item, &file, to)
	}
	w.pending = append(w.pending, workers.Go(w.pool, func() (func() error, error) {
		return nil, w.saveOnce(item, &file, to)
	}))
	return nil
}

// SaveBytes saves content that the writer of a format made, such as an
// annotation file of an item, in the same places as media.
func (w *MediaWriter) SaveBytes(to string, content []byte) error {
	return w.handIn(maxPending, to, func() ([]byte, error) { return content, nil })
}

// Make saves what work returns, which is done on another goroutine; results
// come into an archive in the order of the calls.
func (w *MediaWriter) Make(to string, work func() ([]byte, error)) error {
	return w.handIn(2*workers.Count(w.opts.Workers), to, work)
}

// handIn starts to save what work returns, as one of at most most files that
// are under way.
func (w *MediaWriter) handIn(most int, to string, work func() ([]byte, error)) error {
	if err := w.wait(most - 1); err != nil {
		return err
	}
	w.pending = append(w.pending, workers.Go(w.pool, func() (func() error, error) {
		content, err := work()
		if err != nil {
			return nil, err
		}
		if w.opts.Archive != nil {
			return func() error { return w.opts.Archive.Add(to, int64(len(content)), bytes.NewReader(content)) }, nil
		}
		out, err := w.create(to)
		if err != nil {
			return nil, err
		}
		_, err = out.Write(content)
		return nil, errors.Join(err, out.Close())
	}))
	return nil
}

// InOrder reports whether media have to be handed in one after the other, as
// an archive needs it: then [MediaWriter.Place] is for one goroutine only.
func (w *MediaWriter) InOrder() bool { return w.opts.Archive != nil }

// Place saves a file before it returns, as what copy makes of its content, or as
// it is where copy is nil. Unless changed says that the two differ, the file may
// become a link; copy then reads it all the same, and what it writes is dropped.
// Unless [MediaWriter.InOrder] says otherwise, several goroutines may call it.
func (w *MediaWriter) Place(item string, f *dataset.File, to string, changed bool, copy func(io.Writer, io.Reader) error) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	if w.opts.DropMedia {
		return nil
	}
	in, err := w.open(item, f) // which refuses what lies outside of its dataset, before a link leads there
	if err != nil {
		return err
	}
	defer in.Close()
	local, ok := f.Source.(dataset.LocalSource)
	linked := ok && !changed && w.opts.Media != MediaCopy && w.opts.Archive == nil
	if linked && copy == nil {
		return w.at(item, f, w.link(local, to))
	}
	if copy == nil {
		copy = plainCopy
	}
	switch {
	case w.opts.Archive != nil:
		if err := w.wait(0); err != nil {
			return err
		}
		var content bytes.Buffer
		if err := copy(&content, in); err != nil {
			return w.at(item, f, err)
		}
		return w.at(item, f, w.opts.Archive.Add(to, int64(content.Len()), &content))
	case linked:
		return w.at(item, f, errors.Join(w.link(local, to), copy(io.Discard, in)))
	}
	out, err := w.create(to)
	if err != nil {
		return err
	}
	return w.at(item, f, errors.Join(copy(out, in), out.Close()))
}

// wait waits until no more than most files are under way.
func (w *MediaWriter) wait(most int) error {
	for len(w.pending) > most {
		then, err := w.pending[0].Wait()
		w.pending = w.pending[1:]
		if err == nil && then != nil {
			err = then()
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Wait waits until all files handed in are saved.
func (w *MediaWriter) Wait() error { return w.wait(0) }

// Close waits for all files and returns the first error.
func (w *MediaWriter) Close() error {
	if w.root == nil {
		return nil
	}
	err := w.wait(0)
	w.pool.Close()
	err = errors.Join(err, w.root.Close())
	w.root = nil
	return err
}

// Abort gives up; it may be called at any time.
func (w *MediaWriter) Abort() {
	if w.root != nil {
		w.pool.Close()
		w.root.Close()
		w.root = nil
	}
}

// add appends a file to the archive. A file whose size is not known before is
// read into memory, which bounds memory by the largest of them.
func (w *MediaWriter) add(item string, f *dataset.File, to string) error {
	if err := w.wait(0); err != nil {
		return err
	}
	in, err := w.open(item, f)
	if err != nil {
		return err
	}
	defer in.Close()
	size, from := int64(-1), io.Reader(in)
	if s, ok := in.(interface{ Stat() (fs.FileInfo, error) }); ok {
		if st, err := s.Stat(); err == nil {
			size = st.Size()
		}
	}
	if size < 0 {
		content, err := io.ReadAll(in)
		if err != nil {
			return w.at(item, f, err)
		}
		size, from = int64(len(content)), bytes.NewReader(content)
	}
	sum := sha256.New()
	if err := w.opts.Archive.Add(to, size, io.TeeReader(from, sum)); err != nil {
		return w.at(item, f, err)
	}
	w.digests[to] = [sha256.Size]byte(sum.Sum(nil))
	return nil
}

func plainCopy(out io.Writer, in io.Reader) error {
	_, err := io.Copy(out, in)
	return err
}

// link links to a plain file.
func (w *MediaWriter) link(s dataset.LocalSource, to string) error {
	from, err := filepath.Abs(s.LocalPath())
	if err != nil {
		return err
	}
	if from, err = filepath.EvalSymlinks(from); err != nil {
		return err
	}
	if err := w.root.MkdirAll(path.Dir(to), 0o777); err != nil {
		return err
	}
	name := filepath.Join(w.dir, filepath.FromSlash(to))
	if w.opts.Media == MediaSymlink {
		return os.Symlink(from, name)
	}
	return WithHint(os.Link(from, name), "files of another disk can only be copied: --media copy")
}

func (w *MediaWriter) create(to string) (*os.File, error) {
	if err := w.root.MkdirAll(path.Dir(to), 0o777); err != nil {
		return nil, w.there(to, err)
	}
	f, err := w.root.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	return f, w.there(to, err)
}

func (w *MediaWriter) open(item string, f *dataset.File) (io.ReadCloser, error) {
	in, err := f.Open()
	if err == nil {
		return in, nil
	}
	err = w.at(item, f, err)
	if errors.Is(err, fs.ErrNotExist) {
		err = WithHint(err, "leave out --save-media to convert the annotations alone")
	}
	return nil, err
}

// at says which file of which item an error is about.
func (w *MediaWriter) at(item string, f *dataset.File, err error) error {
	if err == nil {
		return nil
	}
	var placed *Error
	if errors.As(err, &placed) {
		if placed.Item == "" {
			placed.Item = item
		}
		return err
	}
	return &Error{Format: w.format, Path: f.Name, Item: item, Err: err}
}

// there says which file of the output an error is about.
func (w *MediaWriter) there(to string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Format: w.format, Path: filepath.Join(w.dir, filepath.FromSlash(to)), Err: err}
}

// sameAgain lets two items share a file, as two subsets of one folder of
// pictures do, if it has the same content.
func (w *MediaWriter) sameAgain(item string, f *dataset.File, to string) error {
	if err := w.wait(0); err != nil {
		return err
	}
	in, err := w.open(item, f)
	if err != nil {
		return err
	}
	defer in.Close()
	same, err := w.isSaved(in, to)
	if err == nil && !same {
		err = WithHint(&Error{Format: w.format, Path: filepath.Join(w.dir, filepath.FromSlash(to)), Item: item,
			Err: Reason(ErrCorrupt, "another picture has this place")}, "--on-collision rename gives the later one another name")
	}
	return w.at(item, f, err)
}

// isSaved reports whether the file saved as to has the content of in.
func (w *MediaWriter) isSaved(in io.Reader, to string) (bool, error) {
	if w.opts.Archive != nil {
		sum := sha256.New()
		_, err := io.Copy(sum, in)
		return [sha256.Size]byte(sum.Sum(nil)) == w.digests[to], err
	}
	var old fs.File
	var err error
	if w.opts.Media == MediaSymlink { // it was made here, and leads out
		old, err = os.Open(filepath.Join(w.dir, filepath.FromSlash(to)))
	} else {
		old, err = w.root.Open(to)
	}
	if err != nil {
		return false, err
	}
	defer old.Close()
	return sameContent(in, old)
}

func sameContent(a, b io.Reader) (bool, error) {
	x, y := make([]byte, 64<<10), make([]byte, 64<<10)
	for {
		n, err1 := io.ReadFull(a, x)
		m, err2 := io.ReadFull(b, y)
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		if err1 != nil || err2 != nil {
			if isEnd(err1) && isEnd(err2) {
				return true, nil
			}
			return false, errors.Join(err1, err2)
		}
	}
}

func isEnd(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }
