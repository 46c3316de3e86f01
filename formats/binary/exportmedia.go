package binary

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"datum/dataset"
	"datum/formats/binary/internal/sidecar"
	"datum/internal/workers"
)

func sha256Of(b []byte) [sha256.Size]byte { return sha256.Sum256(b) }

// placedVideo is a video file that more items of the subset may name.
type placedVideo struct {
	name   string
	done   *workers.Future[[]byte] // nil where it is not saved
	sealed bool
}

// placeMedia gives the media of an item its file name, starts saving it, lists
// it in the sidecar, and returns the media for the record, which are good until
// the next call.
func (w *subsetWriter) placeMedia(it *dataset.Item) (dataset.Media, error) {
	sealRest := sidecar.MediaFile{Sealed: w.e.opts.EncryptAllMedia}
	switch m := it.Media.(type) {
	case nil:
		return nil, nil
	case *dataset.Image:
		name, _, err := w.placeFile(it, imagesDir, &m.File, "", sidecar.MediaFile{Sealed: w.e.media.cipher != nil})
		w.image = dataset.Image{File: dataset.File{Name: name}, Height: m.Height, Width: m.Width}
		return &w.image, err
	case *dataset.VideoFrame:
		name, err := w.placeVideo(it, &m.File, sealRest)
		return &dataset.VideoFrame{File: dataset.File{Name: name}, Index: m.Index}, err
	case *dataset.Video:
		sealRest.EndIsZero = m.End != nil && *m.End == 0
		if sealRest.EndIsZero {
			w.lost("videos that end at their first frame, stored as whole videos", it, 1)
		}
		name, err := w.placeVideo(it, &m.File, sealRest)
		return &dataset.Video{File: dataset.File{Name: name}, Step: m.Step, Start: m.Start, End: m.End}, err
	case *dataset.PointCloud:
		return w.placePointCloud(it, m, sealRest)
	}
	return nil, w.e.errorf(it.ID, "the format has no place for media of kind %T", it.Media)
}

func (w *subsetWriter) placePointCloud(it *dataset.Item, m *dataset.PointCloud, as sidecar.MediaFile) (dataset.Media, error) {
	cloud, _, err := w.placeFile(it, pointCloudsDir, &m.File, "", as)
	if err != nil {
		return nil, err
	}
	out := &dataset.PointCloud{File: dataset.File{Name: cloud}}
	stem := strings.TrimSuffix(cloud, path.Ext(cloud))
	for i, x := range m.Extra {
		name := fmt.Sprintf("%s/extra_image_%d%s", stem, i, path.Ext(x.Name))
		if name, _, err = w.placeFile(it, imagesDir, &x.File, name, as); err != nil {
			return nil, err
		}
		out.Extra = append(out.Extra, &dataset.Image{File: dataset.File{Name: name}, Height: x.Height, Width: x.Width})
	}
	return out, nil
}

// placeVideo is placeFile for files that several items of a subset share.
func (w *subsetWriter) placeVideo(it *dataset.Item, f *dataset.File, as sidecar.MediaFile) (string, error) {
	if v, ok := w.videos[f.Name]; ok {
		as.Name, as.Sealed = f.Name, v.sealed
		w.list(as, v.done)
		return v.name, nil
	}
	name, done, err := w.placeFile(it, videosDir, f, "", as)
	w.videos[f.Name] = placedVideo{name: name, done: done, sealed: done != nil && as.Sealed}
	return name, err
}

// placeFile gives a media file the name want, or one made of its own name, and
// starts saving it, as a token where as says so.
func (w *subsetWriter) placeFile(it *dataset.Item, dir string, f *dataset.File, want string, as sidecar.MediaFile) (string, *workers.Future[[]byte], error) {
	name := f.Name
	if name == "" {
		name = it.ID
	}
	if !filepath.IsLocal(name) || name == "." || !utf8.ValidString(name) {
		return "", nil, w.e.errorf(it.ID, "the media name %q is no path inside a dataset", f.Name)
	}
	if want == "" {
		want = w.stored.Unique(flatName(name))
	}
	if w.e.opts.SaveMedia && f.Source == nil {
		w.e.loss.Add("media files not saved, since the source holds only their names", fmt.Sprintf("%q of %s", f.Name, w.name), 1)
	}
	var done *workers.Future[[]byte]
	if w.e.opts.SaveMedia && !w.e.opts.DropMedia && f.Source != nil {
		var err error
		if done, err = w.startSaving(it.ID, f, path.Join(dir, w.name, want), as.Sealed); err != nil {
			return "", nil, err
		}
	}
	as.Name = f.Name
	as.Sealed = as.Sealed && done != nil
	w.list(as, done)
	return want, done, nil
}

