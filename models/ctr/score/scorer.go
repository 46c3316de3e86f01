package score

import (
	"context"
	"errors"
	"fmt"

	"datum/models/ctr"
	"datum/openvino"
	"datum/train/parameters"
)

// ErrBatch is wrapped where a batch cannot be what it says it is.
var ErrBatch = errors.New("not a batch of click-through rows")

// Options are choices of how a network runs. The zero value is good.
type Options struct {
	// Precision is "f32", or "bf16" where that is right; "" is f32.
	Precision string
	// Threads is how many threads there are, the runtime's choice if 0.
	Threads int
	// Portable allows the loop graph alone.
	Portable bool
	// Patience is how many batches of a size are predicted by the loop graph in float32
	// before it is looked which form is the fastest that is right: that costs as much as
	// several batches. 0 looks at once.
	Patience int
}

// A Scorer predicts clicks. It is for one goroutine at a time.
type Scorer struct {
	network *ctr.Network
	// exact is the loop graph in float32, which decides what is right.
	exact *form
	// fast are other forms, the fastest first.
	fast []*form
	// chosen is the form for each size of a batch, seen how often one has come for which
	// none is chosen yet.
	chosen   map[size]*form
	seen     map[size]int
	patience int
	notes    []string
}

// A size is how many rows a batch has, and how long its histories are with padding.
type size struct{ rows, time int }

// mostSizes bounds what is remembered: who has more sizes should round them up.
const mostSizes = 1 << 12

// New compiles a network and looks which of its forms are right.
func New(core *openvino.Core, n *ctr.Network, values parameters.Values, o Options) (*Scorer, error) {
	if o.Precision == "" {
		o.Precision = "f32"
	}
	if o.Precision != "f32" && o.Precision != "bf16" {
		return nil, fmt.Errorf("%w: it cannot compute in %q, but in f32 or bf16", ctr.ErrConfig, o.Precision)
	}
	s := &Scorer{network: n, chosen: map[size]*form{}, seen: map[size]int{}, patience: o.Patience}
	formOf := func(c candidate) *form {
		return &form{candidate: c, core: core, network: n, values: values, threads: o.Threads}
	}
	s.exact = formOf(candidate{ctr.Loop, "f32"})
	if err := s.exact.compile(); err != nil {
		return nil, err
	}
	for _, c := range candidates(n, o) {
		f := formOf(c)
		if err := f.compile(); err != nil {
			s.note("the %s graph in %s is not used: %v", c.form, c.precision, err)
			continue
		}
		s.add(f)
	}
	if _, err := s.choose(context.Background(), size{1, 1}); err != nil {
		s.Close()
		return nil, err
	}
	return s, nil
}

// A candidate is a form that may be faster than the loop graph in float32.
type candidate struct {
	form      ctr.Form
	precision string
}

// candidates are the forms that are tried, the fastest first. Only dien has sequences.
func candidates(n *ctr.Network, o Options) []candidate {
	half := o.Precision == "bf16"
	switch {
	case n.Architecture == ctr.DIEN && !o.Portable && half:
		return []candidate{{ctr.Sequence, "bf16"}, {ctr.PreciseSequence, "bf16"}, {ctr.Sequence, "f32"}}
	case n.Architecture == ctr.DIEN && !o.Portable:
		return []candidate{{ctr.Sequence, "f32"}}
	case half:
		return []candidate{{ctr.Loop, "bf16"}}
	}
	return nil
}

func (s *Scorer) add(f *form) { s.fast = append(s.fast, f) }

func (s *Scorer) note(format string, args ...any) {
	s.notes = append(s.notes, fmt.Sprintf(format, args...))
}

// Notes say which forms are not used, and why.
func (s *Scorer) Notes() []string { return s.notes }

// Chosen names the form for batches of a size: "sequence f32", for example; or nothing
// where none has come yet.
func (s *Scorer) Chosen(rows, time int) string {
	if f := s.chosen[size{rows, time}]; f != nil {
		return f.String()
	}
	return ""
}

// Used names the forms that are used, and for how many sizes of batches.
func (s *Scorer) Used() map[string]int {
	used := map[string]int{}
	for _, f := range s.chosen {
		used[f.String()]++
	}
	if n := len(s.seen); n > 0 {
		used[s.exact.String()] += n
	}
	return used
}

// choose returns the first form that is right for a size.
func (s *Scorer) choose(ctx context.Context, z size) (*form, error) {
	if f := s.chosen[z]; f != nil {
		return f, nil
	}
	times, known := s.seen[z]
	if !known && len(s.chosen)+len(s.seen) >= mostSizes {
		return s.exact, nil
	}
	if times < s.patience {
		s.seen[z]++
		return s.exact, nil
	}
	delete(s.seen, z)
	right, err := s.right(ctx, z)
	if err != nil {
		return nil, err
	}
	s.chosen[z] = right
	return right, nil
}

// right is the fastest form that passes all exams of a size.
func (s *Scorer) right(ctx context.Context, z size) (*form, error) {
	for _, f := range s.fast {
		wrong, err := s.examine(ctx, f, z)
		if err != nil {
			return nil, err
		}
		if wrong == nil {
			return f, nil
		}
		s.note("%s is not used for %d rows with histories of %d: %v", f, z.rows, z.time, wrong)
	}
	return s.exact, nil
}

// examine says what is wrong with a form, if something is.
func (s *Scorer) examine(ctx context.Context, f *form, z size) (wrong, err error) {
	for seed := range uint64(exams) {
		exam := s.exam(z, seed)
		want, err := s.exact.run(ctx, exam)
		if err != nil {
			return nil, err
		}
		got, err := f.run(ctx, exam)
		if err != nil {
			return nil, err
		}
		if wrong := f.agrees(got, want, z.rows); wrong != nil {
			return wrong, nil
		}
	}
	return nil, nil
}

// Settle gives back what no batch of a size that has come needs: forms that are wrong,
// and the one that the others were compared with. Another size takes longer from then
// on, since they are compiled again.
func (s *Scorer) Settle() {
	used := map[*form]bool{}
	for _, f := range s.chosen {
		used[f] = true
	}
	for _, f := range append([]*form{s.exact}, s.fast...) {
		if !used[f] {
			f.close()
		}
	}
}

// Score returns the probability of a click for each row.
func (s *Scorer) Score(ctx context.Context, b *Batch) ([]float32, error) {
	if s.exact == nil {
		return nil, openvino.ErrClosed
	}
	if err := b.check(s.network); err != nil {
		return nil, err
	}
	f, err := s.choose(ctx, size{b.Rows, b.Time})
	if err != nil {
		return nil, err
	}
	said, err := f.run(ctx, b)
	return said.probability, err
}

// Close gives everything back.
func (s *Scorer) Close() {
	if s.exact != nil {
		s.exact.close()
	}
	for _, f := range s.fast {
		f.close()
	}
	*s = Scorer{}
}
