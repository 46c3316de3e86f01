package files

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
)

// ErrArchive says that an archive is damaged, or made so that programs would
// not agree about what is in it, or has what is not read. The error says what,
// and of which entry.
var ErrArchive = errors.New("bad archive")

// Open opens a folder of this machine, as [OpenFolder] does, or the folder in
// an archive, where name is a zip, tar, tar.gz or tar.zst file by its content.
// A named pipe is read as [OpenStream] reads one.
//
// A tar.gz or tar.zst is unpacked once, into memory or, where it is larger, an
// encrypted temporary file; zip and tar are read where they lie.
func Open(name string, l Limits) (*Folder, error) {
	st, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	pipe := st.Mode().Type() == fs.ModeNamedPipe
	if !st.Mode().IsRegular() && !pipe {
		return OpenFolder(name)
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	if pipe {
		defer file.Close()
		return OpenStream(file, name, l)
	}
	t, err := openArchive(file, name, l.WithDefaults())
	if err != nil {
		file.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if t == nil {
		file.Close()
		return OpenFolder(name)
	}
	return folderOf(t, name), nil
}

// OpenStream reads an archive that cannot be read twice, such as standard
// input, to its end. name is what people are told it is. The bytes are kept in
// memory or, where they are many, in an encrypted temporary file. It does not
// close r.
func OpenStream(r io.Reader, name string, l Limits) (*Folder, error) {
	l = l.WithDefaults()
	read := &countingReader{r: r}
	in := bufio.NewReaderSize(read, 64<<10)
	t, err := streamTree(in, name, func() int64 { return read.n }, l)
	if err == nil && t == nil {
		err = fmt.Errorf("%w: it is no zip, tar, tar.gz or tar.zst", ErrArchive)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return folderOf(t, name), nil
}

// openArchive returns nil for a file that is no archive. The tree closes the
// file, or it is closed already.
func openArchive(file *os.File, name string, l Limits) (*archiveTree, error) {
	st, err := file.Stat()
	if err != nil {
		return nil, err
	}
	size := st.Size()
	head := make([]byte, min(size, tarBlock))
	if err := readFullAt(file, head, 0); err != nil {
		return nil, err
	}
	var t *archiveTree
	switch kind := sniff(head, name); kind {
	case "zip", "tar":
		t, err = newTree(kind, file, size, file, l)
	case "gz", "zst":
		in := bufio.NewReaderSize(io.NewSectionReader(file, 0, size), 64<<10)
		if t, err = unpackTree(in, kind, name, func() int64 { return size }, l); t != nil {
			file.Close() // read only, and no longer needed
		}
	}
	if _, ok := KindOf(name); ok && t == nil && err == nil {
		err = fmt.Errorf("%w: it has the name of an archive, but is no zip, tar, tar.gz or tar.zst", ErrArchive)
	}
	return t, err
}

// streamTree returns nil for what is no archive.
func streamTree(in *bufio.Reader, name string, packed func() int64, l Limits) (*archiveTree, error) {
	head, err := in.Peek(tarBlock)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch kind := sniff(head, name); kind {
	case "zip", "tar":
		return spoolTree(kind, in, l)
	case "gz", "zst":
		return unpackTree(in, kind, name, packed, l)
	}
	return nil, nil
}

// unpackTree reads a packed tar, or returns nil where something else was packed.
func unpackTree(in io.Reader, kind, name string, packed func() int64, l Limits) (*archiveTree, error) {
	z, err := newUnpacker(kind, in)
	if err != nil {
		return nil, unlessTar(name, err)
	}
	defer z.Close()
	bounded := bufio.NewReaderSize(&boundedReader{r: z, packed: packed, l: l}, 64<<10)
	head, err := bounded.Peek(tarBlock)
	if err != nil && err != io.EOF {
		return nil, unlessTar(name, err)
	}
	if sniff(head, name) != "tar" {
		return nil, nil
	}
	return spoolTree("tar", bounded, l)
}

// unlessTar leaves damage at the beginning of a packed file out where nothing
// says that a tar was packed: it is not for this package to tell.
func unlessTar(name string, err error) error {
	if _, ok := KindOf(name); ok || !errors.Is(err, ErrArchive) {
		return err
	}
	return nil
}

func spoolTree(kind string, r io.Reader, l Limits) (*archiveTree, error) {
	s, err := spoolAll(r)
	if err != nil {
		return nil, err
	}
	t, err := newTree(kind, s, s.size, s, l)
	if err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return t, nil
}

// newTree reads what is in a zip or tar. The tree closes closer.
func newTree(kind string, r io.ReaderAt, size int64, closer io.Closer, l Limits) (*archiveTree, error) {
	t := &archiveTree{closer: closer}
	var err error
	if kind == "zip" {
		t.index, err = readZip(r, size, l)
		t.data = func(name string, e *entry) (File, error) { return openZip(r, name, e) }
	} else {
		t.index, err = readTar(r, size, l)
		t.data = func(_ string, e *entry) (File, error) {
			return sectionFile{io.NewSectionReader(r, e.at, e.length), e}, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return t, nil
}

// sniff tells an archive by its first bytes.
func sniff(head []byte, name string) string {
	magic := func(s string) bool { return len(head) >= len(s) && string(head[:len(s)]) == s }
	switch {
	case magic("PK\x03\x04"), magic("PK\x05\x06"):
		return "zip"
	case magic("\x1f\x8b\x08"):
		return "gz"
	case magic("\x28\xb5\x2f\xfd"):
		return "zst"
	case isTar(head):
		return "tar"
	}
	if _, ok := KindOf(name); ok && isEmptyTar(head) {
		return "tar"
	}
	return ""
}
