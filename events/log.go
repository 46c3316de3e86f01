package events

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"io/fs"
	"iter"

	"github.com/klauspost/compress/zstd"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/files"
	"datum/formats"
)

// FileName is the name of the log in the folder of a dataset.
const FileName = "events.datumlog"

// Log is a log that is read. It is used by one goroutine at a time.
type Log struct {
	path   string
	closer []io.Closer
	r      io.ReaderAt
	size   int64
	index  *index
	zstd   *zstd.Decoder
	stored []byte
	raw    []byte
	// longest is how many events a history may have.
	longest int
}

// Open opens the log at path: a file, or a folder or an archive with [FileName] in
// it. A sealed log needs its key, which is checked before anything else; a key for
// one in plain is an error, as for any dataset. Errors match ErrUnknownFormat,
// ErrKey, ErrCorrupt, and those of package sealed.
func Open(path string, k *key.Key) (*Log, error) {
	f, err := files.Open(path, files.Limits{})
	if errors.Is(err, fs.ErrNotExist) {
		err = formats.Reason(formats.ErrUnknownFormat, "there is no log of events: %w", fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	l, err := OpenIn(f, k)
	if err != nil {
		f.Close()
		return nil, err
	}
	l.closer = append(l.closer, f)
	return l, nil
}

// OpenIn opens the log in a folder, or the file in it that was named. The folder
// stays open until the log is closed.
func OpenIn(folder *files.Folder, k *key.Key) (*Log, error) {
	name := nameIn(folder)
	f, err := folder.OpenFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		err = formats.Reason(formats.ErrUnknownFormat, "there is no log of events: %w", fs.ErrNotExist)
	}
	if err != nil {
		return nil, &formats.Error{Path: folder.Path(name), Err: err}
	}
	l, err := open(f, k)
	if err != nil {
		f.Close()
		return nil, &formats.Error{Path: folder.Path(name), Err: err}
	}
	l.path, l.closer = folder.Path(name), append(l.closer, f)
	return l, nil
}

func nameIn(folder *files.Folder) string {
	if only := folder.Only(); only != "" {
		return only
	}
	return FileName
}

func open(f files.File, k *key.Key) (*Log, error) {
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if !st.Mode().IsRegular() {
		return nil, formats.Reason(formats.ErrUnknownFormat, "it is no file")
	}
	start := make([]byte, headerSize)
	n, err := f.ReadAt(start, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch isSealed := sealed.Sniff(start[:n]); {
	case isSealed && k == nil:
		return nil, formats.WithHint(formats.Reason(formats.ErrKey, "the log is encrypted and no key was given"),
			"name the file that holds the key with --encryption-key-file, or set DATUM_ENCRYPTION_KEY_FILE")
	case isSealed:
		in, err := sealed.Open(f, st.Size(), k, Purpose)
		if errors.Is(err, sealed.ErrKey) {
			err = formats.WithHint(err, "datum key fingerprint tells keys apart without showing them")
		}
		if err != nil {
			return nil, err
		}
		return Read(in, in.Size())
	case k != nil:
		return nil, formats.WithHint(formats.Reason(formats.ErrKey, "a key was given, but the log is not encrypted"), "leave the key out")
	}
	return Read(f, st.Size())
}

// Read reads a log of so many bytes that lies in plain in r.
func Read(r io.ReaderAt, size int64) (*Log, error) {
	start := make([]byte, headerSize)
	if n, err := r.ReadAt(start, 0); n < len(start) && err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if size < int64(headerSize+trailerSize) || string(start[:len(magic)]) != magic {
		return nil, formats.Reason(formats.ErrUnknownFormat, "it is no log of events")
	}
	if v := start[len(magic)]; v != version {
		return nil, formats.Reason(formats.ErrUnknownFormat, "it is a log of version %d, this program knows %d", v, version)
	}
	x, err := readIndex(r, size)
	if err != nil {
		return nil, err
	}
	z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(mostInBlock), zstd.WithDecoderMaxWindow(mostInBlock))
	if err != nil {
		return nil, err
	}
	return &Log{r: r, size: size, index: x, zstd: z, longest: LongestHistory}, nil
}

// readFull reads all of b, which lies within r.
func readFull(r io.ReaderAt, b []byte, at int64) error {
	if n, err := r.ReadAt(b, at); n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = formats.Reason(formats.ErrCorrupt, "the file has become shorter")
		}
		return err
	}
	return nil
}

