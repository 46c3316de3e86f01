package mot

import (
	"cmp"
	"context"
	"errors"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// importer reads sequences one after the other.
type importer struct {
	formats.Reading
	folder    *files.Folder
	above     *files.Folder // to be closed, nil where folder is not ours
	opts      formats.ImportOptions
	origin    float64
	sequences []*sequence
}

func open(ctx context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	if err := o.OnlyPlain(formatName, f); err != nil {
		return nil, err
	}
	m := &importer{folder: f, opts: o, origin: origin(o.Values)}
	if base := strings.ToLower(f.Base()); base == gtDir || base == detDir {
		if up, _, err := f.Parent(); err == nil {
			m.folder, m.above = up, up
		}
	}
	if err := m.open(ctx); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

func (m *importer) open(ctx context.Context) error {
	f := m.folder
	m.sequences = findSequences(f, findTables(f), &m.Opening)
	if len(m.sequences) == 0 {
		return formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: there is no %s", f.Path("."), needFile),
			"datum detect says what a folder holds")
	}
	limit := m.opts.Limits.WithDefaults().RecordBytes
	for _, s := range m.sequences {
		if err := s.readInfo(f, limit); err != nil {
			return err
		}
		if err := s.readLabels(f, limit); err != nil {
			return err
		}
		s.findImages(f)
	}
	m.Meta.MediaKind = dataset.MediaImage
	for _, s := range m.sequences {
		if err := m.look(ctx, s); err != nil {
			return err
		}
	}
	m.nameLabels()
	m.nameSubsets()
	return nil
}

// look counts the frames of a sequence and finds its largest class.
func (m *importer) look(ctx context.Context, s *sequence) error {
	var none formats.Loss
	r, err := m.load(ctx, s, &none, func(error) error { return nil }) // told again when items are read
	if err != nil {
		return err
	}
	defer r.file.Close()
	for range r.frames() {
		s.frames++
	}
	if s.labels == nil {
		s.labels = usualLabels[:max(12, min(len(usualLabels), r.classes))]
		for i := len(s.labels) + 1; i <= r.classes; i++ {
			s.labels = append(s.labels[:len(s.labels):len(s.labels)], "class "+strconv.Itoa(i))
		}
	}
	return nil
}

// nameLabels makes one list of the labels of all sequences.
func (m *importer) nameLabels() {
	c := &dataset.LabelCategories{}
	places := map[string]int32{}
	for _, s := range m.sequences {
		first := len(c.Labels) == 0
		for _, name := range s.labels {
			i, ok := places[name]
			if !ok || first {
				i = int32(len(c.Labels))
				c.Labels = append(c.Labels, dataset.LabelCategory{Name: name})
				if !ok {
					places[name] = i
				}
			}
			s.global = append(s.global, i)
		}
	}
	m.Meta.Categories.Labels = c
}

func (m *importer) nameSubsets() {
	for _, s := range m.sequences {
		sub := m.Meta.Subset(s.subset)
		if sub == nil {
			m.Meta.Subsets = append(m.Meta.Subsets, dataset.Subset{Name: s.subset})
			sub = &m.Meta.Subsets[len(m.Meta.Subsets)-1]
			if s.det {
				sub.Attributes.SetRaw(carryDet, []byte("true"))
			}
		}
		if !s.det {
			sub.Attributes.Delete(carryDet)
		}
		sub.Items += s.frames
		m.carryInfo(sub, s)
	}
	slices.SortStableFunc(m.Meta.Subsets, func(a, b dataset.Subset) int { return cmp.Compare(a.Name, b.Name) })
	slices.SortStableFunc(m.sequences, func(a, b *sequence) int { return cmp.Compare(a.subset, b.subset) })
}

// carryInfo carries what seqinfo.ini says and is not as usual: an object for
// each sequence.
func (m *importer) carryInfo(sub *dataset.Subset, s *sequence) {
	var rest dataset.Attributes
	for _, a := range s.info.all {
		var value string
		a.Value = slices.Clone(a.Value)
		x := dataset.Attributes{a}
		if x.Decode(a.Name, &value) && (a.Name == "frameRate" && value == usualRate || a.Name == "name" && value == sequenceName(s.subset, s.prefix)) {
			continue
		}
		rest = append(rest, a)
	}
	if rest == nil {
		return
	}
	var all dataset.Attributes
	if old, ok := sub.Attributes.Get(carrySeqinfo); ok {
		all, _ = dataset.ParseAttributes(old)
	}
	all.SetRaw(s.prefix, rest.AppendJSON(nil))
	sub.Attributes.SetRaw(carrySeqinfo, all.AppendJSON(nil))
}

// sequenceName is the name of a sequence where a source gives none.
func sequenceName(subset, prefix string) string {
	if prefix != "" {
		return path.Base(prefix)
	}
	return subset
}

// Close closes the folder, if it is not the one that was given.
func (m *importer) Close() error {
	if m.above == nil {
		return nil
	}
	up := m.above
	m.above = nil
	return up.Close()
}

// Items streams the frames, sequence after sequence.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		m.Latest = formats.Loss{}
		for _, s := range m.sequences {
			if err := m.stream(ctx, s, yield); err != nil {
				if err != errStop {
					yield(dataset.Item{}, err)
				}
				return
			}
		}
	}
}

