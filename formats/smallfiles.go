package formats

import (
	"bytes"
	"sync"

	"datum/internal/workers"
)

// SmallFiles are files that the writer of a format made of a few items, to be
// saved together: tens of thousands of annotation files are handed from one
// goroutine to the next in hundreds of lists of them.
//
// The content of a file is appended to Text, and then End gives it its name.
type SmallFiles struct {
	Text  []byte
	files []smallFile
}

// smallFile ends at a place of a text, and begins where the one before it ends.
type smallFile struct {
	name string
	end  int
}

const (
	// manyFiles and muchText are from where on files are saved.
	manyFiles = 64
	muchText  = 256 << 10
	// maxKept bounds the buffers that are used again.
	maxKept = 4 << 20
	// maxFiling bounds the lists that are waiting to be saved.
	maxFiling = 4
)

var usedSmallFiles = sync.Pool{New: func() any { return &SmallFiles{} }}

// NewSmallFiles returns an empty list.
func NewSmallFiles() *SmallFiles { return usedSmallFiles.Get().(*SmallFiles) }

// End gives what was appended to Text since the last call a name, which is a
// slash-separated path.
func (s *SmallFiles) End(name string) { s.files = append(s.files, smallFile{name, len(s.Text)}) }

// Full reports whether it is time to save them.
func (s *SmallFiles) Full() bool { return len(s.files) >= manyFiles || len(s.Text) >= muchText }

// each calls f for each file.
func (s *SmallFiles) each(f func(name string, content []byte) error) error {
	from := 0
	for _, x := range s.files {
		if err := f(x.name, s.Text[from:x.end:x.end]); err != nil {
			return err
		}
		from = x.end
	}
	return nil
}

// release makes the buffers those of another list.
func (s *SmallFiles) release() {
	if cap(s.Text) > maxKept {
		return
	}
	clear(s.files)
	s.Text, s.files = s.Text[:0], s.files[:0]
	usedSmallFiles.Put(s)
}

// SaveBytes saves content that the writer of a format made, such as an
// annotation file of an item, in the same places as media.
func (w *MediaWriter) SaveBytes(to string, content []byte) error {
	if w.opts.Archive != nil {
		return w.handIn(maxPending, to, func() ([]byte, error) { return content, nil })
	}
	if w.small == nil {
		w.small = NewSmallFiles()
	}
	w.small.Text = append(w.small.Text, content...)
	w.small.End(to)
	if !w.small.Full() {
		return nil
	}
	return w.fileSmall()
}

// fileSmall begins to save what [MediaWriter.SaveBytes] has collected.
func (w *MediaWriter) fileSmall() error {
	s := w.small
	if w.small = nil; s == nil {
		return nil
	}
	return w.SaveFiles(s)
}

// SaveFiles saves files, which belong to the writer from then on. In a folder
// they are made one after the other on a goroutine of their own: the system
// makes one file at a time in a folder, and more goroutines would only spend
// time in waiting.
func (w *MediaWriter) SaveFiles(s *SmallFiles) error {
	if w.opts.Archive != nil {
		return w.archiveFiles(s)
	}
	if err := w.waitFiling(maxFiling - 1); err != nil {
		return err
	}
	w.filing = append(w.filing, workers.Go(w.filer, func() (struct{}, error) {
		err := s.each(func(name string, content []byte) error { return w.there(name, w.files.Write(name, content)) })
		s.release()
		return struct{}{}, err
	}))
	return nil
}

// archiveFiles adds files to the archive, in their turn.
func (w *MediaWriter) archiveFiles(s *SmallFiles) error {
	if err := w.wait(maxPending - 1); err != nil {
		return err
	}
	add := func() error {
		defer s.release()
		return s.each(func(name string, content []byte) error {
			return w.opts.Archive.Add(name, int64(len(content)), bytes.NewReader(content))
		})
	}
	w.pending = append(w.pending, workers.Go(w.pool, func() (func() error, error) { return add, nil }))
	return nil
}

// waitFiling waits until no more than most lists are waiting to be saved.
func (w *MediaWriter) waitFiling(most int) error {
	for len(w.filing) > most {
		_, err := w.filing[0].Wait()
		w.filing = w.filing[1:]
		if err != nil {
			return err
		}
	}
	return nil
}
