package yolo

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"datum/formats"
)

// dataYAML is the content of a data.yaml file.
type dataYAML struct {
	path    string
	subsets []listed
	classes []class
	count   int  // nc, -1 where it is not given
	unnamed bool // only nc says how many classes there are
	task    task
	kpt     kptShape
	flip    []int
	// keypoints are the names of the keypoints of a class, by its number.
	keypoints map[int][]string
	rest      []byte // the other keys, as YAML
}

// class is a class and its number in label files.
type class struct {
	id   int
	name string
}

// splitsKey holds subsets whose names are taken by other keys.
const splitsKey = "splits"

// wellKnown are the subsets that Ultralytics knows.
var wellKnown = []string{"train", "val", "test", "valid", "validation", "minival"}

// taken are keys of data.yaml with a meaning other than that of a subset.
var taken = map[string]bool{
	"path": true, "nc": true, "names": true, "kpt_shape": true, "flip_idx": true, "kpt_names": true, "task": true, splitsKey: true,
	"channels": true, "download": true, "roboflow": true, "yaml_file": true,
}

// maxClasses bounds what is believed of nc.
const maxClasses = 1_000_000

// parseYAML reads a data.yaml. there says whether a path is in the dataset. It
// reports false for YAML about something else.
func parseYAML(text []byte, there func(string) bool) (y dataYAML, ok bool, err error) {
	var doc yaml.Node
	if err := unmarshalYAML(text, &doc); err != nil {
		return y, false, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	if len(doc.Content) != 1 || doc.Content[0].Kind != yaml.MappingNode {
		return y, false, nil
	}
	y.count = -1
	rest := &yaml.Node{Kind: yaml.MappingNode}
	pairs := doc.Content[0].Content
	for i := 0; i+1 < len(pairs); i += 2 {
		key, value := pairs[i], plainNode(pairs[i+1])
		known, err := y.read(key.Value, value, there)
		if err != nil {
			return y, true, &formats.Error{Line: value.Line, Err: err}
		}
		if !known {
			rest.Content = append(rest.Content, key, pairs[i+1])
		}
	}
	if err := y.finish(); err != nil {
		return y, true, err
	}
	if len(rest.Content) > 0 && !hasAlias(rest) {
		y.rest, err = yaml.Marshal(rest)
	}
	return y, y.names(), err
}

// unmarshalYAML keeps a bug of the YAML package from ending the program.
func unmarshalYAML(text []byte, doc *yaml.Node) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("yaml: %v", r)
		}
	}()
	return yaml.Unmarshal(text, doc)
}

