package files

import (
	"archive/tar"
	"archive/zip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// KindOf returns the kind of archive that a file of that name is to be, for
// [NewWriter]. It does not look at the file.
func KindOf(name string) (kind string, ok bool) {
	name = strings.ToLower(name)
	for _, end := range []struct{ suffix, kind string }{
		{".zip", "zip"}, {".tar", "tar"}, {".tar.gz", "tar.gz"}, {".tgz", "tar.gz"}, {".tar.zst", "tar.zst"},
	} {
		if strings.HasSuffix(name, end.suffix) {
			return end.kind, true
		}
	}
	return "", false
}

// Writer writes an archive. The same files give the same bytes: there are no
// times, owners or permissions of this machine in it. Folders have no entries
// of their own, so that empty ones are not kept.
//
// After an error the archive is of no use; all that follows returns that error
// again, and Close does not write an end that would make it look whole.
type Writer struct {
	pack  packer
	close []func() error
	// names has the files, and the folders that they are in with true.
	names map[string]bool
	err   error
	done  bool
}

// packer writes one kind of archive.
type packer interface {
	// begin returns where the content of a file goes.
	begin(name string, size int64) (io.Writer, error)
}

// NewWriter begins an archive of a kind that [KindOf] returns. It does not
// close w.
func NewWriter(w io.Writer, kind string) (*Writer, error) {
	out := &Writer{names: map[string]bool{}}
	switch kind {
	case "zip":
		p := newZipPacker(w)
		out.pack, out.close = p, append(out.close, p.zip.Close)
		return out, nil
	case "tar":
	case "tar.gz":
		z := gzip.NewWriter(w)
		w, out.close = z, append(out.close, z.Close)
	case "tar.zst":
		z, err := zstd.NewWriter(w, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return nil, err
		}
		w, out.close = z, append(out.close, z.Close)
	default:
		return nil, fmt.Errorf("archives of the kind %q are not written", kind)
	}
	t := tar.NewWriter(w)
	out.pack, out.close = tarPacker{t}, append(out.close, t.Close)
	return out, nil
}

// Add writes a file of exactly size bytes. Its name has to be one that [Open]
// takes, and may be used once.
func (w *Writer) Add(name string, size int64, r io.Reader) error {
	if w.done && w.err == nil {
		w.err = fs.ErrClosed
	}
	if w.err == nil {
		w.err = named(name, w.add(name, size, r))
	}
	return w.err
}

func (w *Writer) add(name string, size int64, r io.Reader) error {
	if size < 0 {
		return errors.New("its size is negative")
	}
	if err := w.take(name); err != nil {
		return err
	}
	to, err := w.pack.begin(name, size)
	if err != nil {
		return err
	}
	n, err := io.CopyN(to, r, size)
	if err == io.EOF {
		return fmt.Errorf("it has %d bytes instead of %d: %w", n, size, io.ErrUnexpectedEOF)
	}
	if err != nil {
		return err
	}
	switch _, err := io.ReadFull(r, make([]byte, 1)); err {
	case io.EOF:
		return nil
	case nil:
		return fmt.Errorf("it has more than %d bytes", size)
	default:
		return err
	}
}

// take checks a name and notes it and the folders that it is in.
func (w *Writer) take(name string) error {
	clean, _, err := entryName(name)
	if err != nil {
		return err
	}
	if clean != name {
		return fmt.Errorf("%w: the name of a file is to be %q", ErrArchive, clean)
	}
	if _, used := w.names[name]; used {
		return fmt.Errorf("%w: the name is there twice", ErrArchive)
	}
	for dir, _ := splitName(name); dir != "."; dir, _ = splitName(dir) {
		isDir, used := w.names[dir]
		if used && !isDir {
			return fmt.Errorf("%w: %q is a file already", ErrArchive, dir)
		}
		if used {
			break
		}
		w.names[dir] = true
	}
	w.names[name] = false
	return nil
}

// AddFolder writes all files below a folder of this machine, by name, those
// whose name begins with a dot included. Links, pipes and the like are an error:
// the archive would not have what the folder has.
func (w *Writer) AddFolder(dir string) error {
	if w.err != nil {
		return w.err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		w.err = err
		return err
	}
	defer root.Close()
	err = fs.WalkDir(root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil || e.IsDir():
			return err
		case e.Type() == fs.ModeSymlink:
			return named(path.Join(dir, name), fmt.Errorf("%w: links are not archived", ErrLeaves))
		case !e.Type().IsRegular():
			return named(path.Join(dir, name), errors.New("it is no regular file"))
		}
		return w.addLocal(root, name)
	})
	if w.err == nil {
		w.err = err
	}
	return w.err
}

func (w *Writer) addLocal(root *os.Root, name string) error {
	f, err := root.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		return err
	}
	return w.Add(name, st.Size(), f)
}

// Close writes the end of the archive. It may be called again.
func (w *Writer) Close() error {
	if w.done {
		return w.err
	}
	w.done = true
	if w.err != nil {
		return w.err
	}
	for _, c := range slices.Backward(w.close) {
		if w.err = c(); w.err != nil {
			break
		}
	}
	return w.err
}

// tarPacker writes a tar.
type tarPacker struct{ tar *tar.Writer }

func (p tarPacker) begin(name string, size int64) (io.Writer, error) {
	return p.tar, p.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: size, Mode: 0o644, ModTime: time.Unix(0, 0)})
}

// zipPacker writes a zip.
type zipPacker struct{ zip *zip.Writer }

// zipTime is the first that a zip can have.
var zipTime = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

func newZipPacker(w io.Writer) zipPacker {
	z := zip.NewWriter(w)
	// One is enough, as files are written one after the other.
	var packer *flate.Writer
	z.RegisterCompressor(zip.Deflate, func(to io.Writer) (_ io.WriteCloser, err error) {
		if packer != nil {
			packer.Reset(to)
			return packer, nil
		}
		packer, err = flate.NewWriter(to, flate.DefaultCompression)
		return packer, err
	})
	return zipPacker{z}
}

func (p zipPacker) begin(name string, size int64) (io.Writer, error) {
	h := &zip.FileHeader{Name: name, Method: zip.Deflate, Modified: zipTime}
	if size == 0 || slices.Contains(packedAlready, strings.ToLower(path.Ext(name))) {
		h.Method = zip.Store
	}
	h.SetMode(0o644)
	return p.zip.CreateHeader(h)
}

// packedAlready are the extensions of files that hardly get smaller.
var packedAlready = []string{
	".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".gif", ".webp", ".avif", ".heic", ".heif", ".jp2", ".mpo",
	".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm", ".mp3", ".ogg", ".flac",
	".zip", ".gz", ".tgz", ".zst", ".bz2", ".xz", ".7z", ".npz", ".parquet",
}
