package install

import (
	"archive/zip"
	"compress/flate"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"datum/formats"
)

// source is a place where the files of the runtime were found.
type source interface {
	// open opens a file as the source has it. Nobody has checked it yet.
	open(context.Context, File) (io.ReadCloser, error)
	// again reports whether it makes sense to open a file once more that was not
	// what it must be.
	again(File) bool
	close() error
}

// members are what a wheel has, by path. Nothing is ever unpacked under a path that
// a wheel says: only members that are pinned are opened.
type members map[string]*zip.File

// mostDirectory is how much is read of the list of a wheel's members.
const mostDirectory = 4 << 20

// readMembers reads the list of a wheel's members.
func readMembers(at io.ReaderAt, size int64) (members, error) {
	z, err := zip.NewReader(&budget{at, mostDirectory}, size)
	if errors.Is(err, zip.ErrFormat) || errors.Is(err, zip.ErrAlgorithm) {
		return nil, formats.Reason(formats.ErrCorrupt, "it is no wheel: %w", err)
	}
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) { // paths are not used
		return nil, err
	}
	m := members{}
	for _, f := range z.File {
		m[f.Name] = f
	}
	return m, nil
}

// budget reads no more than what is left.
type budget struct {
	at   io.ReaderAt
	left int64
}

func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 { // a hostile list says so
		return 0, io.EOF
	}
	if b.left -= int64(len(p)); b.left < 0 {
		return 0, formats.Reason(formats.ErrCorrupt, "the list of its members is too long for a wheel")
	}
	return b.at.ReadAt(p, off)
}

// find returns a member if it can be what it must be.
func (m members) find(f File) (*zip.File, error) {
	const overhead = 1 << 16 // what deflate may add to what it cannot compress
	z := m[f.Member]
	switch {
	case z == nil:
		return nil, formats.Reason(formats.ErrCorrupt, "the wheel has no %s", f.Member)
	case z.Method != zip.Store && z.Method != zip.Deflate, z.Flags&1 != 0:
		return nil, formats.Reason(formats.ErrCorrupt, "%s is compressed or encrypted in a way that wheels are not", f.Member)
	case z.UncompressedSize64 != uint64(f.Size), z.CompressedSize64 > uint64(f.Size)+overhead:
		return nil, formats.Reason(formats.ErrCorrupt, "%s has %d bytes (%d compressed) instead of %d", f.Member, z.UncompressedSize64, z.CompressedSize64, f.Size)
	}
	return z, nil
}

// offset is where the bytes of a member begin.
func offset(z *zip.File) (int64, error) {
	at, err := z.DataOffset()
	if errors.Is(err, zip.ErrFormat) || err == io.EOF { // and not one of a server
		err = formats.Reason(formats.ErrCorrupt, "%s is not where the wheel says", z.Name)
	}
	return at, err
}

// unpack reads the content of a member from its bytes in the wheel.
func unpack(z *zip.File, raw io.Reader) io.Reader {
	if z.Method == zip.Deflate {
		return flate.NewReader(raw)
	}
	return raw
}

// localWheel is a wheel on this machine.
type localWheel struct {
	file    *os.File
	members members
}

func openWheel(path string) (*localWheel, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err == nil && !st.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: path, Err: errors.New("it is no file")}
	}
	var m members
	if err == nil {
		if m, err = readMembers(f, st.Size()); err != nil {
			err = fmt.Errorf("%s: %w", path, err)
		}
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return &localWheel{f, m}, nil
}

func (w *localWheel) open(_ context.Context, f File) (io.ReadCloser, error) {
	z, err := w.members.find(f)
	if err != nil {
		return nil, err
	}
	at, err := offset(z)
	if err != nil {
		return nil, err
	}
	return io.NopCloser(unpack(z, io.NewSectionReader(w.file, at, int64(z.CompressedSize64)))), nil
}

func (w *localWheel) again(File) bool { return false }

func (w *localWheel) close() error { return w.file.Close() }