// list lists a file of the item in the sidecar, with its digest once it is
// saved.
func (w *subsetWriter) list(m sidecar.MediaFile, done *workers.Future[[]byte]) {
	m.Saved = done != nil
	digest := w.filling.side.Media(m)
	if m.Saved {
		w.filling.files = append(w.filling.files, savedFile{done, digest})
	}
}

// startSaving saves a file on the pool, or, into an archive, before it returns.
func (w *subsetWriter) startSaving(item string, f *dataset.File, to string, seal bool) (*workers.Future[[]byte], error) {
	e, file := w.e, *f
	save := func(s *seat) ([]byte, error) { return e.saveFile(item, &file, to, seal, s) }
	alone := func() ([]byte, error) { return save(new(seat)) }
	switch {
	case e.files.InOrder():
		digest, err := alone()
		if err != nil {
			return nil, err
		}
		alone = func() ([]byte, error) { return digest, nil }
	case seal:
		return e.sealing.add(save), nil
	}
	return workers.Go(e.pool, alone), nil
}

// saveFile returns the digest of what was stored.
func (e *exporter) saveFile(item string, f *dataset.File, to string, seal bool, s *seat) ([]byte, error) {
	proof := func(file io.Reader, digest []byte) (bool, error) { return e.isStored(file, digest, seal) }
	return e.files.Once(f, to, proof, func() (digest []byte, err error) {
		if as, digest := e.asStored(f.Source, seal); as != nil {
			return digest, e.files.Place(item, &dataset.File{Name: f.Name, Source: as}, to, false, nil)
		}
		err = e.files.Place(item, f, to, seal, func(out io.Writer, in io.Reader) (err error) {
			if seal {
				digest, err = e.sealFile(out, in, s)
				return err
			}
			digest, err = copyFile(out, in)
			return err
		})
		return digest, err
	})
}

// isStored reports whether a file that an interrupted export left is the one of
// which the digest was noted.
func (e *exporter) isStored(file io.Reader, digest []byte, sealed bool) (bool, error) {
	if !sealed {
		sum, err := copyFile(io.Discard, file)
		return bytes.Equal(sum, digest), err
	}
	token, err := io.ReadAll(file)
	if err != nil {
		return false, err
	}
	tag, err := sealer{e.blobs.cipher}.tag(token)
	if err != nil || !bytes.Equal(tag, digest) {
		return false, nil
	}
	plain, err := e.blobs.cipher.AppendDecrypt(nil, token)
	clear(plain)
	return err == nil, nil
}

// buffers holds the memory of media files between jobs.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// copyFile copies in to out and returns the SHA-256 of it.
func copyFile(out io.Writer, in io.Reader) ([]byte, error) {
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	*buf = slices.Grow((*buf)[:0], copySize)[:copySize]
	sum := sha256.New()
	// The files of package os know ways of their own to copy, which would go
	// around the sum, or take memory of their own.
	_, err := io.CopyBuffer(struct{ io.Writer }{io.MultiWriter(out, sum)}, struct{ io.Reader }{in}, *buf)
	return sum.Sum(nil), err
}

const (
	copySize = 256 << 10
	// maxRoom is how much memory is made for a file at once because of the size
	// that it says it has.
	maxRoom = 64 << 20
)

// roomFor returns b, emptied, with room for all of the file and a byte more, by
// which reading finds its end.
func roomFor(f io.Reader, b []byte) []byte {
	return slices.Grow(b[:0], int(max(0, min(sizeOf(f), maxRoom)))+1)
}

// sizeOf returns the size that a file says it has, and -1 where it says nothing.
func sizeOf(f io.Reader) int64 {
	s, ok := f.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return -1
	}
	st, err := s.Stat()
	if err != nil {
		return -1
	}
	return st.Size()
}

// sealFile writes the token of everything in in. A token is made of the whole
// file at once, so memory is bounded by the largest file times the workers, and
// by small ones that wait for each other.
func (e *exporter) sealFile(out io.Writer, in io.Reader, s *seat) ([]byte, error) {
	defer s.begin(sizeOf(in))()
	plain, token := buffers.Get().(*[]byte), buffers.Get().(*[]byte)
	defer buffers.Put(plain)
	defer buffers.Put(token)
	var err error
	if *plain, err = readAll(roomFor(in, *plain), in); err != nil {
		return nil, err
	}
	cipher := e.blobs.cipher
	*token = s.encrypt(cipher, (*token)[:0], *plain)
	clear(*plain)
	if _, err := out.Write(*token); err != nil {
		return nil, err
	}
	return sealer{cipher}.tag(*token)
}

// readAll appends everything in r to b.
func readAll(b []byte, r io.Reader) ([]byte, error) {
	for {
		if len(b) == cap(b) {
			b = append(b, make([]byte, max(64<<10, cap(b)))...)[:len(b)]
		}
		n, err := r.Read(b[len(b):cap(b)])
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return b, err
		}
	}
}
