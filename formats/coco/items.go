package coco

import (
	"bytes"
	"context"
	"errors"
	"path"
	"strconv"
	"sync"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
)

// job is one image to be read.
type job struct {
	s *subset
	i int
}

// readItem is an item with the notes made on it.
type readItem struct {
	item  dataset.Item
	notes formats.Loss
	bad   bool // left out, as the user wants it
}

// Items streams the images, subset after subset, in file order.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		m.notes = formats.Loss{}
		for d, err := range workers.Map(ctx, workers.Count(m.opts.Workers), m.jobs, m.read) {
			if err != nil {
				yield(dataset.Item{}, err)
				return
			}
			m.notes.Merge(d.notes)
			if d.bad {
				continue
			}
			if !yield(d.item, nil) {
				return
			}
		}
	}
}

func (m *importer) jobs(yield func(job, error) bool) {
	for _, s := range m.subsets {
		for i := range s.len() {
			if !yield(job{s, i}, nil) {
				return
			}
		}
	}
}

// listing is what an item carries of a file that lists it: its place there
// where that is not the order of the items, and a patch where the record
// differs from that in the first such file.
type listing struct {
	At    *int32  `json:"at,omitempty"`
	Patch rawJSON `json:"patch,omitempty"`
}

// read runs on the pool.
func (m *importer) read(j job) (d readItem, err error) {
	r := itemReader{m: m, s: j.s, item: &d.item, notes: &d.notes, listed: map[string]listing{}}
	places := j.s.of(j.i)
	r.renamed = j.s.renamed[int32(j.i)]
	for k, f := range j.s.files {
		if places[k] < 0 {
			r.special = true
			continue
		}
		if err := r.readFrom(k, f, places[k]); err != nil {
			d.bad = true
			return d, m.opts.Bad(m.inFile(f.path, d.item.ID, err))
		}
	}
	return d, r.finish()
}

// itemReader puts one item together.
type itemReader struct {
	m       *importer
	s       *subset
	item    *dataset.Item
	notes   *formats.Loss
	renamed string
	made    dataset.Attributes // the image's record as the writer will make it
	listed  map[string]listing // by file
	special bool               // listed has to be carried
	raw     []rawRecord
	pan     map[string]panopticRecord // by file
}

// rawRecord is a record that says nothing the model could hold. At is its
// place among the records of the item in the file.
type rawRecord struct {
	File   int     `json:"file"`
	At     int     `json:"at"`
	Order  *int32  `json:"order,omitempty"`
	Record rawJSON `json:"record"`
}

// readFrom adds what file k says of the image.
func (r *itemReader) readFrom(k int, f *source, place int32) error {
	at := f.index.span(f.index.images[place])
	raw, err := f.index.record(f.file, at)
	if err != nil {
		return err
	}
	if err := r.image(k, f, raw, place); err != nil {
		return &recordError{at.at, err}
	}
	n := 0
	return f.each(f.index.of(place), func(a annotationAt, raw []byte) error {
		n++
		if err := r.annotation(k, f, a, raw, n-1); err != nil {
			return r.m.opts.Bad(r.m.inFile(f.path, r.item.ID, &recordError{a.at, err}))
		}
		return nil
	})
}

// image reads the record of the image.
func (r *itemReader) image(k int, f *source, raw []byte, place int32) error {
	record, err := members(raw)
	if err != nil {
		return corrupt("%w", err)
	}
	var l listing
	if !f.imagesInOrder {
		l.At, r.special = &place, true
	}
	if r.made == nil {
		if err := r.begin(record); err != nil {
			return err
		}
	} else if patch := diff(record, r.made); patch != nil {
		l.Patch, r.special = patch, true
	}
	r.listed[strconv.Itoa(k)] = l
	return nil
}

// begin makes the item of the first record of its image.
func (r *itemReader) begin(record dataset.Attributes) error {
	rawID, _ := record.Get("id")
	rawName, _ := record.Get("file_name")
	name, _ := text(rawName)
	clean, ok := cleanName(name, r.m.opts.AllowExternalMedia)
	if !ok {
		return corrupt("the file changed while it was read")
	}
	src, found := r.m.locate(r.s, clean, name)
	if clean != name {
		r.notes.Add("images whose file_name is a URL, an absolute path or no tidy path, found by its end", r.s.name+"/"+clean, 1)
	}
	if r.renamed != "" {
		clean = r.renamed
	}
	img := &dataset.Image{File: dataset.File{Name: clean, Source: src}}
	if img.Height, img.Width = sizeOf(record); img.Height == 0 {
		r.notes.Add("images without a height and width", r.s.name+"/"+clean, 1)
	}
	it := r.item
	it.ID, it.Subset, it.Media = itemID(clean), r.s.name, img
	if raw, ok := record.Get("attributes"); ok {
		if a := userAttributes(raw); !a.Has(attrID) {
			it.Attributes = a
		}
	}
	id := idText(rawID)
	it.Attributes.SetRaw(attrID, []byte(id))
	var forced []string
	if _, whole := integer(rawID); !whole {
		forced = append(forced, "id")
		r.notes.Add("images with an id that is no whole number", r.s.name+"/"+clean, 1)
	}
	for _, side := range []string{"height", "width"} {
		if !record.Has(side) {
			forced = append(forced, side)
		}
	}
	r.made = imageMembers(it, []byte(id))
	patch := diff(record, r.made, forced...)
	r.made = apply(r.made, patch)
	carry(&it.Attributes, carryImage, patch)
	if found != "" && found != r.s.media {
		return it.Attributes.Set(carryMedia, found)
	}
	return nil
}

