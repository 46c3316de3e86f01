package yolo

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"path"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/workers"
)

// importer reads one dataset.
type importer struct {
	*layout
	opts formats.ImportOptions
	task task
	kpt  kptShape
	clip bool
	// labels are the labels of class numbers, byName those of class names.
	labels  map[int]int32
	byName  map[string]int32
	info    dataset.Info
	opening formats.Loss // notes of opening
	run     formats.Loss // notes of the last reading
	close   func() error
}

func open(ctx context.Context, f *files.Folder, format string, o formats.ImportOptions) (formats.Importer, error) {
	if err := o.OnlyPlain(format, f); err != nil {
		return nil, err
	}
	folder, closeFolder := home(f)
	m := &importer{opts: o, clip: o.Values.Is(optionClip), close: closeFolder}
	err := m.open(ctx, folder, format)
	if err != nil {
		closeFolder()
		return nil, err
	}
	return m, nil
}

func (m *importer) open(ctx context.Context, f *files.Folder, format string) (err error) {
	if m.layout, err = newLayout(ctx, f, format, &m.opts); err != nil {
		return err
	}
	m.task = task(m.opts.Values.Of(optionTask))
	if m.task == classify || m.task == auto && (m.yaml.task == classify || m.yaml.task == "" && m.inClasses()) {
		m.task = classify
		m.classFolders()
	} else if err := m.survey(ctx); err != nil {
		return err
	}
	if m.entries() == 0 && (m.config == "" || m.classes == nil) {
		return formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: there is no YOLO dataset", f.Path(".")),
			"a data.yaml, obj.data, obj.names or classes.txt, or a folder labels/ beside images/ makes one")
	}
	m.makeInfo()
	m.opening = m.layout.notes
	return nil
}

// survey looks at all label files, unless everything is known without: to find
// the task, and the number of classes where nothing gives it.
func (m *importer) survey(ctx context.Context) error {
	if m.task == auto && m.yaml.kpt.valid() {
		m.task = pose
	}
	if m.task == auto && m.yaml.task != "" {
		m.task = m.yaml.task
	}
	m.kpt = m.yaml.kpt
	if m.classes != nil && (m.task != auto && m.task != pose || m.task == pose && m.kpt.valid()) {
		return nil
	}
	all, err := m.surveyAll(ctx)
	if err != nil {
		return err
	}
	switch {
	case m.task == auto:
		m.task, m.kpt = all.task()
	case m.task == pose && !m.kpt.valid():
		if m.kpt, err = all.shape(); err != nil {
			return m.placed(m.config, err)
		}
	}
	if m.classes == nil && m.entries() > 0 {
		return m.countClasses(all.maxClass)
	}
	return nil
}

// countClasses names classes that have only numbers.
func (m *importer) countClasses(most int) error {
	if most >= maxClasses {
		return m.placed(m.config, corrupt("class number %d without a list of classes", most))
	}
	m.classes = []class{}
	for id := range most + 1 {
		m.classes = append(m.classes, class{id, className(id)})
	}
	m.notes.Add("classes without names, called by their numbers", m.folder.Path("."), len(m.classes))
	return nil
}

// surveyAll surveys all label files, in parallel.
func (m *importer) surveyAll(ctx context.Context) (*survey, error) {
	all := newSurvey()
	for s, err := range workers.Map(ctx, workers.Count(m.opts.Workers), workers.Batches(m.each(), atOnce), m.surveyAt) {
		if err != nil {
			return nil, err
		}
		all.merge(s)
	}
	return all, nil
}

// job is an entry with its subset.
type job struct {
	part  *part
	entry *entry
}

// each yields all entries.
func (m *importer) each() iter.Seq2[job, error] {
	return func(yield func(job, error) bool) {
		for _, p := range m.parts {
			for i := range p.entries {
				if !yield(job{p, &p.entries[i]}, nil) {
					return
				}
			}
		}
	}
}

// atOnce is how many label files are read in one go.
const atOnce = 64

// surveyAt looks at some label files.
func (m *importer) surveyAt(list []job) (*survey, error) {
	s := newSurvey()
	var text []byte
	for _, j := range list {
		text = m.surveyOne(s, j, text)
	}
	return s, nil
}

