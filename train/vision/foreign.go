package vision

import (
	"errors"
	"fmt"

	"datum/dataset"
	"datum/formats"
	"datum/graph"
	"datum/graph/passes"
	heads "datum/models/detection"
	"datum/models/network"
	"datum/train/parameters"
	"datum/train/step"
	"datum/train/trainer"
)

// Foreign describes a classifier that others made, which is to be trained further.
type Foreign struct {
	// Model is the network with its weights. NewForeign changes it, and keeps it.
	Model *graph.Model
	// Input is what it wants of pictures, Width and Height their size.
	Input         heads.Input
	Width, Height int
	// Labels are what it is to tell apart. If its classes are of another number its last
	// layer is replaced by a new one.
	Labels []string
	// Freeze is how many layers stay what they are, the first ones: products with
	// weights, and what scales and shifts their results. Last trains the last layer only.
	Freeze int
	Last   bool
	// Smoothing is how much of what it is to say goes to all classes alike.
	Smoothing float64
}

// A ForeignTask trains a foreign classifier.
type ForeignTask struct {
	classification
	foreign  Foreign
	base     *base
	weights  []*graph.Node // the constants that are trained
	set      *parameters.Set
	Layers   int  // how many there are
	Replaced bool // the last layer is a new one
	Numbers  int  // that are trained
	Fixed    int  // that stay what they are
}

var _ trainer.Task = (*ForeignTask)(nil)

// NewForeign returns the task of training a foreign classifier.
func NewForeign(f Foreign, categories *dataset.Categories) (*ForeignTask, error) {
	m, err := mapping(f.Labels, categories)
	if err != nil {
		return nil, err
	}
	if f.Input.Resize == heads.Keep {
		return nil, refused("its pictures keep their sizes, and those of a batch are of one size")
	}
	t := &ForeignTask{classification: classification{vision{labels: f.Labels, class: m}}, foreign: f}
	if t.base, err = newBase(&f); err != nil {
		return nil, err
	}
	t.Replaced = t.base.replaced
	return t, t.parameters()
}

// refused is an error about a model that cannot be trained. It names the layer, and not
// the line of this package.
func refused(format string, args ...any) error {
	for i := range args {
		if err, ok := args[i].(error); ok {
			if of := (*graph.Error)(nil); errors.As(err, &of) {
				args[i] = of
			}
		}
	}
	return formats.Reason(formats.ErrUsage, "the model cannot be trained: "+format, args...)
}

// parameters finds what is trained.
func (t *ForeignTask) parameters() error {
	all, err := passes.TrainableWeights(t.base.Model)
	if err != nil {
		return refused("%w", err)
	}
	l, err := layersOf(t.base.Model)
	if err != nil {
		return refused("%w", err)
	}
	if t.Layers = l.count; t.foreign.Freeze < 0 || t.foreign.Freeze >= l.count {
		return refused("of its %d layers %d would stay what they are; the last one has to be trained", l.count, t.foreign.Freeze)
	}
	var list []parameters.Parameter
	names := map[string]bool{}
	for _, n := range all {
		o := n.Output(0)
		count, _ := o.Shape.Elements()
		_, isHead := t.base.fresh[o]
		if !isHead && (t.foreign.Last || t.foreign.Freeze > 0 && l.of(o) <= t.foreign.Freeze) {
			t.Fixed += int(count)
			continue
		}
		values, err := passes.Numbers(n)
		if err != nil {
			return refused("%w", err)
		}
		p := parameters.Parameter{Name: uniqueName(n, names), Shape: o.Shape, Decay: wide(o.Shape) > 1, Init: parameters.Copy(values)}
		if init := t.base.fresh[o]; init != nil {
			p.Init = init
		}
		list, t.weights, t.Numbers = append(list, p), append(t.weights, n), t.Numbers+int(count)
	}
	if len(list) == 0 {
		return refused("there are no weights in it that could be")
	}
	t.set, err = parameters.NewSet(list...)
	return err
}

// wide is how many dimensions are more than one element long: biases have one.
func wide(s graph.Shape) (n int) {
	for _, d := range s {
		if d > 1 {
			n++
		}
	}
	return n
}

// uniqueName is the name of a constant if nobody else has it and it is one that
// parameters may have.
func uniqueName(n *graph.Node, taken map[string]bool) string {
	const longest = 512
	name := n.Name()
	if name == "" || len(name) > longest || taken[name] {
		name = fmt.Sprintf("constant %d", n.ID())
	}
	taken[name] = true
	return name
}

// Network is the foreign network with a loss behind it.
func (t *ForeignTask) Network(batch int) (step.Network, error) {
	f := &t.foreign
	n, classes := int64(batch), int64(len(f.Labels))
	return step.Network{
		Parameters: t.set,
		Inputs: []step.Input{
			{Name: "images", Element: graph.U8, Shape: graph.Shape{n, int64(f.Height), int64(f.Width), 3}},
			{Name: "classes", Element: graph.F32, Shape: graph.Shape{n, classes}},
			{Name: "weights", Element: graph.F32, Shape: graph.Shape{n}},
		},
		Forward: func(b *graph.Builder, p *parameters.Tensors, inputs []*graph.Output) (*graph.Output, []*graph.Output) {
			logits := t.logits(b, p, inputs[0], n)
			loss := network.CrossEntropy(b, b.Reshape(logits, n, classes), inputs[1], inputs[2], f.Smoothing, nil)
			return loss.Total, loss.OfObjects()
		},
	}, nil
}

