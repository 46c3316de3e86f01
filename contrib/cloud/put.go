package cloud

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"
	"golang.org/x/sync/errgroup"

	"datum/formats"
)

const (
	// uploads is how many objects are under way at once.
	uploads = 16
	// maxTries is how often an upload is tried.
	maxTries = 4
)

// Put stores a folder of this machine, or a file, under a URL, see [datum.Store].
func (s *Store) Put(ctx context.Context, url, local string, overwrite bool) error {
	at, err := parse(url)
	if err != nil {
		return err
	}
	st, err := os.Stat(local)
	if err != nil {
		return err
	}
	r, err := s.connect(ctx, at)
	if err != nil {
		return err
	}
	defer r.Close()
	if !st.IsDir() {
		return r.putFile(ctx, local, overwrite)
	}
	u := &upload{remote: r, local: local, overwrite: overwrite}
	return u.run(ctx)
}

// putFile stores a file as one object, which is there before or after.
func (r *remote) putFile(ctx context.Context, local string, overwrite bool) error {
	if r.at.key == "" {
		return formats.Reason(formats.ErrUsage, "%s: an object has to have a name", r.at.name)
	}
	err := r.putObject(ctx, r.at.key, local, !overwrite)
	if isThere(err) {
		return exists(r.at.name)
	}
	return failure(r.at.name, r.at.bucket.Scheme, err)
}

func exists(name string) error {
	return formats.WithHint(formats.Reason(formats.ErrExists, "%s: it exists already", name), "--overwrite replaces it")
}

// isThere reports whether an object was not written since there is one already.
func isThere(err error) bool {
	switch gcerrors.Code(err) {
	case gcerrors.FailedPrecondition, gcerrors.AlreadyExists:
		return true
	}
	return answered(err, "ConditionalRequestConflict") // another request was faster by a moment
}

// answered reports whether a cloud gave this code of its own.
func answered(err error, code string) bool {
	var answer interface{ ErrorCode() string }
	return errors.As(err, &answer) && answer.ErrorCode() == code
}

// putObject uploads a file, and tries again where that makes sense.
func (r *remote) putObject(ctx context.Context, key, local string, onlyNew bool) error {
	for try := 1; ; try++ {
		err := r.putOnce(ctx, key, local, onlyNew)
		switch {
		case err == nil:
			return nil
		case isThere(err) && try > 1:
			return r.itArrived(ctx, key, local, err)
		case try == maxTries || permanent(err) || isThere(err):
			return err
		}
		if err := wait(ctx, r.store.pause<<try); err != nil {
			return err
		}
	}
}

// itArrived says whether an object that is there after a try that failed is
// what that try wrote: only its answer got lost.
func (r *remote) itArrived(ctx context.Context, key, local string, err error) error {
	st, err1 := os.Stat(local)
	a, err2 := r.bucket.Attributes(ctx, key)
	if err1 == nil && err2 == nil && st.Size() == a.Size && time.Since(a.ModTime) < time.Hour {
		return nil
	}
	return err
}

func (r *remote) putOnce(ctx context.Context, key, local string, onlyNew bool) error {
	in, err := os.Open(local)
	if err != nil {
		return err
	}
	defer in.Close()
	ctx, stop := context.WithCancel(ctx) // ends an upload that is not to be completed
	defer stop()
	out, err := r.bucket.NewWriter(ctx, key, &blob.WriterOptions{IfNotExist: onlyNew, MaxConcurrency: 2})
	if err != nil {
		return err
	}
	if _, err = io.Copy(out, in); err != nil {
		stop()
		return errors.Join(err, out.Close())
	}
	return out.Close()
}

// upload stores a folder.
type upload struct {
	*remote
	local     string
	overwrite bool
	old       map[string]int64 // the sizes of what is there

	mu       sync.Mutex
	made     []string // keys of new objects, some of them perhaps not there
	replaced bool     // whether an old object is no longer what it was
}

// object is a file to be uploaded.
type object struct {
	name string
	size int64
	late bool // says what there is, and comes after all that it speaks of
	old  bool // replaces another
}

func (u *upload) run(ctx context.Context) error {
	m := newMark(u.remote)
	if err := m.take(ctx, u.overwrite); err != nil {
		return err
	}
	inside, stop := context.WithCancelCause(ctx)
	kept := make(chan struct{})
	go func() { defer close(kept); m.keep(inside, stop) }()
	err := u.transfer(inside, m)
	if cause := context.Cause(inside); cause != nil && ctx.Err() == nil {
		err = cause
	}
	stop(nil)
	<-kept // it must not write the mark again
	if err == nil {
		err = m.remove(ctx)
	}
	if err == nil {
		return nil
	}
	return u.cleanUp(ctx, m, err)
}

