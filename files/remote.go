package files

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"sync"
)

// Remote reads files that lie elsewhere, as the objects of a bucket do. Several
// goroutines may use it.
type Remote interface {
	// Read starts to read length bytes of a file from an offset on, or all that
	// follow where length is negative. It is an error if the file does not have
	// the size that it was listed with.
	Read(file RemoteFile, offset, length int64) (io.ReadCloser, error)
	io.Closer
}

// RemoteFile is a file of a [Remote].
type RemoteFile struct {
	Name string
	Size int64
}

// RemotePlace says where a folder of a [Remote] is.
type RemotePlace struct {
	// Path is what people are told; it may be a URL, without secrets.
	Path string
	// Only is the file that was asked for, see [Folder.Only].
	Only string
	// Above opens the folder above and says what this one is called in it; nil
	// where there is none.
	Above func() (parent *Folder, name string, err error)
}

// OpenRemote makes a folder of the listed files, each of them once and in any
// order. Names are checked as those of archives are, and the limit on the
// entries of an archive counts. The folder closes r; it is not closed where
// there is an error.
//
// A file is read as a stream as long as it is read from front to back. Where it
// is read elsewhere it is fetched once, as a whole, into memory or an encrypted
// temporary file, which stay for those who open it again.
func OpenRemote(r Remote, list iter.Seq2[RemoteFile, error], at RemotePlace, l Limits) (*Folder, error) {
	x := newIndex(l.WithDefaults())
	for file, err := range list {
		if err == nil && file.Size < 0 {
			err = named(file.Name, errors.New("its size is negative"))
		}
		if err == nil {
			err = x.add(file.Name, entry{length: file.Size})
		}
		if err != nil {
			return nil, err
		}
	}
	if err := x.finish(); err != nil {
		return nil, err
	}
	whole := &wholeFiles{remote: r, files: map[string]*wholeFile{}}
	t := &archiveTree{index: x, closer: whole, data: func(name string, e *entry) (File, error) {
		return &remoteFile{remote: r, whole: whole, name: name, entry: e}, nil
	}}
	f := folderOf(t, at.Path)
	f.only, f.up = at.Only, at.Above
	return f, nil
}

// OpenRemoteArchive opens the folder in an archive that is a file of r, or
// returns nil where the file is none. A zip is read where it lies; the others,
// which have to be read from front to back, are kept as [OpenStream] keeps them.
// The folder closes r; it is not closed where there is none.
func OpenRemoteArchive(r Remote, file RemoteFile, path string, l Limits) (*Folder, error) {
	l = l.WithDefaults()
	in := newBlockReader(r, file)
	head := make([]byte, min(file.Size, tarBlock))
	err := readFullAt(in, head, 0)
	var t *archiveTree
	if err == nil {
		t, err = remoteTree(r, in, file, sniff(head, path), path, l)
	}
	if _, ok := KindOf(path); ok && t == nil && err == nil {
		err = fmt.Errorf("%w: it has the name of an archive, but is no zip, tar, tar.gz or tar.zst", ErrArchive)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if t == nil {
		return nil, nil
	}
	return folderOf(t, path), nil
}

func remoteTree(r Remote, in *blockReader, file RemoteFile, kind, path string, l Limits) (*archiveTree, error) {
	switch kind {
	case "":
		return nil, nil
	case "zip":
		return newTree(kind, in, file.Size, r, l)
	}
	stream, err := r.Read(file, 0, -1)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	t, err := streamTree(bufio.NewReaderSize(stream, 64<<10), path, func() int64 { return file.Size }, l)
	if t != nil {
		t.closer = closers{t.closer, r}
	}
	return t, err
}

type closers []io.Closer

func (c closers) Close() (err error) {
	for _, x := range c {
		err = errors.Join(err, x.Close())
	}
	return err
}

// How a remote file is read as a stream.
const (
	// keptHead is how much of its beginning is kept while it is open, since
	// who looks at what it is begins again afterwards.
	keptHead = 64 << 10
	// skipAtMost is how far ahead is better read over than asked for anew.
	skipAtMost = 256 << 10
	// drainAtMost is what is read of a stream that is given up, since a
	// connection whose answer was read to its end is used again.
	drainAtMost = 64 << 10
)

// remoteFile is an open file of a [Remote].
type remoteFile struct {
	remote Remote
	whole  *wholeFiles
	name   string
	entry  *entry

	mu       sync.Mutex
	at       int64 // of Read
	head     []byte
	stream   io.ReadCloser
	streamAt int64
	random   *wholeFile // nil until it is needed
	closed   bool
}

func (f *remoteFile) Stat() (fs.FileInfo, error) { return f.entry, nil }

// Read is that of [io.Reader].
func (f *remoteFile) Read(b []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return 0, f.failure("read", fs.ErrClosed)
	}
	left := f.entry.length - f.at
	if left <= 0 {
		return 0, io.EOF
	}
	if len(b) == 0 {
		return 0, nil
	}
	n, err := f.read(b[:min(int64(len(b)), left)])
	f.at += int64(n)
	return n, f.failure("read", err)
}

