package coco

import (
	"fmt"
	"strconv"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
	"datum/formats"
)

// parser turns records into annotations.
type parser struct {
	task   string
	labels map[string]int32 // id → label
	ids    []string         // label → id, as the writer will have it
	notes  *formats.Loss
	where  string // the item, for notes
}

func (p *parser) note(what string) { p.notes.Add(what, p.where, 1) }

// annotations reads one record. order is its place in the file, which makes an
// id for the group where the record has none.
func (p *parser) annotations(r dataset.Attributes, image string, order int32) ([]dataset.Annotation, error) {
	base, err := p.base(r, order)
	if err != nil {
		return nil, err
	}
	label, category, err := p.label(r)
	if err != nil {
		return nil, err
	}
	var g group
	if err := p.fill(&g, r, base, label); err != nil {
		return nil, err
	}
	out := g.all()
	made := g.record(strconv.FormatInt(base.ID, 10), image, category)
	if diff := difference(r, made); diff != nil {
		a := out[0].Common()
		a.Attributes = append(a.Attributes, dataset.Attribute{Name: carryRecord, Value: diff.AppendJSON(nil)})
	}
	return out, nil
}

// base is what all annotations of a record have.
func (p *parser) base(r dataset.Attributes, order int32) (dataset.Base, error) {
	b := dataset.Base{ObjectID: dataset.NoObject}
	raw, _ := r.Get("id")
	id, ok := integer(raw)
	switch {
	case raw == nil:
		p.note("annotations without an id")
	case !ok:
		p.note("annotation ids that are no whole numbers")
	}
	b.ID, b.Group = id, id
	if id == 0 {
		b.Group = -int64(order) - 1
	}
	if raw, ok := r.Get("attributes"); ok && jsontext.Value(raw).Kind() == '{' {
		var err error
		if b.Attributes, err = dataset.ParseAttributes(raw); err != nil {
			return b, formats.Reason(formats.ErrCorrupt, "%w", err)
		}
	}
	if raw, ok := r.Get("score"); ok {
		b.Attributes.SetRaw(attrScore, raw)
	}
	return b, nil
}

func (p *parser) label(r dataset.Attributes) (label int32, category string, err error) {
	raw, ok := r.Get("category_id")
	if !ok || string(raw) == "null" {
		return dataset.NoLabel, "", nil
	}
	label, ok = p.labels[idText(raw)]
	if !ok {
		return 0, "", formats.Reason(formats.ErrCorrupt, "category %s is not listed in the file's categories", raw)
	}
	return label, p.ids[label], nil
}

// fill makes the annotations of a record.
func (p *parser) fill(g *group, r dataset.Attributes, base dataset.Base, label int32) error {
	if raw, ok := r.Get("caption"); ok && p.task == taskCaptions || ok && !r.Has("bbox") {
		text, err := jsontext.AppendUnquote(nil, raw)
		if err != nil {
			return formats.Reason(formats.ErrCorrupt, "the caption is no text")
		}
		g.caption = &dataset.Caption{Base: base, Caption: string(text)}
		return nil
	}
	if p.task == taskLabels || !r.Has("bbox") && !r.Has("segmentation") && !r.Has("keypoints") {
		g.label = &dataset.Label{Base: base, Label: label}
		return nil
	}
	p.crowd(r, &base)
	if err := p.keypoints(g, r, base, label); err != nil {
		return err
	}
	if err := p.segmentation(g, r, base, label); err != nil {
		return err
	}
	if err := p.box(g, r, base, label); err != nil {
		return err
	}
	if g.empty() { // a record of a box and an outline that are both empty
		g.label = &dataset.Label{Base: base, Label: label}
		p.note("annotations without box, outline or keypoints, kept as labels")
	}
	return nil
}

func (p *parser) crowd(r dataset.Attributes, base *dataset.Base) {
	raw, ok := r.Get("iscrowd")
	n, isNumber := integer(raw)
	if !ok {
		p.note("annotations without iscrowd")
	} else if !isNumber && string(raw) != "true" && string(raw) != "false" {
		p.note("annotations with an iscrowd that is neither 0 nor 1")
	}
	on := n != 0 || string(raw) == "true"
	base.Attributes.SetRaw(attrCrowd, strconv.AppendBool(nil, on))
}

func (p *parser) keypoints(g *group, r dataset.Attributes, base dataset.Base, label int32) error {
	raw, ok := r.Get("keypoints")
	if !ok || string(raw) == "null" || string(raw) == "[]" {
		return nil
	}
	v, ok := numbers(raw)
	if !ok || len(v)%3 != 0 {
		return formats.Reason(formats.ErrCorrupt, "keypoints are not x, y and visibility in turn")
	}
	k := &dataset.Points{Base: cloneBase(base), Label: label}
	for i := 0; i < len(v); i += 3 {
		k.Points = append(k.Points, v[i], v[i+1])
		k.Visibility = append(k.Visibility, dataset.Visibility(v[i+2]))
	}
	g.keypoints = k
	return nil
}