// errStop ends a stream when the receiver has enough.
var errStop = errors.New("enough")

func (m *importer) stream(ctx context.Context, s *sequence, yield func(dataset.Item, error) bool) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	r, err := m.load(ctx, s, &m.Latest, m.opts.Bad)
	if err != nil {
		return err
	}
	defer r.file.Close()
	for fr := range r.frames() {
		if err := ctx.Err(); err != nil {
			return err
		}
		it, err := r.item(fr)
		if err != nil {
			if err = m.opts.Bad(err); err != nil {
				return err
			}
			continue
		}
		if !yield(it, nil) {
			return errStop
		}
	}
	return nil
}

// loaded is what is held of a sequence while it is read.
type loaded struct {
	m        *importer
	s        *sequence
	file     files.File
	entries  []entry
	pictures []picture
	classes  int // the largest
}

// load reads where the rows of each frame are. Of bad rows, the function bad is
// told.
func (m *importer) load(ctx context.Context, s *sequence, notes *formats.Loss, bad func(error) error) (*loaded, error) {
	pictures, err := s.pictures(m.folder, notes)
	if err != nil {
		return nil, err
	}
	file, err := m.folder.OpenFile(s.table)
	if err != nil {
		return nil, formats.At(m.folder, formatName, s.table, err)
	}
	r := &loaded{m: m, s: s, file: file, pictures: pictures}
	err = scan(ctx, file, func(x row, line int32, at int64, err error) error {
		if err == nil {
			err = r.class(x)
		}
		if err != nil {
			return bad(m.at(s, line, x, formats.Reason(formats.ErrCorrupt, "%w", err)))
		}
		r.entries = append(r.entries, entry{x.frame, line, at})
		return nil
	})
	if err != nil {
		file.Close()
		return nil, formats.At(m.folder, formatName, s.table, err)
	}
	slices.SortStableFunc(r.entries, func(a, b entry) int { return cmp.Compare(a.frame, b.frame) })
	return r, nil
}

// class checks the class of a row against the labels there are.
func (r *loaded) class(x row) error {
	if x.class == "" {
		return nil
	}
	const most = 10_000
	n, err := whole(x.class, -1)
	switch {
	case err != nil:
		return errors.New("the class " + strconv.Quote(x.class) + " is no whole number from -1 on")
	case r.s.labels == nil && n > most:
		return errors.New("the class " + x.class + " is larger than " + strconv.Itoa(most))
	case r.s.labels != nil && int(n) > len(r.s.labels):
		return errors.New("the class " + x.class + " does not exist, there are " + strconv.Itoa(len(r.s.labels)) + " labels")
	}
	r.classes = max(r.classes, int(n))
	return nil
}

