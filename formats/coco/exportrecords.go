package coco

import (
	"slices"

	"datum/dataset"
)

// outRecord is a record of an item being put together.
type outRecord struct {
	group
	file  int
	first dataset.Annotation
	user  dataset.Attributes // the user's attributes of all its annotations
}

// recordKey is what the annotations of one record share.
type recordKey struct {
	file  int
	group int64
	label int32
}

// writeAnnotations spools the annotations of an item as records.
func (s *outSubset) writeAnnotations(it *dataset.Item, ordinal int32) error {
	records, segments, err := s.records(it)
	if err != nil {
		return err
	}
	w := recordWriter{s: s, it: it, ordinal: ordinal, written: make([]int, maxFiles)}
	if s.sameSource {
		it.Attributes.Decode(carryRaw, &w.raw)
	}
	for _, r := range records {
		if err := w.writeRaw(r.file, false); err != nil {
			return err
		}
		if err := w.write(r); err != nil {
			return err
		}
	}
	for k, f := range s.files {
		if err := w.writeRaw(k, true); err != nil {
			return err
		}
		if f.task == taskPanoptic {
			if err := s.writePanoptic(it, ordinal, k, f, segments[k]); err != nil {
				return err
			}
		}
	}
	return nil
}

// records puts the annotations of an item together: to one record go those
// that share group and label, as far as a record has room for them and unless
// one is marked as the first of its record. Masks of panoptic files are
// segments and come apart.
func (s *outSubset) records(it *dataset.Item) (out []*outRecord, segments map[int][]*dataset.Mask, err error) {
	open := map[recordKey]*outRecord{}
	for _, a := range it.Annotations {
		if what := unheld[a.Kind()]; what != "" {
			s.e.lost(it, what+" dropped")
			continue
		}
		s.countFields(it, a)
		k := s.sourceFile(a)
		if m, ok := a.(*dataset.Mask); ok && k != anyFile && s.files[k].task == taskPanoptic {
			if segments == nil {
				segments = map[int][]*dataset.Mask{}
			}
			segments[k] = append(segments[k], m)
			continue
		}
		base, key := a.Common(), recordKey{file: k, label: dataset.NoLabel}
		key.group = base.Group
		if l := dataset.LabelOf(a); l != nil {
			key.label = *l
		}
		marked := base.Attributes.Has(carryRecord) || base.Attributes.Has(carryOrder)
		if r := open[key]; r != nil && base.Group != 0 && !marked && r.add(a) {
			s.unite(it, r, a)
			continue
		}
		r := &outRecord{file: k, first: a}
		r.user, _ = base.Attributes.Split()
		r.user = slices.Clip(r.user)
		r.add(a) // an empty group takes whatever COCO holds
		out = append(out, r)
		open[key] = r
	}
	for _, r := range out {
		if r.file == anyFile {
			if r.file, err = s.taskFile(r.task()); err != nil {
				return nil, nil, err
			}
		}
	}
	return out, segments, nil
}

// unheld are the kinds that COCO has no place for.
var unheld = map[dataset.Kind]string{
	dataset.KindRotatedBox: "rotated boxes", dataset.KindPolyLine: "polylines", dataset.KindEllipse: "ellipses",
	dataset.KindCuboid2D: "2D cuboids", dataset.KindCuboid3D: "3D cuboids", dataset.KindTabular: "table rows",
}

// countFields counts the fields of an annotation that COCO does not have.
func (s *outSubset) countFields(it *dataset.Item, a dataset.Annotation) {
	if z := dataset.ZOf(a); z != nil && *z != 0 {
		s.e.lost(it, "drawing orders of annotations dropped")
	}
	if a.Common().ObjectID != dataset.NoObject {
		s.e.lost(it, "object ids of annotations dropped")
	}
	if p, ok := a.(*dataset.Polygon); ok && (len(p.Points) < 6 || len(p.Points)%2 != 0) {
		s.e.lost(it, "polygons of fewer than three points, which readers of COCO refuse or skip")
	}
}

// unite adds what another annotation says to a record, and counts where the two
// contradict each other. What only one of them says is true of the object.
func (s *outSubset) unite(it *dataset.Item, r *outRecord, a dataset.Annotation) {
	conflicts := 0
	for _, x := range a.Common().Attributes {
		if dataset.IsCarried(x.Name) {
			continue
		}
		if v, ok := r.user.Get(x.Name); !ok {
			r.user = append(r.user, x)
		} else if string(v) != string(x.Value) {
			conflicts++
		}
	}
	if conflicts > 0 {
		s.e.lost(it, "attributes of annotations that differ from those of the same object, dropped")
	}
	if r.first.Common().ID != a.Common().ID {
		s.e.lost(it, "ids of annotations that differ from those of the same object, dropped")
	}
}

// recordWriter spools the records of one item.
type recordWriter struct {
	s       *outSubset
	it      *dataset.Item
	ordinal int32
	raw     []rawRecord
	written []int // records of the item in each file so far
}

// writeRaw writes the raw records whose turn it is in file k, or all that are
// left of it.
func (w *recordWriter) writeRaw(k int, all bool) error {
	rest := w.raw[:0]
	for _, x := range w.raw {
		if x.File != k || !all && x.At != w.written[k] {
			rest = append(rest, x)
			continue
		}
		r, err := dataset.ParseAttributes(x.Record)
		if err != nil {
			return w.s.e.errorf(w.it.ID, "a record that the item carries is broken: %w", err)
		}
		id := recordID{none: true}
		if raw, ok := r.Get("id"); ok {
			id = recordID{forced: raw}
		}
		order := noOrder
		if x.Order != nil {
			order = *x.Order
		}
		if err := w.s.files[k].add(w.ordinal, id, order, r); err != nil {
			return err
		}
		w.written[k]++
	}
	w.raw = rest
	return nil
}

// write spools a record.
func (w *recordWriter) write(rec *outRecord) error {
	f, base := w.s.files[rec.file], rec.first.Common()
	label := dataset.NoLabel
	if l := dataset.LabelOf(rec.first); l != nil {
		label = *l
	}
	if w.s.e.info.Categories.Labels == nil && label != dataset.NoLabel {
		w.s.e.lost(w.it, "labels that are bare numbers, written as categories of that name")
	}
	r := append(dataset.Attributes{{Name: "id"}}, rec.members(rec.user, f.category(label), sameness{})...)
	patch, _ := base.Attributes.Get(carryRecord)
	r = apply(r, patch)
	id := recordID{n: base.ID}
	switch raw, ok := r.Get("id"); {
	case !ok:
		id = recordID{none: true}
	case raw != nil:
		id = recordID{forced: raw}
	}
	order := noOrder
	if raw, ok := base.Attributes.Get(carryOrder); ok && w.s.sameSource {
		if n, ok := integer(raw); ok && n >= 0 && n < 1<<31 {
			order = int32(n)
		}
	}
	w.written[rec.file]++
	return f.add(w.ordinal, id, order, r)
}
