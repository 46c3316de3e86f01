package cvat

import (
	"sync"

	"datum/files"
)

// handles are the annotation files that are open while items are read: the one
// asked for last, and those that somebody still reads.
type handles struct {
	mu   sync.Mutex
	last *source
	open map[*source]*handle
}

type handle struct {
	file  files.File
	users int
}

// take opens a file, or gives the one that is open; free gives it back.
func (h *handles) take(x *source) (files.File, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last != x {
		old := h.last
		h.last = x
		h.drop(old)
	}
	f := h.open[x]
	if f == nil {
		file, err := x.open()
		if err != nil {
			return nil, err
		}
		f = &handle{file: file}
		h.open[x] = f
	}
	f.users++
	return f.file, nil
}

func (h *handles) free(x *source) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.open[x].users--
	h.drop(x)
}

// drop closes a file that nobody needs.
func (h *handles) drop(x *source) {
	if f := h.open[x]; f != nil && f.users == 0 && x != h.last {
		f.file.Close()
		delete(h.open, x)
	}
}

// close closes all files; nobody uses them any more.
func (h *handles) close() {
	for _, f := range h.open {
		f.file.Close()
	}
	h.open = nil
}
