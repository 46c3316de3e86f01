package binary

import (
	"context"
	"crypto/rand"
	"errors"
	"os"

	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/binary/internal/record"
	"datum/formats/binary/internal/sidecar"
	"datum/internal/workers"
)

const formatName = "datumaro_binary"

// exporter writes one dataset. Items go into the subset they name; blobs and
// media are encrypted on the pool.
type exporter struct {
	ctx      context.Context
	dir      string
	root     *os.Root
	opts     formats.ExportOptions
	key      *key.Key
	files    *formats.MediaWriter
	media    sealer // what media files are sealed with, no cipher for plain ones
	blobs    sealer
	codec    *sidecar.Codec // nil without a sidecar
	exportID []byte
	pool     *workers.Pool
	sealing  tables
	pending  []pendingBlob // in order
	info     dataset.Info
	subsets  map[string]*subsetWriter
	order    []string
	kinds    map[dataset.MediaKind]bool
	loss     formats.Loss
	cuboid2D byte
}

func export(ctx context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
	if err := checkOptions(o); err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	e := &exporter{
		ctx: ctx, dir: dir, root: root, opts: o, key: o.Key,
		pool:    workers.NewPool(workers.Count(o.Workers)),
		subsets: map[string]*subsetWriter{}, kinds: map[dataset.MediaKind]bool{},
		cuboid2D: record.Cuboid2DSince112,
	}
	if o.Key != nil || o.Cuboid2DBefore112 {
		e.cuboid2D = record.Cuboid2DBefore112
	}
	if e.files, err = formats.NewMediaWriter(ctx, formatName, dir, o); err != nil {
		e.Abort()
		return nil, err
	}
	if err := e.prepare(); err != nil {
		e.Abort()
		return nil, err
	}
	return e, nil
}

func checkOptions(o formats.ExportOptions) error {
	switch {
	case o.Key == nil && (o.EncryptAllMedia || o.PlainMedia):
		return formats.Reason(formats.ErrUsage, "there is no key, so the options about the encryption of media mean nothing")
	case o.Key != nil && !o.PlainMedia && o.SaveMedia && (o.Media == formats.MediaHardlink || o.Media == formats.MediaSymlink):
		return formats.WithHint(formats.Reason(formats.ErrUsage, "encrypted media cannot be a %s of a plain file", o.Media), "copy them, or leave them in plain with --no-media-encryption")
	case o.EncryptAllMedia && o.PlainMedia:
		return formats.Reason(formats.ErrUsage, "media cannot be both all encrypted and left in plain")
	}
	return nil
}

func (e *exporter) prepare() (err error) {
	if e.key != nil {
		e.blobs.cipher = e.key.Cipher()
		if !e.opts.PlainMedia {
			e.media.cipher = e.blobs.cipher
		}
		e.sealing = tables{cipher: e.blobs.cipher, pool: e.pool}
		e.exportID = make([]byte, 16)
		rand.Read(e.exportID)
	}
	if !e.opts.NoSidecar {
		if e.codec, err = sidecar.NewCodec(e.blobs.cipher); err != nil {
			return err
		}
	}
	for _, d := range []string{annotationsDir, imagesDir} {
		if err := e.root.Mkdir(d, 0o777); err != nil {
			return err
		}
	}
	return nil
}

// Begin takes what is known of the dataset. Subsets named here exist in the
// output even without items.
func (e *exporter) Begin(info *dataset.Info) error {
	e.info = *info
	for _, s := range info.Subsets {
		if _, err := e.subset(s.Name); err != nil {
			return err
		}
	}
	if e.codec == nil {
		e.countInfoLoss()
	}
	return nil
}

func (e *exporter) countInfoLoss() {
	_, carried := e.info.Attributes.Split()
	e.loss.Add(carriedDetails, "the dataset", len(carried))
	for _, s := range e.info.Subsets {
		e.loss.Add(carriedDetails, "subset "+s.Name, len(s.Attributes))
	}
	if c := e.info.Categories.Labels; c != nil {
		for _, l := range c.Labels {
			e.loss.Add(carriedDetails, "category "+l.Name, len(l.Carried))
		}
	}
}

