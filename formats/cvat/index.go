package cvat

import (
	"cmp"
	"context"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/xmltext"
)

// indexer makes the first pass over a file.
type indexer struct {
	m    *importer
	x    *source
	s    *xmltext.Scanner
	list []xmltext.Attrib
	// frame is that of the shape read last, -1 where it names none.
	frame   int64
	inTrack bool
}

// index finds the images and the shapes of tracks.
func (m *importer) index(ctx context.Context, x *source) error {
	file, err := x.open()
	if err != nil {
		return err
	}
	defer file.Close()
	x.groupOf = map[group]int32{}
	in := indexer{m: m, x: x, s: xmltext.New(io.TeeReader(file, &x.lines), 0, m.limits.RecordBytes)}
	if err := in.run(ctx); err != nil {
		return x.at(in.s.Offset(), "", err)
	}
	slices.SortStableFunc(x.images, func(a, b imageRef) int { return cmp.Compare(a.group, b.group) })
	slices.SortFunc(x.shapes, func(a, b shapeRef) int {
		return cmp.Or(cmp.Compare(x.tracks[a.track].group, x.tracks[b.track].group), cmp.Compare(a.frame, b.frame), cmp.Compare(a.at, b.at))
	})
	return nil
}

func (in *indexer) run(ctx context.Context) error {
	root, err := in.s.Next()
	if err != nil {
		return err
	}
	if in.s.Mark {
		in.m.opening.Add("byte order marks at the beginning of a file", in.x.name, 1)
	}
	if root.Name != rootElement {
		return xmltext.Errorf(root.At, "the root is <%s>, not <annotations>", root.Name)
	}
	for {
		t, err := in.s.Next()
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || t.Kind == xmltext.EOF {
			return err
		}
		if t.Kind == xmltext.Start {
			err = in.element(t)
		}
		if err != nil {
			return err
		}
	}
}

// element reads an element directly in the root.
func (in *indexer) element(t xmltext.Token) error {
	switch t.Name {
	case "meta":
		meta, err := xmltext.Read(in.s, t, xmltext.MaxNodes)
		if err == nil && in.x.meta == nil {
			in.x.readMeta(meta)
			in.m.labels.declare(meta, &in.m.opening, in.x.name)
		}
		return err
	case "image":
		return in.image(t)
	case "track":
		return in.track(t)
	case "version":
	default:
		in.m.opening.Add("elements ignored, which the format does not define", "<"+t.Name+"> in "+in.x.name, 1)
	}
	return in.skip()
}

// skip reads to the end of the element whose start tag came last.
func (in *indexer) skip() error {
	depth := in.s.Open()
	for in.s.Open() >= depth {
		if _, err := in.s.Next(); err != nil {
			return err
		}
	}
	return nil
}

// get returns an attribute of the tag whose attributes were listed last.
func (in *indexer) get(name string) (string, error) {
	for _, a := range in.list {
		if string(a.Name) == name {
			return xmltext.Unescape(a.Raw, true)
		}
	}
	return "", nil
}

// attributes lists those of a tag and returns the values of names.
func (in *indexer) attributes(t *xmltext.Token, names ...string) ([]string, error) {
	var err error
	if in.list, err = t.Attribs(in.list); err != nil {
		return nil, err
	}
	values := make([]string, len(names))
	for i, name := range names {
		if values[i], err = in.get(name); err != nil {
			return nil, &xmltext.Error{At: t.At, Err: err}
		}
	}
	return values, nil
}

func (in *indexer) image(t xmltext.Token) error {
	at := t.At
	v, err := in.attributes(&t, "id", "name", "subset", "task_id")
	if err != nil {
		return err
	}
	ref := imageRef{at: at, group: in.x.groupIndex(group{v[2], v[3]}), id: -1}
	if n, err := strconv.ParseInt(strings.TrimSpace(v[0]), 10, 64); err == nil && n >= 0 && n <= math.MaxUint32 {
		ref.id = n
	} else {
		in.m.opening.Add("images without a number that fits", v[1], 1)
	}
	end, err := in.children("", func(xmltext.Token, int64) error { return nil })
	if err != nil {
		return err
	}
	if end-at > min(in.m.limits.RecordBytes, math.MaxUint32) {
		return xmltext.Errorf(at, "an <image> of %d bytes", end-at)
	}
	ref.size = uint32(end - at)
	in.x.pictures = in.x.pictures || imagesize.IsImage(v[1])
	if !in.m.listed.Add(listKey(in.x.dir, in.x.groups[ref.group].subset, in.x.name, v[1])) {
		err := in.x.at(at, v[1], formats.Reason(formats.ErrCorrupt, "an earlier <image> of the subset has this name"))
		return in.m.opts.Bad(err)
	}
	in.x.images = append(in.x.images, ref)
	in.m.noteFile(in.x, v[2], v[1])
	return nil
}

