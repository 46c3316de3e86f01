package resume

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Into says which folder is being filled now, and how files in it are flushed.
func (j *Journal) Into(staging string, flush func(paths []string) error) {
	j.staging, j.flush = staging, flush
}

// Take puts the file that an earlier run finished as path into the folder being
// filled, and returns the note that was made of it. Taken is false where there
// is no such file, where it is not as it was, where the stamp of its source is
// another one, or where it may not have reached the disk and proof says that it
// is not whole.
func (j *Journal) Take(path, stamp string, proof func(file io.Reader, note []byte) (bool, error)) (note []byte, taken bool, err error) {
	where, ok := j.lines[hash(path)]
	if !ok || !filepath.IsLocal(path) {
		return nil, false, nil
	}
	d, err := j.line(where.at)
	if err != nil || d == nil || d.Path != path || d.Stamp != stamp {
		return nil, false, err
	}
	from, to := filepath.Join(j.media(), filepath.FromSlash(path)), filepath.Join(j.staging, filepath.FromSlash(path))
	if !d.describes(from) {
		return nil, false, nil
	}
	certain := where.n < j.certain
	if !certain {
		whole, err := prove(from, d.Note, proof)
		if err != nil || !whole {
			return nil, false, err
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return nil, false, err
	}
	if err := os.Rename(from, to); err != nil {
		return nil, false, err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.taken++
	if !certain {
		j.pending = append(j.pending, path)
	}
	return d.Note, true, nil
}

// describes reports whether a file is as it was when the line was written.
func (d *done) describes(path string) bool {
	st, err := os.Lstat(path)
	return err == nil && st.Mode().IsRegular() && inode(st) == d.Inode && st.Size() == d.Size && st.ModTime().UnixNano() == d.Time
}

// inode tells a file from one that has taken its place, such as that of an old
// dataset with which the folder was exchanged.
func inode(st fs.FileInfo) uint64 {
	if sys, ok := st.Sys().(*syscall.Stat_t); ok {
		return uint64(sys.Ino)
	}
	return 0
}

func prove(path string, note []byte, proof func(io.Reader, []byte) (bool, error)) (bool, error) {
	f, err := os.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	return proof(f, note)
}

// Done notes that the file path in the folder being filled is whole. The stamp
// tells when its source has changed, and note is given back by Take.
func (j *Journal) Done(path, stamp string, note []byte) error {
	st, err := os.Lstat(filepath.Join(j.staging, filepath.FromSlash(path)))
	if err != nil {
		return err
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	if err := j.append(record{Done: &done{Path: path, Inode: inode(st), Size: st.Size(), Time: st.ModTime().UnixNano(), Stamp: stamp, Note: note}}); err != nil {
		return err
	}
	if _, known := j.lines[hash(path)]; !known {
		j.made++
	}
	j.pending = append(j.pending, path)
	if j.busy || time.Since(j.flushed) < flushInterval {
		return nil
	}
	return j.flushPending()
}

// flushPending flushes the files that are finished, while others go on, and says
// so in the journal. The caller holds the lock, which is given up meanwhile.
func (j *Journal) flushPending() error {
	if len(j.pending) == 0 {
		return nil
	}
	paths, below := j.pending, j.n
	j.pending, j.busy = nil, true
	j.mu.Unlock()
	for i, p := range paths {
		paths[i] = filepath.Join(j.staging, filepath.FromSlash(p))
	}
	err := j.flush(paths)
	j.mu.Lock()
	j.busy, j.flushed = false, time.Now()
	if err != nil {
		return err
	}
	if err := j.append(record{Flushed: below}); err != nil {
		return err
	}
	return j.file.Sync()
}

// Taken is how many files were taken over.
func (j *Journal) Taken() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.taken
}

// Finished is how many files are finished, made by this run or an earlier one:
// also those that this run has not come to yet.
func (j *Journal) Finished() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.lines) + j.made
}

// Keep flushes what is finished and closes the journal, for a run that is
// interrupted.
func (j *Journal) Keep() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := errors.Join(j.flushPending(), j.file.Close())
	j.file = nil
	return err
}

// Close closes the journal of a run that has succeeded.
func (j *Journal) Close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	err := j.file.Close()
	j.file = nil
	return err
}

// moveInto moves all files below from to the same places below to. What is there
// already is replaced: it is older.
func moveInto(from, to string) error {
	if _, err := os.Lstat(from); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	err := os.Rename(from, to)
	if err == nil {
		return nil
	}
	return filepath.WalkDir(from, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		target := filepath.Join(to, rel)
		if e.IsDir() {
			return os.MkdirAll(target, 0o777)
		}
		return os.Rename(path, target)
	})
}