// subset returns the writer of a subset, made on first use.
func (e *exporter) subset(name string) (*subsetWriter, error) {
	name, err := formats.SubsetFileName(name)
	if err != nil {
		return nil, e.at("", err)
	}
	if w := e.subsets[name]; w != nil {
		return w, nil
	}
	w, err := newSubsetWriter(e, name)
	if err != nil {
		return nil, err
	}
	e.subsets[name] = w
	e.order = append(e.order, name)
	return w, nil
}

// Write takes the next item.
func (e *exporter) Write(it dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := formats.CheckItem(&e.info, &it); err != nil {
		return e.at(it.ID, err)
	}
	w, err := e.subset(it.Subset)
	if err != nil {
		return err
	}
	if it.Media != nil {
		e.kinds[it.Media.MediaKind()] = true
	}
	return w.write(&it)
}

// at gives an error its place.
func (e *exporter) at(item string, err error) error {
	return &formats.Error{Format: formatName, Path: e.dir, Item: item, Err: err}
}

func (e *exporter) errorf(item, format string, args ...any) error {
	return e.at(item, formats.Reason(formats.ErrCorrupt, format, args...))
}

// Close writes what is pending, and then the head of each file, which tells
// the sizes of its blobs.
func (e *exporter) Close() (formats.Loss, error) {
	if len(e.subsets) == 0 {
		if _, err := e.subset(dataset.DefaultSubset); err != nil {
			return e.loss, err
		}
	}
	for _, name := range e.order {
		if err := e.subsets[name].closeBlob(); err != nil {
			return e.loss, err
		}
	}
	if err := e.drain(0); err != nil {
		return e.loss, err
	}
	for _, name := range e.order {
		if err := e.subsets[name].finish(e.mediaKind()); err != nil {
			return e.loss, err
		}
	}
	e.pool.Close()
	e.pool = nil
	err := errors.Join(e.files.Close(), e.root.Close())
	e.root = nil
	return e.loss, err
}

// Abort stops the workers and closes the files.
func (e *exporter) Abort() {
	if e.pool != nil {
		e.pool.Close()
		e.pool = nil
	}
	if e.files != nil {
		e.files.Abort()
	}
	for _, w := range e.subsets {
		w.closeFiles()
	}
	if e.root != nil {
		e.root.Close()
		e.root = nil
	}
}

// mediaKind is the kind for the head: Datumaro refuses an item whose media is
// of another kind, unless the kind is "any".
func (e *exporter) mediaKind() dataset.MediaKind {
	kind := e.info.MediaKind
	switch kind {
	case dataset.MediaImage, dataset.MediaVideoFrame, dataset.MediaVideo, dataset.MediaPointCloud, dataset.MediaAny:
	default:
		kind = dataset.MediaImage
	}
	for k := range e.kinds {
		if k != kind {
			if len(e.kinds) == 1 {
				return k
			}
			return dataset.MediaAny
		}
	}
	return kind
}

// sidecarHeader says all that does not go with one blob.
func (e *exporter) sidecarHeader(w *subsetWriter, h *head) *sidecar.Header {
	m := &sidecar.Header{
		Version: sidecar.Version, ExportId: e.exportID, Subset: w.name,
		Info: sidecar.NewInfo(&e.info), DatumHead: h.digest[:],
		Blobs: uint64(len(w.sizes)), Items: w.items, MediaSaved: e.opts.SaveMedia,
		AllMediaEncrypted: e.opts.SaveMedia && e.opts.EncryptAllMedia,
	}
	for _, name := range e.order {
		s := &sidecar.Subset{Name: name, Items: e.subsets[name].items}
		if of := e.info.Subset(name); of != nil && len(of.Attributes) > 0 {
			s.Attributes = of.Attributes.AppendJSON(nil)
		}
		m.Subsets = append(m.Subsets, s)
	}
	return m
}

// mediaEncrypted is the flag in the version section.
func (e *exporter) mediaEncrypted() bool {
	return e.key != nil && e.opts.SaveMedia && !e.opts.PlainMedia
}
