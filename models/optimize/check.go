package optimize

import (
	"context"
	"fmt"
	"math"
	"slices"

	"datum/graph"
	"datum/openvino"
)

// A Check is one comparison of the models.
type Check struct {
	Size
	Seed uint64 `json:"seed"`
	// Inside says that what was rewritten was compared, and not only what comes out of
	// the model.
	Inside     bool    `json:"inside,omitempty"`
	Difference float64 `json:"difference"`
}

// most is how much numbers may differ.
const most = 1e-5

// seeds are how many batches of each size are compared.
const seeds = 2

// A checker runs a model beside what it was.
type checker struct {
	core    *openvino.Core
	options Options
	report  *Report
	inputs  []input
	layout  layout
	result  *graph.Model

	before, after *runner
	// numbers says of which outputs there has been one that is a number, in any of the
	// comparisons: of others nothing is known.
	numbers []bool
}

// A runner is a compiled model.
type runner struct {
	compiled *openvino.Compiled
	request  *openvino.Request
	outputs  int
}

func (c *checker) close() {
	c.before.close()
	c.after.close()
}

func (r *runner) close() {
	if r == nil {
		return
	}
	if r.request != nil {
		r.request.Close()
	}
	r.compiled.Close()
}

// runnerOf compiles a model to run in float32.
func (c *checker) runnerOf(xml, weights []byte) (*runner, error) {
	return c.runnerIn("f32", xml, weights)
}

func (c *checker) runnerIn(precision string, xml, weights []byte) (*runner, error) {
	model, err := c.core.Read(xml, weights)
	if err != nil {
		return nil, err
	}
	defer model.Close()
	outputs, err := model.Outputs()
	if err != nil {
		return nil, err
	}
	r := &runner{outputs: len(outputs)}
	r.compiled, err = c.core.Compile(model, openvino.CompileOptions{Precision: precision, Hint: openvino.Latency, Streams: 1, Threads: c.options.Threads})
	if err != nil {
		return nil, err
	}
	if r.request, err = r.compiled.NewRequest(); err != nil {
		r.close()
		return nil, err
	}
	return r, nil
}

// compile compiles both models.
func (c *checker) compile(xml, weights []byte, after *graph.Model) error {
	var err error
	if c.before, err = c.runnerOf(xml, weights); err != nil {
		return fmt.Errorf("%w: it does not run as it is: %w", ErrUnchecked, err)
	}
	// What is written is what is compared.
	now, data := after.XML(), after.Weights().Bytes()
	if c.after, err = c.runnerOf(now, data); err != nil {
		return fmt.Errorf("%w: it does not run: %w", ErrDiffers, err)
	}
	if c.result, err = graph.Parse(now, data); err != nil {
		return fmt.Errorf("%w: %w", ErrDiffers, err)
	}
	return nil
}

// sizes are the batches to compare: one, where all dimensions are known.
func (c *checker) sizes() []Size {
	if !slices.ContainsFunc(c.inputs, func(in input) bool { return !in.shape.Static() }) {
		return []Size{{1, 1}}
	}
	if len(c.options.Sizes) > 0 {
		return c.options.Sizes
	}
	return usualSizes
}

// check compares what comes out of the models.
func (c *checker) check(ctx context.Context) error {
	if err := c.findLayout(ctx); err != nil {
		return err
	}
	c.numbers = make([]bool, c.before.outputs)
	for _, z := range c.sizes() {
		for seed := range uint64(seeds) {
			if err := c.compare(ctx, c.before, c.after, z, seed, false); err != nil {
				return err
			}
		}
	}
	return c.checked("output")
}

// checked looks whether there was something to compare: what is no number in both models is
// equal whatever they compute.
func (c *checker) checked(what string) error {
	if i := slices.Index(c.numbers, false); i >= 0 {
		return fmt.Errorf("%w: %s %d is no number for any inputs that are made up for it", ErrUnchecked, what, i)
	}
	return nil
}