// at gives an error about a row, or a sequence, its place.
func (m *importer) at(s *sequence, line int32, r row, err error) error {
	e := &formats.Error{Format: formatName, Path: m.folder.Path(s.table), Line: int(line), Err: err}
	if r != (row{}) {
		e.Item = path.Join(s.prefix, frameName(r.frame))
	}
	return e
}

// frame is a frame to be made an item.
type frame struct {
	number  int32
	rows    []entry
	picture string // empty: there is none
}

// frames yields the frames in order.
func (r *loaded) frames() func(func(frame) bool) {
	return func(yield func(frame) bool) {
		entries, pictures, next := r.entries, r.pictures, int32(1)
		for len(entries) > 0 || len(pictures) > 0 || next <= r.s.info.length {
			f := frame{number: 1<<31 - 1}
			if next <= r.s.info.length {
				f.number = next
			}
			if len(entries) > 0 {
				f.number = min(f.number, entries[0].frame)
			}
			if len(pictures) > 0 {
				f.number = min(f.number, pictures[0].frame)
			}
			n := 0
			for n < len(entries) && entries[n].frame == f.number {
				n++
			}
			f.rows, entries = entries[:n], entries[n:]
			if len(pictures) > 0 && pictures[0].frame == f.number {
				f.picture, pictures = pictures[0].name, pictures[1:]
			}
			if next == f.number {
				next++
			}
			if !yield(f) {
				return
			}
		}
	}
}

// item makes the item of a frame.
func (r *loaded) item(f frame) (dataset.Item, error) {
	s := r.s
	image := &dataset.Image{Height: s.info.height, Width: s.info.width}
	if image.Height == 0 || image.Width == 0 {
		image.Height, image.Width = 0, 0
	}
	name := f.picture
	if name == "" {
		ext := s.info.ext
		if !strings.HasPrefix(ext, ".") || strings.ContainsAny(ext, "/\\\x00") || !utf8.ValidString(ext) {
			ext = ".jpg"
		}
		name = frameName(f.number) + ext
	} else {
		at := path.Join(s.images, name)
		image.Source = formats.MediaIn(r.m.folder, formatName, at)
	}
	image.Name = path.Join(s.prefix, name)
	it := dataset.Item{ID: strings.TrimSuffix(image.Name, path.Ext(name)), Subset: s.subset, Media: image}
	if !utf8.ValidString(image.Name) || !utf8.ValidString(s.subset) {
		return it, r.m.at(s, 0, row{}, formats.Reason(formats.ErrCorrupt, "the name of the sequence is not UTF-8"))
	}
	for _, e := range f.rows {
		b, err := r.box(e)
		if err != nil {
			return it, err
		}
		it.Annotations = append(it.Annotations, b)
	}
	return it, nil
}

// box reads a row again.
func (r *loaded) box(e entry) (*dataset.Bbox, error) {
	text := make([]byte, maxLine)
	n, err := r.file.ReadAt(text, e.at)
	if err != nil && err != io.EOF {
		return nil, formats.At(r.m.folder, formatName, r.s.table, err)
	}
	line, _, _ := strings.Cut(string(text[:n]), "\n")
	x, err := parseRow(trimLine(line, e.at == 0))
	if err == nil {
		err = r.class(x)
	}
	if err != nil {
		return nil, r.m.at(r.s, e.line, x, formats.Reason(formats.ErrCorrupt, "%w", err))
	}
	b := &dataset.Bbox{
		Base:  dataset.Base{ObjectID: x.track, Attributes: x.attributes(r.s.det)},
		Label: dataset.NoLabel, X: x.box[0] - r.m.origin, Y: x.box[1] - r.m.origin, W: x.box[2], H: x.box[3],
	}
	if class, _ := whole(x.class, 1); class > 0 {
		b.Label = r.s.global[class-1]
	} else if x.class != "" && x.class != "-1" {
		b.Attributes.SetRaw(carryClass, dataset.AppendString(nil, x.class))
	}
	return b, nil
}
