package step

import (
	"fmt"
	"math"

	"datum/graph"
	"datum/graph/grad"
	"datum/train/parameters"
)

// An assembly is the graph of a step while it is built.
type assembly struct {
	*graph.Builder
	network *Network
	options *Options
	layout  *layout
	parts   []part
	// factors are the optimiser's, and then that of the average if there is one.
	factors []*graph.Output
	before  map[string]*graph.Output // the state, by the names of its parts
	after   map[string]*graph.Output
}

// ours begins the names of tensors in the graph that are not the network's.
const ours = "step: "

// The graph's inputs are those of the network, the factors and the state. Its outputs
// are the report, what else the network shows, and the state.

// assembled is the graph of a step.
type assembled struct {
	model  *graph.Model
	layout *layout
	// more is how many more outputs the network has.
	more int
	// precision is what OpenVINO is told to compute in.
	precision string
}

// assemble builds the graph of a step.
func assemble(n *Network, o *Options) (*assembled, error) {
	a := &assembly{Builder: graph.NewBuilder("step"), network: n, options: o, layout: layoutOf(n.Parameters),
		before: map[string]*graph.Output{}, after: map[string]*graph.Output{}}
	if a.layout.trained.size == 0 {
		return nil, fmt.Errorf("%w: the network has nothing to train", ErrOptions)
	}
	a.parts = partsOf(a.layout, o)
	inputs := a.inputs()
	tensors, weights := a.tensors()
	loss, shown := n.Forward(a.Builder, tensors, inputs)
	if err := a.checkLoss(loss); err != nil {
		return nil, err
	}
	gradients, err := grad.Add(a.Builder, loss, append(weights, rowsOf(n, inputs)...)...)
	if err != nil {
		return nil, err
	}
	gradients, shown = gradients[:len(weights)], append(shown, gradients[len(weights):]...)
	if err := a.statistics(tensors); err != nil {
		return nil, err
	}
	a.results(loss, a.step(join(a.Builder, gradients)), shown)
	precision, err := a.precision()
	if err != nil {
		return nil, err
	}
	m, err := a.Model()
	return &assembled{m, a.layout, len(shown), precision}, err
}

// precision makes the graph one of mixed precision, if that is wanted, and returns what
// OpenVINO is to compute in.
func (a *assembly) precision() (string, error) {
	if !a.options.Mixed {
		return "f32", nil
	}
	lowered, err := lower(a.Builder)
	if lowered {
		return "f32", err
	}
	return "bf16", err
}

// rowsOf are the inputs whose gradients are shown.
func rowsOf(n *Network, inputs []*graph.Output) []*graph.Output {
	var rows []*graph.Output
	for i, in := range n.Inputs {
		if in.Gradient {
			rows = append(rows, inputs[i])
		}
	}
	return rows
}

func (a *assembly) number(v float64) *graph.Output { return a.Scalar(graph.F32, v) }

// inputs adds the inputs of the graph.
func (a *assembly) inputs() []*graph.Output {
	var inputs []*graph.Output
	for _, in := range a.network.Inputs {
		inputs = append(inputs, a.ParameterOf(in.Name, in.Element, in.Shape))
	}
	count := len(factorsOf(a.options, 1, 0))
	factors := a.Parameter(ours+"factors", graph.F32, int64(count))
	a.factors = a.Split(factors, 0, count)
	for _, p := range a.parts {
		a.before[p.name] = a.Parameter(ours+p.name, graph.F32, int64(p.size))
	}
	return inputs
}

// factorsOf are the numbers that differ from step to step.
func factorsOf(o *Options, step uint64, rate float64) []float64 {
	factors := o.Optimizer.factors(step, rate)
	if o.Average > 0 {
		n := float64(step)
		factors = append(factors, 1-min(o.Average, (1+n)/(10+n)))
	}
	return factors
}

// tensors are the parameters of the network, and those of them that are trained.
func (a *assembly) tensors() (*parameters.Tensors, []*graph.Output) {
	at := map[string]*graph.Output{}
	for _, v := range []*vector{&a.layout.trained, &a.layout.statistics, &a.layout.frozen} {
		if v.size > 0 {
			v.split(a.Builder, a.before[v.name], at)
		}
	}
	var weights []*graph.Output
	for _, p := range a.layout.trained.parts {
		weights = append(weights, at[p.Name])
	}
	return parameters.NewTensors(a.Builder, a.network.Parameters, at, true), weights
}

