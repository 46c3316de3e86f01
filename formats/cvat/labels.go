package cvat

import (
	"encoding/json"
	"slices"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/xmltext"
)

// attrSpec is how <meta> declares an attribute of a label.
type attrSpec struct {
	Name      string `json:"name"`
	Mutable   string `json:"mutable,omitempty"`
	InputType string `json:"input_type,omitempty"`
	Default   string `json:"default_value,omitempty"`
	Values    string `json:"values,omitempty"`
}

// The input types that give a value its kind. All others are texts.
const (
	typeNumber   = "number"
	typeCheckbox = "checkbox"
	typeText     = "text"
)

// labelSpec is how <meta> declares a label. Elements are the keypoints of a
// skeleton, which are labels there that have the skeleton as their parent.
type labelSpec struct {
	Name     string      `json:"name"`
	Color    string      `json:"color,omitempty"`
	Type     string      `json:"type,omitempty"`
	Attrs    []attrSpec  `json:"attributes,omitempty"`
	Parent   string      `json:"-"`
	SVG      string      `json:"-"`
	Elements []labelSpec `json:"-"`
}

const (
	typeAny      = "any"
	typeSkeleton = "skeleton"
	typePoints   = "points"
)

// labelTable collects the labels of a dataset.
type labelTable struct {
	list  []labelSpec
	index map[string]int32
	// types are the input types of attributes by label, and by label and
	// element, see [attrKey].
	types map[string]map[string]string
}

func newLabelTable() *labelTable {
	return &labelTable{index: map[string]int32{}, types: map[string]map[string]string{}}
}

// attrKey is the key of the attributes of an element of a skeleton; those of a
// label have its name alone.
func attrKey(label, element string) string { return label + "\x00" + element }

// declare takes what a <meta> says of labels. Of a label that several files
// declare, the first counts, with the attributes of all.
func (t *labelTable) declare(meta *xmltext.Node, notes *formats.Loss, file string) {
	specs := readLabels(meta)
	skeletons := map[string]bool{}
	for _, s := range specs {
		if s.Type == typeSkeleton {
			skeletons[s.Name] = true
		}
	}
	for _, s := range specs {
		if s.Parent != "" && skeletons[s.Parent] && s.Type == typePoints {
			continue
		}
		i, ok := t.index[s.Name]
		if !ok {
			i = t.add(s)
		} else if old := t.list[i]; old.Color != s.Color || old.Type != s.Type {
			notes.Add("labels declared again in another way, of which the first counts", s.Name+" in "+file, 1)
		}
		t.addTypes(&t.list[i].Attrs, s.Name, s.Attrs)
	}
	for _, s := range specs {
		if s.Parent != "" && skeletons[s.Parent] && s.Type == typePoints {
			t.addElement(t.index[s.Parent], s)
		}
	}
}

// add appends a label that is new.
func (t *labelTable) add(s labelSpec) int32 {
	i := int32(len(t.list))
	t.index[s.Name] = i
	s.Attrs = slices.Clone(s.Attrs)
	t.list = append(t.list, s)
	return i
}

func (t *labelTable) addElement(label int32, s labelSpec) {
	l := &t.list[label]
	i := slices.IndexFunc(l.Elements, func(e labelSpec) bool { return e.Name == s.Name })
	if i < 0 {
		i = len(l.Elements)
		l.Elements = append(l.Elements, s)
	}
	t.addTypes(&l.Elements[i].Attrs, attrKey(l.Name, s.Name), s.Attrs)
}

func (t *labelTable) addTypes(to *[]attrSpec, key string, specs []attrSpec) {
	types := t.types[key]
	if types == nil {
		types = map[string]string{}
		t.types[key] = types
	}
	for _, a := range specs {
		if _, ok := types[a.Name]; !ok {
			types[a.Name] = a.InputType
			if !slices.ContainsFunc(*to, func(x attrSpec) bool { return x.Name == a.Name }) {
				*to = append(*to, a)
			}
		}
	}
}

// complete appends labels, and elements of skeletons, that shapes have and no
// <meta> declares, in alphabetical order.
func (t *labelTable) complete(used *usedLabels, notes *formats.Loss) {
	declared := len(t.list) > 0
	for _, name := range used.labels() {
		if _, ok := t.index[name]; !ok {
			t.add(labelSpec{Name: name})
			if declared {
				notes.Add("labels that shapes have and the file does not declare", name, 1)
			}
		}
	}
	for _, name := range used.labels() {
		i := t.index[name]
		for _, element := range used.elements(name) {
			t.list[i].Type = typeSkeleton
			t.addElement(i, labelSpec{Name: element, Type: typePoints})
		}
	}
}

// usedLabels are the labels that shapes have, and the elements of skeletons.
type usedLabels struct{ names map[string]map[string]bool }

func (u *usedLabels) add(label string) map[string]bool {
	elements, ok := u.names[label]
	if !ok {
		u.names[label] = nil
	}
	return elements
}

