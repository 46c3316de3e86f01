package files

import (
	"errors"
	"slices"
	"sync"
)

// keptWhole is how many files that nobody reads at the moment are kept.
const keptWhole = 64

// wholeFiles has the files of a [Remote] that were fetched to be read at any
// offset. A format opens its annotation file several times: it is fetched once.
type wholeFiles struct {
	remote Remote
	mu     sync.Mutex
	files  map[string]*wholeFile
	idle   []*wholeFile // the oldest first
}

type wholeFile struct {
	name  string
	ended chan struct{}
	spool *spool
	err   error
	users int
}

// ready returns a file that was fetched already, nil where it was not.
func (w *wholeFiles) ready(name string) *wholeFile {
	w.mu.Lock()
	defer w.mu.Unlock()
	f := w.files[name]
	if f == nil || f.spool == nil {
		return nil
	}
	w.take(f)
	return f
}

// fetch returns a file, fetched or waited for. Whoever got it gives it back by
// release.
func (w *wholeFiles) fetch(name string, size int64) (*wholeFile, error) {
	w.mu.Lock()
	f := w.files[name]
	if f != nil {
		w.take(f)
		w.mu.Unlock()
		<-f.ended
		return f, f.err
	}
	f = &wholeFile{name: name, ended: make(chan struct{}), users: 1}
	w.files[name] = f
	w.mu.Unlock()

	s, err := fetchAll(w.remote, name, size)
	w.mu.Lock()
	f.spool, f.err = s, err
	if err != nil {
		delete(w.files, name) // the next one tries again
	}
	w.mu.Unlock()
	close(f.ended)
	return f, err
}

func (w *wholeFiles) take(f *wholeFile) {
	f.users++
	if i := slices.Index(w.idle, f); i >= 0 {
		w.idle = slices.Delete(w.idle, i, i+1)
	}
}

func (w *wholeFiles) release(f *wholeFile) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if f.users--; f.users > 0 {
		return
	}
	w.idle = append(w.idle, f)
	if len(w.idle) > keptWhole {
		oldest := w.idle[0]
		w.idle = w.idle[1:]
		delete(w.files, oldest.name)
		_ = oldest.spool.Close() // it is read only
	}
}

// Close closes what is kept, and the remote.
func (w *wholeFiles) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var err error
	for _, f := range w.files {
		if f.spool != nil {
			err = errors.Join(err, f.spool.Close())
		}
	}
	w.files, w.idle = map[string]*wholeFile{}, nil
	return errors.Join(err, w.remote.Close())
}
