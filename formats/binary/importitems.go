package binary

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"

	"datum/dataset"
	"datum/formats"
	"datum/formats/binary/internal/record"
	"datum/formats/binary/internal/sidecar"
	"datum/internal/nameset"
	"datum/internal/workers"
)

// layoutGuess remembers which layout of annotations the last blob had. The
// version string is the same for both; but no record of one parses as the
// other, so each blob tells for itself.
type layoutGuess struct{ older atomic.Bool }

func (g *layoutGuess) read(blob []byte) ([]record.Item, error) {
	layouts := [2]record.Layout{record.Layout21, record.Layout17}
	if g.older.Load() {
		layouts[0], layouts[1] = layouts[1], layouts[0]
	}
	items, err := record.ReadItems(blob, layouts[0])
	if err == nil {
		return items, nil
	}
	if items, other := record.ReadItems(blob, layouts[1]); other == nil {
		g.older.Store(layouts[1] == record.Layout17)
		return items, nil
	}
	return nil, err
}

// storedBlob is one blob as it is in the file, with its sidecar frame.
type storedBlob struct {
	file    *subsetFile
	ordinal int
	at      int64
	token   *[]byte // of tokens
	frame   []byte
}

// Items streams the items, subset after subset.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		m.notes = formats.Loss{}
		seen := nameset.New()
		counts := map[*subsetFile]uint64{}
		blobs := workers.Map(ctx, workers.Count(m.opts.Workers), m.storedBlobs(), m.readBlob)
		for b, err := range blobs {
			if err != nil {
				yield(dataset.Item{}, err)
				return
			}
			counts[b.file] += uint64(b.stored)
			m.notes.Merge(b.notes)
			for _, it := range b.items {
				if err := m.checkItem(b.file, seen, &it); err != nil {
					if err = m.opts.Bad(err); err != nil {
						yield(dataset.Item{}, err)
						return
					}
					continue
				}
				if !yield(it, nil) {
					return
				}
			}
		}
		for _, f := range m.files {
			if f.side != nil && f.side.Items != counts[f] {
				yield(dataset.Item{}, sidecarError(f, fmt.Errorf("it speaks of %d items, there are %d", f.side.Items, counts[f])))
				return
			}
		}
	}
}

// checkItem refuses what no writer could have meant, and duplicates.
func (m *importer) checkItem(f *subsetFile, seen *nameset.Set, it *dataset.Item) error {
	err := formats.CheckItem(&m.info, it)
	name := it.ID
	if it.Media != nil {
		name += filepath.Ext(it.Media.Main().Name)
	}
	if err == nil && !seen.Add(it.Subset+"\x00"+name) {
		err = formats.Reason(formats.ErrCorrupt, "subset %s has two items of this id", it.Subset)
	}
	if err != nil {
		return &formats.Error{Format: formatName, Path: f.path, Item: it.ID, Err: err}
	}
	return nil
}

// storedBlobs reads the blobs of all files in order, each with its frame.
func (m *importer) storedBlobs() iter.Seq2[storedBlob, error] {
	return func(yield func(storedBlob, error) bool) {
		for _, f := range m.files {
			if !m.storedBlobsOf(f, yield) {
				return
			}
		}
	}
}

func (m *importer) storedBlobsOf(f *subsetFile, yield func(storedBlob, error) bool) bool {
	fail := func(err error) bool {
		yield(storedBlob{}, inFile(f.path, err))
		return false
	}
	file, err := m.dir.OpenFile(annotationsDir + "/" + f.stem + ".datum")
	if err != nil {
		return fail(err)
	}
	defer file.Close()
	var frames *sidecar.Reader
	if f.side != nil {
		side, r, err := m.openSidecar(f)
		if err != nil {
			return fail(sidecarError(f, err))
		}
		defer side.Close()
		if _, err := r.Next(); err != nil { // the header
			return fail(sidecarError(f, err))
		}
		frames = r
	}
	at := f.head.blobsAt
	for i, size := range f.blobs {
		b := storedBlob{file: f, ordinal: i, at: at, token: tokens.Get().(*[]byte)}
		*b.token = slices.Grow((*b.token)[:0], int(size))[:size]
		if err := readAt(file, *b.token, at); err != nil {
			return fail(err)
		}
		if frames != nil {
			if b.frame, err = frames.Next(); err != nil {
				return fail(sidecarError(f, err))
			}
		}
		if !yield(b, nil) {
			return false
		}
		at += int64(size)
	}
	if frames != nil {
		if _, err := frames.Next(); err != io.EOF {
			return fail(sidecarError(f, fmt.Errorf("%w: bytes after the last frame", sidecar.ErrSealed)))
		}
	}
	return true
}

func readAt(f io.ReaderAt, b []byte, at int64) error {
	if n, err := f.ReadAt(b, at); n < len(b) {
		return placed(at, "the file became shorter while it was read: %w", err)
	}
	return nil
}