func (a *assembly) checkLoss(loss *graph.Output) error {
	if err := a.Err(); err != nil {
		return err
	}
	if loss == nil || loss.Element != graph.F32 {
		return fmt.Errorf("%w: the loss is %v, and not a number in float32", ErrOptions, loss)
	}
	return nil
}

// statistics notes what the network says of its statistics, which must be something.
func (a *assembly) statistics(t *parameters.Tensors) error {
	v := &a.layout.statistics
	var next []*graph.Output
	for _, p := range v.parts {
		o := t.Updated(p.Name)
		if o == nil {
			return fmt.Errorf("%w: the network does not say what the statistic %q becomes", ErrOptions, p.Name)
		}
		next = append(next, o)
	}
	if len(next) > 0 {
		a.after[v.name] = join(a.Builder, next)
	}
	return nil
}

// step adds what the gradient makes of the weights, and returns the square of the
// gradient's length.
func (a *assembly) step(gradient *graph.Output) (square *graph.Output) {
	if k := a.options.Accumulate; k > 1 {
		gradient = a.Add(a.before[gradientPart], gradient)
		a.after[gradientPart] = gradient
		gradient = a.Mul(gradient, a.number(1/float64(k)))
	}
	square = a.squares(gradient)
	if clip := a.options.ClipNorm; clip > 0 {
		// The small number is that of torch.nn.utils.clip_grad_norm_.
		scale := a.Div(a.number(clip), a.Add(a.Sqrt(square), a.number(1e-6)))
		gradient = a.Mul(gradient, a.Minimum(scale, a.number(1)))
	}
	a.optimize(gradient)
	a.average(a.layout.trained.name, averagePart)
	a.average(a.layout.statistics.name, averageStatisticsPart)
	return square
}

func (a *assembly) optimize(gradient *graph.Output) {
	weights, optimizer := &a.layout.trained, a.options.Optimizer
	u := &update{Builder: a.Builder, weights: a.before[weights.name], gradient: gradient, factors: a.factors, decayed: weights.decayed(a.Builder)}
	for _, name := range optimizer.slots() {
		u.slots = append(u.slots, a.before[name])
	}
	next, slots := optimizer.next(u)
	a.after[weights.name] = next
	for i, name := range optimizer.slots() {
		a.after[name] = slots[i]
	}
}

// average adds the running mean of a part.
func (a *assembly) average(of, name string) {
	if old := a.before[name]; old != nil {
		toward := a.Mul(a.Sub(a.after[of], old), a.factors[len(a.factors)-1])
		a.after[name] = a.Add(old, toward)
	}
}

// squares adds up the squares of a vector. One long sum of float32 would lose digits, so
// it is one of sums; and their roots are what OpenVINO computes without a vector of
// squares.
func (a *assembly) squares(x *graph.Output) *graph.Output {
	const width = 256
	if x.Shape[0] <= width || a.Err() != nil {
		return a.Sum(a.Mul(x, x), true, 0)
	}
	rows := x.Shape[0] / width
	parts := []*graph.Output{x}
	rest := x.Shape[0] - rows*width
	if rest > 0 {
		parts = a.SplitAt(x, 0, rows*width, rest)
	}
	lengths := a.Reduce("ReduceL2", a.Reshape(parts[0], rows, width), false, 1)
	if rest > 0 {
		lengths = a.Concat(0, lengths, a.Reduce("ReduceL2", parts[1], true, 0))
	}
	return a.squares(lengths)
}

// finite is 1 where the square of a number, or a sum of squares, is one that float32
// can hold, and 0 where it is not. (Not the absolute value: OpenVINO moves the Abs of a
// Concat of vectors to before it, and everybody else then reads absolute values, too.)
func (a *assembly) finite(square *graph.Output) *graph.Output {
	return a.Convert(a.LessEqual(square, a.number(math.MaxFloat32)), graph.F32)
}

// The report of a step are three numbers: the loss, the length of the gradient, and
// whether the new state is finite.
const reported = 3

func (a *assembly) results(loss, square *graph.Output, shown []*graph.Output) {
	loss = a.Reshape(loss, 1)
	sound := a.Mul(a.finite(a.Mul(loss, loss)), a.finite(square))
	for _, v := range []*vector{&a.layout.trained, &a.layout.statistics} {
		if next := a.after[v.name]; next != nil {
			sound = a.Mul(sound, a.finite(a.squares(next)))
		}
	}
	a.Result(a.Concat(0, loss, a.Sqrt(square), sound), ours+"report")
	for _, o := range shown {
		a.Result(o, "")
	}
	for _, p := range a.parts {
		if p.pace != never {
			a.Result(a.after[p.name], ours+p.name+" after")
		}
	}
}
