package step

import (
	"context"
	"errors"
	"fmt"
	"math"

	"datum/graph"
	"datum/openvino"
	"datum/train/parameters"
)

// A Program trains a network. It is for one goroutine at a time.
type Program struct {
	network Network
	options Options
	layout  *layout
	more    int

	compiled *openvino.Compiled
	request  *openvino.Request
	factors  *openvino.Tensor
	report   *openvino.Tensor
	*state
	sibling bool // of a program that the state belongs to
}

// A state is what changes from step to step.
type state struct {
	parts   []*kept
	steps   uint64
	batches int // of the step that is under way
}

// Kept is a part of the state with its tensors.
type kept struct {
	part
	now   *openvino.Tensor
	after *openvino.Tensor // nil for what never changes
}

// A Report says how a batch went.
type Report struct {
	// Loss is that of the batch, before it changes anything.
	Loss float32
	// Norm is the length of the gradient before it is clipped; where several batches
	// make a step, of what has come together for it so far.
	Norm float32
	// Sound says that the loss and all that follows from it are finite. A batch that is
	// not sound changes nothing and does not count.
	Sound bool
	// Stepped says that the weights have changed.
	Stepped bool
}

// Build makes a program that begins with the given values of the network's parameters.
func Build(core *openvino.Core, n Network, o Options, values parameters.Values) (*Program, error) {
	if err := errors.Join(n.check(), o.check()); err != nil {
		return nil, err
	}
	if err := n.Parameters.Check(values); err != nil {
		return nil, err
	}
	if o.Mixed {
		var err error
		if o.Mixed, err = Bfloat16(core); err != nil { // else every tensor would be converted for nothing
			return nil, err
		}
	}
	p := &Program{network: n, options: o, state: &state{}}
	if err := p.build(core); err != nil {
		return nil, err
	}
	p.begin(values)
	return p, nil
}

// Sibling makes a program for batches of another size, which trains the same state: a
// network with the same parameters. The two take turns, and what one has changed the
// other goes on with. It is of no use once p is closed.
func (p *Program) Sibling(core *openvino.Core, n Network) (*Program, error) {
	if p.request == nil {
		return nil, openvino.ErrClosed
	}
	if err := n.check(); err != nil {
		return nil, err
	}
	if n.Parameters.Hash() != p.network.Parameters.Hash() {
		return nil, fmt.Errorf("%w: a sibling has the same parameters", ErrOptions)
	}
	q := &Program{network: n, options: p.options, state: p.state, sibling: true}
	if err := q.build(core); err != nil {
		return nil, err
	}
	return q, nil
}

// build makes everything but the values. After an error the program is closed.
func (p *Program) build(core *openvino.Core) error {
	a, err := assemble(&p.network, &p.options)
	if err == nil {
		p.layout, p.more = a.layout, a.more
		err = errors.Join(p.compile(core, a), p.allocate())
	}
	if err != nil {
		p.Close()
	}
	return err
}

func (p *Program) compile(core *openvino.Core, a *assembled) error {
	model, err := core.Read(a.model.XML(), a.model.Weights().Bytes())
	if err != nil {
		return err
	}
	defer model.Close()
	options := openvino.CompileOptions{Precision: a.precision, Hint: openvino.Latency, Streams: 1, Threads: p.options.Threads, Profile: p.options.Profile,
		// A machine that does other things, too, is slower with threads that stay where
		// they are.
		Properties: map[string]string{"ENABLE_CPU_PINNING": "NO"}}
	if p.compiled, err = core.Compile(model, options); err != nil {
		return err
	}
	p.request, err = p.compiled.NewRequest()
	return err
}

// allocate makes the tensors of the program, all zeros.
func (p *Program) allocate() error {
	if p.request == nil {
		return nil // compile has failed
	}
	vector := func(n int) (*openvino.Tensor, error) { return openvino.NewTensor(openvino.F32, n) }
	var err error
	if p.factors, err = vector(len(factorsOf(&p.options, 1, 0))); err != nil {
		return err
	}
	if p.report, err = vector(reported); err != nil {
		return err
	}
	if !p.sibling {
		if err := p.state.allocate(partsOf(p.layout, &p.options)); err != nil {
			return err
		}
	}
	if err := p.request.SetInput(len(p.network.Inputs), p.factors); err != nil {
		return err
	}
	return p.request.SetOutput(0, p.report)
}

