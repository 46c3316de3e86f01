package cloud

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"datum"
	"datum/files"
	"datum/formats"
)

// Store opens and writes s3://, gs:// and azblob:// URLs. It is a [datum.Store].
type Store struct {
	open func(context.Context, *url.URL) (*blob.Bucket, error)
	// pause is the first pause before something is tried again; each is twice
	// as long as the one before.
	pause time.Duration
}

var _ datum.Store = (*Store)(nil)

// New returns a store. It connects to nothing before it is used.
func New() *Store { return &Store{open: openBucket, pause: 100 * time.Millisecond} }

// Open opens the folder, file or archive behind a URL, see [datum.Store].
func (s *Store) Open(ctx context.Context, url string, l files.Limits) (*files.Folder, error) {
	at, err := parse(url)
	if err != nil {
		return nil, err
	}
	return s.openAt(ctx, at, l)
}

func (s *Store) openAt(ctx context.Context, at location, l files.Limits) (*files.Folder, error) {
	size := int64(-1)
	if !at.folder {
		r, err := s.connect(ctx, at)
		if err != nil {
			return nil, err
		}
		size, err = r.sizeOf(at.key)
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
	}
	if size < 0 {
		return s.openFolder(ctx, at, "", l)
	}
	return s.openFile(ctx, at, size, l)
}

// sizeOf returns the size of an object, -1 where there is none.
func (r *remote) sizeOf(key string) (int64, error) {
	a, err := r.bucket.Attributes(r.ctx, key)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return -1, nil
	}
	if err != nil {
		return -1, failure(r.at.name, r.at.bucket.Scheme, err)
	}
	return a.Size, nil
}

// openFile opens an archive, or the folder that a file lies in.
func (s *Store) openFile(ctx context.Context, at location, size int64, l files.Limits) (*files.Folder, error) {
	f, err := s.openArchive(ctx, at, size, l)
	if f != nil || err != nil {
		return f, err
	}
	up, base, _ := at.above()
	return s.openFolder(ctx, up, base, l)
}

// openArchive returns nil where the object is none.
func (s *Store) openArchive(ctx context.Context, at location, size int64, l files.Limits) (*files.Folder, error) {
	up, base, _ := at.above()
	r, err := s.connect(ctx, up)
	if err != nil {
		return nil, err
	}
	f, err := files.OpenRemoteArchive(r, files.RemoteFile{Name: base, Size: size}, at.name, l)
	if f == nil {
		err = errors.Join(err, r.Close())
	}
	return f, err
}

// openFolder lists a folder and opens it. only is the file that is meant.
func (s *Store) openFolder(ctx context.Context, at location, only string, l files.Limits) (*files.Folder, error) {
	r, err := s.connect(ctx, at)
	if err != nil {
		return nil, err
	}
	place, count := files.RemotePlace{Path: at.name, Only: only}, 0
	if up, base, ok := at.above(); ok {
		place.Above = func() (*files.Folder, string, error) {
			f, err := s.openFolder(ctx, up, "", l)
			return f, base, err
		}
	}
	f, err := files.OpenRemote(r, r.files(&count), place, l)
	switch {
	case err == nil && count > 0:
		return f, nil
	case err == nil:
		err = formats.Reason(formats.ErrUnknownFormat, "%s: there is no such object, and none below it", at.name)
	case errors.Is(err, files.ErrArchive), errors.Is(err, files.ErrLeaves), errors.Is(err, files.ErrLimit):
		err = fmt.Errorf("%s: its objects cannot be files of a folder: %w", at.name, err)
	}
	return nil, errors.Join(err, r.Close())
}

// Look opens what would be replaced, see [datum.Store].
func (s *Store) Look(ctx context.Context, url string, overwrite bool, l files.Limits) (*files.Folder, error) {
	at, err := parse(url)
	if err != nil {
		return nil, err
	}
	r, err := s.connect(ctx, at)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	size := int64(-1)
	if !at.folder {
		if size, err = r.sizeOf(at.key); err != nil {
			return nil, err
		}
	}
	if _, archive := files.KindOf(at.name); archive && !at.folder {
		return s.lookAtFile(ctx, at, size, overwrite, l)
	}
	if size >= 0 {
		return nil, formats.WithHint(formats.Reason(formats.ErrExists, "%s: an object of this name exists already", at.name), "choose another name")
	}
	return s.lookAtFolder(ctx, r, overwrite, l)
}

// lookAtFile judges the archive that would be replaced.
func (s *Store) lookAtFile(ctx context.Context, at location, size int64, overwrite bool, l files.Limits) (*files.Folder, error) {
	if size < 0 {
		return nil, nil
	}
	if !overwrite {
		return nil, exists(at.name)
	}
	f, err := s.openArchive(ctx, at, size, l)
	if errors.Is(err, files.ErrArchive) || errors.Is(err, files.ErrLeaves) {
		return nil, formats.WithHint(formats.Reason(formats.ErrExists, "%s: it is no archive that could be read, and it would be deleted", at.name),
			"choose another name, or delete this one yourself")
	}
	return f, err
}

// lookAtFolder judges the folder that would be replaced.
func (s *Store) lookAtFolder(ctx context.Context, r *remote, overwrite bool, l files.Limits) (*files.Folder, error) {
	m := newMark(r)
	if left, err := m.judge(ctx, overwrite); left || err != nil {
		return nil, err // what was left there is ours
	}
	for _, err := range r.list(ctx) {
		switch {
		case err != nil:
			return nil, err
		case !overwrite:
			return nil, exists(r.at.name)
		}
		return s.openFolder(ctx, r.at, "", l)
	}
	return nil, nil
}