// findLayout finds out which open dimensions are rows: with the others, the model does
// not run.
func (c *checker) findLayout(ctx context.Context) error {
	var failed error
	for _, l := range []layout{rowsFirst, stepsFirst} {
		c.layout = l
		err := c.run(ctx, c.before, newBatch(Size{3, 5}, l, c.inputs, 0))
		if err == nil {
			return nil
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if failed == nil {
			failed = err
		}
	}
	return fmt.Errorf("%w: it does not run on inputs that are made up for it: %w", ErrUnchecked, failed)
}

// run runs a model on a batch.
func (c *checker) run(ctx context.Context, r *runner, b *batch) error {
	for i := range c.inputs {
		in := &c.inputs[i]
		t, err := r.request.Input(i)
		if err != nil {
			return err
		}
		if err := t.SetShape(in.shapeAt(b.size, b.layout)...); err != nil {
			return err
		}
		b.fill(t, in)
	}
	return r.request.Infer(ctx)
}

// compare runs both models on one batch.
func (c *checker) compare(ctx context.Context, before, after *runner, z Size, seed uint64, inside bool) error {
	for _, r := range []*runner{before, after} {
		if err := c.run(ctx, r, newBatch(z, c.layout, c.inputs, seed)); err != nil {
			if r == after && ctx.Err() == nil {
				err = fmt.Errorf("%w: it does not run on %d rows of %d steps: %w", ErrDiffers, z.Rows, z.Time, err)
			}
			return err
		}
	}
	check := Check{Size: z, Seed: seed, Inside: inside}
	for i := range before.outputs {
		want, err := before.request.Output(i)
		if err != nil {
			return err
		}
		got, err := after.request.Output(i)
		if err != nil {
			return err
		}
		d, numbers, err := differs(got, want)
		if err != nil {
			return fmt.Errorf("%w: of %d rows of %d steps, output %d %w", ErrDiffers, z.Rows, z.Time, i, err)
		}
		check.Difference = max(check.Difference, d)
		c.numbers[i] = c.numbers[i] || numbers
	}
	c.report.Checks = append(c.report.Checks, check)
	c.report.Worst = max(c.report.Worst, check.Difference)
	if !(check.Difference <= most) {
		return fmt.Errorf("%w: of %d rows of %d steps, it differs by %.2g, and %.0e is allowed", ErrDiffers, z.Rows, z.Time, check.Difference, most)
	}
	return nil
}

// differs is how much two tensors differ, for large numbers as a share of them, and whether
// there are numbers in them.
func differs(got, want *openvino.Tensor) (worst float64, numbers bool, err error) {
	if !slices.Equal(got.Shape(), want.Shape()) || got.Element() != want.Element() {
		return 0, false, fmt.Errorf("is %s %v, and not %s %v", got.Element(), got.Shape(), want.Element(), want.Shape())
	}
	if got.Element() != openvino.F32 {
		if !slices.Equal(got.Bytes(), want.Bytes()) {
			return 0, false, fmt.Errorf("of %s is not the same", got.Element())
		}
		return 0, true, nil
	}
	a, b := got.Float32s(), want.Float32s()
	numbers = len(b) == 0
	for i, w := range b {
		numbers = numbers || w-w == 0 // neither infinite nor NaN
		if a[i] == w || a[i] != a[i] && w != w {
			continue
		}
		d := math.Abs(float64(a[i])-float64(w)) / max(1, math.Abs(float64(w)))
		if d != d {
			d = math.Inf(1)
		}
		worst = max(worst, d)
	}
	return worst, numbers, nil
}

// checkInside compares what was rewritten, where it is: what comes out of a model may
// hide a difference. The models are spoilt by it.
func (c *checker) checkInside(ctx context.Context, before, after *graph.Model) error {
	was, is := before.Edit(), after.Edit()
	count := 0
	for _, change := range c.report.Done {
		for _, p := range change.Outputs {
			n := before.NodeByID(p.ID)
			if after.NodeByID(p.Now.Node().ID()) != p.Now.Node() || n == nil || n.Output(p.Index) == nil {
				continue // nobody reads it
			}
			name := fmt.Sprintf("datum.compared.%d", count)
			was.Result(n.Output(p.Index), name)
			is.Result(p.Now, name)
			count++
		}
	}
	for _, b := range []*graph.Builder{was, is} {
		if b.Err() != nil {
			return b.Err()
		}
	}
	old, err := c.runnerOf(before.XML(), before.Weights().Bytes())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrUnchecked, err)
	}
	defer old.close()
	now, err := c.runnerOf(after.XML(), after.Weights().Bytes())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrDiffers, err)
	}
	defer now.close()
	c.numbers = make([]bool, old.outputs)
	sizes := c.sizes()
	for i, z := range sizes {
		if len(sizes) > 4 && i%2 == 0 {
			continue
		}
		if err := c.compare(ctx, old, now, z, 2, true); err != nil {
			return err
		}
	}
	return c.checked("of what was rewritten, output")
}
