package binary

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"unicode/utf8"

	"datum/dataset"
	"datum/formats/binary/internal/sidecar"
	"datum/internal/workers"
)

func sha256Of(b []byte) [sha256.Size]byte { return sha256.Sum256(b) }

// placeMedia gives the media of an item its file name, starts saving it, and
// returns the media for the record and the sidecar's entries.
func (w *subsetWriter) placeMedia(it *dataset.Item) (dataset.Media, []*sidecar.Media, error) {
	switch m := it.Media.(type) {
	case nil:
		return nil, nil, nil
	case *dataset.Image:
		stored, entry, err := w.placeFile(it, imagesDir, &m.File, "", w.e.media.cipher != nil)
		return &dataset.Image{File: stored, Height: m.Height, Width: m.Width}, []*sidecar.Media{entry}, err
	case *dataset.VideoFrame:
		stored, entry, err := w.placeVideo(it, &m.File)
		return &dataset.VideoFrame{File: stored, Index: m.Index}, []*sidecar.Media{entry}, err
	case *dataset.Video:
		stored, entry, err := w.placeVideo(it, &m.File)
		entry.EndIsZero = m.End != nil && *m.End == 0
		if entry.EndIsZero {
			w.lost("videos that end at their first frame, stored as whole videos", it, 1)
		}
		return &dataset.Video{File: stored, Step: m.Step, Start: m.Start, End: m.End}, []*sidecar.Media{entry}, err
	case *dataset.PointCloud:
		return w.placePointCloud(it, m)
	}
	return nil, nil, w.e.errorf(it.ID, "the format has no place for media of kind %T", it.Media)
}

func (w *subsetWriter) placePointCloud(it *dataset.Item, m *dataset.PointCloud) (dataset.Media, []*sidecar.Media, error) {
	seal := w.e.opts.EncryptAllMedia
	stored, entry, err := w.placeFile(it, pointCloudsDir, &m.File, "", seal)
	if err != nil {
		return nil, nil, err
	}
	out, entries := &dataset.PointCloud{File: stored}, []*sidecar.Media{entry}
	stem := strings.TrimSuffix(stored.Name, path.Ext(stored.Name))
	for i, x := range m.Extra {
		name := fmt.Sprintf("%s/extra_image_%d%s", stem, i, path.Ext(x.Name))
		stored, entry, err := w.placeFile(it, imagesDir, &x.File, name, seal)
		if err != nil {
			return nil, nil, err
		}
		out.Extra = append(out.Extra, &dataset.Image{File: stored, Height: x.Height, Width: x.Width})
		entries = append(entries, entry)
	}
	return out, entries, nil
}

// placeVideo is placeFile for files that several items of a subset share.
func (w *subsetWriter) placeVideo(it *dataset.Item, f *dataset.File) (dataset.File, *sidecar.Media, error) {
	if before, ok := w.videos[f.Name]; ok {
		entry := &sidecar.Media{Name: f.Name, Sealed: before.entry.Sealed}
		if before.done != nil {
			w.files = append(w.files, savedFile{done: before.done, entry: entry})
		}
		return dataset.File{Name: before.name}, entry, nil
	}
	stored, entry, err := w.placeFile(it, videosDir, f, "", w.e.opts.EncryptAllMedia)
	first := savedFile{entry: entry, name: stored.Name}
	if entry != nil && w.saves(f) {
		first.done = w.files[len(w.files)-1].done
	}
	w.videos[f.Name] = first
	return stored, entry, err
}

func (w *subsetWriter) saves(f *dataset.File) bool { return w.e.opts.SaveMedia && f.Source != nil }

// placeFile gives a media file the name want, or one made of its own name, and
// starts saving it.
func (w *subsetWriter) placeFile(it *dataset.Item, dir string, f *dataset.File, want string, seal bool) (dataset.File, *sidecar.Media, error) {
	name := f.Name
	if name == "" {
		name = it.ID
	}
	if !filepath.IsLocal(name) || name == "." || !utf8.ValidString(name) {
		return dataset.File{}, nil, w.e.errorf(it.ID, "the media name %q is no path inside a dataset", f.Name)
	}
	if want == "" {
		want = w.stored.Unique(flatName(name))
	}
	entry := &sidecar.Media{Name: f.Name}
	if w.e.opts.SaveMedia && f.Source == nil {
		w.e.loss.Add("media files not saved, since the source holds only their names", fmt.Sprintf("%q of %s", f.Name, w.name), 1)
	}
	if w.saves(f) {
		entry.Sealed = seal
		to := path.Join(dir, w.name, want)
		file, item := *f, *it
		save := func() ([]byte, error) { return w.e.saveFile(item.ID, &file, to, seal) }
		if w.e.files.InOrder() {
			digest, err := save()
			if err != nil {
				return dataset.File{}, nil, err
			}
			save = func() ([]byte, error) { return digest, nil }
		}
		w.files = append(w.files, savedFile{entry: entry, done: workers.Go(w.e.pool, save)})
	}
	return dataset.File{Name: want}, entry, nil
}

// saveFile returns the digest of what was stored.
func (e *exporter) saveFile(item string, f *dataset.File, to string, seal bool) ([]byte, error) {
	proof := func(file io.Reader, digest []byte) (bool, error) { return e.isStored(file, digest, seal) }
	return e.files.Once(f, to, proof, func() (digest []byte, err error) {
		err = e.files.Place(item, f, to, seal, func(out io.Writer, in io.Reader) (err error) {
			if seal {
				digest, err = e.sealFile(out, in)
				return err
			}
			sum := sha256.New()
			_, err = io.Copy(io.MultiWriter(out, sum), in)
			digest = sum.Sum(nil)
			return err
		})
		return digest, err
	})
}

// isStored reports whether a file that an interrupted export left is the one of
// which the digest was noted.
func (e *exporter) isStored(file io.Reader, digest []byte, sealed bool) (bool, error) {
	if !sealed {
		sum := sha256.New()
		_, err := io.Copy(sum, file)
		return bytes.Equal(sum.Sum(nil), digest), err
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

// sealFile writes the token of everything in in. A token is made of the whole
// file at once, so memory is bounded by the largest file times the workers.
func (e *exporter) sealFile(out io.Writer, in io.Reader) ([]byte, error) {
	plain, token := buffers.Get().(*[]byte), buffers.Get().(*[]byte)
	defer buffers.Put(plain)
	defer buffers.Put(token)
	var err error
	if *plain, err = readAll((*plain)[:0], in); err != nil {
		return nil, err
	}
	cipher := e.blobs.cipher
	*token = cipher.AppendEncrypt((*token)[:0], *plain)
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
