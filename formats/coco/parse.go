package coco

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
	"datum/formats"
)

// parser turns annotation records into annotations.
type parser struct {
	source *source
	notes  *formats.Loss
	where  string // the item, for notes
}

func (p *parser) note(what string) { p.notes.Add(what, p.where, 1) }

func corrupt(format string, args ...any) error {
	return formats.Reason(formats.ErrCorrupt, format, args...)
}

// annotations reads one record; order is its place in the file. It returns
// nothing for a record that says nothing the model could hold.
func (p *parser) annotations(raw []byte, order int32) ([]dataset.Annotation, error) {
	r, err := members(raw)
	if err != nil {
		return nil, corrupt("%w", err)
	}
	base, plain := p.base(r, order)
	label, category, err := p.label(r)
	if err != nil {
		return nil, err
	}
	var g group
	same, err := p.fill(&g, r, &base, label)
	if err != nil || g.empty() {
		return nil, err
	}
	out := g.all()
	for _, a := range out {
		b := a.Common()
		own := b.Attributes // what fill gave this annotation alone
		b.ID, b.Group, b.ObjectID = base.ID, base.Group, base.ObjectID
		b.Attributes = append(slices.Clone(base.Attributes), own...)
	}
	made := g.members(base.Attributes, category, same)
	r.Delete("image_id")
	var forced []string
	if plain {
		r.Delete("id")
	} else {
		forced = []string{"id"}
	}
	carry(&out[0].Common().Attributes, carryRecord, diff(r, made, forced...))
	return out, nil
}

// base is what all annotations of a record have. plain says that the writer
// can do with the ID alone: it is there, a whole number, and no other record
// of the file has it.
func (p *parser) base(r dataset.Attributes, order int32) (b dataset.Base, plain bool) {
	b.ObjectID = dataset.NoObject
	raw, ok := r.Get("id")
	id, whole := integer(raw)
	switch _, twice := p.source.index.twice[id]; {
	case !ok:
		p.note("annotations without an id")
	case !whole:
		p.note("annotations with an id that is no whole number")
	case twice:
		p.note("annotations with the id of another")
	default:
		plain = id != 0
	}
	b.ID, b.Group = id, id
	if !plain {
		b.Group = p.source.index.freeID(order)
	}
	if raw, ok := r.Get("attributes"); ok {
		b.Attributes = userAttributes(raw)
	}
	if raw, ok := r.Get(attrScore); ok {
		b.Attributes.SetRaw(attrScore, compact(raw))
	}
	return b, plain
}

// userAttributes reads an "attributes" object. A name that looks like one of
// our own is left out: what is carried comes from no file.
func userAttributes(raw []byte) dataset.Attributes {
	if raw[0] != '{' {
		return nil
	}
	all, err := dataset.ParseAttributes(raw)
	if err != nil {
		return nil
	}
	user, _ := all.Split()
	return user
}

// label returns the label of a record and the text that the writer will make
// of it.
func (p *parser) label(r dataset.Attributes) (label int32, category []byte, err error) {
	raw, ok := r.Get("category_id")
	if !ok || string(raw) == "null" {
		return dataset.NoLabel, []byte("null"), nil
	}
	id := idText(raw)
	label, ok = p.source.labels[id]
	if !ok {
		return 0, nil, corrupt("category %s is not in the list of categories", short(raw))
	}
	return label, []byte(id), nil
}

