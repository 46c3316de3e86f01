package coco

import (
	"bytes"
	"errors"
	"path"
	"strconv"

	"datum/dataset"
	"datum/formats"
)

// listing is what an item carries of a file that lists it: its place there
// where that is not the order of the items, and a patch where the record
// differs from that in the first such file.
type listing struct {
	At    *int32  `json:"at,omitempty"`
	Patch rawJSON `json:"patch,omitempty"`
}

// read reads image i.
func (r *itemReader) read(d *readItem, i int) error {
	r.begin(d, r.s.renamed[int32(i)])
	for k, place := range r.s.of(i) {
		f := r.s.files[k]
		if place < 0 {
			r.special = true
			continue
		}
		if err := r.readFrom(f, place); err != nil {
			d.bad = true
			d.item.Annotations = nil
			return r.m.opts.Bad(r.m.inFile(f.path, d.item.ID, err))
		}
	}
	return r.finish()
}

// itemReader puts items together, one after the other.
type itemReader struct {
	m     *importer
	s     *subset
	quick *quickReader
	// Of the item at hand:
	item    *dataset.Item
	notes   *formats.Loss
	renamed string
	begun   bool
	first   []byte             // the text of the image's first record
	made    dataset.Attributes // the image's record as the writer will make it, nil where nobody needed it yet
	listed  []listing          // by file, where there is one
	lists   uint64             // bits of the files that list the image
	special bool               // listed has to be carried
	// thorough leaves out the quick readers.
	thorough bool
	raw      []rawRecord
	pan      map[string]panopticRecord // by file
}

func newItemReader(m *importer, s *subset) *itemReader {
	return &itemReader{m: m, s: s, quick: newQuickReader(s), listed: make([]listing, len(s.files))}
}

// quickly reports whether records of a file may be read by the quick readers,
// which know JSON only.
func (r *itemReader) quickly(f *source) bool { return f.index.unclean == 0 && !r.thorough }

// begin begins an item.
func (r *itemReader) begin(d *readItem, renamed string) {
	r.item, r.notes, r.renamed = &d.item, &d.notes, renamed
	r.begun, r.made, r.lists, r.special, r.raw, r.pan = false, nil, 0, false, nil, nil
	r.item.Annotations = r.quick.annotations[:0]
}

// rawRecord is a record that says nothing the model could hold. At is its
// place among the records of the item in the file.
type rawRecord struct {
	File   int     `json:"file"`
	At     int     `json:"at"`
	Order  *int32  `json:"order,omitempty"`
	Record rawJSON `json:"record"`
}

// readFrom adds what a file says of the image.
func (r *itemReader) readFrom(f *source, place int32) error {
	at := f.index.span(f.index.images[place])
	raw, err := r.quick.imageText(f, at)
	if err != nil {
		return err
	}
	if err := r.image(f, raw, place); err != nil {
		return &recordError{at.at, err}
	}
	n := 0
	return r.quick.each(f, f.index.of(place), func(a annotationAt, b []byte, i int) error {
		n++
		if err := r.annotation(f, a, b, i, n-1); err != nil {
			return r.m.opts.Bad(r.m.inFile(f.path, r.item.ID, &recordError{a.at, err}))
		}
		return nil
	})
}

// image reads the record of the image, which has padding behind it.
func (r *itemReader) image(f *source, padded []byte, place int32) error {
	var l listing
	if !f.imagesInOrder {
		l.At, r.special = &place, true
	}
	raw := padded[:len(padded)-padding]
	switch {
	case !r.begun:
		if err := r.beginWith(f, padded); err != nil {
			return err
		}
		if r.begun = true; len(r.s.files) > 1 {
			r.first = append(r.first[:0], raw...)
		}
	case !bytes.Equal(raw, r.first):
		record, err := members(raw)
		if err != nil {
			return corrupt("%w", err)
		}
		if patch := diff(record, r.imageMade()); patch != nil {
			l.Patch, r.special = patch, true
		}
	}
	r.listed[f.number] = l
	r.lists |= 1 << f.number
	return nil
}