// sizeOf reads the height and width of an image, 0 where it has no sensible
// ones.
func sizeOf(record dataset.Attributes) (height, width int32) {
	rawH, _ := record.Get("height")
	rawW, _ := record.Get("width")
	h, ok1 := integer(rawH)
	w, ok2 := integer(rawW)
	if !ok1 || !ok2 || h <= 0 || w <= 0 || !isSide(float64(h)) || !isSide(float64(w)) {
		return 0, 0
	}
	return int32(h), int32(w)
}

// itemID is the name of a media without its extension.
func itemID(name string) string {
	id := name[:len(name)-len(path.Ext(name))]
	if id == "" || id[len(id)-1] == '/' {
		return name // a name that is all extension
	}
	return id
}

// annotation adds an annotation record, the nth of this image in its file.
func (r *itemReader) annotation(k int, f *source, at annotationAt, raw []byte, n int) error {
	if bytes.Contains(raw, []byte(`"segments_info"`)) {
		return r.panoptic(k, f, at, raw)
	}
	p := parser{source: f, notes: r.notes, where: r.s.name + "/" + r.item.ID}
	anns, err := p.annotations(raw, at.order)
	if err != nil {
		return err
	}
	if len(anns) == 0 {
		return r.keepRaw(k, f, at, raw, n)
	}
	r.take(k, f, at, anns)
	return nil
}

// take adds annotations of one record to the item.
func (r *itemReader) take(k int, f *source, at annotationAt, anns []dataset.Annotation) {
	if !f.annotationsInOrder {
		carry(&anns[0].Common().Attributes, carryOrder, strconv.AppendInt(nil, int64(at.order), 10))
	}
	for _, a := range anns {
		if usualFile(len(r.s.files), r.s.task, kindTask(a)) != k {
			carry(&a.Common().Attributes, carryFile, strconv.AppendInt(nil, int64(k), 10))
		}
	}
	r.item.Annotations = append(r.item.Annotations, anns...)
}

// task is the task of file k.
func (s *subset) task(k int) string { return s.files[k].task }

func (r *itemReader) keepRaw(k int, f *source, at annotationAt, raw []byte, n int) error {
	record, err := members(raw)
	if err != nil {
		return corrupt("%w", err)
	}
	r.notes.Add("annotations without box, outline, keypoints, caption or category, passed on as they are", r.s.name+"/"+r.item.ID, 1)
	record.Delete("image_id")
	for i := range record {
		record[i].Value = compact(record[i].Value)
	}
	x := rawRecord{File: k, At: n, Record: record.AppendJSON(nil)}
	if !f.annotationsInOrder {
		x.Order = &at.order
	}
	r.raw = append(r.raw, x)
	return nil
}

// finish gives the item what it carries.
func (r *itemReader) finish() error {
	var errs []error
	set := func(name string, v any) { errs = append(errs, r.item.Attributes.Set(name, v)) }
	if r.special {
		set(carryIn, r.listed)
	}
	if r.raw != nil {
		set(carryRaw, r.raw)
	}
	if r.pan != nil {
		set(carryPanoptic, r.pan)
	}
	return errors.Join(errs...)
}

// buffers holds the memory of records between reads.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// each calls do with the text of each of the records, which is only valid
// during the call. Records that stand close together are read at once.
func (f *source) each(orders []int32, do func(a annotationAt, raw []byte) error) error {
	const near, most = 4 << 10, 1 << 20
	list := make([]annotationAt, len(orders))
	for i, order := range orders {
		list[i] = f.index.annotation(order)
	}
	buf := buffers.Get().(*[]byte)
	defer buffers.Put(buf)
	for len(list) > 0 {
		start, end, n := list[0].at, list[0].at+int64(list[0].size), 1
		for n < len(list) && list[n].at-end <= near && list[n].at-start <= most {
			end = list[n].at + int64(list[n].size)
			n++
		}
		if need := int(end - start); cap(*buf) < need {
			*buf = make([]byte, need)
		}
		b := (*buf)[:end-start]
		if n, err := f.file.ReadAt(b, start); n < len(b) {
			return atRecord(start, "the file changed while it was read: %w", err)
		}
		for _, a := range list[:n] {
			raw := b[a.at-start : a.at-start+int64(a.size)]
			if err := do(a, f.index.sanitized(raw)); err != nil {
				return err
			}
		}
		list = list[n:]
	}
	return nil
}
