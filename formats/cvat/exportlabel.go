package cvat

import (
	"fmt"
	"slices"
	"strconv"

	"datum/dataset"
	"datum/internal/xmltext"
)

// labelWriter knows how labels are called in the file and which attributes
// they turn out to have.
type labelWriter struct {
	e     *exporter
	names []string // of the listed labels
	bare  map[int32]bool
	parts map[int32][]string // names of the keypoints of skeletons
	uses  map[useKey]*attrUses
}

// useKey is a label, or an element of a skeleton.
type useKey struct {
	label   int32
	element string
}

func newLabelWriter(e *exporter) *labelWriter {
	w := &labelWriter{e: e, bare: map[int32]bool{}, parts: map[int32][]string{}, uses: map[useKey]*attrUses{}}
	used := map[string]bool{}
	for i := range e.info.Categories.Len() {
		name := e.text(e.info.Categories.Labels.Labels[i].Name)
		for n := 2; used[name] || name == ""; n++ {
			name = fmt.Sprintf("%s_%d", e.info.Categories.Labels.Labels[i].Name, n)
		}
		if name != e.info.Categories.Labels.Labels[i].Name {
			e.loss.Add("labels given another name, since each needs one of its own", name, 1)
		}
		used[name] = true
		w.names = append(w.names, name)
	}
	w.readKeypoints()
	w.countLosses()
	return w
}

// readKeypoints takes the skeletons of labels. The names of keypoints have to
// differ.
func (w *labelWriter) readKeypoints() {
	c := &w.e.info.Categories
	if c.Points == nil {
		return
	}
	for i := range c.Points.Items {
		p := &c.Points.Items[i]
		names := slices.Clone(p.Names)
		slices.Sort(names)
		if _, again := w.parts[p.Label]; again || len(slices.Compact(names)) < len(p.Names) || slices.Contains(names, "") || w.index(p.Label) == nil {
			w.e.loss.Add("skeletons of labels dropped, since their keypoints have no names of their own", c.Name(p.Label), 1)
			continue
		}
		w.parts[p.Label] = p.Names
	}
}

// index returns a listed label, or nil.
func (w *labelWriter) index(label int32) *dataset.LabelCategory {
	if label < 0 || int(label) >= len(w.names) {
		return nil
	}
	return &w.e.info.Categories.Labels.Labels[label]
}

// countLosses counts what categories have and the format does not.
func (w *labelWriter) countLosses() {
	c := &w.e.info.Categories
	if c.Labels != nil {
		for i := range c.Labels.Labels {
			if l := &c.Labels.Labels[i]; l.Parent != "" && !w.writesParent(l) {
				w.e.loss.Add("superclasses of labels dropped", l.Name, 1)
			}
		}
		for _, g := range c.Labels.Groups {
			w.e.loss.Add("label groups dropped", g.Name, 1)
		}
		w.e.loss.Add("names of attributes of categories dropped", "all categories", len(c.Labels.Attributes))
	}
	if c.Masks != nil {
		seen := map[int32]bool{}
		for _, x := range c.Masks.Colors {
			if w.index(x.Label) == nil || seen[x.Label] || (x.R|x.G|x.B)&^0xff != 0 {
				w.e.loss.Add("colours of labels dropped", c.Name(x.Label), 1)
			}
			seen[x.Label] = true
		}
	}
}

// writesParent reports whether the superclass of a label can be written: CVAT
// knows parents of the elements of skeletons only, which it must not become.
func (w *labelWriter) writesParent(l *dataset.LabelCategory) bool {
	return carriedText(l.Carried, carryType) != typePoints
}

// name returns the name of a label in the file.
func (w *labelWriter) name(label int32) string {
	if w.index(label) != nil {
		return w.names[label]
	}
	if !w.bare[label] {
		w.bare[label] = true
		w.e.loss.Add("labels named after their numbers, since the dataset has no list of them", strconv.Itoa(int(label)), 1)
	}
	return strconv.Itoa(int(label))
}

func (w *labelWriter) keypoints(label int32) []string { return w.parts[label] }

// use returns the attributes of a label, or of an element of its skeleton.
func (w *labelWriter) use(label int32, element string) *attrUses {
	k := useKey{label, element}
	u := w.uses[k]
	if u == nil {
		u = &attrUses{index: map[string]*attrUse{}}
		w.uses[k] = u
	}
	return u
}

