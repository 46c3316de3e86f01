package binary

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"hash"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"datum/crypto/fernet"
	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/binary/internal/record"
	"datum/formats/binary/internal/sidecar"
)

// media gives the media of a record its own name and a source for its bytes.
func (m *importer) media(f *subsetFile, it *dataset.Item, stored dataset.Media, side *sidecar.Said, notes *formats.Loss) (dataset.Media, error) {
	if stored == nil {
		return nil, nil
	}
	entry := func(i int) (*sidecar.MediaFile, error) {
		switch {
		case side == nil:
			return nil, nil
		case i >= len(side.Media):
			return nil, formats.Reason(formats.ErrAuthentication, "the sidecar does not list all media of the item")
		}
		return &side.Media[i], nil
	}
	main, err := entry(0)
	if err != nil {
		return nil, err
	}
	if err := m.file(f, it, mediaDir(stored), stored.Main(), main, m.sealedByFlag(stored), notes); err != nil {
		return nil, err
	}
	switch s := stored.(type) {
	case *dataset.Video:
		if main != nil && main.EndIsZero {
			s.End = new(uint32)
		}
	case *dataset.PointCloud:
		for i, x := range s.Extra {
			e, err := entry(i + 1)
			if err != nil {
				return nil, err
			}
			if err := m.file(f, it, imagesDir, &x.File, e, false, notes); err != nil {
				return nil, err
			}
		}
	}
	return stored, nil
}

// sealedByFlag says what the version section promises: in an encrypted dataset
// with encrypted media, every image of an item is a token.
func (m *importer) sealedByFlag(media dataset.Media) bool {
	_, image := media.(*dataset.Image)
	return image && m.seal.cipher != nil && m.files[0].head.mediaEncrypted
}

// file turns the stored path in x into a name and a source.
func (m *importer) file(f *subsetFile, it *dataset.Item, dir string, x *dataset.File, side *sidecar.MediaFile, sealed bool, notes *formats.Loss) error {
	stored := x.Name
	x.Name = ownName(it.ID, stored)
	if side != nil {
		x.Name = side.Name
		if x.Name != "" && !filepath.IsLocal(x.Name) {
			return formats.Reason(formats.ErrCorrupt, "the media name %q leaves the dataset", x.Name)
		}
		if len(side.Digest) == 0 {
			return nil
		}
	}
	if own, ok := m.written(dir, f.stem, stored); ok {
		x.Name = ownName(it.ID, strings.TrimPrefix(own, path.Join(dir, f.stem)+"/"))
		x.Source = &source{m: m, path: own, sealed: sealed}
		return nil
	}
	switch {
	case stored == "" || stored == record.NoPath:
		x.Name = it.ID
		return nil
	case m.opts.AllowExternalMedia && !filepath.IsLocal(stored):
		at := stored
		if !path.IsAbs(at) {
			at = m.outside(dir, f.stem, stored)
		}
		x.Name, x.Source = it.ID+path.Ext(stored), dataset.LocalFile(at)
		return nil
	case path.IsAbs(stored):
		x.Name = it.ID + path.Ext(stored)
		notes.Add("media outside of the dataset, known by name only (--allow-external-media opens them)", stored, 1)
		return nil
	case !filepath.IsLocal(stored):
		return formats.WithHint(formats.Reason(formats.ErrCorrupt, "the media path %q leaves the dataset", stored),
			"--allow-external-media opens it all the same")
	}
	s := &source{m: m, path: path.Join(dir, f.stem, stored), sealed: sealed}
	if side != nil {
		s.said = *side
		s.sidecar = &s.said
	}
	if dir == videosDir {
		s.fallback = path.Join(dir, stored) // Datumaro 1.5 and 1.6 had no folder for the subset
	}
	if dir == imagesDir && strings.Contains(stored, "/extra_image_") {
		s.fallback = path.Join(dir, f.stem, it.ID, path.Base(stored)) // 1.10 and later wrote nested ids so
	}
	x.Source = s
	return nil
}

// outside is the path of a file beside the dataset, given relative to where its
// media lie.
func (m *importer) outside(dir, stem, stored string) string {
	local, ok := m.dir.Local(".")
	if !ok {
		return stored
	}
	return filepath.Join(local, dir, stem, stored)
}

// relatedDir is where Datumaro 1.1.0 put the pictures beside point clouds.
const relatedDir = "related_images"

// written finds a media file by the path that it was written to, which is what
// Datumaro 1.1.0 stored: it leads through a media folder and the one of the
// subset, wherever the dataset was then.
func (m *importer) written(dir, stem, stored string) (own string, ok bool) {
	dirs := []string{dir}
	if dir == imagesDir {
		dirs = append(dirs, relatedDir)
	}
	for _, d := range dirs {
		i := strings.LastIndex("/"+stored, "/"+d+"/"+stem+"/")
		if i < 0 || !filepath.IsLocal(stored[i:]) {
			continue
		}
		if m.dir.Has(stored[i:]) {
			return stored[i:], true
		}
	}
	return "", false
}

