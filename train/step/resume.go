package step

import (
	"fmt"
	"io"

	"datum/openvino"
)

// maxSteps is more than anybody takes: what is above comes of a damaged state.
const maxSteps = 1 << 53

// WriteState writes all that training needs to go on as if it had not been interrupted:
// weights, statistics, what the optimiser keeps, counts. Most of it is about the data
// that the network has seen: it is for the eyes of those who may see these.
func (p *Program) WriteState(w io.Writer) error {
	if p.request == nil {
		return openvino.ErrClosed
	}
	s := p.snapshot()
	for _, k := range p.parts {
		s.numbers = append(s.numbers, k.now.Float32s())
	}
	return s.write(w)
}

// ReadState makes the state that another program, of the same network and the same
// kind of optimiser, has written the state of this one. The state is all that the
// reader has. What it is not, or where it is damaged, an error says that matches
// [ErrState], and the program is then as it was.
func (p *Program) ReadState(r io.Reader) error {
	if p.request == nil {
		return openvino.ErrClosed
	}
	s := p.snapshot()
	for _, k := range p.parts {
		if k.after != nil {
			s.numbers = append(s.numbers, k.after.Float32s()) // what it holds is of no use now
		} else {
			s.numbers = append(s.numbers, make([]float32, k.size))
		}
	}
	if err := s.read(r); err != nil {
		return err
	}
	if s.steps > maxSteps || int(s.batches) >= max(1, p.options.Accumulate) {
		return fmt.Errorf("%w: it is of %d steps and %d batches", ErrState, s.steps, s.batches)
	}
	for i, k := range p.parts {
		if k.after != nil {
			k.now, k.after = k.after, k.now
		} else {
			copy(k.now.Float32s(), s.numbers[i])
		}
	}
	p.steps, p.batches = s.steps, int(s.batches)
	return nil
}

// snapshot describes the state without its numbers.
func (p *Program) snapshot() *snapshot {
	s := &snapshot{hash: p.network.Parameters.Hash(), steps: p.steps, batches: uint32(p.batches)}
	for _, k := range p.parts {
		s.parts = append(s.parts, k.part)
	}
	return s
}
