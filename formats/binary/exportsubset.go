package binary

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"path"

	"datum/dataset"
	"datum/formats/binary/internal/record"
	"datum/formats/binary/internal/sidecar"
	"datum/internal/nameset"
	"datum/internal/workers"
)

// blobSize is the number of plaintext bytes after which Datumaro closes a
// blob.
const blobSize = 1 << 20

const annotationsDir = "annotations"

// subsetWriter writes one subset. Blobs and sidecar frames are spooled as they
// will stand in the file, since the sizes of all blobs come before them.
type subsetWriter struct {
	e       *exporter
	name    string
	spool   *os.File
	frames  *os.File // nil without a sidecar
	blob    []byte   // records of the blob being filled
	block   *sidecar.Block
	files   []savedFile // media of the items in block, in order
	saved   int         // how many of files are known to be on the disk
	pending []*workers.Future[sealedBlob]
	sizes   []int32
	items   uint64
	ids     *nameset.Set // record ids, unique for Datumaro
	names   *nameset.Set // media files of items, by their own names
	stored  *nameset.Set // file names given away
	videos  map[string]savedFile
}

// savedFile is a media file on its way to the disk, and where in the sidecar
// its digest goes.
type savedFile struct {
	done  *workers.Future[[]byte]
	entry *sidecar.Media
	name  string
}

// sealedBlob is a blob and its sidecar frame, ready to be written.
type sealedBlob struct{ token, frame []byte }

func newSubsetWriter(e *exporter, name string) (w *subsetWriter, err error) {
	w = &subsetWriter{
		e: e, name: name, block: &sidecar.Block{},
		ids: nameset.New(), names: nameset.New(), stored: nameset.New(), videos: map[string]savedFile{},
	}
	if w.spool, err = e.create(annotationsDir, name+".blobs.spool"); err != nil {
		return nil, err
	}
	if e.codec != nil {
		if w.frames, err = e.create(annotationsDir, name+".frames.spool"); err != nil {
			w.closeFiles()
			return nil, err
		}
	}
	return w, nil
}

