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
	bits     uint64 // its numbers among the files of the subset, see outSubset.absent
	members  [][]rawJSON
	listed   []outCategory
	ids      map[int32][]byte // label → category id, as far as it is in the list
	usedIDs  map[string]bool
	records  *recordList
	forced   [][]byte          // annotation ids that are written as they are
	given    numberSet         // annotation ids that are whole numbers
	again    map[int64]int     // how often more than once one was given, where it was
	largest  int64             // of the ids that were given
	places   map[int32]int32   // item → place of its image, where that is carried
	variants map[int32]variant // item → its image's record, where that is not the common one
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

func newOutFile(s *outSubset, c carriedFile) *outFile {
	f := &outFile{s: s, path: c.Path, task: c.Task, members: c.Members, places: map[int32]int32{}, variants: map[int32]variant{}}
	f.ids, f.usedIDs = map[int32][]byte{}, map[string]bool{}
	f.given, f.again = numberSet{}, map[int64]int{}
	f.listCategories(c)
	f.records = s.e.records.list()
	return f
}

// add spools a record without its ids.
func (f *outFile) add(image int32, id recordID, order int32, r dataset.Attributes) error {
	x := spooledRecord{order: order, image: image, id: id.n, text: rest(r)}
	switch {
	case id.none:
		x.kind = idNone
	case id.forced != nil:
		x.kind, x.id = idForced, int64(len(f.forced))
		f.forced = append(f.forced, id.forced)
	case id.n != 0:
		x.kind = idGiven
	}
	return f.spool(x)
}

// spool notes the id of a record, and that its image is listed: whatever is
// carried, there is no annotation without its image.
func (f *outFile) spool(r spooledRecord) error {
	if absent := f.s.absent[r.image]; absent&f.bits != 0 {
		f.s.absent[r.image] = absent &^ f.bits
	}
	if r.kind == idGiven {
		f.largest = max(f.largest, r.id)
		if !f.given.add(r.id) {
			f.again[r.id]++
		}
	}
	return f.records.add(r)
}

// freeIDs gives ids to records that have none, or one that another record has.
type freeIDs struct {
	last  int64
	taken map[int64]bool // ids that several records have, and whether one got it
}

// freeIDs begins to give ids, and counts those that will be given anew.
func (f *outFile) freeIDs() *freeIDs {
	ids := &freeIDs{last: f.largest, taken: map[int64]bool{}}
	anew, first := 0, int64(math.MaxInt64)
	count := func(n int64, records int) {
		anew, first = anew+records, min(first, n)
	}
	for n, more := range f.again {
		ids.taken[n] = false
		count(n, more)
	}
	for _, raw := range f.forced {
		n, ok := integer(raw)
		if !ok {
			continue
		}
		ids.last = max(ids.last, n)
		if f.given.has(n) && !ids.taken[n] {
			ids.taken[n] = true
			count(n, 1)
		}
	}
	f.s.e.loss.Add("annotation ids given anew, since another annotation of the file has the same", fmt.Sprintf("%d of %s", first, f.s.name), anew)
	return ids
}

// of returns the id of the next record that has a number or nothing.
func (ids *freeIDs) of(r spooledRecord) int64 {
	if r.kind == idGiven {
		taken, shared := ids.taken[r.id]
		if !taken {
			if shared {
				ids.taken[r.id] = true
			}
			return r.id
		}
	}
	ids.last++
	return ids.last
}

// write makes file k of its subset.
func (f *outFile) write(k int) (err error) {
	file, err := f.s.e.create(f.path)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
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
	needed := map[string]bool{"images": f.s.images.n > 0, "annotations": f.records.n > 0, "categories": len(f.listed) > 0}
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
		e := f.s.images.at(i)
		at, size := e.at, e.size
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
func (f *outFile) imageOrder(k int) []int32 {
	order := make([]int32, 0, f.s.images.n)
	for i := range f.s.images.n {
		if f.s.absent[i]&(1<<k) == 0 {
			order = append(order, i)
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
	ids := f.freeIDs()
	records, err := f.records.merge()
	if err != nil {
		return err
	}
	separator := "[\n"
	for {
		r, ok, err := records.next()
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		head := append(append(w.AvailableBuffer(), separator...), '{')
		separator = ",\n"
		if r.kind != idNone {
			head = append(head, `"id":`...)
			if r.kind == idForced {
				head = append(head, f.forced[r.id]...)
			} else {
				head = strconv.AppendInt(head, ids.of(r), 10)
			}
			head = append(head, ',')
		}
		w.Write(f.imageID(append(head, `"image_id":`...), r.image))
		w.Write(r.text)
	}
	if f.records.n == 0 {
		w.WriteByte('[')
	}
	_, err = w.WriteString("]")
	return err
}