// ownName undoes what Datumaro does to the names of nested items.
func ownName(id, stored string) string {
	if ext := path.Ext(stored); strings.ReplaceAll(id, "/", "_")+ext == stored {
		return id + ext
	}
	return stored
}

// source reads one media file.
type source struct {
	m        *importer
	path     string             // below the dataset folder
	fallback string             // another place for it, empty when there is none
	sealed   bool               // what the version section says
	sidecar  *sidecar.MediaFile // nil where there is none
	said     sidecar.MediaFile
}

// Open decrypts the file, if it is encrypted, and checks what the sidecar says
// of it.
func (s *source) Open() (io.ReadCloser, error) {
	file, err := s.m.dir.OpenFile(s.path)
	if errors.Is(err, fs.ErrNotExist) && s.fallback != "" {
		if other, e := s.m.dir.OpenFile(s.fallback); e == nil {
			file, err = other, nil
		}
	}
	if err != nil {
		return nil, s.openError(err)
	}
	if s.m.seal.cipher == nil {
		return s.checked(file), nil
	}
	if s.sidecar != nil && s.sidecar.Sealed {
		return s.decrypt(file, file)
	}
	var front [fernet.SniffLen]byte
	n, err := io.ReadFull(file, front[:])
	if err != nil && err != io.EOF && err != io.ErrUnexpectedEOF {
		file.Close()
		return nil, s.wrap(err)
	}
	rest := io.MultiReader(bytes.NewReader(front[:n]), file)
	switch {
	case s.sidecar == nil && fernet.LooksLikeToken(front[:n]):
		return s.decrypt(file, rest)
	case s.sealed && s.sidecar == nil:
		file.Close()
		return nil, s.wrap(formats.Reason(formats.ErrAuthentication, "the file is not encrypted, although the media of this dataset are"))
	}
	return s.checked(readCloser{rest, file}), nil
}

type readCloser struct {
	io.Reader
	io.Closer
}

// openError tells a path that leaves the dataset through a link from a file
// that is missing or cannot be read.
func (s *source) openError(err error) error {
	if errors.Is(err, fs.ErrNotExist) && s.sidecar != nil {
		err = formats.Reason(formats.ErrAuthentication, "the file was written and is gone: %w", fs.ErrNotExist)
	}
	return s.wrap(err)
}

func (s *source) wrap(err error) error {
	return formats.At(s.m.dir, formatName, s.path, err)
}

// decrypt reads the token that r gives of a file, which it closes. The plaintext
// takes the place of the token, in memory that is used again.
func (s *source) decrypt(file files.File, r io.Reader) (io.ReadCloser, error) {
	defer file.Close()
	buf := buffers.Get().(*[]byte)
	plain, err := s.decryptTo(buf, file, r)
	if err != nil {
		buffers.Put(buf)
		return nil, err
	}
	p := &plainReader{buf: buf}
	p.Reset(plain)
	return p, nil
}

func (s *source) decryptTo(buf *[]byte, file files.File, r io.Reader) (plain []byte, err error) {
	if *buf, err = readAll(roomFor(file, *buf), r); err != nil {
		return nil, s.wrap(err)
	}
	if s.sidecar != nil {
		tag, err := s.m.seal.tag(*buf)
		if err != nil {
			return nil, s.wrap(err)
		}
		if !bytes.Equal(tag, s.sidecar.Digest) {
			return nil, s.misplaced()
		}
	}
	if plain, err = s.m.seal.openInPlace(*buf); err != nil {
		return nil, s.wrap(err)
	}
	return plain, nil
}

// plainReader reads plaintext, and gives its memory back when it is closed.
type plainReader struct {
	bytes.Reader
	buf *[]byte // nil when closed
}

func (p *plainReader) Close() error {
	if p.buf != nil {
		p.Reset(nil)
		clear(*p.buf)
		buffers.Put(p.buf)
		p.buf = nil
	}
	return nil
}

func (s *source) misplaced() error {
	return formats.WithHint(s.wrap(formats.Reason(formats.ErrAuthentication, "the file is not the one that was written in its place")), sidecarHint)
}

// checked compares the SHA-256 of a plain file with the sidecar's while it is
// read.
func (s *source) checked(r io.ReadCloser) io.ReadCloser {
	if s.sidecar == nil {
		return r
	}
	return &checkedReader{ReadCloser: r, sum: sha256.New(), s: s}
}

type checkedReader struct {
	io.ReadCloser
	sum hash.Hash
	s   *source
}

func (c *checkedReader) Read(b []byte) (int, error) {
	n, err := c.ReadCloser.Read(b)
	c.sum.Write(b[:n])
	if err == io.EOF && !bytes.Equal(c.sum.Sum(nil), c.s.sidecar.Digest) {
		return n, c.s.misplaced()
	}
	return n, err
}