func (e *exporter) create(dir, name string) (*os.File, error) {
	return e.root.OpenFile(path.Join(dir, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o666)
}

// write appends the record of an item.
func (w *subsetWriter) write(it *dataset.Item) error {
	if err := w.pollFiles(); err != nil {
		return err
	}
	media, entries, err := w.placeMedia(it)
	if err != nil {
		return err
	}
	id, err := w.recordID(it)
	if err != nil {
		return err
	}
	side := &sidecar.Item{Id: it.ID, Media: entries}
	if _, carried := it.Attributes.Split(); len(carried) > 0 {
		side.Attributes = carried.AppendJSON(nil)
		w.lost("details of the source that only the sidecar can hold", it, len(carried))
	}
	held, why := 0, make([]string, len(it.Annotations)) // empty where there is a record
	for i, a := range it.Annotations {
		ok, reason := record.Holds(a)
		if ok {
			held++
			continue
		}
		why[i] = reason
	}
	w.blob = record.AppendItem(w.blob, record.Item{ID: id, Subset: w.name, Media: media, Attributes: it.Attributes}, held)
	for i, a := range it.Annotations {
		w.writeAnnotation(it, side, i, a, why[i])
	}
	w.block.Items = append(w.block.Items, side)
	w.items++
	if len(w.blob) > cmp.Or(w.e.opts.BlobBytes, blobSize) {
		return w.closeBlob()
	}
	return nil
}

// pollFiles finds out early that a media file could not be saved, long before
// its blob is full.
func (w *subsetWriter) pollFiles() error {
	for ; w.saved < len(w.files); w.saved++ {
		if ended, err := w.files[w.saved].done.Poll(); !ended || err != nil {
			return err
		}
	}
	return nil
}

// writeAnnotation appends the record of an annotation, or, where why says that
// there is none for it, leaves it to the sidecar.
func (w *subsetWriter) writeAnnotation(it *dataset.Item, side *sidecar.Item, i int, a dataset.Annotation, why string) {
	ok := why == ""
	if ok {
		w.blob = record.AppendAnnotation(w.blob, a, w.e.cuboid2D)
	}
	if w.e.codec != nil {
		if x := sidecar.Exact(i, a, ok); x != nil {
			side.Annotations = append(side.Annotations, x)
		}
		return
	}
	if !ok {
		w.lost(why+" dropped", it, 1)
		return
	}
	if !sidecar.Lossless(a) {
		w.lost("annotations with coordinates rounded to two decimals of float32", it, 1)
	}
	if _, carried := a.Common().Attributes.Split(); len(carried) > 0 {
		w.lost("details of the source that only the sidecar can hold", it, len(carried))
	}
}

// lost counts what a dataset without a sidecar does not hold.
func (w *subsetWriter) lost(what string, it *dataset.Item, n int) {
	if w.e.codec == nil {
		w.e.loss.Add(what, fmt.Sprintf("item %q of %s", it.ID, w.name), n)
	}
}

// recordID returns the id for the record. Datumaro refuses a dataset in which
// two items of a subset share one, so the second gets its extension too.
func (w *subsetWriter) recordID(it *dataset.Item) (string, error) {
	full := it.ID
	if it.Media != nil {
		if name := it.Media.Main().Name; path.Ext(name) != "" {
			full += path.Ext(name)
		}
	}
	if !w.names.Add(full) {
		return "", w.e.errorf(it.ID, "subset %s has two items of this id and media", w.name)
	}
	if w.ids.Add(it.ID) {
		return it.ID, nil
	}
	w.lost("items renamed because another of the subset has the same id", it, 1)
	return w.ids.Unique(full), nil
}

// closeBlob hands the filled blob to the pool, and writes those that are done
// while too many are pending.
func (w *subsetWriter) closeBlob() error {
	if len(w.blob) == 0 {
		return nil
	}
	blob, block, files := w.blob, w.block, w.files
	block.ExportId, block.Subset, block.Ordinal = w.e.exportID, w.name, uint64(len(w.sizes)+len(w.pending))
	w.blob, w.block, w.files, w.saved = nil, &sidecar.Block{}, nil, 0
	w.pending = append(w.pending, workers.Go(w.e.pool, func() (sealedBlob, error) {
		return w.e.sealBlob(blob, block, files)
	}))
	return w.drain(2 * workers.Count(w.e.opts.Workers))
}

// sealBlob runs on the pool. It waits for the block's media, which were handed
// to the pool before it.
func (e *exporter) sealBlob(blob []byte, block *sidecar.Block, files []savedFile) (s sealedBlob, err error) {
	for _, f := range files {
		if f.entry.Digest, err = f.done.Wait(); err != nil {
			return s, err
		}
	}
	s.token = e.blobs.seal(blob)
	if len(s.token) > maxBlob {
		return s, e.errorf(block.Items[len(block.Items)-1].Id, "the item is too large for the format: a blob of %d bytes", len(s.token))
	}
	if e.codec == nil {
		return s, nil
	}
	if block.Blob, err = e.blobs.tag(s.token); err != nil {
		return s, err
	}
	s.frame, err = e.codec.Append(nil, block)
	return s, err
}

// drain writes finished blobs until no more than most are pending.
func (w *subsetWriter) drain(most int) error {
	for len(w.pending) > most {
		s, err := w.pending[0].Wait()
		if err != nil {
			return err
		}
		w.pending = w.pending[1:]
		w.sizes = append(w.sizes, int32(len(s.token)))
		if _, err := w.spool.Write(s.token); err != nil {
			return err
		}
		if w.frames != nil {
			if _, err := w.frames.Write(s.frame); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *subsetWriter) flush() error {
	if err := w.closeBlob(); err != nil {
		return err
	}
	return w.drain(0)
}

// finish writes the files of the subset under their names.
func (w *subsetWriter) finish(kind dataset.MediaKind) error {
	h := newHead(&w.e.info, kind, w.sizes, w.e.key, w.e.mediaEncrypted())
	top := h.append(nil)
	h.digest = sha256Of(top)
	if err := w.assemble(w.name+".datum", top, w.spool); err != nil {
		return err
	}
	w.spool = nil
	if w.frames == nil {
		return nil
	}
	front, err := w.e.codec.Append([]byte(sidecar.Magic), w.e.sidecarHeader(w, h))
	if err != nil {
		return err
	}
	if err := w.assemble(w.name+".sidecar", front, w.frames); err != nil {
		return err
	}
	w.frames = nil
	return nil
}

// assemble writes front and then the spool into a new file, and removes the
// spool.
func (w *subsetWriter) assemble(name string, front []byte, spool *os.File) (err error) {
	f, err := w.e.create(annotationsDir, name)
	if err != nil {
		return err
	}
	defer func() {
		if e := f.Close(); err == nil {
			err = e
		}
	}()
	if _, err := f.Write(front); err != nil {
		return err
	}
	if _, err := spool.Seek(0, io.SeekStart); err != nil {
		return err
	}
	if _, err := io.Copy(f, spool); err != nil {
		return err
	}
	spooled := path.Join(annotationsDir, path.Base(spool.Name()))
	if err := spool.Close(); err != nil {
		return err
	}
	return w.e.root.Remove(spooled)
}

func (w *subsetWriter) closeFiles() {
	for _, f := range []*os.File{w.spool, w.frames} {
		if f != nil {
			f.Close()
		}
	}
}
