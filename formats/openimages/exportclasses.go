package openimages

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/internal/nameset"
)

// nameLabels gives each label a LabelName of its own.
func (e *exporter) nameLabels() {
	if e.Info.Categories.Labels == nil {
		return
	}
	used := nameset.New()
	for _, l := range e.Info.Categories.Labels.Labels {
		name := strings.ReplaceAll(strings.ToValidUTF8(l.Name, "_"), "\r", "_")
		var source string
		if l.Carried.Decode(carryLabel, &source) && source != "" && !strings.Contains(source, "\r") {
			name = source
		} else if name == "" {
			name = "_"
		}
		unique := used.Unique(name)
		if unique != name || source == "" && name != l.Name {
			e.Loss.Add("labels given another name, since theirs cannot tell them apart in a table", l.Name, 1)
		}
		e.labels = append(e.labels, unique)
	}
}

// labelName returns the LabelName of a label.
func (e *exporter) labelName(label int32) string {
	if int(label) < len(e.labels) {
		return e.labels[label]
	}
	e.numbers = max(e.numbers, int(label)+1)
	return strconv.Itoa(int(label))
}

// writeClasses writes the names of labels and, where there are parents, the
// hierarchy.
func (e *exporter) writeClasses() error {
	out, err := e.create("class-descriptions.csv")
	if err != nil {
		return err
	}
	w := csv.NewWriter(out)
	names := e.labels
	for i := range e.numbers {
		names = append(names, strconv.Itoa(i))
		e.Loss.Add("labels without a name, named by their numbers", strconv.Itoa(i), 1)
	}
	for i, name := range names {
		display := name
		if i < len(e.labels) {
			display = e.display(i)
		}
		if err := w.Write([]string{name, display}); err != nil {
			return err
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return err
	}
	return e.writeHierarchy()
}

// display is the DisplayName of a label.
func (e *exporter) display(i int) string {
	l := e.Info.Categories.Labels.Labels[i]
	var other string
	switch {
	case l.Carried.Decode(carryDisplay, &other) && other != "":
		return other
	case l.Carried.Has(carryLabel):
		return strings.ToValidUTF8(l.Name, "_")
	}
	return e.labels[i]
}

// hierarchy makes a tree of the labels and their parents. A parent that is no
// label is a node all the same.
func (e *exporter) hierarchy() *node {
	labels := e.Info.Categories.Labels.Labels
	nodes := map[string]*node{}
	var order []*node
	get := func(name string) *node {
		if nodes[name] == nil {
			nodes[name] = &node{LabelName: name}
			order = append(order, nodes[name])
		}
		return nodes[name]
	}
	byName := map[string]string{} // the parent's name to its LabelName
	for i, l := range labels {
		if _, twice := byName[l.Name]; !twice {
			byName[l.Name] = e.labels[i]
		}
	}
	child := map[*node]bool{}
	for i, l := range labels {
		if l.Parent == "" {
			continue
		}
		parent := l.Parent
		if name, ok := byName[parent]; ok {
			parent = name
		}
		n := get(e.labels[i])
		get(parent).Subcategory = append(get(parent).Subcategory, n)
		child[n] = true
	}
	root := &node{}
	for i := 0; root.LabelName == ""; i++ {
		if name := fmt.Sprintf("/m/%d", i); nodes[name] == nil && !slices.Contains(e.labels, name) {
			root.LabelName = name
		}
	}
	for _, n := range order {
		if !child[n] {
			root.Subcategory = append(root.Subcategory, n)
		}
	}
	return root
}

func (e *exporter) writeHierarchy() error {
	if e.Info.Categories.Labels == nil || !slices.ContainsFunc(e.Info.Categories.Labels.Labels, func(l dataset.LabelCategory) bool { return l.Parent != "" }) {
		return nil
	}
	root := e.hierarchy()
	reached := map[string]bool{}
	var reach func(n *node)
	reach = func(n *node) {
		for _, c := range n.Subcategory {
			reached[c.LabelName] = true
			reach(c)
		}
	}
	reach(root)
	for i, l := range e.Info.Categories.Labels.Labels {
		if l.Parent != "" && !reached[e.labels[i]] {
			e.Loss.Add("parents of labels dropped, since they go round in a circle", l.Name, 1)
		}
	}
	text, err := json.MarshalIndent(root, "", "    ")
	if err != nil {
		return err
	}
	return e.WriteFile(path.Join(annotationsDir, hierarchyFile), append(text, '\n'))
}