// fill makes the annotations of a record, without what they have in common.
func (p *parser) fill(g *group, r dataset.Attributes, base *dataset.Base, label int32) (same sameness, err error) {
	shaped := r.Has("bbox") || r.Has("segmentation") || r.Has("keypoints")
	if raw, ok := r.Get("caption"); ok && (p.source.task == taskCaptions || !shaped) {
		if t, ok := text(raw); ok {
			g.caption = &dataset.Caption{Caption: t}
		}
		return same, nil
	}
	if p.source.task == taskLabels || !shaped {
		if label != dataset.NoLabel {
			g.label = &dataset.Label{Label: label}
		}
		return same, nil
	}
	p.noteMissing(r, label)
	p.crowd(r, base)
	if same.keypoints, err = p.keypoints(g, r, label); err != nil {
		return same, err
	}
	if same.segmentation, err = p.segmentation(g, r, label); err != nil {
		return same, err
	}
	same.bbox, err = p.box(g, r, label)
	return same, err
}

// noteMissing counts what other readers demand.
func (p *parser) noteMissing(r dataset.Attributes, label int32) {
	if label == dataset.NoLabel {
		p.note("annotations without a category")
	}
	if !r.Has("area") {
		p.note("annotations without an area")
	}
	if !r.Has("segmentation") && !r.Has("keypoints") {
		p.note("annotations without a segmentation")
	}
}

func (p *parser) crowd(r dataset.Attributes, base *dataset.Base) {
	raw, ok := r.Get("iscrowd")
	n, whole := integer(raw)
	switch {
	case !ok:
		p.note("annotations without iscrowd, taken as 0")
	case !whole && string(raw) != "true" && string(raw) != "false":
		p.note("annotations with an iscrowd that is neither 0 nor 1, taken as 0")
	}
	base.Attributes.SetRaw(attrCrowd, strconv.AppendBool(nil, n != 0 || string(raw) == "true"))
}

func (p *parser) keypoints(g *group, r dataset.Attributes, label int32) (same bool, err error) {
	raw, ok := r.Get("keypoints")
	if !ok || string(raw) == "null" {
		return false, nil
	}
	v, same, ok := numbers(nil, raw)
	if !ok || len(v)%3 != 0 {
		return false, corrupt("the keypoints are not x, y and visibility in turn: %s", short(raw))
	}
	if len(v) == 0 {
		return false, nil
	}
	k := &dataset.Points{Label: label}
	for i := 0; i < len(v); i += 3 {
		see := v[i+2]
		if see != 0 && see != 1 && see != 2 {
			p.note("keypoints with a visibility that is not 0, 1 or 2, taken as 2")
			same, see = false, 2
		}
		k.Points = append(k.Points, v[i], v[i+1])
		k.Visibility = append(k.Visibility, dataset.Visibility(see))
	}
	g.keypoints = k
	return same, nil
}

func (p *parser) segmentation(g *group, r dataset.Attributes, label int32) (same bool, err error) {
	raw, _ := r.Get("segmentation")
	switch jsontext.Value(raw).Kind() {
	case '{':
		g.mask, same, err = p.mask(raw)
		if err == nil {
			g.mask.Label = label
		}
		return same, err
	case '[':
		return p.polygons(g, raw, label), nil
	case 'n', 0:
		return false, nil
	}
	return false, corrupt("the segmentation is neither polygons nor a run-length code: %s", short(raw))
}

// polygons reads outlines. What is none (too few points, not numbers) makes no
// polygon, and comes back as it was all the same.
func (p *parser) polygons(g *group, raw []byte, label int32) (same bool) {
	if flat, _, ok := numbers(nil, raw); ok && len(flat) > 0 {
		p.note("polygons that are not in a list of polygons")
		p.polygon(g, flat, label)
		return false
	}
	same = true
	err := eachElement(raw, func(part []byte) error {
		v, exact, ok := numbers(nil, part)
		if !ok {
			p.note("polygons that are no lists of numbers, passed on as they are")
			same = false
			return nil
		}
		same = p.polygon(g, v, label) && exact && same
		return nil
	})
	return same && err == nil
}

func (p *parser) polygon(g *group, v []float64, label int32) bool {
	switch {
	case len(v) == 0:
		p.note("polygons without points, passed on as they are")
		return false
	case len(v) < 6 || len(v)%2 != 0:
		p.note("polygons of fewer than three points, passed on as they are")
		return false
	}
	g.polygons = append(g.polygons, &dataset.Polygon{Label: label, Points: v})
	return true
}