// cloneBase lets each annotation of a record have its own list of attributes.
func cloneBase(b dataset.Base) dataset.Base {
	b.Attributes = append(dataset.Attributes(nil), b.Attributes...)
	return b
}

func (p *parser) segmentation(g *group, r dataset.Attributes, base dataset.Base, label int32) error {
	raw, _ := r.Get("segmentation")
	switch jsontext.Value(raw).Kind() {
	case '{':
		m, err := p.mask(raw, base, label)
		g.mask = m
		return err
	case '[':
		p.polygons(g, raw, base, label)
	case 0, 'n':
	default:
		return formats.Reason(formats.ErrCorrupt, "the segmentation is neither polygons nor a run-length code")
	}
	return nil
}

// polygons reads outlines. What is none (too few points, not numbers) is no
// polygon of the model, and comes back as it was all the same.
func (p *parser) polygons(g *group, raw []byte, base dataset.Base, label int32) {
	var outlines [][]float64
	if flat, ok := numbers(raw); ok && len(flat) > 0 {
		p.note("polygons that are not in a list of polygons")
		outlines = [][]float64{flat}
	} else {
		parts, _ := list(raw)
		for _, part := range parts {
			v, ok := numbers(part)
			if !ok {
				p.note("segmentations that are no lists of numbers, not read")
				return
			}
			outlines = append(outlines, v)
		}
	}
	for _, v := range outlines {
		if len(v) < 6 || len(v)%2 != 0 {
			if len(v) > 0 {
				p.note("polygons of fewer than three points, not read")
			}
			continue
		}
		g.polygons = append(g.polygons, &dataset.Polygon{Base: cloneBase(base), Label: label, Points: v})
	}
}

func (p *parser) mask(raw []byte, base dataset.Base, label int32) (*dataset.Mask, error) {
	r, err := members(raw)
	if err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	size, _ := r.Get("size")
	hw, ok := numbers(size)
	if !ok || len(hw) != 2 || hw[0] != float64(int32(hw[0])) || hw[1] != float64(int32(hw[1])) {
		return nil, formats.Reason(formats.ErrCorrupt, "the run-length code has no size of two numbers")
	}
	m := &dataset.Mask{Base: cloneBase(base), Label: label}
	h, w := int32(hw[0]), int32(hw[1])
	counts, _ := r.Get("counts")
	switch jsontext.Value(counts).Kind() {
	case '"':
		text, err := jsontext.AppendUnquote(nil, counts)
		if err != nil {
			return nil, formats.Reason(formats.ErrCorrupt, "%w", err)
		}
		m.RLE = dataset.RLE{Height: h, Width: w, Counts: text}
	case '[':
		if m.RLE, err = encodeList(h, w, counts); err != nil {
			return nil, err
		}
		m.Attributes = append(m.Attributes, dataset.Attribute{Name: carryRLEList, Value: []byte("true")})
	default:
		return nil, formats.Reason(formats.ErrCorrupt, "the run-length code has no counts")
	}
	if _, err := m.RLE.Runs(); err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	return m, nil
}

func encodeList(h, w int32, counts []byte) (dataset.RLE, error) {
	v, ok := numbers(counts)
	runs := make([]int64, len(v))
	for i, x := range v {
		runs[i] = int64(x)
		ok = ok && x >= 0 && x == float64(runs[i])
	}
	if !ok {
		return dataset.RLE{}, formats.Reason(formats.ErrCorrupt, "the counts of the run-length code are not whole numbers")
	}
	return dataset.EncodeRuns(h, w, runs), nil
}

func (p *parser) box(g *group, r dataset.Attributes, base dataset.Base, label int32) error {
	raw, ok := r.Get("bbox")
	v, isList := numbers(raw)
	switch {
	case !ok || string(raw) == "null" || isList && len(v) == 0:
		p.note("annotations without a box")
		return nil
	case !isList || len(v) != 4:
		return formats.Reason(formats.ErrCorrupt, "the bbox is not four numbers: %s", short(raw))
	}
	g.box = &dataset.Bbox{Base: cloneBase(base), Label: label, X: v[0], Y: v[1], W: v[2], H: v[3]}
	return nil
}

// short is the beginning of a text, for messages.
func short(raw []byte) string {
	if len(raw) > 60 {
		return fmt.Sprintf("%s…", raw[:60])
	}
	return string(raw)
}