// listKey is what tells listed images apart. Images that name no subset are
// those of their file.
func listKey(dir, subset, file, name string) string {
	if subset == "" {
		subset = "\x01" + file
	}
	return dir + "\x00" + subset + "\x00" + name
}

// children reads the elements in an image or track to its end and notes the
// labels of shapes. label is that of a track. done is told of each shape, with
// where it ends.
func (in *indexer) children(label string, done func(t xmltext.Token, end int64) error) (end int64, err error) {
	depth := in.s.Open()
	var shape xmltext.Token
	inShape := label
	for {
		t, err := in.s.Next()
		if err != nil {
			return 0, err
		}
		switch level := in.s.Open() - depth; {
		case t.Kind == xmltext.End && level == -1:
			return t.End, nil
		case t.Kind == xmltext.End && level == 0:
			if err := done(shape, t.End); err != nil {
				return 0, err
			}
		case t.Kind == xmltext.Start && level == 1:
			shape = t
			if inShape, err = in.label(&t, label); err != nil {
				return 0, err
			}
		case t.Kind == xmltext.Start && level == 2 && t.Name == "points":
			v, err := in.attributes(&t, "label")
			if err != nil {
				return 0, err
			}
			in.m.used.addElement(inShape, v[0])
		}
	}
}

// label notes the label of a shape. Those of a track have the track's.
func (in *indexer) label(t *xmltext.Token, ofTrack string) (string, error) {
	var err error
	if in.list, err = t.Attribs(in.list); err != nil {
		return "", err
	}
	if in.inTrack {
		return ofTrack, in.frameOf(t)
	}
	label, err := in.get("label")
	if err != nil {
		return "", &xmltext.Error{At: t.At, Err: err}
	}
	if label != "" && isShape(t.Name) {
		in.m.used.add(label)
	}
	return label, nil
}

func (in *indexer) track(t xmltext.Token) error {
	at := t.At
	v, err := in.attributes(&t, "id", "label", "group_id", "source", "subset", "task_id")
	if err != nil {
		return err
	}
	id, err := strconv.ParseInt(strings.TrimSpace(v[0]), 10, 32)
	groupID, ok := parseGroup(v[2])
	if err != nil || id < 0 || !ok {
		if err := in.m.opts.Bad(in.x.at(at, "", formats.Reason(formats.ErrCorrupt, "the track's id %q or group_id %q is no number that fits", v[0], v[2]))); err != nil {
			return err
		}
		return in.skip()
	}
	number := int32(len(in.x.tracks))
	in.x.tracks = append(in.x.tracks, trackRef{
		id: int32(id), group: in.x.groupIndex(group{v[4], v[5]}), groupID: groupID, label: v[1], source: v[3],
	})
	if v[1] != "" {
		in.m.used.add(v[1])
	}
	in.inTrack = true
	_, err = in.children(v[1], func(t xmltext.Token, end int64) error { return in.shape(t.At, end, number) })
	in.inTrack = false
	return err
}

// frameOf notes the frame of a shape.
func (in *indexer) frameOf(t *xmltext.Token) error {
	text, err := in.get("frame")
	if err != nil {
		return &xmltext.Error{At: t.At, Err: err}
	}
	in.frame = -1
	if n, err := strconv.ParseUint(strings.TrimSpace(text), 10, 31); err == nil {
		in.frame = int64(n)
	}
	return nil
}

// shape notes a shape of a track.
func (in *indexer) shape(at, end int64, track int32) error {
	if in.frame < 0 {
		err := in.x.at(at, "", formats.Reason(formats.ErrCorrupt, "a shape of a track without the number of its frame"))
		return in.m.opts.Bad(err)
	}
	if end-at > min(in.m.limits.RecordBytes, math.MaxUint32) {
		return xmltext.Errorf(at, "a shape of %d bytes", end-at)
	}
	in.x.shapes = append(in.x.shapes, shapeRef{at: at, size: uint32(end - at), frame: uint32(in.frame), track: track})
	return nil
}

func parseGroup(s string) (int64, bool) {
	if s = strings.TrimSpace(s); s == "" {
		return 0, true
	}
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil
}