func (s *state) allocate(parts []part) (err error) {
	for _, part := range parts {
		k := &kept{part: part}
		s.parts = append(s.parts, k)
		if k.now, err = openvino.NewTensor(openvino.F32, part.size); err != nil {
			return err
		}
		if part.pace != never {
			if k.after, err = openvino.NewTensor(openvino.F32, part.size); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *state) close() {
	for _, k := range s.parts {
		for _, t := range []*openvino.Tensor{k.now, k.after} {
			if t != nil {
				t.Close()
			}
		}
	}
}

// begin sets the state to that before the first step.
func (p *Program) begin(values parameters.Values) {
	l := p.layout
	for _, k := range p.parts {
		to := k.now.Float32s()
		switch k.name {
		case l.trained.name, averagePart:
			l.trained.pack(to, values)
		case l.statistics.name, averageStatisticsPart:
			l.statistics.pack(to, values)
		case l.frozen.name:
			l.frozen.pack(to, values)
		}
	}
}

// NewInputs makes a tensor for each input of the network, which the caller fills, hands
// to Run, and closes in the end. Several sets may be filled in turns.
func (p *Program) NewInputs() ([]*openvino.Tensor, error) {
	if p.request == nil {
		return nil, openvino.ErrClosed
	}
	var inputs []*openvino.Tensor
	for _, in := range p.network.Inputs {
		t, err := NewInput(in)
		if err != nil {
			for _, made := range inputs {
				made.Close()
			}
			return nil, err
		}
		inputs = append(inputs, t)
	}
	return inputs, nil
}

// NewInput returns a tensor for an input of a network.
func NewInput(in Input) (*openvino.Tensor, error) {
	element, err := elementOf(in.Element)
	if err != nil {
		return nil, err
	}
	dims := make([]int, len(in.Shape))
	for i, d := range in.Shape {
		dims[i] = int(d)
	}
	return openvino.NewTensor(element, dims...)
}

// elementOf is the runtime's number of an element type, which both call by one name.
func elementOf(t graph.ElementType) (openvino.ElementType, error) {
	for e := openvino.Dynamic; e <= openvino.F8E8M0; e++ {
		if e.String() == t.String() {
			return e, nil
		}
	}
	return 0, fmt.Errorf("%w: an input of %s", ErrOptions, t)
}

// ErrRate says that a learning rate is no such thing.
var ErrRate = errors.New("not a learning rate")

// Run trains with a batch, at a learning rate. The inputs are read where they lie, and
// may be filled anew when it returns. If it ends with an error, that of ctx for one,
// the batch has changed nothing.
func (p *Program) Run(ctx context.Context, rate float64, inputs ...*openvino.Tensor) (Report, error) {
	switch {
	case p.request == nil:
		return Report{}, openvino.ErrClosed
	case !(rate >= 0) || rate > math.MaxFloat32:
		return Report{}, fmt.Errorf("%w: %v", ErrRate, rate)
	case len(inputs) != len(p.network.Inputs):
		return Report{}, fmt.Errorf("%d inputs instead of %d", len(inputs), len(p.network.Inputs))
	}
	if err := p.set(rate, inputs); err != nil {
		return Report{}, err
	}
	if err := p.request.Infer(ctx); err != nil {
		return Report{}, err
	}
	v := p.report.Float32s()
	r := Report{Loss: v[0], Norm: v[1], Sound: v[2] == 1}
	if r.Sound {
		r.Stepped = p.advance()
	}
	return r, nil
}

// set gives the request everything that the batch needs.
func (p *Program) set(rate float64, inputs []*openvino.Tensor) error {
	factors := p.factors.Float32s()
	for i, f := range factorsOf(&p.options, p.steps+1, rate) {
		factors[i] = float32(f)
	}
	for i, t := range inputs {
		if t == nil {
			return fmt.Errorf("input %q is missing", p.network.Inputs[i].Name)
		}
		if err := p.request.SetInput(i, t); err != nil {
			return err
		}
	}
	out := 1 + p.more
	for i, k := range p.parts {
		if err := p.request.SetInput(len(inputs)+1+i, k.now); err != nil {
			return err
		}
		if k.after == nil {
			continue
		}
		if err := p.request.SetOutput(out, k.after); err != nil {
			return err
		}
		out++
	}
	return nil
}

// advance makes what came out of a batch the state, and reports whether it was the last
// of its step.
func (p *Program) advance() bool {
	p.batches++
	last := p.batches >= max(1, p.options.Accumulate)
	for _, k := range p.parts {
		if k.pace == eachBatch || k.pace == eachStep && last {
			k.now, k.after = k.after, k.now
		}
		if k.name == gradientPart && last {
			clear(k.now.Float32s())
		}
	}
	if last {
		p.steps++
		p.batches = 0
	}
	return last
}

// More returns what else the network has shown of the last batch, by its place, and
// behind that the gradients by inputs that were asked for. It is good until the next
// batch.
func (p *Program) More(i int) (*openvino.Tensor, error) {
	if p.request == nil {
		return nil, openvino.ErrClosed
	}
	if i < 0 || i >= p.more {
		return nil, fmt.Errorf("the network shows %d tensors, and not %d", p.more, i+1)
	}
	return p.request.Output(1 + i)
}

// Steps is how often the weights have changed.
func (p *Program) Steps() uint64 { return p.steps }

// Profile says how long each layer took with the last batch, see Options.Profile.
func (p *Program) Profile() ([]openvino.LayerProfile, error) {
	if p.request == nil {
		return nil, openvino.ErrClosed
	}
	return p.request.Profile()
}

// Values returns a copy of all parameters, nil once the program is closed.
func (p *Program) Values() parameters.Values {
	if p.request == nil {
		return nil
	}
	return p.values(p.layout.trained.name, p.layout.statistics.name)
}

// Averaged returns a copy of all parameters, those that change as running means;
// without Options.Average it is the same as Values.
func (p *Program) Averaged() parameters.Values {
	if p.request == nil || p.options.Average == 0 {
		return p.Values()
	}
	return p.values(averagePart, averageStatisticsPart)
}

// values returns all parameters, the trained ones and the statistics out of the parts
// that are named.
func (p *Program) values(trained, statistics string) parameters.Values {
	values := parameters.Values{}
	l := p.layout
	for _, k := range p.parts {
		switch k.name {
		case trained:
			l.trained.unpack(k.now.Float32s(), values)
		case statistics:
			l.statistics.unpack(k.now.Float32s(), values)
		case l.frozen.name:
			l.frozen.unpack(k.now.Float32s(), values)
		}
	}
	return values
}

// Close gives everything back. What Values returned stays.
func (p *Program) Close() {
	if p.request != nil {
		p.request.Close()
	}
	if p.compiled != nil {
		p.compiled.Close()
	}
	for _, t := range []*openvino.Tensor{p.factors, p.report} {
		if t != nil {
			t.Close()
		}
	}
	if p.state != nil && !p.sibling {
		p.state.close()
	}
	*p = Program{state: &state{}}
}