// logits adds the network over pictures, with the weights that are trained in the place
// of its constants.
func (t *ForeignTask) logits(b *graph.Builder, p *parameters.Tensors, images *graph.Output, batch int64) *graph.Output {
	place := map[*graph.Output]*graph.Output{t.base.picture: t.prepared(b, images)}
	for i, n := range t.weights {
		o, tensor := n.Output(0), p.Get(t.set.All()[i].Name)
		for _, in := range o.Consumers() {
			if c := in.Node(); c.Is("Convert") && c.Output(0).Element == graph.F32 {
				place[c.Output(0)] = tensor
			}
		}
		if o.Element != graph.F32 {
			tensor = b.Convert(tensor, o.Element)
		}
		place[o] = tensor
	}
	for pattern, dims := range t.base.patterns {
		place[pattern] = b.Ints("", pattern.Element, graph.Shape{int64(len(dims))}, append([]int64{batch}, dims[1:]...)...)
	}
	copies := b.Embed(t.base.Graph, place)
	logits := copies[t.base.logits]
	if n := t.single(copies, batch); n != nil && b.Err() == nil {
		b.Fail(refused("layer %q (%s) is for one picture at a time, and is not known well enough to be made for several", n.Name(), n.Type))
	}
	if logits == nil {
		if b.Err() == nil {
			b.Fail(refused("its output does not depend on its picture"))
		}
		return b.Scalar(graph.F32, 0)
	}
	if logits.Element != graph.F32 {
		logits = b.Convert(logits, graph.F32)
	}
	return logits
}

// single returns the first operation that makes of a batch a result for one picture, as it
// did of one picture before, nil where there is none.
func (t *ForeignTask) single(copies map[*graph.Output]*graph.Output, batch int64) *graph.Node {
	of := func(o *graph.Output, n int64) bool { return o != nil && len(o.Shape) > 0 && o.Shape[0] == n }
	nodes, err := t.base.Sorted()
	if err != nil || batch == 1 {
		return nil
	}
	for _, n := range nodes {
		if len(n.Inputs()) == 0 || len(n.Outputs()) == 0 || n.Is("Reshape") {
			continue
		}
		x, y := n.Source(0), n.Output(0)
		if of(x, 1) && of(copies[x], batch) && of(y, 1) && of(copies[y], 1) && len(x.Shape) == len(y.Shape) {
			return n
		}
	}
	return nil
}

// prepared makes of pictures what the network takes, as package predict does.
func (t *ForeignTask) prepared(b *graph.Builder, images *graph.Output) *graph.Output {
	in, x := &t.foreign.Input, images
	unscaled := in.Mean == [3]float32{} && in.Scale == [3]float32{1, 1, 1}
	if t.base.picture.Element != graph.U8 || !unscaled {
		x = b.Convert(x, graph.F32)
	}
	if in.BGR && t.base.channels == 3 {
		x = b.Gather(x, b.Int64s(2, 1, 0), 3)
	}
	mean, scale := in.Mean, in.Scale
	if t.base.channels == 1 {
		if x.Element != graph.F32 {
			x = b.Convert(x, graph.F32)
		}
		x = b.Sum(b.Mul(x, channelwise(b, [3]float32{0.299, 0.587, 0.114}, 3)), true, 3)
		mean, scale = [3]float32{mean[0], mean[0], mean[0]}, [3]float32{scale[0], scale[0], scale[0]}
	}
	if !unscaled {
		x = b.Div(b.Sub(x, channelwise(b, mean, t.base.channels)), channelwise(b, scale, t.base.channels))
	}
	if !t.base.last {
		x = b.Transpose(x, 0, 3, 1, 2)
	}
	if e := t.base.picture.Element; x.Element != e {
		x = b.Convert(x, e)
	}
	return x
}

// channelwise is a number for each channel of [batch, height, width, channels].
func channelwise(b *graph.Builder, v [3]float32, channels int64) *graph.Output {
	return b.Float32s("", graph.Shape{1, 1, 1, channels}, v[:channels]...)
}

// Export returns the network as it was, with trained weights, the labels and what it
// wants of pictures.
func (t *ForeignTask) Export(values parameters.Values) (*graph.Model, error) {
	if err := t.set.Check(values); err != nil {
		return nil, err
	}
	b := graph.NewBuilder(t.base.Name)
	place := map[*graph.Output]*graph.Output{t.base.picture: t.base.input(b, t.base.picture)}
	for i, n := range t.weights {
		o := n.Output(0)
		place[o] = b.Floats(n.Name(), o.Element, o.Shape, values[t.set.All()[i].Name])
	}
	t.base.finish(b, t.base.Model, b.Embed(t.base.Graph, place))
	m, err := b.Model()
	if err != nil {
		return nil, err
	}
	in := &t.foreign.Input
	about := network.About("Classification", network.Classification, in.Mean, in.Scale, t.foreign.Labels)
	if in.BGR {
		about.Set("reverse_input_channels", "False")
	}
	if how := map[heads.Resize]string{heads.Letterbox: "fit_to_window_letterbox", heads.LetterboxCorner: "fit_to_window"}[in.Resize]; how != "" {
		about.Set("resize_type", how)
		about.Set("pad_value", fmt.Sprint(in.Pad))
	}
	m.SetInfo("model_info", about...)
	return m, nil
}