// plainNode follows an alias.
func plainNode(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func hasAlias(n *yaml.Node) bool {
	return n.Kind == yaml.AliasNode || slices.ContainsFunc(n.Content, hasAlias)
}

// names reports whether it says anything of classes.
func (y *dataYAML) names() bool { return y.classes != nil || y.count >= 0 }

// read takes one key. It reports false for one that is carried as it is.
func (y *dataYAML) read(key string, v *yaml.Node, there func(string) bool) (known bool, err error) {
	switch key {
	case "path":
		y.path = v.Value
	case "nc":
		n, ok := integer(v)
		if !ok || n < 0 || n > maxClasses {
			return true, corrupt("nc is no number of classes")
		}
		y.count = n
	case "names":
		y.classes, err = parseClasses(v)
	case "task":
		if !slices.Contains(tasks, v.Value) {
			return false, nil
		}
		y.task = task(v.Value)
	case "kpt_shape":
		k, ok := integers(v)
		if !ok || len(k) != 2 || !(kptShape{k[0], k[1]}).valid() {
			return true, corrupt("kpt_shape is not a number of keypoints and 2 or 3 values of each")
		}
		y.kpt = kptShape{k[0], k[1]}
	case "flip_idx":
		var ok bool
		if y.flip, ok = integers(v); !ok {
			return true, corrupt("flip_idx is no list of keypoints")
		}
	case "kpt_names":
		return y.readKeypoints(v), nil
	case splitsKey:
		return y.readSplits(v), nil
	default:
		return y.readSubset(key, v, there), nil
	}
	return true, err
}

// readSubset takes a key that may be a subset: one that Ultralytics knows, or
// one whose value is in the dataset or would be in a usual layout.
func (y *dataYAML) readSubset(key string, v *yaml.Node, there func(string) bool) bool {
	values, ok := texts(v)
	if !ok || taken[key] || key == "" {
		return false
	}
	if !slices.Contains(wellKnown, key) && !slices.ContainsFunc(values, func(p string) bool {
		p = plainPath(p)
		return p == "images/"+key || p == key+"/images" || there(p)
	}) {
		return false
	}
	if len(values) > 0 { // as in "test:", left empty
		y.subsets = append(y.subsets, listed{key, values})
	}
	return true
}

func (y *dataYAML) readSplits(v *yaml.Node) bool {
	if v.Kind != yaml.MappingNode {
		return false
	}
	for i := 0; i+1 < len(v.Content); i += 2 {
		if values, ok := texts(plainNode(v.Content[i+1])); ok && len(values) > 0 {
			y.subsets = append(y.subsets, listed{v.Content[i].Value, values})
		}
	}
	return true
}

// readKeypoints takes the names of the keypoints of each class.
func (y *dataYAML) readKeypoints(v *yaml.Node) bool {
	if v.Kind != yaml.MappingNode {
		return false
	}
	names := map[int][]string{}
	for i := 0; i+1 < len(v.Content); i += 2 {
		id, err := strconv.Atoi(v.Content[i].Value)
		list, ok := texts(plainNode(v.Content[i+1]))
		if err != nil || !ok {
			return false
		}
		names[id] = list
	}
	y.keypoints = names
	return true
}

// finish gives names to classes that are only counted.
func (y *dataYAML) finish() error {
	if y.classes == nil && y.count > 0 {
		y.unnamed = true
		for id := range max(y.count, 0) {
			y.classes = append(y.classes, class{id, className(id)})
		}
	}
	slices.SortFunc(y.classes, func(a, b class) int { return a.id - b.id })
	for i := 1; i < len(y.classes); i++ {
		if y.classes[i].id == y.classes[i-1].id {
			return corrupt("class number %d has two names", y.classes[i].id)
		}
	}
	return nil
}

// parseClasses reads a list of names, or a mapping from numbers.
func parseClasses(v *yaml.Node) ([]class, error) {
	classes := []class{}
	if v.Kind == yaml.SequenceNode {
		for id, n := range v.Content {
			n = plainNode(n)
			if n.Kind != yaml.ScalarNode {
				return nil, corrupt("the name of class %d is no text", id)
			}
			classes = append(classes, class{id, n.Value})
		}
		return classes, nil
	}
	if v.Kind != yaml.MappingNode {
		return nil, corrupt("names is neither a list nor a mapping")
	}
	for i := 0; i+1 < len(v.Content); i += 2 {
		id, ok := integer(v.Content[i])
		n := plainNode(v.Content[i+1])
		if !ok || id < 0 || id > maxClass || n.Kind != yaml.ScalarNode {
			return nil, corrupt("%q is no class number with a name", strings.TrimSpace(v.Content[i].Value))
		}
		classes = append(classes, class{id, n.Value})
	}
	return classes, nil
}

// texts reads a text, a list of texts or nothing.
func texts(v *yaml.Node) (out []string, ok bool) {
	switch {
	case v.Kind == yaml.ScalarNode && v.Tag == "!!null":
		return nil, true
	case v.Kind == yaml.ScalarNode && v.Value != "":
		return []string{v.Value}, true
	case v.Kind != yaml.SequenceNode:
		return nil, false
	}
	for _, n := range v.Content {
		if n = plainNode(n); n.Kind != yaml.ScalarNode {
			return nil, false
		}
		out = append(out, n.Value)
	}
	return out, true
}

func integer(v *yaml.Node) (int, bool) {
	f, err := strconv.ParseFloat(v.Value, 64)
	if v.Kind != yaml.ScalarNode || err != nil || f != math.Trunc(f) || math.Abs(f) > maxClass {
		return 0, false
	}
	return int(f), true
}

func integers(v *yaml.Node) (out []int, ok bool) {
	if v.Kind != yaml.SequenceNode {
		return nil, false
	}
	for _, n := range v.Content {
		i, ok := integer(plainNode(n))
		if !ok {
			return nil, false
		}
		out = append(out, i)
	}
	return out, true
}

func corrupt(format string, args ...any) error {
	return formats.Reason(formats.ErrCorrupt, format, args...)
}
