package cvat

import (
	"context"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/nameset"
	"datum/internal/xmltext"
)

// importer reads one dataset.
type importer struct {
	folder *files.Folder
	above  *files.Folder // that we opened ourselves, or nil
	opts   formats.ImportOptions
	limits files.Limits
	keep   bool // shapes outside of the picture
	info   dataset.Info

	sources []*source
	labels  *labelTable
	used    *usedLabels
	listed  *nameset.Set // names of images in the files, see [listKey]
	files   *nameset.Set // where their pictures may be, from images on
	// unlisted are pictures that no file lists.
	unlisted []picture
	// parts are what the subsets consist of, places where they are in info.
	parts  [][]part
	places map[string]int
	// opening holds the notes made before items are read, notes those of the
	// latest reading.
	opening, notes formats.Loss
}

// picture is a picture that no annotation file lists.
type picture struct {
	subset, name string
	path         string // in the folder
}

func open(ctx context.Context, f *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
	if err := o.OnlyPlain(formatName, f); err != nil {
		return nil, err
	}
	m := &importer{
		folder: f, opts: o, limits: o.Limits.WithDefaults(), keep: o.Values.Of(optionOutside) == outsideKeep,
		labels: newLabelTable(), used: &usedLabels{map[string]map[string]bool{}}, listed: nameset.New(), files: nameset.New(), places: map[string]int{},
	}
	names, err := locate(f)
	if err != nil {
		return nil, err
	}
	if names, err = m.moveUp(names); err == nil {
		err = m.readFiles(ctx, names)
	}
	if err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// moveUp takes the folder above for the dataset's where the files lie in a
// folder annotations beside the folder of the pictures.
func (m *importer) moveUp(names []string) ([]string, error) {
	if m.folder.Base() != rootElement || m.folder.HasDir(imagesDir) {
		return names, nil
	}
	up, base, err := m.folder.Parent()
	if err != nil || !up.HasDir(imagesDir) {
		if err == nil {
			up.Close()
		}
		return names, nil
	}
	m.folder, m.above = up, up
	for i := range names {
		names[i] = path.Join(base, names[i])
	}
	return names, nil
}

// readFiles makes the first pass over all files.
func (m *importer) readFiles(ctx context.Context, names []string) error {
	for _, name := range names {
		x := &source{folder: m.folder, name: name, dir: path.Dir(name)}
		if path.Base(x.dir) == rootElement && !m.folder.HasDir(x.below(imagesDir)) {
			x.dir = path.Dir(x.dir)
		}
		m.sources = append(m.sources, x)
		if err := m.index(ctx, x); err != nil {
			return err
		}
	}
	m.labels.complete(m.used, &m.opening)
	subsetNames(m.sources)
	if err := m.findPictures(ctx); err != nil {
		return err
	}
	m.fillInfo()
	return nil
}

// part is the items of one group of a file.
type part struct {
	source *source
	group  int32
}

// fillInfo says what is known before the items.
func (m *importer) fillInfo() {
	m.info.MediaKind = dataset.MediaImage
	m.info.Categories = m.labels.categories()
	for _, x := range m.sources {
		for _, name := range x.declaredSubsets() {
			m.subset(name)
		}
		for g := range x.groups {
			i := m.subset(x.subsetOf(int32(g)))
			m.parts[i] = append(m.parts[i], part{x, int32(g)})
			m.info.Subsets[i].Items += len(x.imagesOf(int32(g))) + len(x.looseFrames(int32(g)))
		}
		if x.showsVideo() {
			m.info.MediaKind = dataset.MediaVideoFrame
		}
	}
	for _, p := range m.unlisted {
		m.info.Subsets[m.subset(p.subset)].Items++
	}
	m.carryMeta()
}

// subset returns the place of a subset, which is made at first use.
func (m *importer) subset(name string) int {
	i, ok := m.places[name]
	if !ok {
		i = len(m.info.Subsets)
		m.places[name] = i
		m.info.Subsets = append(m.info.Subsets, dataset.Subset{Name: name})
		m.parts = append(m.parts, nil)
	}
	return i
}

// showsVideo reports whether the items of a file are frames of a video that
// <meta> names, and not pictures.
func (x *source) showsVideo() bool {
	return x.video != "" && !imagesize.IsImage(x.video) && !x.pictures && len(x.frames) == 0 && len(x.groups) > 0
}

// declaredSubsets are those that the <meta> of a project lists.
func (x *source) declaredSubsets() []string {
	var names []string
	for name := range strings.Lines(x.meta.Child("project").Value("subsets")) {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

// carryMeta carries the <meta> of the only file, without its labels.
func (m *importer) carryMeta() {
	if len(m.sources) != 1 {
		m.opening.Add("meta elements not carried along, since there are several files", m.sources[0].name, len(m.sources))
		return
	}
	meta := m.sources[0].meta
	if meta == nil {
		return
	}
	bare := withoutLabels(meta)
	carry(&m.info.Attributes, carryMetaName, string(bare.Append(nil, -1)))
}

var carryMetaName = dataset.CarriedName(formatName, "meta")

// withoutLabels copies a <meta>; the places of labels stay, empty.
func withoutLabels(n *xmltext.Node) *xmltext.Node {
	c := &xmltext.Node{Name: n.Name, Attrs: n.Attrs, Text: n.Text}
	if n.Name == "labels" {
		return c
	}
	for _, child := range n.Children {
		c.Children = append(c.Children, withoutLabels(child))
	}
	return c
}

// Info returns what the first pass found.
func (m *importer) Info() *dataset.Info { return &m.info }

// Notes says what was tolerated.
func (m *importer) Notes() formats.Loss {
	var all formats.Loss
	all.Merge(m.opening)
	all.Merge(m.notes)
	return all
}

// Close closes the folder above, where it was opened.
func (m *importer) Close() error {
	if m.above == nil {
		return nil
	}
	err := m.above.Close()
	m.above = nil
	return err
}

// looseFrames are the frames of a group that no <image> stands for, in order:
// those of shapes of tracks, and those that are there as pictures.
func (x *source) looseFrames(g int32) []uint32 {
	var frames []uint32
	for _, s := range x.shapesOf(g) {
		frames = append(frames, s.frame)
	}
	from, _ := slices.BinarySearchFunc(x.frames, g, func(f frameRef, g int32) int { return int(f.group) - int(g) })
	for _, f := range x.frames[from:] {
		if f.group != g {
			break
		}
		frames = append(frames, f.frame)
	}
	slices.Sort(frames)
	frames = slices.Compact(frames)
	listed := x.listedFrames(g)
	return slices.DeleteFunc(frames, func(f uint32) bool {
		_, ok := slices.BinarySearch(listed, f)
		return ok
	})
}

// listedFrames are the numbers of the images of a group, sorted.
func (x *source) listedFrames(g int32) []uint32 {
	var ids []uint32
	for _, ref := range x.imagesOf(g) {
		if ref.id >= 0 {
			ids = append(ids, uint32(ref.id))
		}
	}
	slices.Sort(ids)
	return ids
}

// imagesOf returns the images of a group, in the order of the file.
func (x *source) imagesOf(g int32) []imageRef {
	byGroup := func(r imageRef, g int32) int { return int(r.group) - int(g) }
	from, _ := slices.BinarySearchFunc(x.images, g, byGroup)
	to, _ := slices.BinarySearchFunc(x.images, g+1, byGroup)
	return x.images[from:to]
}

// shapesOf returns the shapes of tracks of a group.
func (x *source) shapesOf(g int32) []shapeRef {
	from, _ := slices.BinarySearchFunc(x.shapes, g, func(s shapeRef, g int32) int { return int(x.tracks[s.track].group) - int(g) })
	to, _ := slices.BinarySearchFunc(x.shapes, g+1, func(s shapeRef, g int32) int { return int(x.tracks[s.track].group) - int(g) })
	return x.shapes[from:to]
}

// shapesAt returns the shapes of a frame among those of a group.
func shapesAt(shapes []shapeRef, frame uint32) []shapeRef {
	from, _ := slices.BinarySearchFunc(shapes, frame, func(s shapeRef, f uint32) int {
		return int(int64(s.frame) - int64(f))
	})
	to := from
	for to < len(shapes) && shapes[to].frame == frame {
		to++
	}
	return shapes[from:to]
}