func readIndex(r io.ReaderAt, size int64) (*index, error) {
	trailer := make([]byte, trailerSize)
	if err := readFull(r, trailer, size-int64(trailerSize)); err != nil {
		return nil, err
	}
	if string(trailer[8:]) != magic {
		return nil, formats.Reason(formats.ErrCorrupt, "it was cut off")
	}
	length := int64(binary.LittleEndian.Uint32(trailer))
	end := size - int64(trailerSize) - length
	if length > mostIndex || end < int64(headerSize) {
		return nil, formats.Reason(formats.ErrCorrupt, "its index is longer than it can be")
	}
	b := make([]byte, length)
	if err := readFull(r, b, end); err != nil {
		return nil, err
	}
	if crc32.Checksum(b, checksums) != binary.LittleEndian.Uint32(trailer[4:]) {
		return nil, formats.Reason(formats.ErrCorrupt, "its index has another checksum than it says")
	}
	x, err := parseIndex(b, end)
	if err != nil && !errors.Is(err, formats.ErrUnknownFormat) {
		err = formats.Reason(formats.ErrCorrupt, "its index: %w", err)
	}
	return x, err
}

// Info is what the log says about itself.
func (l *Log) Info() Info { return l.index.info }

// Close closes the file.
func (l *Log) Close() (err error) {
	l.zstd.Close()
	for _, c := range l.closer {
		err = errors.Join(err, c.Close())
	}
	return err
}

// fail gives an error of a block its place.
func (l *Log) fail(i int, err error) error {
	k := l.index.blocks[i]
	return &formats.Error{Path: l.path, Offset: k.offset + 1, Err: formats.Reason(formats.ErrCorrupt, "block %d of %d: %w", i+1, len(l.index.blocks), err)}
}

// storedBlock returns a block as it lies in the file, until the next call.
func (l *Log) storedBlock(i int) ([]byte, error) {
	k := &l.index.blocks[i]
	if cap(l.stored) < k.stored {
		l.stored = make([]byte, k.stored)
	}
	l.stored = l.stored[:k.stored]
	if err := readFull(l.r, l.stored, k.offset); err != nil {
		return nil, &formats.Error{Path: l.path, Offset: k.offset + 1, Err: err}
	}
	if crc32.Checksum(l.stored, checksums) != k.checksum {
		return nil, l.fail(i, errors.New("it has another checksum than the index says"))
	}
	return l.stored, nil
}

// block returns the content of a block, until the next call.
func (l *Log) block(i int) ([]byte, error) {
	k := &l.index.blocks[i]
	if _, err := l.storedBlock(i); err != nil {
		return nil, err
	}
	if !k.compressed {
		return l.stored, nil
	}
	if cap(l.raw) < k.raw {
		l.raw = make([]byte, 0, k.raw)
	}
	raw, err := l.zstd.DecodeAll(l.stored, l.raw[:0])
	if err != nil {
		return nil, l.fail(i, err)
	}
	l.raw = raw
	if len(raw) != k.raw {
		return nil, l.fail(i, fmt.Errorf("it has %d bytes in place of %d", len(raw), k.raw))
	}
	return raw, nil
}

// Chunks gives the events, chunk after chunk: users in the order of their numbers,
// the events of each by time. A chunk is valid until the next.
func (l *Log) Chunks(ctx context.Context) iter.Seq2[*Chunk, error] {
	return func(yield func(*Chunk, error) bool) {
		var c Chunk
		var user uint32
		var time int64
		for i, k := range l.index.blocks {
			if k.kind != kindEvents {
				return
			}
			err := ctx.Err()
			if err == nil {
				err = l.chunk(i, &c)
			}
			if err == nil && (c.Users[0] < user || c.Users[0] == user && c.Times[0] < time) {
				err = l.fail(i, errors.New("it does not go on where the one before ends"))
			}
			if err != nil {
				yield(nil, err)
				return
			}
			user, time = c.Users[len(c.Users)-1], c.Times[len(c.Times)-1]
			if !yield(&c, nil) {
				return
			}
		}
	}
}

func (l *Log) chunk(i int, c *Chunk) error {
	b, err := l.block(i)
	if err != nil {
		return err
	}
	n := &l.index.info
	if err := c.decode(b, l.index.blocks[i].count, uint64(n.Users), uint64(n.Items)); err != nil {
		return l.fail(i, err)
	}
	return nil
}
