package ade20k

import (
	"path"
	"slices"

	"datum/dataset"
	"datum/formats"
)

// builder makes one item. It runs on several goroutines, one item each.
type builder struct {
	im     *importer
	entry  *entry
	record *record
	item   dataset.Item
	notes  formats.Loss
	// height and width are those of the first mask that was read, and before
	// that what the JSON file says.
	height, width int32
	masked        bool
}

// read makes an item.
func (im *importer) read(j job) (formats.Record, error) {
	b := &builder{im: im, entry: j.Entry, item: dataset.Item{ID: j.Entry.id, Subset: j.Part.name}}
	if err := b.build(); err != nil {
		return formats.Record{}, err
	}
	return formats.Record{Item: b.item, Notes: b.notes}, nil
}

func (b *builder) build() error {
	e := b.entry
	r, err := b.im.record(e, func(line int, err error) error {
		return b.im.opts.Bad(placed(b.im.folder, b.describedBy(), line, err))
	})
	if err != nil {
		return err
	}
	if r == nil {
		r = &record{}
		if len(e.levels) > 0 {
			b.notes.Add("masks without a file that describes them", b.place(), 1)
		}
	}
	b.record = r
	b.notes.Merge(r.notes)
	if e.json != "" && e.text != "" {
		b.notes.Add("files _atr.txt not read, since there is a JSON file", b.place(), 1)
	}
	b.attributes()
	if limit := b.im.limits.ImagePixels; int64(r.height)*int64(r.width) <= limit {
		b.height, b.width = r.height, r.width
	}
	err = b.annotations()
	b.media()
	return err
}

// annotations makes those of what was not left out.
func (b *builder) annotations() error {
	switch {
	case b.record.broken:
		return nil
	case b.entry.json != "":
		return b.instances()
	}
	return b.regions()
}

// describedBy is the path of the file that describes the item.
func (b *builder) describedBy() string {
	if b.entry.json != "" {
		return path.Join(b.entry.dir, b.entry.json)
	}
	return path.Join(b.entry.dir, b.entry.text)
}

// place names the item in notes.
func (b *builder) place() string { return b.item.ID + " of " + b.item.Subset }

func (b *builder) attributes() {
	r, a := b.record, &b.item.Attributes
	if r.scene != nil {
		a.SetRaw(attrScene, r.scene)
	}
	if len(r.rest) > 0 {
		a.SetRaw(carryAnnotation, r.rest.AppendJSON(nil))
	}
	if len(r.beside) > 0 {
		a.SetRaw(carryMembers, r.beside.AppendJSON(nil))
	}
}

// media names the picture: the file that is there, or the one that the JSON
// file speaks of.
func (b *builder) media() {
	e := b.entry
	m := &dataset.Image{Height: b.height, Width: b.width}
	switch {
	case e.picture != "":
		m.Name = path.Join(path.Dir(e.id), e.picture)
		m.Source = formats.MediaIn(b.im.folder, formatName, path.Join(e.dir, e.picture))
	default:
		raw, _ := b.record.rest.Get("filename")
		name := textOf(raw)
		if stem(name) != path.Base(e.id) || path.Base(name) != name {
			return
		}
		m.Name = path.Join(path.Dir(e.id), name)
	}
	b.item.Media = m
}

// sized notes the size of a mask.
func (b *builder) sized(height, width int32) {
	switch {
	case !b.masked:
		if b.height > 0 && (b.height != height || b.width != width) {
			b.notes.Add("masks of another size than the JSON file says", b.place(), 1)
		}
		b.height, b.width, b.masked = height, width, true
	case b.height != height || b.width != width:
		b.notes.Add("masks of another size than others of the picture", b.place(), 1)
	}
}

// newBase returns what all annotations of an object have; place is its place in
// the file.
func (b *builder) newBase(o *object, place int) dataset.Base {
	base := dataset.Base{ID: o.id, Group: int64(place) + 1, ObjectID: dataset.NoObject, Attributes: o.attributes(b.place(), &b.notes)}
	switch {
	case o.source != nil:
		base.Attributes.SetRaw(carryObject, o.source)
	case o.class != "" && o.class != o.raw:
		base.Attributes.SetRaw(carryClass, dataset.AppendString(nil, o.class))
	}
	return base
}

// label returns the number of an object's label.
func (b *builder) label(o *object) (int32, error) {
	name := o.label(b.im.classes)
	label, known := b.im.labels.index[name]
	if !known {
		return 0, placed(b.im.folder, b.describedBy(), 0,
			formats.Reason(formats.ErrCorrupt, "the label %q appeared while the dataset was read", name))
	}
	return label, nil
}

// emptyMask is a mask of the picture's size, as far as that is known.
func (b *builder) emptyMask() dataset.RLE {
	return dataset.EncodeRuns(b.height, b.width, []int64{int64(b.height) * int64(b.width)})
}

// levelFile is the picture of all objects of a level, empty where there is
// none.
func (b *builder) levelFile(level int) string {
	if level >= len(b.entry.levels) || b.entry.levels[level] == "" {
		return ""
	}
	return path.Join(b.entry.dir, b.entry.levels[level])
}

// byLevel sorts objects out by their level, lower levels first.
func byLevel(objects []*object) (levels []int, of map[int][]*object) {
	of = map[int][]*object{}
	for _, o := range objects {
		if of[o.level] == nil {
			levels = append(levels, o.level)
		}
		of[o.level] = append(of[o.level], o)
	}
	slices.Sort(levels)
	return levels, of
}
