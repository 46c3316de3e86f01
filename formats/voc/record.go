package voc

import (
	"bytes"
	"math"
	"path"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/xmltext"
)

// record is what an XML file says.
type record struct {
	filename      string
	width, height int32  // 0 when not given
	depth         []byte // JSON text, nil for the usual 3
	segmented     bool
	hasSegmented  bool
	attributes    dataset.Attributes
	objects       []object
	// extra is the text of elements that the writer would not make by itself.
	extra []byte
}

// object is an <object>.
type object struct {
	at         int // where it stands
	name       string
	hasName    bool
	attributes dataset.Attributes
	actions    []string
	box        *dataset.Bbox // without label, nil when there is none
	outline    bool          // the box is only that around another shape
	rotated    *dataset.RotatedBbox
	polygons   [][]float64
	parts      []bodyPart
	points     [][2]float64
	extra      []byte
	// bad is why the object cannot be read.
	bad error
}

// bodyPart is a <part> of an object: a name and a box.
type bodyPart struct {
	name string
	box  *dataset.Bbox
}

// maxObjects bounds the objects of one file.
const maxObjects = 1 << 20

// reader reads records.
type reader struct {
	scanner
	oneBased bool
	loss     *formats.Loss // what was tolerated
	place    string        // of the file, for people
}

// errNotVOC says that an XML file has another root.
type errNotVOC struct{ root string }

func (e *errNotVOC) Error() string {
	return "the root of the XML file is <" + e.root + ">, not <annotation>"
}

func (e *errNotVOC) Unwrap() error { return formats.ErrCorrupt }

// parseRecord reads an XML file.
func parseRecord(data []byte, oneBased bool, place string, loss *formats.Loss) (*record, error) {
	text, err := xmltext.UTF8(data)
	if err != nil {
		return nil, placed(data, err)
	}
	r := &reader{scanner: newScanner(text), oneBased: oneBased, loss: loss, place: place}
	root, err := r.begin()
	if err != nil {
		return nil, err
	}
	if root != "annotation" {
		return nil, &placeError{&errNotVOC{root}, int(r.xml.Offset()) - 1, text}
	}
	rec := &record{}
	for {
		more, err := r.next()
		if err != nil {
			return nil, err
		}
		if !more {
			return rec, nil
		}
		if err := r.readChild(rec); err != nil {
			return nil, err
		}
	}
}

// note counts something that was tolerated.
func (r *reader) note(what string) { r.loss.Add(what, r.place, 1) }

// raw is the text of an element.
func (r *reader) raw(e *element) []byte { return r.data[e.start:e.end] }

// children calls f for each child of an element of the tree.
func (r *reader) children(e *element, f func(c *element)) {
	for n := e.first; n != 0; n = r.tree[n].next {
		f(&r.tree[n])
	}
}

// child returns the first child called name, nil where there is none.
func (r *reader) child(e *element, name string) *element {
	for n := e.first; n != 0; n = r.tree[n].next {
		if r.tree[n].name == name {
			return &r.tree[n]
		}
	}
	return nil
}

// readChild takes the child of the root that was read last.
func (r *reader) readChild(rec *record) error {
	e := &r.tree[0]
	switch e.name {
	case "object":
		if len(rec.objects) == maxObjects {
			return r.errorf(e.start, "more than %d objects", maxObjects)
		}
		rec.objects = append(rec.objects, r.readObject(e))
	case "filename":
		if rec.filename == "" {
			rec.filename = decodeName(e.text)
		}
	case "size":
		r.readSize(rec, e)
	case "segmented":
		value, odd, ok := parseFlag(e.text)
		if odd && len(e.text) > 0 {
			r.note("flags that are neither 0 nor 1")
		}
		rec.segmented, rec.hasSegmented = value, ok
	case "attributes":
		r.readAttributes(&rec.attributes, e)
	case "path":
		r.note("paths of pictures on another machine left out")
	case "folder":
		if string(e.text) != picturesDir {
			rec.extra = append(rec.extra, r.raw(e)...)
		}
	case "source":
		rec.extra = append(rec.extra, r.raw(e)...)
	default:
		r.unknown(&rec.extra, e)
	}
	return nil
}

// unknown carries an element along that VOC does not have.
func (r *reader) unknown(extra *[]byte, e *element) {
	r.loss.Add("elements that VOC does not have, carried along", r.place+": <"+e.name+">", 1)
	*extra = append(*extra, r.raw(e)...)
}

func (r *reader) readSize(rec *record, e *element) {
	r.children(e, func(c *element) {
		switch c.name {
		case "width":
			rec.width = r.sizeOf(c)
		case "height":
			rec.height = r.sizeOf(c)
		case "depth":
			if string(c.text) != "3" {
				rec.depth = dataset.AppendString(nil, string(c.text))
			}
		default:
			r.note("elements in <size> that VOC does not have, left out")
		}
	})
	if rec.width == 0 || rec.height == 0 {
		rec.width, rec.height = 0, 0
	}
}

// sizeOf reads a number of pixels, which some tools write with decimals. What
// is none becomes 0, which is unknown.
func (r *reader) sizeOf(e *element) int32 {
	f, err := strconv.ParseFloat(string(e.text), 64)
	if err != nil && len(e.text) > 0 || f < 0 || f > math.MaxInt32 || f != f {
		r.note("sizes of pictures that are no numbers")
		return 0
	}
	return int32(f)
}

// readAttributes reads the block of attributes that Datumaro writes.
func (r *reader) readAttributes(to *dataset.Attributes, e *element) {
	seen := map[string]bool{}
	for _, a := range *to {
		seen[a.Name] = true
	}
	r.children(e, func(c *element) {
		name, value := r.child(c, "name"), r.child(c, "value")
		switch {
		case c.name != "attribute" || name == nil:
			r.note("attributes without a name left out")
		case seen[decodeName(name.text)]:
			r.note("attributes given twice, the first of which counts")
		default:
			text := []byte(nil)
			if value != nil {
				text = value.text
			}
			n := decodeName(name.text)
			if dataset.IsCarried(n) {
				r.note("attributes with names that are kept for formats, left out")
				return
			}
			seen[n] = true
			*to = append(*to, dataset.Attribute{Name: n, Value: decodeValue(text)})
		}
	})
}

// mediaName is the name that the file gives to its picture, without folders of
// other machines; "" where it gives none.
func (rec *record) mediaName() string {
	name := strings.ReplaceAll(rec.filename, `\`, "/")
	if i := strings.Index(name, "://"); i >= 0 || path.IsAbs(name) || bytes.ContainsAny([]byte(name), "\x00\n") {
		name = path.Base(name)
	}
	if name = path.Clean(name); name == "." || name == ".." || name == "/" {
		return ""
	}
	return name
}
