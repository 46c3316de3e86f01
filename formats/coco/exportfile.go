package coco

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	"datum/dataset"
)

// outFile is one annotation file being written.
type outFile struct {
	s        *outSubset
	path     string
	task     string
	bits     uint64 // its numbers among the files of the subset, see imageEntry.absent
	members  [][]rawJSON
	listed   []outCategory
	ids      map[int32][]byte // label → category id, as far as it is in the list
	usedIDs  map[string]bool
	spool    *spool
	entries  []annotationEntry
	forced   [][]byte          // annotation ids that are written as they are
	places   map[int32]int32   // item → place of its image, where that is carried
	variants map[int32]variant // item → its image's record, where that is not the common one
}

// annotationEntry is a record in the spool, 32 bytes.
type annotationEntry struct {
	at    int64
	id    int64 // by kind: the id, or an index into forced
	size  int32
	image int32 // the item
	order int32
	kind  idKind
}

// variant is a record of an image of its own. id is nil where it is the
// common one.
type variant struct {
	at   int64
	size int32
	id   []byte
}

// recordID is the id of a record: a number (0 is none), a JSON value to be
// written whatever it is, or no member at all.
type recordID struct {
	n      int64
	forced []byte
	none   bool
}

func newOutFile(s *outSubset, c carriedFile) (f *outFile, err error) {
	f = &outFile{s: s, path: c.Path, task: c.Task, members: c.Members, places: map[int32]int32{}, variants: map[int32]variant{}}
	f.ids, f.usedIDs = map[int32][]byte{}, map[string]bool{}
	f.listCategories(c)
	f.spool, err = newSpool(s.e.root, s.e.spools())
	return f, err
}

// spools numbers the spools of the dataset.
func (e *exporter) spools() int {
	e.lastSpool++
	return e.lastSpool
}

// add spools a record without its ids.
func (f *outFile) add(image int32, id recordID, order int32, r dataset.Attributes) error {
	text := rest(r)
	at, err := f.spool.add(text)
	f.s.images[image].absent &^= f.bits // whatever is carried: no annotation without its image
	e := annotationEntry{at: at, size: int32(len(text)), image: image, order: order, id: id.n}
	switch {
	case id.none:
		e.kind = idNone
	case id.forced != nil:
		e.kind, e.id = idForced, int64(len(f.forced))
		f.forced = append(f.forced, id.forced)
	case id.n != 0:
		e.kind = idGiven
	}
	f.entries = append(f.entries, e)
	return err
}

// arrange puts the records into their order and gives ids to those that have
// none, or one that another record has.
func (f *outFile) arrange() {
	place := func(e annotationEntry) int32 {
		if e.order == noOrder {
			return math.MaxInt32
		}
		return e.order
	}
	byPlace := func(a, b annotationEntry) int { return cmp.Compare(place(a), place(b)) }
	if !slices.IsSortedFunc(f.entries, byPlace) {
		slices.SortStableFunc(f.entries, byPlace)
	}
	forced := map[int64]bool{}
	for _, raw := range f.forced {
		if n, ok := integer(raw); ok {
			forced[n] = true
		}
	}
	var given []int32
	for i, e := range f.entries {
		if e.kind == idGiven {
			given = append(given, int32(i))
		}
	}
	slices.SortStableFunc(given, func(a, b int32) int { return cmp.Compare(f.entries[a].id, f.entries[b].id) })
	last, previous := int64(0), int64(0) // 0 is no given id
	for _, i := range given {
		e := &f.entries[i]
		if e.id == previous || forced[e.id] {
			e.kind = idFree
			f.s.e.loss.Add("annotation ids given anew, since another annotation of the file has the same", fmt.Sprintf("%d of %s", e.id, f.s.name), 1)
			continue
		}
		previous = e.id
		last = max(last, e.id)
	}
	for n := range forced {
		last = max(last, n)
	}
	for i := range f.entries {
		if e := &f.entries[i]; e.kind == idFree {
			last++
			e.id, e.kind = last, idGiven
		}
	}
}

