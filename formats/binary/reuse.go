package binary

import (
	"bytes"
	"encoding/base64"
	"io"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// onDisk is a source whose file can be taken over as it lies on this machine.
type onDisk struct {
	dataset.Source
	of *source
}

// LocalPath returns the path of the file.
func (d onDisk) LocalPath() string {
	name := d.of.path
	if d.of.fallback != "" && !d.of.m.dir.Has(name) {
		name = d.of.fallback
	}
	local, _ := d.of.m.dir.Local(name)
	return local
}

// sourceOf returns s, as one that has a path of this machine where the file holds
// what Open gives.
func sourceOf(s *source) dataset.Source {
	plain := s.m.seal.cipher == nil || s.sidecar != nil && !s.sidecar.Sealed
	if _, local := s.m.dir.Local(s.path); !plain || !local {
		return s
	}
	return onDisk{s, s}
}

// ownSource returns the source that an importer of this package made, nil of any
// other.
func ownSource(s dataset.Source) *source {
	switch s := s.(type) {
	case *source:
		return s
	case onDisk:
		return s.of
	}
	return nil
}

// asStored returns the file of a source as it lies in a dataset of this format,
// with the digest that the manifest has of it, where it can stand in this dataset
// as it is: in plain, or as a token under the same key. Nothing has to be
// decrypted and encrypted then.
func (e *exporter) asStored(of dataset.Source, seal bool) (dataset.Source, []byte) {
	s := ownSource(of)
	switch {
	case s == nil || s.sidecar == nil || s.sidecar.Sealed != seal:
		return nil, nil
	case seal && !s.m.opts.Key.Equal(e.key):
		return nil, nil
	case !seal:
		return of, s.sidecar.Digest
	}
	stored := storedToken{s}
	if _, local := s.m.dir.Local(s.path); local {
		return onDisk{stored, s}, s.sidecar.Digest
	}
	return stored, s.sidecar.Digest
}

// storedToken reads a media file that is a token, as a token.
type storedToken struct{ s *source }

// Open compares the end of a file of this machine with the manifest, so that a
// token that was cut or is another one is found even if a link is made of it and
// nobody reads it. Whoever reads it gets it when it was authenticated.
func (t storedToken) Open() (io.ReadCloser, error) {
	file, err := t.s.openFile()
	if err != nil {
		return nil, err
	}
	if _, local := t.s.m.dir.Local(t.s.path); local {
		if err := t.checkEnd(file); err != nil {
			file.Close()
			return nil, err
		}
	}
	return &tokenReader{t: t, file: file}, nil
}

func (t storedToken) checkEnd(file files.File) error {
	st, err := file.Stat()
	if err != nil {
		return t.s.wrap(err)
	}
	var text [48]byte // at least 34 bytes, 32 of which are the HMAC
	if st.Size() < int64(len(text)) {
		return t.s.misplaced()
	}
	if _, err := file.ReadAt(text[:], st.Size()-int64(len(text))); err != nil && err != io.EOF {
		return t.s.wrap(err)
	}
	raw, err := base64.URLEncoding.DecodeString(string(text[:]))
	if err != nil || !bytes.HasSuffix(raw, t.s.sidecar.Digest) || len(t.s.sidecar.Digest) == 0 {
		return t.s.misplaced()
	}
	return nil
}

// tokenReader reads the whole token when the first of it is asked for.
type tokenReader struct {
	t    storedToken
	file files.File
	held *[]byte
	text *bytes.Reader
}

// Read gives the token, if it is authentic.
func (r *tokenReader) Read(b []byte) (int, error) {
	if r.text == nil {
		if err := r.load(); err != nil {
			return 0, err
		}
	}
	return r.text.Read(b)
}

func (r *tokenReader) load() (err error) {
	s := r.t.s
	r.held = buffers.Get().(*[]byte)
	if *r.held, err = readAll((*r.held)[:0], r.file); err != nil {
		return s.wrap(err)
	}
	tag, err := s.m.seal.tag(*r.held)
	if err != nil {
		return s.wrap(err)
	}
	if !bytes.Equal(tag, s.sidecar.Digest) {
		return s.misplaced()
	}
	scratch := buffers.Get().(*[]byte)
	defer buffers.Put(scratch)
	*scratch, err = s.m.seal.cipher.AppendDecrypt((*scratch)[:0], *r.held)
	clear(*scratch)
	if err != nil {
		return s.wrap(formats.Reason(formats.ErrAuthentication, "the token is damaged: %w", err))
	}
	r.text = bytes.NewReader(*r.held)
	return nil
}

// Close closes the file.
func (r *tokenReader) Close() error {
	if r.held != nil {
		buffers.Put(r.held)
		r.held, r.text = nil, nil
	}
	return r.file.Close()
}