// mask reads a run-length code, in either form.
func (p *parser) mask(raw []byte) (m *dataset.Mask, same bool, err error) {
	r, err := members(raw)
	if err != nil {
		return nil, false, corrupt("%w", err)
	}
	rawSize, _ := r.Get("size")
	size, exact, ok := numbers(nil, rawSize)
	if !ok || len(size) != 2 || !isSide(size[0]) || !isSide(size[1]) {
		return nil, false, corrupt("the size of the run-length code is not height and width: %s", short(rawSize))
	}
	m = &dataset.Mask{RLE: dataset.RLE{Height: int32(size[0]), Width: int32(size[1])}}
	same = exact && len(r) == 2
	counts, _ := r.Get("counts")
	switch jsontext.Value(counts).Kind() {
	case '"':
		t, ok := text(counts)
		if !ok {
			return nil, false, corrupt("the counts of the run-length code are no text")
		}
		m.RLE.Counts = []byte(t)
	case '[':
		m.Attributes = dataset.Attributes{{Name: carryList, Value: []byte("true")}}
		if err := encodeList(&m.RLE, counts); err != nil {
			return nil, false, err
		}
	default:
		return nil, false, corrupt("the run-length code has no counts")
	}
	if _, err := m.RLE.Runs(); err != nil {
		return nil, false, corrupt("%w", err)
	}
	return m, same, nil
}

// isSide reports whether v can be the width or height of a picture.
func isSide(v float64) bool { return v >= 0 && v <= math.MaxInt32 && v == math.Trunc(v) }

func encodeList(rle *dataset.RLE, counts []byte) error {
	v, exact, ok := numbers(nil, counts)
	if !ok || !exact {
		return corrupt("the counts of the run-length code are not whole numbers")
	}
	runs, total, pixels := make([]int64, len(v)), int64(0), int64(rle.Height)*int64(rle.Width)
	for i, x := range v {
		if x < 0 || x != math.Trunc(x) || x > float64(pixels-total) {
			return corrupt("count %d of the run-length code, %v, does not fit into %d × %d", i, x, rle.Height, rle.Width)
		}
		runs[i] = int64(x)
		total += runs[i]
	}
	if total != pixels {
		return corrupt("%w: %d pixels in a mask of %d × %d", dataset.ErrRLE, total, rle.Height, rle.Width)
	}
	*rle = dataset.EncodeRuns(rle.Height, rle.Width, runs)
	return nil
}

// box reads the box, or makes it of the outline where there is none.
func (p *parser) box(g *group, r dataset.Attributes, label int32) (same bool, err error) {
	raw, ok := r.Get("bbox")
	v, same, numeric := numbers(nil, raw)
	switch {
	case numeric && len(v) == 4:
		g.box = &dataset.Bbox{Label: label, X: v[0], Y: v[1], W: v[2], H: v[3]}
		return same, nil
	case ok && string(raw) != "null" && !(numeric && len(v) == 0) && !hasNull(raw):
		return false, corrupt("the bbox is not four numbers: %s", short(raw))
	}
	if !g.empty() {
		p.note("annotations without a box, given that of their outline")
		b := g.outline()
		g.box = &dataset.Bbox{Label: label, X: b[0], Y: b[1], W: b[2], H: b[3]}
	}
	return false, nil
}

// hasNull reports whether an array has an element null, as NaN becomes.
func hasNull(array []byte) (found bool) {
	err := eachElement(array, func(v []byte) error {
		found = found || string(v) == "null"
		return nil
	})
	return found && err == nil
}

// short is the beginning of a text, for messages.
func short(raw []byte) string {
	if len(raw) > 60 {
		return fmt.Sprintf("%s…", raw[:60])
	}
	return string(raw)
}
