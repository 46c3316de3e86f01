package ade20k

import (
	"errors"
	"io/fs"
	"path"

	"datum/dataset"
	"datum/formats"
)

// instances makes the annotations of the 2020 layout: each object has a picture
// of its own. Where that is missing, x_seg.png and x_parts_N.png serve.
func (b *builder) instances() error {
	masks := map[*object]*instance{}
	if err := b.readInstances(masks); err != nil {
		return err
	}
	if err := b.fillIn(masks); err != nil {
		return err
	}
	for i, o := range b.record.objects {
		label, err := b.label(o)
		if err != nil {
			return err
		}
		b.object(o, i, label, masks[o])
	}
	if len(b.record.objects) == 0 {
		return b.regions() // nothing is known but the pixels
	}
	return nil
}

func (b *builder) readInstances(masks map[*object]*instance) error {
	for _, o := range b.record.objects {
		if !b.wantsMask(o) {
			continue
		}
		name := path.Join(b.entry.dir, o.instance)
		if st, err := b.im.folder.Stat(name); o.instance == "" || err == nil && !st.Mode().IsRegular() {
			continue
		}
		in, err := readInstance(b.im.folder, name, b.im.limits)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			if err := b.im.opts.Bad(err); err != nil {
				return err
			}
			continue
		}
		b.sized(in.seen.Height, in.seen.Width)
		masks[o] = in
	}
	return nil
}

// fillIn looks for the masks of objects that have no picture of their own.
func (b *builder) fillIn(masks map[*object]*instance) error {
	levels, of := byLevel(b.record.objects)
	for _, level := range levels {
		var missing []*object
		taken := map[string]bool{}
		for _, o := range of[level] {
			if in := masks[o]; in != nil {
				taken[string(in.seen.Counts)] = true
			} else if b.wantsMask(o) {
				missing = append(missing, o)
			}
		}
		name := b.levelFile(level)
		if len(missing) == 0 || name == "" {
			continue
		}
		list, height, width, err := readRegions(b.im.folder, name, b.im.limits)
		if err != nil {
			if err := b.im.opts.Bad(err); err != nil {
				return err
			}
			continue
		}
		b.sized(height, width)
		for o, m := range matchRegions(list, missing, func(m dataset.RLE) bool { return taken[string(m.Counts)] }) {
			masks[o] = &instance{seen: m, hidden: b.emptyMask()}
			b.notes.Add("masks found by class and place, since the object's own picture is not there", b.place(), 1)
		}
	}
	return nil
}

// minPoints is how many points an outline has that is a polygon.
const minPoints = 3

func (o *object) outlined() bool { return len(o.outline) >= 2*minPoints }

func (b *builder) wantsMask(o *object) bool { return b.im.shapes != "polygons" || !o.outlined() }

// object makes the annotations of one object: its mask, its outline, or both.
// Where it has not got what is asked for, it is read as what it has.
func (b *builder) object(o *object, place int, label int32, in *instance) {
	base := b.newBase(o, place)
	if in != nil && !isEmpty(in.hidden) {
		base.Attributes.SetRaw(carryHidden, rleJSON(in.hidden))
	}
	seen := in != nil && !isEmpty(in.seen)
	b.noteObject(o, seen)
	if seen {
		b.add(&dataset.Mask{Base: base, Label: label, Z: int32(o.level), RLE: in.seen})
		base.Attributes = o.attributes("", &formats.Loss{})
	}
	if o.outlined() && (!seen || b.im.shapes == "both") {
		b.add(&dataset.Polygon{Base: base, Label: label, Z: int32(o.level), Points: o.outline})
	}
	if !seen && !o.outlined() {
		b.add(&dataset.Mask{Base: base, Label: label, Z: int32(o.level), RLE: b.emptyMask()})
	}
}

func (b *builder) noteObject(o *object, seen bool) {
	switch {
	case !b.wantsMask(o):
		b.notes.Add("masks not read, since outlines are asked for", b.place(), b2i(o.instance != ""))
	case !seen && o.outlined():
		b.notes.Add("objects without pixels that are seen, read as outlines", b.place(), 1)
	case !seen:
		b.notes.Add("objects without pixels, read as empty masks", b.place(), 1)
	}
	if len(o.outline) > 0 && !o.outlined() {
		b.notes.Add("outlines of fewer than three points, not read as polygons", b.place(), 1)
	}
}

func (b *builder) add(a dataset.Annotation) {
	b.item.Annotations = append(b.item.Annotations, a)
}

func isEmpty(m dataset.RLE) bool {
	area, err := m.Area()
	return err == nil && area == 0
}

// rleJSON is a mask as COCO writes it.
func rleJSON(m dataset.RLE) []byte {
	b := append([]byte(`{"size":[`), number(int64(m.Height))...)
	b = append(b, ',')
	b = append(b, number(int64(m.Width))...)
	b = append(b, `],"counts":`...)
	return append(dataset.AppendString(b, string(m.Counts)), '}')
}
