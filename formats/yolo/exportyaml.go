package yolo

import (
	"bytes"
	"encoding/json"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"go.yaml.in/yaml/v3"

	"datum/dataset"
)

// ultralyticsLayout is images/<subset>/ and labels/<subset>/.
type ultralyticsLayout struct{}

func (ultralyticsLayout) picture(subset, name, ext string) string {
	return path.Join("images", subset, name+ext)
}

func (ultralyticsLayout) label(subset, name string) string {
	return path.Join("labels", subset, name+".txt")
}

func (ultralyticsLayout) listed(*exporter, *outSubset, string) error { return nil }

func (ultralyticsLayout) meta(_ *exporter, _, _, picture string) string { return picture }

func (ultralyticsLayout) finish(e *exporter) error {
	return e.writeYAML(func(s *outSubset) string { return path.Join("images", s.name) })
}

// writeYAML writes data.yaml. It has no path: Ultralytics takes the folder of
// the file then, and would take "." for the folder that it was started in.
func (e *exporter) writeYAML(folder func(*outSubset) string) error {
	e.countSkeletons()
	doc := &yaml.Node{Kind: yaml.MappingNode}
	splits := &yaml.Node{Kind: yaml.MappingNode}
	for _, s := range e.subsets {
		key := s.name
		if isValidation(e, key) {
			key = "val"
		}
		if taken[key] {
			splits.Content = append(splits.Content, text(s.name), text(folder(s)))
			continue
		}
		doc.Content = append(doc.Content, text(key), text(folder(s)))
	}
	if len(splits.Content) > 0 {
		doc.Content = append(doc.Content, text(splitsKey), splits)
	}
	doc.Content = append(doc.Content, text("task"), text(string(e.task)), text("nc"), numberNode(len(e.names)), text("names"), e.namesNode())
	if e.task == pose {
		doc.Content = append(doc.Content, e.poseNodes()...)
	}
	doc.Content = append(doc.Content, e.carriedNodes(doc.Content)...)
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	enc.SetIndent(2)
	if err := enc.Encode(doc); err != nil {
		return e.errorAt("", corrupt("data.yaml cannot hold this: %w", err))
	}
	return e.file("data.yaml", b.Bytes())
}

// text is a text, in quotes unless any reader takes it for one without: to many
// of them a bare no is false, 1:30 is ninety and 010 is eight.
func text(s string) *yaml.Node {
	n := &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: s}
	plain := s != "" && !slices.Contains([]string{"y", "n", "yes", "no", "on", "off", "true", "false", "null"}, strings.ToLower(s))
	for i, r := range s {
		letter := unicode.IsLetter(r) || r == '_'
		plain = plain && (letter || i > 0 && (unicode.IsDigit(r) || strings.ContainsRune(" ./-", r)))
	}
	if !plain || strings.HasSuffix(s, " ") {
		n.Style = yaml.DoubleQuotedStyle
	}
	return n
}

func numberNode(n int) *yaml.Node {
	return &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!int", Value: strconv.Itoa(n)}
}

func numbersNode(list []int) *yaml.Node {
	n := &yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle}
	for _, v := range list {
		n.Content = append(n.Content, numberNode(v))
	}
	return n
}

// namesNode maps class numbers to names, in the order of the numbers.
func (e *exporter) namesNode() *yaml.Node {
	order := make([]int, len(e.names))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return e.ids[a] - e.ids[b] })
	n := &yaml.Node{Kind: yaml.MappingNode}
	for _, i := range order {
		n.Content = append(n.Content, numberNode(e.ids[i]), text(e.names[i]))
	}
	if len(order) == 0 {
		n.Style = yaml.FlowStyle
	}
	return n
}

// poseNodes are the keys about keypoints.
func (e *exporter) poseNodes() []*yaml.Node {
	out := []*yaml.Node{text("kpt_shape"), numbersNode([]int{e.kpt.points, e.kpt.values})}
	if flip := decodeInts(e.info.Attributes, carryFlip); len(flip) == e.kpt.points {
		out = append(out, text("flip_idx"), numbersNode(flip))
	}
	c := e.info.Categories.Points
	if c == nil {
		return out
	}
	names := &yaml.Node{Kind: yaml.MappingNode}
	for _, p := range c.Items {
		if p.Label < 0 || int(p.Label) >= len(e.ids) {
			continue
		}
		list := &yaml.Node{Kind: yaml.SequenceNode}
		for _, n := range p.Names {
			list.Content = append(list.Content, text(n))
		}
		if len(list.Content) == 0 {
			list.Style = yaml.FlowStyle
		}
		names.Content = append(names.Content, numberNode(e.ids[p.Label]), list)
	}
	if len(names.Content) > 0 {
		out = append(out, text("kpt_names"), names)
	}
	return out
}

// carriedNodes are the keys of the data.yaml that the dataset came from, but
// for those that are written already.
func (e *exporter) carriedNodes(written []*yaml.Node) (out []*yaml.Node) {
	raw, ok := e.info.Attributes.Get(carryYAML)
	source := ""
	var doc yaml.Node
	if !ok || json.Unmarshal(raw, &source) != nil || unmarshalYAML([]byte(source), &doc) != nil {
		return nil
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode || hasAlias(&doc) {
		return nil
	}
	pairs := doc.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		again := false
		for k := 0; k < len(written); k += 2 {
			again = again || written[k].Value == pairs[i].Value
		}
		if !again {
			out = append(out, pairs[i], pairs[i+1])
		}
	}
	return out
}

// classLayout is <subset>/<class>/, for the task classify.
type classLayout struct{}

func (classLayout) picture(subset, name, ext string) string { return path.Join(subset, name+ext) }

func (classLayout) label(string, string) string { return "" }

func (classLayout) listed(*exporter, *outSubset, string) error { return nil }

func (classLayout) meta(_ *exporter, _, _, picture string) string { return picture }

func (classLayout) finish(e *exporter) error {
	return e.writeYAML(func(s *outSubset) string { return s.name })
}

// classFolder returns the folder of the class of an item. Everything else that
// is said of the item is counted as dropped, and the item where it has none.
func (e *exporter) classFolder(it *dataset.Item, where string) (folder string, ok bool) {
	for _, a := range it.Annotations {
		l, isLabel := a.(*dataset.Label)
		switch {
		case isLabel && l.Label != dataset.NoLabel && !ok:
			folder, ok = strconv.Itoa(int(l.Label)), true
			if int(l.Label) < len(e.names) {
				folder = e.names[l.Label]
			}
			user, _ := l.Attributes.Split()
			e.loss.Add("attributes of annotations dropped", where, len(user))
		default:
			e.loss.Add("annotations besides the class of an item dropped", where, 1)
		}
	}
	if image, isImage := it.Media.(*dataset.Image); ok && (!isImage || image.Source == nil) {
		ok = false
	}
	if !ok {
		e.loss.Add("items without a class or a picture dropped", where, 1)
	}
	return folder, ok
}