// readBlob runs on the pool.
func (m *importer) readBlob(b storedBlob) (blobItems, error) {
	out, err := m.decodeBlob(b)
	if err != nil {
		return out, inFile(b.file.path, err)
	}
	return out, nil
}

// blobItems is what a blob holds.
type blobItems struct {
	file  *subsetFile
	items []dataset.Item
	// stored is the number of items that are there, those left out included.
	stored int
	notes  formats.Loss
}

func (m *importer) decodeBlob(b storedBlob) (blobItems, error) {
	defer tokens.Put(b.token)
	r := readers.Get().(*blobReader)
	defer readers.Put(r)
	out := blobItems{file: b.file}
	records, err := m.records(b, r)
	if err != nil {
		return out, err
	}
	out.stored = len(records)
	out.items = make([]dataset.Item, 0, len(records))
	for i, rec := range records {
		var said *sidecar.Said
		if b.frame != nil {
			said = &r.said
			if err := r.block.Item(i, said); err != nil {
				return out, sidecarError(b.file, err)
			}
		}
		it, err := m.item(b.file, rec, said, r, &out.notes)
		if err == nil {
			out.items = append(out.items, it)
		} else if err = m.opts.Bad(err); err != nil {
			return out, err
		}
	}
	return out, nil
}

// records decrypts a blob, opens the sidecar's block that goes with it, and
// reads the records.
func (m *importer) records(b storedBlob, r *blobReader) ([]record.Item, error) {
	var tag []byte
	var err error
	if b.frame != nil {
		tag, err = m.seal.tag(*b.token) // which decryption overwrites
	}
	var plain []byte
	if err == nil {
		plain, err = m.seal.openInPlace(*b.token)
	}
	if err != nil {
		return nil, &placedError{b.at, fmt.Errorf("blob %d: %w", b.ordinal, err)}
	}
	if b.frame != nil {
		if err := m.openBlock(b, tag, &r.block); err != nil {
			return nil, sidecarError(b.file, err)
		}
	}
	records, err := b.file.layout.read(plain)
	if err != nil {
		return nil, placed(b.at, "blob %d: %w", b.ordinal, err)
	}
	if b.frame != nil && r.block.Len() != len(records) {
		return nil, sidecarError(b.file, fmt.Errorf("it speaks of %d items in blob %d, there are %d", r.block.Len(), b.ordinal, len(records)))
	}
	return records, nil
}

// blobReader is memory for reading a blob.
type blobReader struct {
	block sidecar.BlockReader
	said  sidecar.Said
}

// The memory of blobs is used again.
var (
	tokens  = sync.Pool{New: func() any { return new([]byte) }}
	readers = sync.Pool{New: func() any { return new(blobReader) }}
)

// openBlock opens the frame and checks that it goes with the blob of this tag.
func (m *importer) openBlock(b storedBlob, tag []byte, block *sidecar.BlockReader) error {
	if err := m.codec.ReadBlock(b.frame, block); err != nil {
		return err
	}
	h := b.file.side
	switch {
	case !bytes.Equal(block.ExportID, h.ExportId):
		return fmt.Errorf("block %d comes from another export", b.ordinal)
	case block.Subset != h.Subset || block.Ordinal != uint64(b.ordinal):
		return fmt.Errorf("block %d stands where block %d of subset %q belongs", b.ordinal, block.Ordinal, block.Subset)
	case !bytes.Equal(block.Blob, tag):
		return fmt.Errorf("blob %d is not the one that was written in its place", b.ordinal)
	}
	return nil
}

// item makes the item of a record and what the sidecar, if there is one, says of
// it.
func (m *importer) item(f *subsetFile, rec record.Item, said *sidecar.Said, r *blobReader, notes *formats.Loss) (dataset.Item, error) {
	it := dataset.Item{ID: rec.ID, Subset: rec.Subset, Attributes: rec.Attributes, Annotations: rec.Annotations}
	if it.Subset == "" {
		it.Subset = dataset.DefaultSubset
	}
	var err error
	if said == nil {
		record.Own(it.Annotations)
	} else {
		if rec.Subset != f.side.Subset {
			return it, sidecarError(f, fmt.Errorf("item %q is of subset %q", said.ID, rec.Subset))
		}
		it.ID = said.ID
		if it.Annotations, err = r.block.Apply(it.Annotations, said); err != nil {
			return it, sidecarError(f, err)
		}
		if it.Attributes, err = r.block.Carried(it.Attributes, said.Attributes); err != nil {
			return it, sidecarError(f, err)
		}
	}
	if it.Media, err = m.media(f, &it, rec.Media, said, notes); err != nil {
		return it, &formats.Error{Format: formatName, Path: f.path, Item: it.ID, Err: err}
	}
	return it, nil
}
