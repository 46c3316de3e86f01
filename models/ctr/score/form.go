package score

import (
	"context"
	"fmt"
	"math"

	"datum/models/ctr"
	"datum/openvino"
	"datum/train/parameters"
)

// A form is a graph that is compiled while it is wanted.
type form struct {
	candidate
	core     *openvino.Core
	network  *ctr.Network
	values   parameters.Values
	threads  int
	compiled *openvino.Compiled // nil while it is not wanted
	request  *openvino.Request
}

func (f *form) String() string { return string(f.form) + " " + f.precision }

// compile makes a form that runs, where it is none already.
func (f *form) compile() error {
	if f.compiled != nil {
		return nil
	}
	m, err := f.network.Model(f.form, f.values)
	if err != nil {
		return err
	}
	model, err := f.core.Read(m.XML(), m.Weights().Bytes())
	if err != nil {
		return err
	}
	defer model.Close()
	c, err := f.core.Compile(model, openvino.CompileOptions{Precision: f.precision, Hint: openvino.Latency, Streams: 1, Threads: f.threads})
	if err != nil {
		return err
	}
	if f.request, err = c.NewRequest(); err != nil {
		c.Close()
		return err
	}
	f.compiled = c
	return nil
}

func (f *form) close() {
	if f.compiled != nil {
		f.request.Close()
		f.compiled.Close()
		f.compiled, f.request = nil, nil
	}
}

// said is what a form makes of a batch.
type said struct {
	probability []float32
	end         []float32 // nil of dnn
}

func (f *form) run(ctx context.Context, b *Batch) (said, error) {
	if err := f.compile(); err != nil {
		return said{}, err
	}
	if err := f.fill(b); err != nil {
		return said{}, err
	}
	if err := f.request.Infer(ctx); err != nil {
		return said{}, err
	}
	p, err := f.output(0)
	if err != nil || f.network.Architecture == ctr.DNN {
		return said{probability: p}, err
	}
	end, err := f.output(1)
	return said{p, end}, err
}

func (f *form) output(i int) ([]float32, error) {
	o, err := f.request.Output(i)
	if err != nil {
		return nil, err
	}
	return append([]float32(nil), o.Float32s()...), nil
}

// fill gives the request a batch. The mask follows from the lengths.
func (f *form) fill(b *Batch) error {
	for i, in := range []struct {
		shape []int
		write func(t *openvino.Tensor)
	}{
		{[]int{b.Rows, f.network.Embedding}, func(t *openvino.Tensor) { copy(t.Float32s(), b.User) }},
		{[]int{b.Rows, 2 * f.network.Embedding}, func(t *openvino.Tensor) { copy(t.Float32s(), b.Item) }},
		{[]int{b.Rows, b.Time, 2 * f.network.Embedding}, func(t *openvino.Tensor) { copy(t.Float32s(), b.History) }},
		{[]int{b.Rows, b.Time}, func(t *openvino.Tensor) { mask(t.Float32s(), b) }},
		{[]int{b.Rows}, func(t *openvino.Tensor) { copy(t.Int32s(), b.Lengths) }},
	} {
		t, err := f.request.Input(i)
		if err != nil {
			return err
		}
		if err := t.SetShape(in.shape...); err != nil {
			return err
		}
		in.write(t)
	}
	return nil
}

func mask(to []float32, b *Batch) {
	clear(to)
	for i, l := range b.Lengths {
		for k := range int(l) {
			to[i*b.Time+k] = 1
		}
	}
}

// tolerance is how much a form may differ from the exact one: in the probability, and
// in what came out of a history, as a share of its length. What is wrong is wrong by
// ten times as much.
func (f *form) tolerance() (probability, end float64) {
	if f.precision == "f32" {
		return 1e-5, 1e-4
	}
	return 0.05, 0.1
}

// agrees says where two forms differ more than numbers of their precision do.
func (f *form) agrees(got, want said, rows int) error {
	mostP, mostEnd := f.tolerance()
	if len(got.probability) != rows || len(got.end) != len(want.end) {
		return fmt.Errorf("it says %d numbers of %d rows", len(got.probability), rows)
	}
	for i, p := range got.probability {
		if d := math.Abs(float64(p) - float64(want.probability[i])); !(d <= mostP) {
			return fmt.Errorf("the probability of row %d is %v instead of %v", i, p, want.probability[i])
		}
	}
	width := len(want.end) / rows
	usual := norm(want.end, nil) / math.Sqrt(float64(rows))
	for i := range rows {
		if width == 0 {
			break
		}
		a, b := got.end[i*width:][:width], want.end[i*width:][:width]
		if d := norm(a, b) / max(norm(b, nil), usual/4, 1e-6); !(d <= mostEnd) {
			return fmt.Errorf("what came out of the history of row %d differs by %.2g of its length", i, d)
		}
	}
	return nil
}

// norm is the length of a−b, where a missing b is zero.
func norm(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		d := float64(v)
		if b != nil {
			d -= float64(b[i])
		}
		sum += d * d
	}
	return math.Sqrt(sum)
}
