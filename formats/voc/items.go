package voc

import (
	"context"
	"iter"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/workers"
)

// job is an item to be read.
type job struct {
	ref
	subset string
}

// result is an item that was read, or left out.
type result struct {
	item  dataset.Item
	notes formats.Loss
	left  bool
}

// Items streams the items, subset after subset.
func (m *importer) Items(ctx context.Context) dataset.Items {
	return func(yield func(dataset.Item, error) bool) {
		m.notes = formats.Loss{}
		if err := ctx.Err(); err != nil {
			yield(dataset.Item{}, err)
			return
		}
		for list, err := range workers.Map(ctx, workers.Count(m.opts.Workers), workers.Batches(m.jobs(), m.atOnce()), m.readAll) {
			for i := range list {
				r := &list[i]
				m.notes.Merge(r.notes)
				if !r.left && !yield(r.item, nil) {
					return
				}
			}
			if err != nil {
				yield(dataset.Item{}, err)
				return
			}
		}
	}
}

// atOnce is how many items are read in one go: a few where they have masks.
func (m *importer) atOnce() int {
	if slices.ContainsFunc(m.parts, (*part).hasMasks) {
		return 2
	}
	return manyFiles
}

// readAll reads items, up to the first that cannot be read.
func (m *importer) readAll(jobs []job) ([]result, error) {
	f := m.newFileReader()
	defer f.release()
	list := make([]result, 0, len(jobs))
	for _, j := range jobs {
		r, err := m.read(f, j)
		if err != nil {
			return list, err
		}
		list = append(list, r)
	}
	return list, nil
}

func (m *importer) jobs() iter.Seq2[job, error] {
	return func(yield func(job, error) bool) {
		for _, s := range m.subsets {
			for _, r := range s.refs {
				if !yield(job{r, s.name}, nil) {
					return
				}
			}
		}
	}
}

// itemReader reads one item.
type itemReader struct {
	*importer
	job
	file  *fileReader
	entry *entry
	item  dataset.Item
	notes formats.Loss
	size  [2]int32 // height and width of the picture, 0 when not known
}

func (m *importer) read(f *fileReader, j job) (result, error) {
	r := itemReader{importer: m, job: j, file: f, entry: &j.part.entries[j.ref.entry]}
	r.item = dataset.Item{ID: r.entry.id, Subset: j.subset}
	err := r.readItem()
	if err != nil {
		if err = m.opts.Bad(err); err == nil {
			return result{notes: r.notes, left: true}, nil
		}
	}
	return result{item: r.item, notes: r.notes}, err
}

func (r *itemReader) readItem() error {
	rec := &record{}
	if r.entry.xml != "" {
		var err error
		if rec, err = r.file.record(r.entry.xml, r.Path(r.entry.xml), &r.notes); err != nil {
			return r.at(r.entry.xml, err)
		}
		r.carryItem(rec)
	}
	r.readMedia(rec)
	if !r.entry.second {
		r.labels()
	}
	objects, err := r.objects(rec)
	if err != nil {
		return err
	}
	masks, err := r.readMasks(objects)
	if err != nil {
		return err
	}
	r.annotations(objects, masks)
	r.carryTasks()
	if r.entry.shared {
		r.item.Attributes.SetRaw(carryShared, []byte("true"))
	}
	if r.item.Media == nil && r.entry.xml == "" {
		r.note("names in lists of which there is no file")
	}
	return nil
}

func (r *itemReader) at(file string, err error) error {
	return at(r.Folder, file, r.item.ID, err)
}

func (r *itemReader) note(what string) { r.notes.Add(what, r.item.ID+" of "+r.item.Subset, 1) }

// carryItem keeps what the XML file says of the picture as a whole.
func (r *itemReader) carryItem(rec *record) {
	r.item.Attributes = rec.attributes
	if rec.depth != nil {
		r.item.Attributes.SetRaw(carryDepth, rec.depth)
	}
	if masks := r.entry.class != "" || r.entry.object != ""; rec.hasSegmented && rec.segmented != masks {
		rec.extra = append(rec.extra, segmented(rec.segmented)...)
	}
	if len(rec.extra) > 0 {
		r.item.Attributes.SetRaw(carryXML, dataset.AppendString(nil, string(rec.extra)))
	}
}