// surveyOne looks at one label file, read into the room of text, which it
// returns. What is wrong with it is said when it is read.
func (m *importer) surveyOne(s *survey, j job, text []byte) []byte {
	if j.entry.label == "" {
		return text
	}
	text, err := m.folder.AppendFile(text[:0], j.entry.label, m.most)
	if err != nil {
		return text
	}
	var l line
	for _, fields := range eachLine(text) {
		if s.addPlain(fields) || l.parse(fields) != nil {
			continue
		}
		z := size{}
		if len(fields) == 9 {
			z, _ = m.sizeOf(j.entry)
		}
		s.add(&l, z.width, z.height)
	}
	return text
}

// makeInfo fills in what is known before the items.
func (m *importer) makeInfo() {
	m.info.MediaKind = dataset.MediaImage
	m.labels, m.byName = map[int]int32{}, map[string]int32{}
	labels := &dataset.LabelCategories{}
	for i, c := range m.classes {
		l := dataset.LabelCategory{Name: c.name}
		if c.id != i {
			l.Carried.Set(carryID, c.id)
		}
		if _, again := m.byName[c.name]; again {
			m.notes.Add("classes with the name of another, kept apart by their numbers", c.name, 1)
		} else {
			m.byName[c.name] = int32(i)
		}
		m.labels[c.id] = int32(i)
		labels.Labels = append(labels.Labels, l)
	}
	m.info.Categories.Labels = labels
	m.skeletons()
	for _, p := range m.parts {
		p.index, p.shared = nil, nil
		m.info.Subsets = append(m.info.Subsets, dataset.Subset{Name: p.name, Items: len(p.entries)})
	}
	m.carryConfig()
}

// skeletons gives labels the names of their keypoints.
func (m *importer) skeletons() {
	for i, c := range m.classes {
		names, ok := m.yaml.keypoints[c.id]
		if !ok {
			continue
		}
		if m.info.Categories.Points == nil {
			m.info.Categories.Points = &dataset.PointsCategories{}
		}
		m.info.Categories.Points.Items = append(m.info.Categories.Points.Items, dataset.PointsCategory{Label: int32(i), Names: names})
	}
}

// carryConfig carries what data.yaml says besides.
func (m *importer) carryConfig() {
	a := &m.info.Attributes
	if m.yaml.rest != nil {
		a.SetRaw(carryYAML, dataset.AppendString(nil, string(m.yaml.rest)))
	}
	if k := m.kpt; m.task == pose && k.valid() && (k.values != 3 || longestSkeleton(&m.info.Categories) != k.points) {
		a.Set(carryKptShape, []int{k.points, k.values})
	}
	if m.yaml.flip != nil {
		a.Set(carryFlip, m.yaml.flip)
	}
}

// longestSkeleton returns the largest number of keypoints of a label.
func longestSkeleton(c *dataset.Categories) int {
	most := 0
	if c.Points != nil {
		for _, p := range c.Points.Items {
			most = max(most, len(p.Names))
		}
	}
	return most
}

// Info returns what is known of the dataset.
func (m *importer) Info() *dataset.Info { return &m.info }

// Notes says what was tolerated.
func (m *importer) Notes() formats.Loss {
	var all formats.Loss
	all.Merge(m.opening)
	all.Merge(m.run)
	return all
}

// Close closes what was opened beside the folder.
func (m *importer) Close() error { return m.close() }

// errorAt gives an error about a line of a label file its place.
func (m *importer) errorAt(e *entry, n int, err error) error {
	return &formats.Error{Format: m.format, Path: m.folder.Path(e.label), Line: n, Item: stem(e.name), Err: err}
}

// classError says which classes there are.
func (m *importer) classError(id int) error {
	err := corrupt("class number %d is not one of the %d classes", id, len(m.classes))
	from := m.config
	if from == "" {
		from = path.Base(m.folder.Path("."))
	}
	const shown = 8
	var names []string
	for _, c := range m.classes[:min(shown, len(m.classes))] {
		names = append(names, fmt.Sprintf("%d %s", c.id, c.name))
	}
	if len(m.classes) > shown {
		names = append(names, "…")
	}
	return formats.WithHint(err, "%s has %s", from, strings.Join(names, ", "))
}

func decodeInts(a dataset.Attributes, name string) []int {
	var out []int
	if raw, ok := a.Get(name); !ok || json.Unmarshal(raw, &out) != nil {
		return nil
	}
	return out
}
