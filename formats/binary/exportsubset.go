package binary

import (
	"cmp"
	stdbinary "encoding/binary"
	"fmt"
	"io"
	"os"
	"path"
	"slices"
	"sync"

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
	filling *filling
	saved   int    // how many of the filling's files are known to be on the disk
	blobs   uint64 // handed to the pool
	sizes   []int32
	items   uint64
	image   dataset.Image // what the record of an item says of its picture
	ids     *nameset.Set  // record ids, unique for Datumaro
	names   *nameset.Set  // media files of items, by their own names
	stored  *nameset.Set  // file names given away
	videos  map[string]placedVideo
}

// filling is a blob that takes items, with what the sidecar says of them.
type filling struct {
	records []byte
	side    sidecar.BlockWriter
	block   []byte
	files   []savedFile // media of the items, in order
	last    string      // id of the last item
}

// savedFile is a media file on its way to the disk, and where in the sidecar
// its digest goes.
type savedFile struct {
	done   *workers.Future[[]byte]
	digest int
}

// sealedBlob is a blob and its sidecar frame, ready to be written.
type sealedBlob struct{ token, frame []byte }

// pendingBlob is a blob that is being sealed.
type pendingBlob struct {
	w    *subsetWriter
	done *workers.Future[*sealedBlob]
}

// The memory of blobs is used again. It is shared by all subsets, of which
// there may be many.
var (
	fillings    = sync.Pool{New: func() any { return new(filling) }}
	sealedBlobs = sync.Pool{New: func() any { return new(sealedBlob) }}
)

func (f *filling) free() {
	clear(f.files)
	f.side.Reset()
	*f = filling{records: f.records[:0], side: f.side, block: f.block[:0], files: f.files[:0]}
	fillings.Put(f)
}

func newSubsetWriter(e *exporter, name string) (w *subsetWriter, err error) {
	w = &subsetWriter{
		e: e, name: name, filling: fillings.Get().(*filling),
		ids: nameset.New(), names: nameset.New(), stored: nameset.New(), videos: map[string]placedVideo{},
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
	f := w.filling
	f.side.Begin(it.ID)
	files := len(f.files)
	media, err := w.placeMedia(it)
	if err != nil {
		return err
	}
	id, err := w.recordID(it)
	if err != nil {
		return err
	}
	f.side.Attributes(it.Attributes)
	w.lost(carriedDetails, it, it.Attributes.Carried())
	f.records = record.AppendItem(f.records, record.Item{ID: id, Subset: w.name, Media: media, Attributes: it.Attributes}, 0)
	if err := w.writeAnnotations(it); err != nil {
		return w.e.at(it.ID, err)
	}
	base := f.side.End()
	for i := range f.files[files:] {
		f.files[files+i].digest += base
	}
	f.last = it.ID
	w.items++
	if len(f.records) > cmp.Or(w.e.opts.BlobBytes, blobSize) {
		return w.closeBlob()
	}
	return nil
}

// pollFiles finds out early that a media file could not be saved, long before
// its blob is full.
func (w *subsetWriter) pollFiles() error {
	for ; w.saved < len(w.filling.files); w.saved++ {
		if ended, err := w.filling.files[w.saved].done.Poll(); !ended || err != nil {
			return err
		}
	}
	return nil
}

// writeAnnotations appends the records of the annotations to that of their
// item, which ends with their number. Those that there is no record for are
// left to the sidecar.
func (w *subsetWriter) writeAnnotations(it *dataset.Item) error {
	f := w.filling
	number, held := len(f.records)-4, 0
	for i, a := range it.Annotations {
		var decimal bool
		var why string
		f.records, decimal, why = record.Append(f.records, a, w.e.cuboid2D)
		if why == "" {
			held++
		}
		if w.e.codec == nil {
			w.countLoss(it, a, why)
		} else if err := f.side.Annotation(i, a, why == "", decimal); err != nil {
			return err
		}
	}
	stdbinary.LittleEndian.PutUint32(f.records[number:], uint32(held))
	return nil
}

const carriedDetails = "details of the source that only the sidecar can hold"

// countLoss counts what the record of an annotation does not say. If there is
// none, why says why.
func (w *subsetWriter) countLoss(it *dataset.Item, a dataset.Annotation, why string) {
	if why != "" {
		w.lost(why+" dropped", it, 1)
		return
	}
	if !sidecar.Lossless(a) {
		w.lost("annotations with coordinates rounded to two decimals of float32", it, 1)
	}
	w.lost(carriedDetails, it, a.Common().Attributes.Carried())
}

// lost counts what a dataset without a sidecar does not hold.
func (w *subsetWriter) lost(what string, it *dataset.Item, n int) {
	if w.e.codec == nil && n > 0 {
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
	if len(w.filling.records) == 0 {
		return nil
	}
	full, e := w.filling, w.e
	head := &sidecar.Block{ExportId: e.exportID, Subset: w.name, Ordinal: w.blobs}
	w.filling, w.saved = fillings.Get().(*filling), 0
	w.filling.records = slices.Grow(w.filling.records, blobSize+blobSize/16)
	w.blobs++
	e.sealing.flush()
	e.pending = append(e.pending, pendingBlob{w, workers.Go(e.pool, func() (*sealedBlob, error) {
		defer full.free()
		return e.sealBlob(full, head)
	})})
	return e.drain(2 * workers.Count(e.opts.Workers))
}

// sealBlob runs on the pool. It waits for the blob's media, which were handed
// to the pool before it.
func (e *exporter) sealBlob(f *filling, head *sidecar.Block) (*sealedBlob, error) {
	for _, file := range f.files {
		digest, err := file.done.Wait()
		if err != nil {
			return nil, err
		}
		f.side.SetDigest(file.digest, digest)
	}
	s := sealedBlobs.Get().(*sealedBlob)
	s.token = e.blobs.appendSealed(s.token[:0], f.records)
	if len(s.token) > maxBlob {
		return nil, e.errorf(f.last, "the item is too large for the format: a blob of %d bytes", len(s.token))
	}
	if e.codec == nil {
		return s, nil
	}
	var err error
	if head.Blob, err = e.blobs.tag(s.token); err != nil {
		return nil, err
	}
	if f.block, err = f.side.Append(f.block[:0], head); err != nil {
		return nil, err
	}
	s.frame, err = e.codec.AppendRaw(s.frame[:0], f.block)
	return s, err
}

// drain writes finished blobs until no more than most are pending.
func (e *exporter) drain(most int) error {
	for len(e.pending) > most {
		s, err := e.pending[0].done.Wait()
		if err != nil {
			return err
		}
		if err := e.pending[0].w.spoolBlob(s); err != nil {
			return err
		}
		sealedBlobs.Put(s)
		e.pending = slices.Delete(e.pending, 0, 1)
	}
	return nil
}

func (w *subsetWriter) spoolBlob(s *sealedBlob) error {
	w.sizes = append(w.sizes, int32(len(s.token)))
	if _, err := w.spool.Write(s.token); err != nil {
		return err
	}
	if w.frames == nil {
		return nil
	}
	_, err := w.frames.Write(s.frame)
	return err
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
