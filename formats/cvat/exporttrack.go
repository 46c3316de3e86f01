package cvat

import (
	"bytes"
	"cmp"
	"io"
	"math"
	"slices"
	"strconv"

	"datum/dataset"
	"datum/internal/scratch"
	"datum/internal/xmltext"
)

// trackWriter gathers the shapes of tracks. A shape lies in the spool; 24 bytes
// of it are held.
type trackWriter struct {
	e      *exporter
	shapes *scratch.File
	list   []track
	index  map[trackKey]int
}

// trackKey is what the shapes of a track have in common. A track has one label
// and one kind of shape, and one shape in each frame: an object that has more
// becomes several tracks of one id.
type trackKey struct {
	space  frameSpace
	object int32 // negative: a shape of its own
	label  int32
	name   string
	group  int64
	source string
	nth    int
}

type track struct {
	key  trackKey
	refs []trackedShape
}

// trackedShape is a shape in the spool.
type trackedShape struct {
	at                int64
	size              uint32
	frame             uint32
	keyframe, outside bool
}

// add takes a shape. seen counts those of the item by what they have in common.
func (w *trackWriter) add(r *record, a dataset.Annotation, s *shape, seen map[trackKey]int) error {
	base := a.Common()
	key := trackKey{
		space: r.space, object: base.ObjectID, label: *dataset.LabelOf(a), name: s.name,
		group: base.Group, source: w.e.sourceOf(base),
	}
	if key.object < 0 {
		w.e.lost("annotations given an object id, since a video has tracks only", r.it)
		key.object, key.nth = -1, len(w.list)
	}
	seen[key]++
	if key.object >= 0 {
		key.nth = seen[key] - 1
	}
	b := w.text(r, a, s)
	at, err := w.shapes.Add(b)
	if err != nil {
		return err
	}
	i, ok := w.index[key]
	if !ok {
		i = len(w.list)
		w.list = append(w.list, track{key: key})
		w.index[key] = i
	}
	ref := trackedShape{at: at, size: uint32(min(len(b), math.MaxUint32)), frame: r.frame, keyframe: true}
	base.Attributes.Decode("keyframe", &ref.keyframe)
	base.Attributes.Decode("outside", &ref.outside)
	w.list[i].refs = append(w.list[i].refs, ref)
	return nil
}

// text is the element of a shape from the attribute occluded on.
func (w *trackWriter) text(r *record, a dataset.Annotation, s *shape) []byte {
	attributes, b := w.e.flags(nil, a.Common(), s, true)
	b = append(b, s.attrs...)
	if z := dataset.ZOf(a); z != nil {
		b = xmltext.AppendAttr(b, "z_order", strconv.Itoa(int(*z)))
	}
	return w.e.endShape(b, r, *dataset.LabelOf(a), attributes, s)
}

// writeTo writes the tracks, by their ids.
func (w *trackWriter) writeTo(out io.Writer) error {
	next := int32(0)
	for _, t := range w.list {
		if t.key.object >= next && t.key.object < math.MaxInt32 {
			next = t.key.object + 1
		}
	}
	for i := range w.list {
		if w.list[i].key.object < 0 {
			w.list[i].key.object = next
			next++
		}
	}
	slices.SortStableFunc(w.list, func(a, b track) int { return cmp.Compare(a.key.object, b.key.object) })
	for i := range w.list {
		if err := w.track(out, &w.list[i]); err != nil {
			return err
		}
	}
	return nil
}

func (w *trackWriter) track(out io.Writer, t *track) error {
	b := xmltext.AppendAttr([]byte("  <track"), "id", strconv.Itoa(int(t.key.object)))
	b = xmltext.AppendAttr(b, "label", w.e.labels.name(t.key.label))
	b = xmltext.AppendAttr(b, "source", t.key.source)
	if t.key.space.task != "" {
		b = xmltext.AppendAttr(b, "task_id", t.key.space.task)
	}
	if w.e.multi || !w.e.plainDefault || t.key.space.subset != dataset.DefaultSubset {
		b = xmltext.AppendAttr(b, "subset", t.key.space.subset)
	}
	if t.key.group != 0 {
		b = xmltext.AppendAttr(b, "group_id", strconv.FormatInt(t.key.group, 10))
	}
	if _, err := out.Write(append(b, ">\n"...)); err != nil {
		return err
	}
	frames := w.e.frames[t.key.space]
	for i := range t.refs {
		ref := &t.refs[i]
		if err := w.shape(out, t, ref); err != nil {
			return err
		}
		// A frame in which the object is not there any more ends it.
		at, _ := slices.BinarySearch(frames, ref.frame)
		if at+1 == len(frames) || ref.outside || i+1 < len(t.refs) && t.refs[i+1].frame == frames[at+1] {
			continue
		}
		end := *ref
		end.frame, end.keyframe, end.outside = frames[at+1], true, true
		if err := w.shape(out, t, &end); err != nil {
			return err
		}
	}
	_, err := io.WriteString(out, "  </track>\n")
	return err
}

func (w *trackWriter) shape(out io.Writer, t *track, ref *trackedShape) error {
	b := append([]byte("    <"), t.key.name...)
	b = xmltext.AppendAttr(b, "frame", strconv.FormatUint(uint64(ref.frame), 10))
	b = xmltext.AppendAttr(b, "keyframe", bit(ref.keyframe))
	text, err := w.shapes.Piece(ref.at, int32(ref.size))
	if err != nil {
		return err
	}
	if t.key.name != "skeleton" {
		b = xmltext.AppendAttr(b, "outside", bit(ref.outside))
	} else if ref.outside { // its elements say so
		text = bytes.ReplaceAll(text, []byte(` outside="0"`), []byte(` outside="1"`))
	}
	_, err = out.Write(append(b, text...))
	return err
}
