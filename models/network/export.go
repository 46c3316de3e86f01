package network

import (
	"fmt"
	"strconv"
	"strings"

	"datum/graph"
	"datum/train/parameters"
)

// Export returns the model that others use: one picture in, as floats of red, green and
// blue that the caller has normalised as the model says, and out the "heatmap" and
// "boxes" of a detector, or the "probabilities" of a classifier. What each class is
// called may be left out.
func (n *Network) Export(v parameters.Values, labels []string) (*graph.Model, error) {
	if len(labels) != 0 && len(labels) != n.Classes {
		return nil, fmt.Errorf("%w: there are %d labels for %d classes", ErrConfig, len(labels), n.Classes)
	}
	if err := n.set.Check(v); err != nil {
		return nil, err
	}
	b := graph.NewBuilder(n.Architecture)
	l := &layers{Builder: b, values: v}
	for _, o := range n.said(b, n.kind.build(l, b.Parameter("images", graph.F32, 1, 3, int64(n.Height), int64(n.Width)), n)) {
		b.Result(o.Value, o.Name)
	}
	m, err := b.Model()
	if err != nil {
		return nil, err
	}
	m.SetInfo("model_info", n.info(labels)...)
	return m, nil
}

// info is what the model says of itself.
func (n *Network) info(labels []string) graph.Attrs {
	return About(n.Architecture, n.Task, n.kind.mean, n.kind.scale, labels)
}

// About is what a model says of itself in the section model_info: that it takes pictures
// stretched to its size, as red, green and blue, less mean and over scale, and what its
// classes are called.
func About(kind string, task Task, mean, scale [3]float32, labels []string) graph.Attrs {
	a := graph.Attrs{
		{Name: "model_type", Value: kind},
		{Name: "task_type", Value: string(task)},
		{Name: "mean_values", Value: spaced(mean)},
		{Name: "scale_values", Value: spaced(scale)},
		{Name: "resize_type", Value: "standard"},
		{Name: "reverse_input_channels", Value: "True"},
		{Name: "embedded_processing", Value: "False"},
	}
	if len(labels) > 0 {
		words := make([]string, len(labels))
		for i, name := range labels {
			words[i] = word(name)
		}
		a.Set("labels", strings.Join(words, " "))
	}
	return a
}

// word writes a label without spaces, which separate labels. Every class needs some
// word, so that those behind it keep their numbers.
func word(label string) string {
	if w := strings.Join(strings.Fields(label), "_"); w != "" {
		return w
	}
	return "_"
}

func spaced(v [3]float32) string {
	words := make([]string, len(v))
	for i, f := range v {
		words[i] = strconv.FormatFloat(float64(f), 'g', -1, 32)
	}
	return strings.Join(words, " ")
}