// nodes returns the labels as <meta> declares them.
func (w *labelWriter) nodes() []*xmltext.Node {
	var out []*xmltext.Node
	for i := range w.names {
		out = append(out, w.label(int32(i))...)
	}
	var bare []int32
	for label := range w.bare {
		bare = append(bare, label)
	}
	slices.Sort(bare)
	for _, label := range bare {
		out = append(out, labelNode(labelSpec{Name: w.name(label), Type: typeAny, Attrs: w.specs(useKey{label, ""}, nil, nil)}))
	}
	return out
}

// label returns the nodes of a label: its own, and those of its keypoints.
func (w *labelWriter) label(i int32) []*xmltext.Node {
	l := w.index(i)
	s := labelSpec{Name: w.names[i], Color: w.color(i), Type: carriedText(l.Carried, carryType), Parent: l.Parent}
	if !w.writesParent(l) {
		s.Parent = ""
	}
	var declared []attrSpec
	l.Carried.Decode(carryAttributes, &declared)
	s.Attrs = w.specs(useKey{i, ""}, declared, l.Attributes)
	names, isSkeleton := w.parts[i]
	if !isSkeleton {
		if s.Type == "" || s.Type == typeSkeleton {
			s.Type = typeAny
		}
		return []*xmltext.Node{labelNode(s)}
	}
	s.Type = typeSkeleton
	s.SVG = w.svg(i, l)
	out := []*xmltext.Node{labelNode(s)}
	var carried []labelSpec
	l.Carried.Decode(carryElements, &carried)
	for _, name := range names {
		e := labelSpec{Name: name}
		if k := slices.IndexFunc(carried, func(s labelSpec) bool { return s.Name == name }); k >= 0 {
			e = carried[k]
		}
		e.Type, e.Parent = typePoints, s.Name
		e.Attrs = w.specs(useKey{i, name}, e.Attrs, nil)
		out = append(out, labelNode(e))
	}
	return out
}

func (w *labelWriter) color(label int32) string {
	c := w.e.info.Categories.Masks
	if c != nil {
		for _, x := range c.Colors {
			if x.Label == label && (x.R|x.G|x.B)&^0xff == 0 {
				return colorText(x.R, x.G, x.B)
			}
		}
	}
	return ""
}

// svg is the drawing that the label came with, where it still is right.
func (w *labelWriter) svg(label int32, l *dataset.LabelCategory) string {
	items := w.e.info.Categories.Points.Items
	k := slices.IndexFunc(items, func(p dataset.PointsCategory) bool { return p.Label == label })
	if carried := carriedText(l.Carried, carrySVG); carried != "" && sameSkeleton(carried, &items[k]) {
		return carried
	}
	return drawSkeleton(&items[k])
}

// specs declares attributes: those that the source declares, those that the
// label names, and those that annotations have.
func (w *labelWriter) specs(key useKey, declared []attrSpec, names []string) []attrSpec {
	specs := slices.Clone(declared)
	add := func(name string) *attrSpec {
		i := slices.IndexFunc(specs, func(s attrSpec) bool { return s.Name == name })
		if i < 0 {
			i = len(specs)
			specs = append(specs, attrSpec{Name: name, Mutable: "False"})
		}
		return &specs[i]
	}
	for _, name := range names {
		if s := add(name); s.InputType == "" {
			s.InputType = typeText
		}
	}
	if u := w.uses[key]; u != nil {
		for _, name := range u.names {
			s := add(name)
			s.InputType = u.index[name].inputType(s.InputType, &w.e.loss)
		}
	}
	return specs
}

// labelNode returns the element of a label.
func labelNode(s labelSpec) *xmltext.Node {
	n := &xmltext.Node{Name: "label"}
	add := func(name, text string) {
		n.Children = append(n.Children, &xmltext.Node{Name: name, Text: text})
	}
	add("name", s.Name)
	if s.Color != "" {
		add("color", s.Color)
	}
	add("type", s.Type)
	attributes := &xmltext.Node{Name: "attributes"}
	for _, a := range s.Attrs {
		x := &xmltext.Node{Name: "attribute"}
		for _, m := range [][2]string{{"name", a.Name}, {"mutable", a.Mutable}, {"input_type", a.InputType}, {"default_value", a.Default}, {"values", a.Values}} {
			x.Children = append(x.Children, &xmltext.Node{Name: m[0], Text: m[1]})
		}
		attributes.Children = append(attributes.Children, x)
	}
	n.Children = append(n.Children, attributes)
	if s.SVG != "" {
		add("svg", s.SVG)
	}
	if s.Parent != "" {
		add("parent", s.Parent)
	}
	return n
}
