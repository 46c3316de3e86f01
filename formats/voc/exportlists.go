package voc

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"datum/formats"
)

// outSubset is a subset being written: the names of its items, and what lists
// say of them.
type outSubset struct {
	name  string
	items listedItems
}

// outName is an item in the lists.
type outName struct {
	name  string
	tasks uint8
	flags []flag
	// The numbers of the objects that have parts, and that have actions.
	layout, action []int32
}

// entry is what lists say of the item.
func (w *itemWriter) entry() outName {
	n := outName{name: w.name, flags: w.flags, tasks: taskBit(taskMain)}
	if w.pngs {
		n.tasks |= taskBit(taskSegmentation)
	}
	for i, o := range w.objects {
		if len(o.parts) > 0 {
			n.layout = append(n.layout, int32(i+1))
			n.tasks |= taskBit(taskLayout)
		}
		if o.first().Common().Attributes.Has(carryActions) {
			n.action = append(n.action, int32(i+1))
			n.tasks |= taskBit(taskAction)
		}
	}
	if w.it.Attributes.Has(carryTasks) {
		n.tasks = taskBit(taskMain)
		for _, t := range carriedNames(w.it.Attributes, carryTasks) {
			if slices.Contains(tasks, t) {
				n.tasks |= taskBit(t)
			}
		}
	}
	return n
}

// writeLists writes the files of ImageSets.
func (e *exporter) writeLists() error {
	for _, s := range e.subsets {
		for _, task := range tasks {
			text, any := s.list(task)
			if !any && task != taskMain {
				continue
			}
			if err := e.put(listPath(task, s.name), text); err != nil {
				return err
			}
		}
	}
	return e.writeClassLists()
}

func listPath(task, name string) string { return path.Join(setsDir, task, name+".txt") }

// list is the list of a task; any tells whether it names an item.
func (s *outSubset) list(task string) (text []byte, any bool) {
	for n := range s.items.all() {
		if n.tasks&taskBit(task) == 0 {
			continue
		}
		any = true
		numbers := map[string][]int32{taskLayout: n.layout, taskAction: n.action}[task]
		for _, k := range numbers {
			text = append(appendListName(text, n.name), ' ')
			text = append(strconv.AppendInt(text, int64(k), 10), '\n')
		}
		if len(numbers) == 0 {
			text = append(appendLine(text, n.name), '\n')
		}
	}
	return text, any
}

// manyLabels is from where on the list of a class names its own items only, as
// the files would be too large otherwise.
const manyLabels = 100

// writeClassLists writes a list for each label and subset, if items have
// labels.
func (e *exporter) writeClassLists() error {
	used := map[int32]bool{}
	for _, s := range e.subsets {
		for n := range s.items.all() {
			for _, f := range n.flags {
				used[f.label] = true
			}
		}
	}
	labels := make([]int32, 0, len(used))
	for l := range used {
		labels = append(labels, l)
	}
	slices.Sort(labels)
	for _, s := range e.subsets {
		for _, l := range labels {
			if err := e.writeClassList(s, l, len(labels) > manyLabels); err != nil {
				return err
			}
		}
	}
	return nil
}

// writeClassList writes the list of one label and subset.
func (e *exporter) writeClassList(s *outSubset, label int32, own bool) error {
	var text []byte
	count := 0
	for n := range s.items.all() {
		mark := " -1\n"
		if k := slices.IndexFunc(n.flags, func(f flag) bool { return f.label == label }); k >= 0 {
			count++
			if mark = "  1\n"; n.flags[k].hard {
				mark = "  0\n"
			}
		} else if own {
			continue
		}
		text = append(appendLine(text, n.name), mark...)
	}
	name := e.labels.name(label) + "_" + s.name
	if count > 0 && !e.isReadAs(name, e.labels.name(label), s.name) {
		e.loss.Add("labels of items dropped, since the name of their list cannot be that of a file, or is that of another", name, count)
		return nil
	}
	if len(text) == 0 || count == 0 && !e.isReadAs(name, e.labels.name(label), s.name) {
		return nil
	}
	return e.put(listPath(taskMain, name), text)
}

// isReadAs reports whether the list called name can be written, and is read as
// that of a label and a subset.
func (e *exporter) isReadAs(name, label, subset string) bool {
	if file, err := formats.SubsetFileName(name); err != nil || file != name || isHidden(name) || strings.ContainsRune(name, 0) {
		return false
	}
	isSubset := func(s string) bool {
		return slices.ContainsFunc(e.subsets, func(o *outSubset) bool { return o.name == s })
	}
	isLabel := func(s string) bool {
		_, ok := e.labels.cats.Index(s)
		return ok || slices.Contains(officialLabels, s)
	}
	l, s, ok := classOf(name, isLabel, isSubset)
	return ok && l == label && s == subset && !isSubset(name)
}
