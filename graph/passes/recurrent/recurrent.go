package recurrent

import (
	"fmt"
	"slices"

	"datum/graph"
)

// A Change is what was done at one place of a model.
type Change struct {
	// At is the name of the loop, of the last step of a chain, or of a product of
	// matrices.
	At string `json:"at"`
	// Into is the operation that is there now.
	Into string `json:"into"`
	// Loop says that it was a loop, and Steps is how many there were where it was a
	// chain.
	Loop  bool `json:"loop,omitempty"`
	Steps int  `json:"steps,omitempty"`
	// Hidden and Columns are the sizes of the state and of what a step reads.
	Hidden  int `json:"hidden,omitempty"`
	Columns int `json:"columns,omitempty"`
	// Lengths says that histories end before the last step: states are taken from
	// there.
	Lengths bool `json:"lengths,omitempty"`
	// Outputs are the tensors that are computed anew.
	Outputs []Pair `json:"-"`
}

// A Pair is a tensor of the model as it was, by its layer's number, and what is in its
// place.
type Pair struct {
	ID, Index int
	Now       *graph.Output
}

// A Left is something that looks like what could have been rewritten, and why it was
// not.
type Left struct {
	At     string `json:"at"`
	What   string `json:"what"`
	Reason string `json:"reason"`
	Count  int    `json:"count,omitempty"`
}

// A Report is what a rewriting did, and what it did not.
type Report struct {
	Done []Change `json:"done"`
	Left []Left   `json:"left"`
}

// Rewrite puts GRUSequence and AUGRUSequence in the place of loops and of chains of
// steps, and takes what is computed over and over again out of attention.
func Rewrite(m *graph.Model) (*Report, error) {
	r := &Report{Done: []Change{}, Left: []Left{}}
	for _, n := range slices.Clone(m.Nodes()) {
		if !n.Is("TensorIterator", "Loop") {
			continue
		}
		change, err := fuseLoop(n)
		if change == nil {
			r.leave(n, err)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("rewriting %q: %w", n.Name(), err)
		}
		r.Done = append(r.Done, *change)
	}
	if err := r.chains(m); err != nil {
		return nil, err
	}
	if err := r.attentions(m); err != nil {
		return nil, err
	}
	if len(r.Done) == 0 {
		return r, nil
	}
	m.Prune()
	return r, m.Repack()
}

func (r *Report) leave(n *graph.Node, why error) {
	for i := range r.Left {
		if l := &r.Left[i]; l.What == n.Type && l.Reason == why.Error() && !n.Is("TensorIterator", "Loop") {
			l.Count++
			return
		}
	}
	r.Left = append(r.Left, Left{n.Name(), n.Type, why.Error(), 1})
}

// change says what a sequence is.
func (s *sequence) change() *Change {
	c := &Change{At: s.name, Into: "GRUSequence", Hidden: s.cell.hidden, Columns: len(s.cell.input) / (3 * s.cell.hidden), Lengths: s.lengths != nil}
	if s.attends != nil {
		c.Into = "AUGRUSequence"
	}
	return c
}
