package voc

import (
	"context"
	"errors"
	"image/color"
	"iter"
	"path"
	"slices"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
)

// met is what the first reading finds in the XML files.
type met struct {
	labels  map[string]bool
	parents map[string]string // of parts
}

// findLabels finds out the labels of the dataset: those of label maps, of XML
// files and of lists of classes.
func (m *importer) findLabels(ctx context.Context) error {
	maps, err := m.readLabelMaps()
	if err != nil {
		return err
	}
	found, err := m.firstPass(ctx)
	if err != nil {
		return err
	}
	declared := len(maps) > 0
	isPart := map[string]bool{}
	for _, lines := range maps {
		for _, l := range lines {
			for _, n := range l.parts {
				isPart[n] = true
			}
		}
	}
	for _, n := range m.labelNames(found, declared) {
		if !isPart[n] {
			m.addLabel(n, declared)
		}
	}
	for _, p := range m.parts {
		m.table.addParts(maps[p])
	}
	for _, n := range sortedNames(found.parents) {
		if m.table.addPart(n, found.parents[n]) && declared {
			m.opening.Add(notDeclared, n, 1)
		}
	}
	for _, p := range m.parts {
		m.sortLists(p, declared)
	}
	m.findClasses(maps)
	return nil
}

// labelNames are the labels of the XML files in alphabetical order, or all the
// official ones, in theirs, where masks need it.
func (m *importer) labelNames(found met, declared bool) []string {
	names := sortedNames(found.labels)
	if declared || !slices.ContainsFunc(m.parts, (*part).hasMasks) {
		return names
	}
	if !slices.ContainsFunc(names, func(n string) bool { return !slices.Contains(officialLabels, n) }) {
		return officialLabels
	}
	m.opening.Add("label maps that are missing: classes of masks taken as the labels in alphabetical order", m.Path("."), 1)
	return names
}

const notDeclared = "labels that the label map does not list, added"

func (m *importer) addLabel(name string, declared bool) int32 {
	label, isNew := m.table.add(name)
	if isNew && declared {
		m.opening.Add(notDeclared, name, 1)
	}
	return label
}

// readLabelMaps reads the label map of each part; several parts may have one
// together.
func (m *importer) readLabelMaps() (map[*part][]mapLine, error) {
	maps := map[*part][]mapLine{}
	read := map[string][]mapLine{}
	for _, p := range m.parts {
		name := findLabelMap(m.Folder, p.dir)
		if name == "" {
			continue
		}
		lines, again := read[name]
		if !again {
			text, err := m.readText(name)
			if err != nil {
				return nil, err
			}
			var line int
			if lines, line, err = parseLabelMap(text); err != nil {
				return nil, &formats.Error{Format: formatName, Path: m.Path(name), Line: line, Err: err}
			}
			if err := m.addMap(lines); err != nil {
				return nil, at(m.Folder, name, "", err)
			}
			read[name] = lines
		}
		maps[p] = lines
	}
	return maps, nil
}

// addMap adds the labels of a label map to those of earlier ones.
func (m *importer) addMap(lines []mapLine) error {
	if len(m.table.places) == 0 {
		return m.table.addMap(lines)
	}
	var own labelTable
	if err := own.addMap(lines); err != nil {
		return err
	}
	own.addParts(lines)
	for _, l := range own.cats.Labels.Labels {
		if label, isNew := m.table.add(l.Name); isNew {
			m.table.cats.Labels.Labels[label] = l
		}
	}
	return nil
}

// findClasses tells each part which palette index is which label.
func (m *importer) findClasses(maps map[*part][]mapLine) {
	for _, p := range m.parts {
		p.classes = classesOf(&m.table.cats)
		if len(m.parts) == 1 || maps[p] == nil {
			continue
		}
		var own labelTable
		if own.addMap(maps[p]) != nil {
			continue
		}
		own.addParts(maps[p])
		c := classesOf(&own.cats)
		common := func(label int32) int32 { return m.table.places[own.cats.Name(label)] }
		p.classes = classes{colors: map[int32]color.RGBA{}}
		for _, label := range c.labels {
			if label != dataset.NoLabel {
				label = common(label)
			}
			p.classes.labels = append(p.classes.labels, label)
		}
		for label, rgb := range c.colors {
			p.classes.colors[common(label)] = rgb
		}
	}
}

// place is an entry of a part.
type place struct {
	part  *part
	entry int32
}

// glance is what the first reading finds in one XML file.
type glance struct {
	place
	media   string // the name that it gives its picture
	foreign bool   // no file of VOC
}

// glances are those at some files that say more than names.
type glances struct {
	met
	files []glance
}

// manyFiles is how many XML files are read in one go.
const manyFiles = 64

