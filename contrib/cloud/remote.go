package cloud

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"
	"sync"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"datum"
	"datum/files"
	"datum/formats"
)

// remote has the objects below a place, as package files reads them.
type remote struct {
	ctx    context.Context
	store  *Store
	at     location
	bucket *blob.Bucket

	mu sync.Mutex
	// changed has when those objects that are read in pieces were written: all
	// pieces have to be of the same object.
	changed map[string]time.Time
}

func (s *Store) connect(ctx context.Context, at location) (*remote, error) {
	b, err := s.open(ctx, at.bucket)
	if err != nil {
		return nil, failure(at.name, at.bucket.Scheme, err)
	}
	return &remote{ctx: ctx, store: s, at: at, bucket: b, changed: map[string]time.Time{}}, nil
}

// Close closes the bucket.
func (r *remote) Close() error { return r.bucket.Close() }

// list yields what is below the place, page by page.
func (r *remote) list(ctx context.Context) iter.Seq2[*blob.ListObject, error] {
	return func(yield func(*blob.ListObject, error) bool) {
		it := r.bucket.List(&blob.ListOptions{Prefix: r.at.prefix()})
		for {
			o, err := it.Next(ctx)
			if err == io.EOF {
				return
			}
			if err != nil {
				yield(nil, failure(r.at.name, r.at.bucket.Scheme, err))
				return
			}
			o.Key = o.Key[len(r.at.prefix()):]
			if o.Key == "" { // a mark that some programs make for an empty folder
				continue
			}
			if !yield(o, nil) {
				return
			}
		}
	}
}

// files yields what is below the place for a folder, and refuses a dataset that
// is being written. count counts.
func (r *remote) files(count *int) iter.Seq2[files.RemoteFile, error] {
	return func(yield func(files.RemoteFile, error) bool) {
		for o, err := range r.list(r.ctx) {
			if err != nil {
				yield(files.RemoteFile{}, err)
				return
			}
			if path.Base(o.Key) == markName {
				yield(files.RemoteFile{}, incomplete(path.Dir(o.Key), r.at.name))
				return
			}
			*count++
			if !yield(files.RemoteFile{Name: o.Key, Size: o.Size}, nil) {
				return
			}
		}
	}
}

func incomplete(dir, name string) error {
	if dir != "." {
		name += "/" + dir
	}
	err := formats.Reason(formats.ErrCorrupt, "%s: %w: a dataset is being written there, or that was interrupted", name, datum.ErrIncomplete)
	return formats.WithHint(err, "wait for it, or write it again with --overwrite")
}

// Read reads an object.
func (r *remote) Read(file files.RemoteFile, offset, length int64) (io.ReadCloser, error) {
	end := file.Size
	if length >= 0 {
		end = offset + length
	}
	s := &stream{remote: r, file: file, at: offset, end: end}
	if err := s.open(); err != nil {
		return nil, err
	}
	return s, nil
}

// stream reads a part of an object. Where the line breaks it goes on from there.
type stream struct {
	remote *remote
	file   files.RemoteFile
	at     int64
	end    int64
	reader *blob.Reader
	broken int
}

// maxBroken is how often a stream is taken up again without a byte having come.
const maxBroken = 4

func (s *stream) open() error {
	key := s.remote.at.prefix() + s.file.Name
	r, err := s.remote.bucket.NewRangeReader(s.remote.ctx, key, s.at, s.end-s.at, nil)
	if err != nil {
		return s.failure(err)
	}
	if r.Size() != s.file.Size || !s.remote.same(s.file.Name, r.ModTime(), s.at > 0 || s.end < s.file.Size) {
		return errors.Join(s.failure(errChanged), r.Close())
	}
	s.reader = r
	return nil
}

var errChanged = errors.New("it was changed while it was read")

// same reports whether a piece is of the object that the others were of.
func (r *remote) same(name string, changed time.Time, piece bool) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	before, known := r.changed[name]
	if !known && piece {
		r.changed[name] = changed
	}
	return !known || before.Equal(changed)
}

// Read is that of [io.Reader].
func (s *stream) Read(b []byte) (int, error) {
	if s.at == s.end {
		return 0, io.EOF
	}
	for {
		n, err := s.reader.Read(b)
		s.at += int64(n)
		if n > 0 || err == nil {
			s.broken = 0
			return n, nil
		}
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err := s.again(err); err != nil {
			return 0, err
		}
	}
}

// again takes the stream up where it broke.
func (s *stream) again(err error) error {
	for {
		if s.broken++; s.broken > maxBroken || permanent(err) || errors.Is(err, errChanged) || errors.Is(err, fs.ErrNotExist) {
			return s.failure(err)
		}
		if err := wait(s.remote.ctx, s.remote.store.pause<<s.broken); err != nil {
			return err
		}
		_ = s.reader.Close() // it is broken
		if err = s.open(); err == nil {
			return nil
		}
	}
}

// Close ends the reading.
func (s *stream) Close() error { return s.reader.Close() }

func (s *stream) failure(err error) error {
	var placed *fs.PathError
	switch {
	case errors.As(err, &placed):
		return err
	case gcerrors.Code(err) == gcerrors.NotFound:
		return &fs.PathError{Op: "open", Path: s.file.Name, Err: fmt.Errorf("%w: it is not there any more, or not to be seen", fs.ErrNotExist)}
	}
	return &fs.PathError{Op: "read", Path: s.file.Name, Err: failure("", s.remote.at.bucket.Scheme, err)}
}

func wait(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