// segmented is the element that says whether there are masks.
func segmented(yes bool) string {
	if yes {
		return "<segmented>1</segmented>"
	}
	return "<segmented>0</segmented>"
}

// readMedia finds the picture and its size.
func (r *itemReader) readMedia(rec *record) {
	name := rec.mediaName()
	file := r.entry.picture
	if file == "" && name != "" {
		file = r.named(name)
	}
	image := &dataset.Image{Height: rec.height, Width: rec.width}
	switch {
	case file != "":
		image.Name = r.item.ID + path.Ext(file)
		image.Source = formats.MediaIn(r.Folder, formatName, file)
	case name != "":
		image.Name = r.item.ID + path.Ext(name)
	case rec.width > 0:
		image.Name = r.item.ID + ".jpg"
		r.note("pictures that are not there and have no name, taken as JPEG")
	default:
		return
	}
	if id := strings.TrimSuffix(name, path.Ext(name)); name != "" && id != r.item.ID && id != path.Base(r.entry.id) && name != path.Base(r.entry.id) {
		r.note("file names in XML files that are not that of the XML file, which counts")
	}
	if image.Width == 0 && image.Source != nil {
		r.readSize(image)
	}
	r.size = [2]int32{image.Height, image.Width}
	r.item.Media = image
}

// named returns the file that an XML file names, where its name does not end
// like that of a picture; empty where there is none.
func (r *itemReader) named(name string) string {
	if imagesize.IsImage(name) {
		return ""
	}
	dir := r.part.pictures
	if dir == "" {
		dir = r.part.dir
	}
	for _, n := range []string{path.Join(dir, r.entry.id+path.Ext(name)), path.Join(dir, name)} {
		if r.Has(n) {
			return n
		}
	}
	return ""
}

// readSize reads the size from the picture.
func (r *itemReader) readSize(image *dataset.Image) {
	if r.entry.xml != "" {
		r.note("sizes missing in XML files, read from the pictures")
	}
	size, err := imagesize.Of(&image.File)
	if err != nil {
		r.note("pictures whose size cannot be read")
		return
	}
	w, h := size.Shown()
	image.Width, image.Height = int32(w), int32(h)
}

// labels adds what lists of classes say.
func (r *itemReader) labels() {
	flags := slices.Clone(r.flags[r.part][r.ref.entry])
	slices.SortFunc(flags, func(a, b flag) int { return int(a.label - b.label) })
	for _, f := range flags {
		l := &dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: f.label}
		if f.hard {
			l.Attributes.SetRaw(attrDifficult, []byte("true"))
		}
		r.item.Annotations = append(r.item.Annotations, l)
	}
}

// carryTasks keeps the lists that name the item, where its content does not
// tell them.
func (r *itemReader) carryTasks() {
	if r.tasks == 0 {
		return
	}
	r.tasks |= taskBit(taskMain) // which names all items, when written
	if r.tasks == tasksOf(&r.item) {
		return
	}
	var names []string
	for k, t := range tasks {
		if r.tasks&(1<<k) != 0 {
			names = append(names, t)
		}
	}
	r.item.Attributes.SetRaw(carryTasks, nameList(names))
}

// nameList is a list of names as JSON text.
func nameList(names []string) []byte {
	text := []byte{'['}
	for i, n := range names {
		if i > 0 {
			text = append(text, ',')
		}
		text = dataset.AppendString(text, n)
	}
	return append(text, ']')
}

// tasksOf tells from the content of an item which lists name it: the main one,
// and those of segmentation, layout and action if it has masks, parts and
// actions.
func tasksOf(it *dataset.Item) (t uint8) {
	t = taskBit(taskMain)
	if it.Attributes.Has(carryVoid) || it.Attributes.Has(carryVoidObjects) {
		t |= taskBit(taskSegmentation)
	}
	for _, a := range it.Annotations {
		if a.Kind() == dataset.KindMask {
			t |= taskBit(taskSegmentation)
		}
		if a.Common().Attributes.Has(carryPart) {
			t |= taskBit(taskLayout)
		}
		if a.Common().Attributes.Has(carryActions) {
			t |= taskBit(taskAction)
		}
	}
	return t
}

func taskBit(task string) uint8 { return 1 << slices.Index(tasks, task) }
