package evaluate

import (
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/models/metadata"
)

// Model is what has to be known of a model's classes.
type Model struct {
	// Classes is how many there are, 0 where that is not known.
	Classes int
	// Background says that class 0 is nothing.
	Background bool
	// Labels are their names by number, where they are known.
	Labels map[int]string
}

// Mapping says which category of a dataset each class of a model is.
type Mapping struct {
	// By says how they were matched: "name", "number", or "COCO's number".
	By string
	// Unused are the classes of the model that the dataset has no category for,
	// Unseen the categories that no class stands for. The names are sorted.
	Unused, Unseen []string

	categories map[int]int32
	unused     map[int]bool
	count      int
}

// Match matches a model's classes with the categories of a dataset: by name
// where the names of the classes are known, by the model or by the file of
// labels, which may be nil; otherwise by number. An error matches
// [formats.ErrUsage].
func Match(m Model, file *metadata.LabelFile, c *dataset.Categories) (*Mapping, error) {
	if c.Len() == 0 {
		return nil, formats.Reason(formats.ErrUsage, "the dataset has no categories, so there is nothing to compare with")
	}
	labels := Names(m, file)
	if len(labels) > 0 {
		return byName(labels, c)
	}
	if file != nil {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "the labels rename classes, and the model does not name its classes"), "lines of a number, = and a name do without")
	}
	return byNumber(m, c)
}

// index returns the labels of the categories by their plain names; of several
// the first.
func index(c *dataset.Categories) map[string]int32 {
	at := make(map[string]int32, c.Len())
	for i := range c.Len() {
		name := metadata.Plain(c.Labels.Labels[i].Name)
		if _, twice := at[name]; !twice {
			at[name] = int32(i)
		}
	}
	return at
}

func byName(labels map[int]string, c *dataset.Categories) (*Mapping, error) {
	m := &Mapping{By: "name", categories: map[int]int32{}, unused: map[int]bool{}, count: c.Len()}
	at := index(c)
	for _, class := range slices.Sorted(maps.Keys(labels)) {
		if label, ok := at[metadata.Plain(labels[class])]; ok {
			m.categories[class] = label
		} else {
			m.unused[class] = true
			m.Unused = append(m.Unused, labels[class])
		}
	}
	if len(m.categories) == 0 {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "no class of the model is a category of the dataset: the model has %s; the dataset has %s", few(m.Unused), few(names(c))),
			"--labels FILE says what they are, with lines such as: %s = %s", m.Unused[0], c.Name(0))
	}
	m.see(c)
	return m, nil
}

// see lists the categories that no class stands for.
func (m *Mapping) see(c *dataset.Categories) {
	seen := make([]bool, c.Len())
	for _, label := range m.categories {
		seen[label] = true
	}
	for i, is := range seen {
		if !is {
			m.Unseen = append(m.Unseen, c.Name(int32(i)))
		}
	}
	slices.Sort(m.Unseen)
	slices.Sort(m.Unused)
}

// byNumber matches a model whose classes have no names.
func byNumber(model Model, c *dataset.Categories) (*Mapping, error) {
	m := &Mapping{By: "number", categories: map[int]int32{}, unused: map[int]bool{}, count: c.Len()}
	first := 0
	if model.Background {
		first = 1
		if numbers, ok := cocoNumbers(c); ok {
			m.By, m.categories = "COCO's number", numbers
			return m, nil
		}
	}
	if n := model.Classes; n > 0 && n != c.Len() {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "the model has %d classes without names, and the dataset has %d categories", n, c.Len()),
			"--labels FILE names the classes, one on each line")
	}
	for i := range c.Len() {
		m.categories[i+first] = int32(i)
	}
	return m, nil
}

// cocoNumbers returns the categories by their numbers in COCO, which are
// carried where they are not counted from one.
func cocoNumbers(c *dataset.Categories) (map[int]int32, bool) {
	numbers, carried := make(map[int]int32, c.Len()), false
	for i := range c.Len() {
		n := i + 1
		if c.Labels.Labels[i].Carried.Decode("@coco.id", &n) {
			carried = true
		}
		numbers[n] = int32(i)
	}
	return numbers, carried && len(numbers) == c.Len()
}

// Category returns the category of a class, or false for one that the dataset
// has none for. A class that there should not be is an error.
func (m *Mapping) Category(class int) (int32, bool, error) {
	if label, ok := m.categories[class]; ok {
		return label, true, nil
	}
	if m.By == "number" {
		return 0, false, formats.WithHint(formats.Reason(formats.ErrUsage, "the model found its class %d, and the dataset has %d categories", class, m.count),
			"--labels FILE names the classes, one on each line")
	}
	return 0, false, nil
}

func names(c *dataset.Categories) []string {
	list := make([]string, c.Len())
	for i := range list {
		list[i] = c.Name(int32(i))
	}
	return list
}

// few shows the first names of a list.
func few(list []string) string {
	const most = 5
	var b strings.Builder
	for i, name := range list[:min(most, len(list))] {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(strconv.Quote(name))
	}
	if n := len(list) - most; n > 0 {
		fmt.Fprintf(&b, " and %d more", n)
	}
	return b.String()
}

// Names returns the names of a model's classes, those of the file before those
// of the model.
func Names(m Model, file *metadata.LabelFile) map[int]string {
	if file == nil {
		return m.Labels
	}
	return file.Apply(maps.Clone(m.Labels), m.Background)
}

// Beyond returns the highest class that the file names and the model has not, or
// false where there is none or it is not known how many classes there are. A list
// that begins with the background, which this model has no class for, is such.
func Beyond(m Model, file *metadata.LabelFile) (class int, is bool) {
	if file == nil || m.Classes == 0 {
		return 0, false
	}
	last := m.Classes - 1
	if m.Background {
		last++
	}
	for n := range file.Apply(nil, m.Background) {
		class = max(class, n)
	}
	return class, class > last
}

// ClassNames returns the names of all classes of a model, in the order of their
// numbers, and made up where they have none.
func ClassNames(m Model, file *metadata.LabelFile) iter.Seq2[int, string] {
	names := Names(m, file)
	first := 0
	if m.Background {
		first = 1
	}
	last := first + m.Classes - 1
	for class := range names {
		last = max(last, class)
	}
	return func(yield func(int, string) bool) {
		for class := 0; class <= last; class++ {
			name, named := names[class]
			if !named && (len(names) > 0 || class < first) {
				continue
			}
			if !named {
				name = fmt.Sprintf("class %d", class)
			}
			if !yield(class, name) {
				return
			}
		}
	}
}
