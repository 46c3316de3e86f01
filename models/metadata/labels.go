package metadata

import (
	"bufio"
	"bytes"
	"fmt"
	"strings"

	"go.yaml.in/yaml/v3"

	"datum/formats"
)

// LabelFile is what a file of labels says.
type LabelFile struct {
	// Labels are names of classes by their numbers.
	Labels map[int]string
	// Counted says that the numbers are those of the lines, counted from 0.
	Counted bool
	// Renamed are names of the dataset by those of the model.
	Renamed map[string]string
}

// ParseLabels reads a file of labels. It may be
//
//   - a name on each line, those of the classes 0, 1, …
//   - a number and a name on each line: "1 person", "1: person"
//   - lines of "person = pedestrian": the name of the model, or the number of its
//     class, and that of the dataset
//   - TensorFlow's label map: item { id: 1 name: 'person' }
//   - YAML or JSON: a list, numbers and names, or one of these called "names"
//
// Empty lines, and those that begin with #, do not count.
func ParseLabels(text []byte) (*LabelFile, error) {
	f := &LabelFile{Labels: map[int]string{}, Renamed: map[string]string{}}
	lines := significant(text)
	var err error
	switch {
	case len(lines) == 0:
		return nil, formats.Reason(formats.ErrCorrupt, "it has no labels")
	case strings.HasPrefix(lines[0], "item") && bytes.ContainsRune(text, '{'):
		err = f.labelMap(lines)
	case strings.HasPrefix(lines[0], "{"), strings.HasPrefix(lines[0], "["), strings.HasPrefix(lines[0], "- "), isYAML(lines):
		err = f.yaml(text)
	default:
		err = f.lines(lines)
	}
	if err != nil {
		return nil, err
	}
	if len(f.Labels)+len(f.Renamed) == 0 {
		return nil, formats.Reason(formats.ErrCorrupt, "it has no labels")
	}
	return f, nil
}

// Apply returns labels, which may be nil and are changed, with what the file
// says of them. Names of the model are compared as they are, but for case and
// underscores. Where class 0 is the background, a list of names begins with
// class 1, unless the background is on it. COCO's eighty names have COCO's ids
// there, which go to 90, as all detectors of TensorFlow have them.
func (f *LabelFile) Apply(labels map[int]string, background bool) map[int]string {
	if labels == nil {
		labels = map[int]string{}
	}
	renamed := map[string]string{}
	for from, to := range f.Renamed {
		renamed[Plain(from)] = to
	}
	for n, name := range labels {
		if to, ok := renamed[Plain(name)]; ok {
			labels[n] = to
		}
	}
	number := func(n int) int { return n }
	if background && f.Counted && !isBackground(f.Labels[0]) {
		number = func(n int) int { return n + 1 }
		if isCOCO(f.Labels) {
			number = cocoID
		}
	}
	for n, name := range f.Labels {
		labels[number(n)] = name
	}
	return labels
}

// isBackground reports whether this is what people call it.
func isBackground(name string) bool {
	return strings.Contains(Plain(name), "background") || name == "???"
}

// Plain is a name in the form in which names are compared: in lower case, with
// single spaces for underscores and other spaces.
func Plain(name string) string {
	return strings.Join(strings.Fields(strings.ToLower(strings.ReplaceAll(name, "_", " "))), " ")
}

func significant(text []byte) (lines []string) {
	s := bufio.NewScanner(bytes.NewReader(bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))))
	s.Buffer(nil, len(text)+1)
	for s.Scan() {
		if line := strings.TrimSpace(s.Text()); line != "" && line[0] != '#' {
			lines = append(lines, line)
		}
	}
	return lines
}

// isYAML reports whether a line says "names:".
func isYAML(lines []string) bool {
	for _, line := range lines {
		if strings.HasPrefix(line, "names:") {
			return true
		}
	}
	return false
}

// lines reads one label on each line.
func (f *LabelFile) lines(lines []string) error {
	numbered := true
	for _, line := range lines {
		if _, _, ok := leadingNumber(line); !ok {
			numbered = false
		}
	}
	for i, line := range lines {
		from, to, renamed := strings.Cut(line, "=")
		from, to = strings.TrimSpace(from), strings.TrimSpace(to)
		switch n, isNumber := index(from); {
		case renamed && (from == "" || to == ""):
			return formats.Reason(formats.ErrCorrupt, "line %q has nothing on one side of =", line)
		case renamed && isNumber:
			f.Labels[n] = to
		case renamed:
			f.Renamed[from] = to
		case numbered:
			n, name, _ := leadingNumber(line)
			f.Labels[n] = name
		default:
			f.Labels[i], f.Counted = line, true
		}
	}
	return nil
}

// leadingNumber splits "1 person", "1: person" and "1,person".
func leadingNumber(line string) (n int, name string, ok bool) {
	at := strings.IndexAny(line, " \t:,")
	if at <= 0 {
		return 0, "", false
	}
	n, ok = index(line[:at])
	name = strings.TrimLeft(line[at:], " \t:,")
	return n, name, ok && name != ""
}

// labelMap reads TensorFlow's label map, as far as people write it: each name
// and number on a line of its own. A display name goes before a name.
func (f *LabelFile) labelMap(lines []string) error {
	id, name, display := -1, "", ""
	for _, line := range lines {
		line = strings.TrimPrefix(line, "item")
		line = strings.TrimLeft(line, " {")
		key, value, _ := strings.Cut(strings.TrimSuffix(line, ","), ":")
		value = strings.Trim(strings.TrimSpace(value), `'"`)
		switch key {
		case "id":
			id = number(value, -1)
		case "name":
			name = value
		case "display_name":
			display = value
		case "}":
			if display == "" {
				display = name
			}
			if id < 0 || display == "" {
				return formats.Reason(formats.ErrCorrupt, "an item of the label map has no id or no name")
			}
			f.Labels[id] = display
			id, name, display = -1, "", ""
		}
	}
	return nil
}

// yaml reads YAML, of which JSON is a part.
func (f *LabelFile) yaml(text []byte) error {
	var value any
	if err := yaml.Unmarshal(text, &value); err != nil {
		return formats.Reason(formats.ErrCorrupt, "%s", strings.ReplaceAll(err.Error(), "\n", " "))
	}
	if m, ok := value.(map[string]any); ok && m["names"] != nil {
		value = m["names"]
	}
	switch list := value.(type) {
	case []any:
		for i, name := range list {
			f.Labels[i] = fmt.Sprint(name)
		}
		f.Counted = true
		return nil
	case map[string]any:
		for key, name := range list {
			if n, ok := index(key); ok {
				f.Labels[n] = fmt.Sprint(name)
			} else {
				f.Renamed[key] = fmt.Sprint(name)
			}
		}
		return nil
	case map[any]any: // as the keys of this YAML are numbers
		for key, name := range list {
			n, ok := index(fmt.Sprint(key))
			if !ok {
				return formats.Reason(formats.ErrCorrupt, "%v is no number of a class", key)
			}
			f.Labels[n] = fmt.Sprint(name)
		}
		return nil
	}
	return formats.Reason(formats.ErrCorrupt, "it has neither a list of names nor numbers and names")
}