// firstPass reads all XML files for the names in them. What is wrong with a
// file is found again, and reported, when its item is read.
func (m *importer) firstPass(ctx context.Context) (met, error) {
	out := met{map[string]bool{}, map[string]string{}}
	pictures := map[*part]bool{}
	for _, p := range m.parts {
		pictures[p] = slices.ContainsFunc(p.entries, func(e entry) bool { return e.picture != "" })
	}
	look := func(list []place) (glances, error) { return m.glanceAt(list, pictures), nil }
	for all, err := range workers.Map(ctx, workers.Count(m.opts.Workers), workers.Batches(m.xmlFiles(), manyFiles), look) {
		if err != nil {
			return out, err
		}
		out.merge(&all.met)
		for _, g := range all.files {
			e := &g.part.entries[g.entry]
			if g.foreign {
				m.opening.Add("XML files that are no VOC annotations, left out", e.xml, 1)
				e.xml = ""
			}
			if g.media != "" && e.picture == "" {
				m.claim(g)
			}
		}
	}
	return out, nil
}

// merge adds what later files have.
func (o *met) merge(later *met) {
	for n := range later.labels {
		o.labels[n] = true
	}
	for n, parent := range later.parents {
		if _, again := o.parents[n]; !again {
			o.parents[n] = parent
		}
	}
}

func (o *met) see(x *object) {
	if x.hasName {
		o.labels[x.name] = true
	}
	for _, p := range x.parts {
		if _, again := o.parents[p.name]; !again {
			o.parents[p.name] = x.name
		}
	}
}

func (m *importer) xmlFiles() iter.Seq2[place, error] {
	return func(yield func(place, error) bool) {
		for _, p := range m.parts {
			for i := range p.entries {
				if p.entries[i].xml != "" && !yield(place{p, int32(i)}, nil) {
					return
				}
			}
		}
	}
}

// glanceAt looks at some XML files. What they call their pictures matters where
// there are any.
func (m *importer) glanceAt(list []place, pictures map[*part]bool) glances {
	out := glances{met: met{map[string]bool{}, map[string]string{}}}
	f := m.newFileReader()
	defer f.release()
	f.again = true
	for _, x := range list {
		var ignored formats.Loss
		rec, err := f.record(x.part.entries[x.entry].xml, "", &ignored)
		if err != nil {
			var foreign *errNotVOC
			if errors.As(err, &foreign) {
				out.files = append(out.files, glance{place: x, foreign: true})
			}
			continue
		}
		for i := range rec.objects {
			out.see(&rec.objects[i])
		}
		if pictures[x.part] {
			out.files = append(out.files, glance{place: x, media: rec.mediaName()})
		}
	}
	return out
}

// claim gives an XML file the picture that it names, where there is none of its
// own name and no other XML file has it.
func (m *importer) claim(g glance) {
	name := g.media
	i, ok := g.part.find(strings.TrimSuffix(name, path.Ext(name)))
	if !ok {
		return
	}
	other := &g.part.entries[i]
	if other.picture == "" || other.xml != "" || !strings.EqualFold(path.Base(other.picture), path.Base(name)) {
		return
	}
	e := &g.part.entries[g.entry]
	m.opening.Add("pictures that have another name than their XML file", e.xml+": "+name, 1)
	e.picture, other.picture = other.picture, ""
	if e.class == "" && e.object == "" {
		e.class, e.object, other.class, other.object = other.class, other.object, "", ""
	}
}

// sortLists tells lists of classes from those of subsets, and takes their flags.
func (m *importer) sortLists(p *part, declared bool) {
	plain := map[string]bool{}
	for _, l := range p.lists {
		if !l.isClassList() && !l.isActionList() || !strings.Contains(l.name, "_") {
			plain[l.name] = true
		}
	}
	isLabel := func(s string) bool { _, ok := m.table.places[s]; return ok || slices.Contains(officialLabels, s) }
	isSubset := func(s string) bool { return plain[s] }
	var kept []*list
	for _, l := range p.lists {
		label, subset, ok := classOf(l.name, isLabel, isSubset)
		known := isLabel(label) || isSubset(subset) || len(plain) == 0
		switch {
		case ok && known && l.isActionList():
			m.opening.Add("lists of actions not read, since the XML files tell them", l.path, 1)
		case ok && known && l.isClassList() && len(l.refs) > 0:
			m.takeFlags(p, l, label, declared)
			if !plain[subset] {
				m.opening.Add("subsets of which there are only the lists of classes", subset, 1)
				kept = append(kept, &list{task: taskMain, name: subset, refs: l.refs})
			}
		default:
			if l.task == taskMain && l.columns > 0 {
				m.opening.Add("lists of a subset with more in them than names", l.path, 1)
			}
			kept = append(kept, l)
		}
	}
	p.lists = kept
}

// takeFlags makes the flags of a list of a class those of the entries.
func (m *importer) takeFlags(p *part, l *list, name string, declared bool) {
	if isBackground(name) && !slices.Contains(l.flags, 1) {
		return
	}
	label := m.addLabel(name, declared)
	if m.flags[p] == nil {
		m.flags[p] = map[int32][]flag{}
	}
	for k, i := range l.refs {
		if l.flags[k] < 0 {
			continue
		}
		x := flag{label, l.flags[k] == 0}
		same := slices.IndexFunc(m.flags[p][i], func(o flag) bool { return o.label == label })
		switch {
		case same < 0:
			m.flags[p][i] = append(m.flags[p][i], x)
		case m.flags[p][i][same] != x:
			m.opening.Add("flags of classes that another list says differently, left out", l.path, 1)
		}
	}
}