// transfer uploads everything, looks whether it is there, and deletes what no
// longer belongs to it.
func (u *upload) transfer(ctx context.Context, m *mark) error {
	var err error
	if u.old, err = u.sizes(ctx); err != nil {
		return err
	}
	if len(u.old) > 0 && !u.overwrite {
		return exists(u.at.name)
	}
	objects, err := u.plan()
	if err != nil {
		return err
	}
	late := slices.IndexFunc(objects, func(o object) bool { return o.late })
	if late < 0 {
		late = len(objects)
	}
	for _, part := range [][]object{objects[:late], objects[late:]} {
		if err := u.send(ctx, part); err != nil {
			return err
		}
	}
	if err := m.check(ctx); err != nil {
		return err
	}
	return u.compare(ctx, objects)
}

// sizes returns the sizes of the objects that are there, the mark left out.
func (u *upload) sizes(ctx context.Context) (map[string]int64, error) {
	sizes := map[string]int64{}
	for o, err := range u.list(ctx) {
		if err != nil {
			return nil, err
		}
		if o.Key != markName {
			sizes[o.Key] = o.Size
		}
	}
	return sizes, nil
}

// plan lists the folder in the order of uploading: media first, and of these
// the ones that replace nothing, so that a failure most likely has replaced
// nothing; then everything else, since it speaks of the media.
func (u *upload) plan() ([]object, error) {
	var objects []object
	err := filepath.WalkDir(u.local, func(p string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, err := filepath.Rel(u.local, p)
		if err != nil {
			return err
		}
		st, err := e.Info()
		if err != nil {
			return err
		}
		if !st.Mode().IsRegular() {
			return fmt.Errorf("%s: it is no regular file", rel)
		}
		name := filepath.ToSlash(rel)
		_, old := u.old[name]
		objects = append(objects, object{name: name, size: st.Size(), late: !isMedia(name), old: old})
		return nil
	})
	slices.SortStableFunc(objects, func(a, b object) int {
		return cmp.Or(compareBool(a.late, b.late), compareBool(a.old, b.old))
	})
	return objects, err
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// mediaEnds are the extensions of media files. A file that is taken for one by
// mistake is uploaded too early by as much: readers go by the mark.
var mediaEnds = []string{".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".gif", ".tif", ".tiff", ".webp", ".ppm", ".pgm", ".pcd", ".ply", ".bin",
	".mp4", ".m4v", ".mov", ".avi", ".mkv", ".webm"}

func isMedia(name string) bool {
	return slices.Contains(mediaEnds, strings.ToLower(path.Ext(name)))
}

// send uploads objects, several at a time, and returns when none is under way.
// Where one fails, those under way are not broken off: a request that is may be
// served all the same, after what it made was to be deleted.
func (u *upload) send(ctx context.Context, objects []object) error {
	group, inside := errgroup.WithContext(ctx)
	group.SetLimit(uploads)
	for _, o := range objects {
		if inside.Err() != nil {
			break
		}
		key := u.at.prefix() + o.name
		u.note(key, o)
		group.Go(func() error {
			err := u.putObject(ctx, key, filepath.Join(u.local, filepath.FromSlash(o.name)), false)
			return failure(u.at.name+"/"+o.name, u.at.bucket.Scheme, err)
		})
	}
	return cmp.Or(group.Wait(), ctx.Err())
}

func (u *upload) note(key string, o object) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if o.old {
		u.replaced = true
	} else {
		u.made = append(u.made, key)
	}
}

// compare looks whether all that was uploaded is there, and deletes the rest.
func (u *upload) compare(ctx context.Context, objects []object) error {
	there, err := u.sizes(ctx)
	if err != nil {
		return err
	}
	for _, o := range objects {
		if size, ok := there[o.name]; !ok || size != o.size {
			return fmt.Errorf("%s/%s: it was uploaded and is not there as a whole; is something else writing there?", u.at.name, o.name)
		}
		delete(there, o.name)
	}
	var stale []string
	for name := range there {
		if _, ours := u.old[name]; ours { // what others put there meanwhile is theirs
			stale = append(stale, u.at.prefix()+name)
		}
	}
	u.replaced = u.replaced || len(stale) > 0
	return u.delete(ctx, stale)
}

func (u *upload) delete(ctx context.Context, keys []string) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(uploads)
	for _, key := range keys {
		group.Go(func() error {
			err := u.bucket.Delete(ctx, key)
			if gcerrors.Code(err) == gcerrors.NotFound {
				return nil
			}
			return failure(u.at.name, u.at.bucket.Scheme, err)
		})
	}
	return group.Wait()
}