func (u *usedLabels) addElement(label, element string) {
	elements := u.add(label)
	if elements == nil {
		elements = map[string]bool{}
		u.names[label] = elements
	}
	elements[element] = true
}

func (u *usedLabels) labels() []string { return sortedKeys(u.names) }

func (u *usedLabels) elements(label string) []string { return sortedKeys(u.names[label]) }

func sortedKeys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for n := range m {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}

// readLabels returns the labels that a <meta> declares, those of skeletons'
// elements among them.
func readLabels(meta *xmltext.Node) []labelSpec {
	var specs []labelSpec
	meta.Each("labels", func(labels *xmltext.Node) {
		for _, n := range labels.Children {
			if name := n.Value("name"); n.Name == "label" && name != "" {
				specs = append(specs, labelSpec{
					Name: name, Color: n.Value("color"), Type: n.Value("type"), Parent: n.Value("parent"),
					SVG: n.Value("svg"), Attrs: readAttrSpecs(n.Child("attributes")),
				})
			}
		}
	})
	return specs
}

func readAttrSpecs(attributes *xmltext.Node) []attrSpec {
	if attributes == nil {
		return nil
	}
	var specs []attrSpec
	for _, n := range attributes.Children {
		s := attrSpec{n.Value("name"), n.Value("mutable"), n.Value("input_type"), n.Value("default_value"), n.Value("values")}
		if len(n.Children) == 0 {
			s = oldAttrSpec(n.Text)
		}
		if s.Name != "" {
			specs = append(specs, s)
		}
	}
	return specs
}

// oldAttrSpec reads a declaration of version 1.0: "@select=quality:good,bad",
// with "~" in the place of "@" where the attribute may change along a track.
func oldAttrSpec(text string) attrSpec {
	text = strings.TrimSpace(text)
	if text == "" || text[0] != '@' && text[0] != '~' {
		return attrSpec{}
	}
	kind, rest, _ := strings.Cut(text[1:], "=")
	name, values, _ := strings.Cut(rest, ":")
	s := attrSpec{Name: name, Mutable: "False", InputType: kind, Values: strings.ReplaceAll(values, ",", "\n")}
	if text[0] == '~' {
		s.Mutable = "True"
	}
	return s
}

// categories returns the labels as the model has them.
func (t *labelTable) categories() dataset.Categories {
	c := dataset.Categories{Labels: &dataset.LabelCategories{}}
	for i, s := range t.list {
		l := dataset.LabelCategory{Name: s.Name, Parent: s.Parent}
		for _, a := range s.Attrs {
			l.Attributes = append(l.Attributes, a.Name)
		}
		carryLabel(&l, &s)
		c.Labels.Labels = append(c.Labels.Labels, l)
		if r, g, b, ok := parseColor(s.Color); ok {
			if c.Masks == nil {
				c.Masks = &dataset.MaskCategories{}
			}
			c.Masks.Colors = append(c.Masks.Colors, dataset.LabelColor{Label: int32(i), R: r, G: g, B: b})
		}
		if s.Type == typeSkeleton {
			if c.Points == nil {
				c.Points = &dataset.PointsCategories{}
			}
			d := parseDrawing(s.SVG)
			c.Points.Items = append(c.Points.Items, d.skeleton(int32(i), s.elementNames()))
		}
	}
	return c
}

func (s *labelSpec) elementNames() []string {
	var names []string
	for _, e := range s.Elements {
		names = append(names, e.Name)
	}
	return names
}

// What a label carries along.
var (
	carryType       = dataset.CarriedName(formatName, "type")
	carryAttributes = dataset.CarriedName(formatName, "attributes")
	carrySVG        = dataset.CarriedName(formatName, "svg")
	carryElements   = dataset.CarriedName(formatName, "elements")
)

func carryLabel(l *dataset.LabelCategory, s *labelSpec) {
	if s.Type != "" && s.Type != typeAny && s.Type != typeSkeleton {
		carry(&l.Carried, carryType, s.Type)
	}
	if len(s.Attrs) > 0 {
		carry(&l.Carried, carryAttributes, s.Attrs)
	}
	if s.SVG != "" {
		carry(&l.Carried, carrySVG, s.SVG)
	}
	for _, e := range s.Elements {
		if e.Color != "" || len(e.Attrs) > 0 {
			carry(&l.Carried, carryElements, s.Elements)
			break
		}
	}
}

// carry sets a carried attribute.
func carry(a *dataset.Attributes, name string, v any) {
	if raw, err := dataset.MarshalValue(v); err == nil {
		a.SetRaw(name, raw)
	}
}

// carriedText returns a carried text, empty where there is none.
func carriedText(a dataset.Attributes, name string) string {
	raw, ok := a.Get(name)
	var s string
	if !ok || json.Unmarshal(raw, &s) != nil {
		return ""
	}
	return s
}
