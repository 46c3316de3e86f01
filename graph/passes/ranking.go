package passes

import (
	"fmt"
	"slices"

	"datum/graph"
)

// Ranking says what is to come out of a model in place of a number for each
// class.
type Ranking struct {
	// Logits is the name of the tensor [batch, position, class] or [batch,
	// class]; there may be more dimensions before. Empty is the only output
	// of the model.
	Logits string
	// Count is how many classes come out, those with the greatest numbers
	// first.
	Count int64
	// LastPosition takes only the last place of the dimension before the
	// classes.
	LastPosition bool
	// OverAll divides by the sum over all classes and not over those that come
	// out.
	OverAll bool
	// Probabilities and Classes are the names of the outputs, "probabilities"
	// and "classes" unless they are given. No other tensor may have them, but
	// logits that do not stay give them up.
	Probabilities, Classes string
	// Keep leaves the logits as an output, too.
	Keep bool
}

// AddRanking adds Slice, TopK and Softmax to a model: probabilities (f32) and
// classes (i32) come out. Only they have to be copied out of the runtime.
func AddRanking(m *graph.Model, r Ranking) error {
	logits, err := outputOf(m, r.Logits)
	if err != nil {
		return err
	}
	rank := len(logits.Shape)
	if !logits.Shape.Ranked() || rank < 1 || r.LastPosition && rank < 2 {
		return fmt.Errorf("the tensor is %s, and has no classes to rank", logits)
	}
	b := m.Edit()
	names := []string{named(r.Probabilities, "probabilities"), named(r.Classes, "classes")}
	if !r.Keep {
		if err := removeResults(logits); err != nil {
			return err
		}
		// They may have been called like what takes their place.
		logits.SetNames(slices.DeleteFunc(slices.Clone(logits.Names()), func(s string) bool { return slices.Contains(names, s) })...)
	}
	for i, name := range names {
		if taken(m, name) || slices.Contains(names[:i], name) {
			return fmt.Errorf("two tensors of the name %q", name)
		}
	}
	x := b.Convert(logits, graph.F32)
	if r.LastPosition {
		x = b.Slice(x, graph.Range{Axis: -2, Start: -1, Stop: graph.All})
	}
	if r.OverAll {
		x = b.Softmax(x, -1)
	}
	values, classes := b.TopK(x, r.Count, -1)
	if !r.OverAll {
		values = b.Softmax(values, -1)
	}
	b.Result(values, names[0])
	b.Result(classes, names[1])
	return b.Err()
}

// taken reports whether a tensor has a name.
func taken(m *graph.Model, name string) bool {
	return slices.ContainsFunc(m.Nodes(), func(n *graph.Node) bool {
		return slices.ContainsFunc(n.Outputs(), func(o *graph.Output) bool { return slices.Contains(o.Names(), name) })
	})
}

func named(name, otherwise string) string {
	if name == "" {
		return otherwise
	}
	return name
}

// outputOf is the tensor of a name, or the only output.
func outputOf(m *graph.Model, name string) (*graph.Output, error) {
	if name != "" {
		return m.Tensor(name)
	}
	results := m.Results()
	if len(results) != 1 {
		return nil, fmt.Errorf("the model has %d outputs: one has to be named", len(results))
	}
	return results[0].Source(0), nil
}

// removeResults makes a tensor no output any more.
func removeResults(o *graph.Output) error {
	for _, in := range append([]*graph.Input(nil), o.Consumers()...) {
		if in.Node().Type == "Result" {
			if err := in.Node().Remove(); err != nil {
				return err
			}
		}
	}
	return nil
}