// imageMade is the image's record as the writer will make it.
func (r *itemReader) imageMade() dataset.Attributes {
	if r.made == nil {
		id, _ := r.item.Attributes.Get(attrID)
		patch, _ := r.item.Attributes.Get(carryImage)
		r.made = apply(imageMembers(r.item, id), patch)
	}
	return r.made
}

// beginWith makes the item of the first record of its image.
func (r *itemReader) beginWith(f *source, padded []byte) error {
	end := len(padded) - padding
	if r.quickly(f) && r.renamed == "" {
		if img, ok := r.quick.image.image(padded, 0, end, r.m.opts.AllowExternalMedia); ok {
			return r.beginQuick(img)
		}
	}
	record, err := members(padded[:end])
	if err != nil {
		return corrupt("%w", err)
	}
	return r.beginThorough(record)
}

func (r *itemReader) beginQuick(img *dataset.Image) error {
	src, found := r.m.locate(r.s, img.Name, img.Name)
	img.Source = src
	it := r.item
	it.ID, it.Subset, it.Media, it.Attributes = itemID(img.Name), r.s.name, img, r.quick.image.attributes()
	if found != "" && found != r.s.media {
		return it.Attributes.Set(carryMedia, found)
	}
	return nil
}

func (r *itemReader) beginThorough(record dataset.Attributes) error {
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
	carry(&it.Attributes, carryImage, diff(record, imageMembers(it, []byte(id)), forced...))
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

// annotation adds an annotation record, the nth of this image in its file,
// which begins at i and has more text or padding behind it.
func (r *itemReader) annotation(f *source, at annotationAt, b []byte, i, n int) error {
	end := i + int(at.size)
	if r.quickly(f) {
		if anns, ok := r.quick.records[f.number].annotations(r.item.Annotations, b, i, end, at.order); ok {
			r.item.Annotations = anns
			return nil
		}
	}
	return r.annotationThorough(f, at, f.index.sanitized(b[i:end]), n)
}

func (r *itemReader) annotationThorough(f *source, at annotationAt, raw []byte, n int) error {
	if isPanoptic(raw) {
		return r.panoptic(f.number, f, at, raw)
	}
	p := parser{source: f, notes: r.notes, where: r.s.name + "/" + r.item.ID}
	anns, err := p.annotations(raw, at.order)
	if err != nil {
		return err
	}
	if len(anns) == 0 {
		return r.keepRaw(f.number, f, at, raw, n)
	}
	r.take(f, at, anns)
	return nil
}

// isPanoptic reports whether a record has segments. Others may well have the
// word in them.
func isPanoptic(raw []byte) bool {
	return bytes.Contains(raw, []byte(`"segments_info"`)) && member(raw, "segments_info") != nil
}

// take adds annotations of one record to the item.
func (r *itemReader) take(f *source, at annotationAt, anns []dataset.Annotation) {
	if !f.annotationsInOrder {
		carry(&anns[0].Common().Attributes, carryOrder, strconv.AppendInt(nil, int64(at.order), 10))
	}
	for _, a := range anns {
		if usualFile(len(r.s.files), r.s.task, kindTask(a)) != f.number {
			carry(&a.Common().Attributes, carryFile, strconv.AppendInt(nil, int64(f.number), 10))
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

// finish gives the item what it carries, and memory of its own.
func (r *itemReader) finish() error {
	r.quick.annotations = r.item.Annotations[:0]
	r.item.Annotations = r.quick.store.annotations.copyOf(r.item.Annotations)
	var errs []error
	set := func(name string, v any) { errs = append(errs, r.item.Attributes.Set(name, v)) }
	if r.special {
		listed := map[string]listing{}
		for k, l := range r.listed {
			if r.lists&(1<<k) != 0 {
				listed[strconv.Itoa(k)] = l
			}
		}
		set(carryIn, listed)
	}
	if r.raw != nil {
		set(carryRaw, r.raw)
	}
	if r.pan != nil {
		set(carryPanoptic, r.pan)
	}
	return errors.Join(errs...)
}
