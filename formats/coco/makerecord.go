package coco

import (
	"bytes"
	"strconv"

	"datum/dataset"
)

// recordMaker puts the annotations of an item together to records. It is used
// again for the next item.
type recordMaker struct {
	open  []openRecord
	patch []patchMember
}

// openRecord is a record being put together.
type openRecord struct {
	group
	key   recordKey
	first *dataset.Base
	notes baseNotes
	task  int // of its first annotation
}

// baseNotes is what the attributes of an annotation say of its record.
type baseNotes struct {
	patch  []byte
	order  int32
	marked bool // it begins a record
	crowd  int64
	// crowded says that crowd was said in a way that is understood, so that
	// it is no attribute any more.
	crowded bool
	score   []byte
	user    int // other attributes
}

// mostOpen bounds the records of an item, for the one that an annotation
// belongs to is searched among all of them.
const mostOpen = 200

// forget lets go of the annotations.
func (m *recordMaker) forget() {
	all := m.open[:cap(m.open)]
	for i := range all {
		clear(all[i].polygons[:cap(all[i].polygons)])
		all[i] = openRecord{group: group{polygons: all[i].polygons[:0]}}
	}
	clear(m.patch[:cap(m.patch)])
}

// add begins a record.
func (m *recordMaker) add(key recordKey, first *dataset.Base, notes baseNotes, task int) *openRecord {
	n := len(m.open)
	if n < cap(m.open) {
		m.open = m.open[:n+1]
	} else {
		m.open = append(m.open, openRecord{})
	}
	r := &m.open[n]
	*r = openRecord{group: group{polygons: r.polygons[:0]}, key: key, first: first, notes: notes, task: task}
	return r
}

// find returns the record that was begun last under a key, nil where there is
// none.
func (m *recordMaker) find(key recordKey) *openRecord {
	for i := len(m.open) - 1; i >= 0; i-- {
		if m.open[i].key == key {
			return &m.open[i]
		}
	}
	return nil
}

// makeRecords makes the records of an item's annotations.
func (b *batch) makeRecords(x *batchItem) bool {
	m := &b.maker
	m.open = m.open[:0]
	for _, a := range x.it.Annotations {
		if len(m.open) > mostOpen || !m.put(x.files, a) {
			return false
		}
	}
	x.first = len(b.records)
	for i := range m.open {
		if !b.makeRecord(x.files, &m.open[i]) {
			return false
		}
	}
	x.last = len(b.records)
	return true
}

// put puts an annotation into a record.
func (m *recordMaker) put(files *knownFiles, a dataset.Annotation) bool {
	task, label, ok := usualKind(a)
	base := a.Common()
	if !ok || base.ObjectID != dataset.NoObject || files.info.Categories.Labels == nil && label != dataset.NoLabel {
		return false
	}
	key := recordKey{file: anyFile, group: base.Group, label: label}
	if files.sameSource {
		key.file = files.usual[task]
	}
	notes, ok := readNotes(files, base.Attributes, &key)
	if !ok {
		return false
	}
	if base.Group != 0 && !notes.marked {
		if r := m.find(key); r != nil && r.group.add(a) {
			return r.first.ID == base.ID && says(r.first.Attributes, base.Attributes)
		}
	}
	return m.add(key, base, notes, task).group.add(a)
}

// usualKind returns the task and the label of an annotation that COCO holds
// all of.
func usualKind(a dataset.Annotation) (task int, label int32, ok bool) {
	switch a := a.(type) {
	case *dataset.Polygon:
		return kindInstances, a.Label, a.Z == 0 && len(a.Points) >= 6 && len(a.Points)%2 == 0
	case *dataset.Bbox:
		return kindInstances, a.Label, a.Z == 0
	case *dataset.Mask:
		return kindInstances, a.Label, a.Z == 0
	case *dataset.Points:
		return kindKeypoints, a.Label, a.Z == 0
	case *dataset.Caption:
		return kindCaptions, dataset.NoLabel, true
	case *dataset.Label:
		return kindLabels, a.Label, true
	}
	return 0, 0, false
}

// readNotes reads the attributes of an annotation. It sets the file in key
// where one is carried.
func readNotes(files *knownFiles, attributes dataset.Attributes, key *recordKey) (n baseNotes, ok bool) {
	n.order = noOrder
	for _, a := range attributes {
		switch {
		case a.Name == attrCrowd:
			n.crowd, n.crowded = readCrowd(a.Value)
			if !n.crowded {
				n.user++
			}
		case a.Name == attrScore:
			n.score = a.Value
		case !isMarked(a.Name):
			n.user++
		case a.Name == carryOrder:
			n.marked = true
			if order, whole := integer(a.Value); whole && order >= 0 && order < 1<<31 && files.sameSource {
				n.order = int32(order)
			}
		case a.Name == carryRecord:
			n.marked, n.patch = true, a.Value
		case a.Name == carryFile:
			if !files.sameSource {
				continue
			}
			k, whole := integer(a.Value)
			if !whole || k < 0 || k >= int64(len(files.files)) { // which may be there when the item is written
				return n, false
			}
			key.file = int(k)
		case a.Name != carryList && !isForeign(a.Name):
			return n, false
		}
	}
	return n, true
}