// write makes file k of its subset.
func (f *outFile) write(k int) (err error) {
	file, err := f.s.e.create(f.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	f.arrange()
	w := bufio.NewWriterSize(file, 256<<10)
	separator := "{\n"
	for _, m := range f.topMembers() {
		w.WriteString(separator)
		separator = ",\n"
		w.Write(m.name)
		w.WriteByte(':')
		switch {
		case m.value != nil:
			w.Write(m.value)
		case m.lists == "images":
			err = f.writeImages(w, k)
		case m.lists == "annotations":
			err = f.writeAnnotations(w)
		default:
			f.writeCategories(w)
		}
		if err != nil {
			return err
		}
	}
	w.WriteString("\n}\n")
	return w.Flush()
}

// outMember is a top-level member: a value, or one of the lists.
type outMember struct {
	name, value []byte
	lists       string
}

// topMembers are the members that the source had, in its order, or the usual
// ones.
func (f *outFile) topMembers() (out []outMember) {
	members := f.members
	if members == nil {
		members = [][]rawJSON{{jsonText("info"), rawJSON("{}")}, {jsonText("licenses"), rawJSON("[]")},
			{jsonText("images")}, {jsonText("annotations")}}
		if f.task != taskCaptions { // pycocotools takes a list, even an empty one, to mean that captions have categories
			members = append(members, []rawJSON{jsonText("categories")})
		}
	}
	needed := map[string]bool{"images": len(f.s.images) > 0, "annotations": len(f.entries) > 0, "categories": len(f.listed) > 0}
	for _, m := range members {
		name, _ := text(m[0])
		needs, isList := needed[name]
		switch {
		case isList && (needs || len(m) == 1):
			out = append(out, outMember{name: m[0], lists: name})
			delete(needed, name)
		case len(m) > 1:
			out = append(out, outMember{name: m[0], value: m[1]})
		}
	}
	for _, name := range []string{"images", "annotations", "categories"} {
		if needed[name] {
			out = append(out, outMember{name: jsonText(name), lists: name})
		}
	}
	return out
}

// writeImages writes the list of images of file k, one a line.
func (f *outFile) writeImages(w *bufio.Writer, k int) error {
	order := f.imageOrder(k)
	f.settleVariants(order)
	separator := "[\n"
	var id []byte
	for _, i := range order {
		at, size := f.s.images[i].at, f.s.images[i].size
		if v, ok := f.variants[i]; ok {
			at, size = v.at, v.size
		}
		text, err := f.s.spool.text(at, size)
		if err != nil {
			return err
		}
		w.WriteString(separator)
		separator = ",\n"
		id = f.imageID(append(id[:0], `{"id":`...), i)
		w.Write(id)
		w.Write(text)
	}
	if len(order) == 0 {
		w.WriteByte('[')
	}
	_, err := w.WriteString("]")
	return err
}

// imageOrder lists the images of file k in their order.
func (f *outFile) imageOrder(k int) (order []int32) {
	for i, e := range f.s.images {
		if e.absent&(1<<k) == 0 {
			order = append(order, int32(i))
		}
	}
	if len(f.places) > 0 {
		place := func(i int32) int32 {
			if p, ok := f.places[i]; ok {
				return p
			}
			return math.MaxInt32
		}
		slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(place(a), place(b)) })
	}
	return order
}

// settleVariants takes away the ids of variants that another image of the
// file has, as in a dataset that was changed under way.
func (f *outFile) settleVariants(order []int32) {
	own := false
	for _, v := range f.variants {
		own = own || v.id != nil
	}
	if !own {
		return
	}
	taken := map[string]bool{}
	for _, i := range order {
		if f.variants[i].id == nil {
			taken[string(f.s.imageID(nil, i))] = true
		}
	}
	for _, i := range order {
		v := f.variants[i]
		if v.id == nil {
			continue
		}
		if taken[string(v.id)] {
			v.id = nil
			f.variants[i] = v
			continue
		}
		taken[string(v.id)] = true
	}
}

// imageID appends the id of an image in this file.
func (f *outFile) imageID(dst []byte, i int32) []byte {
	if v, ok := f.variants[i]; ok && v.id != nil {
		return append(dst, v.id...)
	}
	return f.s.imageID(dst, i)
}

// writeAnnotations writes the list of annotations, one a line.
func (f *outFile) writeAnnotations(w *bufio.Writer) error {
	separator := "[\n"
	var head []byte
	for _, e := range f.entries {
		text, err := f.spool.text(e.at, e.size)
		if err != nil {
			return err
		}
		w.WriteString(separator)
		separator = ",\n"
		head = append(head[:0], '{')
		if e.kind != idNone {
			head = append(head, `"id":`...)
			if e.kind == idForced {
				head = append(head, f.forced[e.id]...)
			} else {
				head = strconv.AppendInt(head, e.id, 10)
			}
			head = append(head, ',')
		}
		head = f.imageID(append(head, `"image_id":`...), e.image)
		w.Write(head)
		w.Write(text)
	}
	if len(f.entries) == 0 {
		w.WriteByte('[')
	}
	_, err := w.WriteString("]")
	return err
}
