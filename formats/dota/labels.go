package dota

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"datum/files"
	"datum/formats"
)

const classesFile = "classes.txt"

// table is the list of labels with the names that they have in lines.
type table struct {
	names   []string
	written []string
	index   map[string]int32
}

func newTable(names []string) *table {
	t := &table{names: names, written: formats.WordNames(names), index: map[string]int32{}}
	for _, list := range [][]string{names, t.written} {
		for i, name := range list {
			if _, taken := t.index[name]; !taken {
				t.index[name] = int32(i)
			}
		}
	}
	return t
}

// readLabels reads the names that a dataset declares; ok is false where it
// declares none.
func readLabels(f *files.Folder, limits files.Limits) (names []string, ok bool, err error) {
	for _, file := range []struct {
		name  string
		parse func([]byte) ([]string, error)
	}{{classesFile, parseClasses}, {"data.yaml", parseYAML}} {
		text, err := f.ReadFile(file.name, limits.RecordBytes)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, false, formats.At(f, formatName, file.name, err)
		}
		names, err := file.parse(text)
		if err != nil {
			return nil, false, placed(f, file.name, 0, err)
		}
		return names, names != nil, nil
	}
	return nil, false, nil
}

// parseClasses reads a name a line.
func parseClasses(text []byte) ([]string, error) {
	if !utf8.Valid(text) {
		return nil, formats.Reason(formats.ErrCorrupt, "it is no text in UTF-8")
	}
	names := []string{}
	for line := range strings.Lines(strings.TrimPrefix(string(text), "\ufeff")) {
		if name := strings.TrimSpace(line); name != "" {
			names = append(names, name)
		}
	}
	return names, nil
}

// parseYAML reads the names of a data.yaml, a list or numbers with names. It is
// nil where there are none.
func parseYAML(text []byte) ([]string, error) {
	var content struct {
		Names yaml.Node `yaml:"names"`
	}
	if err := yaml.Unmarshal(text, &content); err != nil {
		return nil, formats.Reason(formats.ErrCorrupt, "%w", err)
	}
	var names []string
	switch content.Names.Kind {
	case yaml.SequenceNode:
		if err := content.Names.Decode(&names); err != nil {
			return nil, formats.Reason(formats.ErrCorrupt, "names: %w", err)
		}
	case yaml.MappingNode:
		var numbered map[int]string
		if err := content.Names.Decode(&numbered); err != nil {
			return nil, formats.Reason(formats.ErrCorrupt, "names: %w", err)
		}
		var numbers []int
		for n := range numbered {
			numbers = append(numbers, n)
		}
		slices.Sort(numbers)
		for _, n := range numbers {
			names = append(names, numbered[n])
		}
	}
	return names, nil
}

// classesText is the content of classes.txt.
func (t *table) classesText() []byte {
	var b strings.Builder
	for i, name := range t.names {
		if !isOneLine(name) {
			name = t.written[i]
		}
		b.WriteString(name + "\n")
	}
	return []byte(b.String())
}

// isOneLine tells whether a line of classes.txt gives a name back.
func isOneLine(name string) bool {
	return name != "" && strings.TrimSpace(name) == name && !strings.ContainsAny(name, "\n\r") && !strings.HasPrefix(name, "\ufeff")
}