// says reports whether attributes have all that the user's of others have.
func says(attributes, others dataset.Attributes) bool {
	for _, a := range others {
		if isMarked(a.Name) {
			continue
		}
		if v, ok := attributes.Get(a.Name); !ok || !bytes.Equal(v, a.Value) {
			return false
		}
	}
	return true
}

// taskKind is the task of the record by its content, see group.task.
func (r *openRecord) taskKind() int {
	if r.keypoints != nil {
		return kindKeypoints
	}
	return r.task
}

// makeRecord makes a record.
func (b *batch) makeRecord(files *knownFiles, r *openRecord) bool {
	k := r.key.file
	if k == anyFile {
		if k = files.byTask[r.taskKind()]; k == anyFile {
			return false
		}
	}
	f := &files.files[k]
	category, ok := f.category(r.key.label)
	if !ok {
		return false
	}
	start := len(b.text)
	if !b.appendRecord(r, category) {
		return false
	}
	out := madeRecord{file: f.outFile, order: r.notes.order, text: textPart{start, len(b.text)}}
	if r.first.ID != 0 {
		out.id, out.kind = r.first.ID, idGiven
	}
	b.records = append(b.records, out)
	return true
}

// category returns the id of a label, where it is known.
func (f *knownFile) category(label int32) (id []byte, ok bool) {
	if label < 0 {
		return []byte("null"), true
	}
	if int(label) >= len(f.categories) || f.categories[label] == nil {
		return nil, false
	}
	return f.categories[label], true
}

// appendRecord appends the text of a record behind its ids.
func (b *batch) appendRecord(r *openRecord, category []byte) bool {
	patch := b.maker.patch[:0]
	if r.notes.patch != nil {
		var ok bool
		patch, ok = quickPatch(patch, r.notes.patch)
		b.maker.patch = patch
		if !ok {
			return false
		}
	}
	var area []byte
	for _, m := range patch {
		if string(m.name) == "area" {
			area = m.value
		} else if isUsual(m.name) {
			return false
		}
	}
	n, crowded := &r.notes, false
	switch {
	case r.caption != nil && area == nil:
		b.text = appendText(append(b.text, `,"caption":`...), r.caption.Caption)
	case r.label != nil && area == nil:
		b.text = append(append(b.text, `,"category_id":`...), category...)
	case r.caption == nil && r.label == nil:
		b.text = append(append(b.text, `,"category_id":`...), category...)
		b.text = r.appendObject(b.text, area)
		b.text = append(b.text, `,"iscrowd":`...)
		b.text = append(b.text, '0'+byte(n.crowd))
		crowded = n.crowded
	default:
		return false
	}
	b.text = n.appendRest(b.text, r.first.Attributes, crowded)
	for _, m := range patch {
		if string(m.name) != "area" {
			b.text = appendMember(b.text, m)
		}
	}
	b.text = append(b.text, '}')
	return true
}

// appendObject appends the members that say where the object is.
func (r *openRecord) appendObject(dst, area []byte) []byte {
	dst = append(dst, `,"segmentation":`...)
	if r.mask != nil {
		dst = appendRLE(dst, r.mask)
	} else {
		dst = append(dst, '[')
		for i, p := range r.polygons {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = appendCoordinates(dst, p.Points)
		}
		dst = append(dst, ']')
	}
	dst = append(dst, `,"area":`...)
	if area != nil {
		dst = append(dst, area...)
	} else {
		dst = appendNumber(dst, r.area())
	}
	box := r.bounds()
	dst = appendCoordinates(append(dst, `,"bbox":`...), box[:])
	if r.keypoints == nil {
		return dst
	}
	dst = appendKeypoints(append(dst, `,"keypoints":`...), r.keypoints)
	return strconv.AppendInt(append(dst, `,"num_keypoints":`...), labelled(r.keypoints), 10)
}

// appendRest appends the score and the user's other attributes. is_crowd is
// one of them in a record that has no other place for it.
func (n *baseNotes) appendRest(dst []byte, attributes dataset.Attributes, crowded bool) []byte {
	if n.score != nil {
		dst = append(append(dst, `,"score":`...), n.score...)
	}
	user, but := n.user, attrScore
	if crowded {
		but = attrCrowd
	} else if n.crowded {
		user++
	}
	if user > 0 {
		dst = appendUser(append(dst, `,"attributes":`...), attributes, attrScore, but)
	}
	return dst
}