// read reads at least a byte of what is there.
func (f *remoteFile) read(b []byte) (int, error) {
	if f.random == nil {
		f.random = f.whole.ready(f.name)
	}
	if f.random != nil {
		n, err := f.random.spool.ReadAt(b, f.at)
		if n > 0 {
			err = nil
		}
		return n, err
	}
	if f.at < int64(len(f.head)) {
		return copy(b, f.head[f.at:]), nil
	}
	if err := f.reach(); err != nil {
		return 0, err
	}
	n, err := io.ReadAtLeast(f.stream, b, 1)
	f.passed(b[:n])
	if n > 0 {
		return n, nil
	}
	return 0, endsEarly(err)
}

// reach brings the stream to where is to be read.
func (f *remoteFile) reach() error {
	ahead := f.at - f.streamAt
	if f.stream == nil || ahead < 0 || ahead > skipAtMost {
		f.giveUp()
		stream, err := f.remote.Read(RemoteFile{f.name, f.entry.length}, f.at, -1)
		if err != nil {
			return err
		}
		f.stream, f.streamAt = stream, f.at
		return nil
	}
	if ahead == 0 {
		return nil
	}
	over := make([]byte, ahead)
	n, err := io.ReadFull(f.stream, over)
	f.passed(over[:n])
	return endsEarly(err)
}

// passed notes what came out of the stream.
func (f *remoteFile) passed(b []byte) {
	if f.streamAt == int64(len(f.head)) && len(f.head) < keptHead {
		f.head = append(f.head, b[:min(len(b), keptHead-len(f.head))]...)
	}
	f.streamAt += int64(len(b))
}

func (f *remoteFile) giveUp() {
	if f.stream == nil {
		return
	}
	if f.entry.length-f.streamAt <= drainAtMost {
		_, _ = io.Copy(io.Discard, io.LimitReader(f.stream, drainAtMost))
	}
	_ = f.stream.Close() // nothing more is wanted of it
	f.stream = nil
}

// ReadAt is that of [io.ReaderAt].
func (f *remoteFile) ReadAt(b []byte, off int64) (int, error) {
	f.mu.Lock()
	r, err := f.wholeFile()
	f.mu.Unlock()
	if err != nil {
		return 0, f.failure("read", err)
	}
	n, err := r.spool.ReadAt(b, off)
	return n, f.failure("read", err)
}

func (f *remoteFile) wholeFile() (*wholeFile, error) {
	if f.closed {
		return nil, fs.ErrClosed
	}
	if f.random == nil {
		f.giveUp()
		w, err := f.whole.fetch(f.name, f.entry.length)
		if err != nil {
			return nil, err
		}
		f.random = w
	}
	return f.random, nil
}

// Seek is that of [io.Seeker]. By itself it fetches nothing.
func (f *remoteFile) Seek(offset int64, whence int) (int64, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	at, err := sought(f.at, f.entry.length, offset, whence)
	if err != nil {
		return 0, f.failure("seek", err)
	}
	f.at = at
	return at, nil
}

// Close ends the reading.
func (f *remoteFile) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return f.failure("close", fs.ErrClosed)
	}
	f.closed = true
	f.giveUp()
	if f.random != nil {
		f.whole.release(f.random)
	}
	return nil
}

func (f *remoteFile) failure(op string, err error) error {
	var placed *fs.PathError
	if err == nil || err == io.EOF || errors.As(err, &placed) {
		return err
	}
	return &fs.PathError{Op: op, Path: f.name, Err: err}
}

// fetchAll reads a file of a known size into a spool.
func fetchAll(r Remote, name string, size int64) (*spool, error) {
	if size == 0 {
		return new(spool), nil
	}
	stream, err := r.Read(RemoteFile{name, size}, 0, -1)
	if err != nil {
		return nil, err
	}
	defer stream.Close()
	s, err := spoolAll(io.LimitReader(stream, size))
	if err != nil {
		return nil, err
	}
	if s.size < size {
		return nil, errors.Join(endsEarly(io.EOF), s.Close())
	}
	s.memory = bytes.Clone(s.memory) // which appending made larger
	return s, nil
}

// endsEarly tells the end of a stream before that of its file from other errors.
func endsEarly(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}
