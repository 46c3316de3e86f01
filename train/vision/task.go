package vision

import (
	"datum/dataset"
	"datum/formats"
	"datum/graph"
	"datum/models/metadata"
	"datum/models/network"
	"datum/train/augment"
	"datum/train/parameters"
	"datum/train/step"
	"datum/train/trainer"
)

// New returns the task of a network: to find, or to tell apart, the classes
// that labels names, which a dataset has as its categories.
func New(n *network.Network, labels []string, categories *dataset.Categories) (trainer.Task, error) {
	if len(labels) != n.Classes {
		return nil, formats.Reason(formats.ErrUsage, "%d labels for a network of %d classes", len(labels), n.Classes)
	}
	m, err := mapping(labels, categories)
	if err != nil {
		return nil, err
	}
	v := vision{network: n, labels: labels, class: m}
	if n.Task == network.Classification {
		return &classification{v}, nil
	}
	return newDetection(v), nil
}

// Objects returns what a task of that kind learns of an item, for the classes that
// labels names; see [trainer.Task].
func Objects(kind network.Task, labels []string, categories *dataset.Categories) (func(*dataset.Item) ([]augment.Box, bool, error), error) {
	m, err := mapping(labels, categories)
	if err != nil {
		return nil, err
	}
	v := vision{labels: labels, class: m}
	if kind == network.Classification {
		return (&classification{v}).Objects, nil
	}
	return (&detection{vision: v}).Objects, nil
}

// vision is what both tasks share.
type vision struct {
	network *network.Network
	labels  []string
	// class is the class of each category, -1 for those that are none.
	class []int
}

// mapping finds the class of each category by its name, compared as an evaluation
// does it. Names that differ only by case, spaces and underscores are refused: a model
// has no spaces in its labels, and nobody could tell its classes apart.
func mapping(labels []string, categories *dataset.Categories) ([]int, error) {
	at := make(map[string]int, len(labels))
	for i, name := range labels {
		if other, twice := at[metadata.Plain(name)]; twice {
			return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "the classes %q and %q have the same name", labels[other], name),
				"upper and lower case, spaces and underscores do not count; rename one in the dataset")
		}
		at[metadata.Plain(name)] = i
	}
	if categories.Labels == nil {
		return nil, formats.Reason(formats.ErrUsage, "the dataset has no categories")
	}
	known := categories.Labels.Labels
	list := make([]int, len(known))
	for i, c := range known {
		list[i] = -1
		if class, ok := at[metadata.Plain(c.Name)]; ok {
			list[i] = class
		}
	}
	return list, nil
}

// classOf returns the class of a label, or -1.
func (v *vision) classOf(label int32) int {
	if label < 0 || int(label) >= len(v.class) {
		return -1
	}
	return v.class[label]
}

// Network is what the step trains. Its further output is the loss of each object.
func (v *vision) Network(batch int) (step.Network, error) {
	n := v.network
	if batch != n.Batch {
		return step.Network{}, formats.Reason(formats.ErrUsage, "the network is for batches of %d, not %d", n.Batch, batch)
	}
	s := step.Network{Parameters: n.Parameters()}
	for _, in := range n.Inputs() {
		s.Inputs = append(s.Inputs, step.Input{Name: in.Name, Element: in.Element, Shape: in.Shape})
	}
	s.Forward = func(b *graph.Builder, p *parameters.Tensors, inputs []*graph.Output) (*graph.Output, []*graph.Output) {
		loss, err := n.Loss(b, p, inputs...)
		if err != nil {
			b.Fail(err)
			none := b.Scalar(graph.F32, 0)
			return none, []*graph.Output{none}
		}
		return loss.Total, loss.OfObjects()
	}
	return s, nil
}

func (v *vision) Export(values parameters.Values) (*graph.Model, error) {
	return v.network.Export(values, v.labels)
}
