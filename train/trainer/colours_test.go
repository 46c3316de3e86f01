package trainer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"testing"

	"datum"
	"datum/dataset"
	"datum/graph"
	"datum/openvino"
	"datum/train/augment"
	"datum/train/batches"
	"datum/train/loader"
	"datum/train/parameters"
	"datum/train/schedule"
	"datum/train/step"
	"datum/train/trainer"
)

// side is the width and height of the pictures of the tests.
const side = 8

var colours = []string{"red", "green", "blue"}

// colourTask tells apart of what colour a picture is: one layer over its mean.
type colourTask struct {
	fills int
	// spoil, where it is set, says whether the batch is to have a target that is no number.
	spoil func(fill int) bool
}

func (c *colourTask) Network(batch int) (step.Network, error) {
	set, err := parameters.NewSet(
		parameters.Parameter{Name: "weights", Shape: graph.Shape{3, 3}, Init: parameters.Normal(0.1)},
		parameters.Parameter{Name: "bias", Shape: graph.Shape{3}})
	n := int64(batch)
	return step.Network{Parameters: set, Inputs: []step.Input{
		{Name: "images", Element: graph.U8, Shape: graph.Shape{n, side, side, 3}}, {Name: "classes", Element: graph.F32, Shape: graph.Shape{n, 3}},
	}, Forward: func(b *graph.Builder, p *parameters.Tensors, in []*graph.Output) (*graph.Output, []*graph.Output) {
		x := b.Sub(b.Div(b.Convert(in[0], graph.F32), b.Scalar(graph.F32, 127.5)), b.Scalar(graph.F32, 1))
		logits := b.Add(b.MatMul(b.Mean(x, false, 1, 2), p.Get("weights"), false, false), p.Get("bias"))
		each := b.Neg(b.Sum(b.Mul(b.LogSoftmax(logits, 1), in[1]), false, 1))
		return b.Mean(each, false, 0), []*graph.Output{each, logits}
	}}, err
}

func (c *colourTask) Objects(it *dataset.Item) ([]augment.Box, bool, error) {
	for i, a := range it.Annotations {
		if l, ok := a.(*dataset.Label); ok {
			return []augment.Box{{Label: int(l.Label), X2: side, Y2: side, Annotation: i}}, true, nil
		}
	}
	return nil, false, nil
}

func (c *colourTask) Fill(inputs []*openvino.Tensor, b *batches.Batch) error {
	copy(inputs[0].Uint8s(), b.Pixels)
	classes := inputs[1].Float32s()
	clear(classes)
	for i, boxes := range b.Boxes {
		classes[3*i+boxes[0].Label] = 1
	}
	if c.spoil != nil && c.spoil(c.fills) {
		classes[0] = float32(math.NaN())
	}
	c.fills++
	return nil
}

func (c *colourTask) Fits(p *step.Program, b *batches.Batch, add func(picture, box int, f trainer.Fit)) error {
	each, err := p.More(0)
	if err != nil {
		return err
	}
	logits, err := p.More(1)
	if err != nil {
		return err
	}
	for i, loss := range each.Float32s() {
		add(i, 0, trainer.FitOf(loss, b.Boxes[i][0].Label, 3, func(class int) float32 { return logits.Float32s()[3*i+class] }))
	}
	return nil
}

func (c *colourTask) Export(v parameters.Values) (*graph.Model, error) {
	b := graph.NewBuilder("colours")
	x := b.Mean(b.Parameter("images", graph.F32, 1, 3, side, side), false, 2, 3)
	weights, bias := b.Float32s("", graph.Shape{3, 3}, v["weights"]...), b.Float32s("", graph.Shape{3}, v["bias"]...)
	b.Result(b.Softmax(b.Add(b.MatMul(x, weights, false, false), bias), 1), "probabilities")
	m, err := b.Model()
	if err != nil {
		return nil, err
	}
	m.SetInfo("model_info", graph.Attrs{
		{Name: "task_type", Value: "classification"}, {Name: "labels", Value: "red green blue"}, {Name: "resize_type", Value: "standard"},
		{Name: "mean_values", Value: "127.5 127.5 127.5"}, {Name: "scale_values", Value: "127.5 127.5 127.5"}, {Name: "reverse_input_channels", Value: "True"},
	}...)
	return m, nil
}

type memory []byte

func (m memory) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(m)), nil }

// plain is a picture of nearly one colour.
func plain(label, shade int) memory {
	m := image.NewNRGBA(image.Rect(0, 0, side, side))
	c := [3]uint8{uint8(3 * shade), uint8(2 * shade), uint8(shade)}
	c[label] = uint8(200 + shade)
	for at := range side * side {
		m.Set(at%side, at/side, color.NRGBA{c[0], c[1], c[2], 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// items are n pictures to learn from, and as many to validate with.
func items(n int) []dataset.Item {
	var list []dataset.Item
	for _, subset := range []string{"train", "val"} {
		for i := range n {
			label := i % 3
			list = append(list, dataset.Item{ID: fmt.Sprint(subset, i), Subset: subset, Annotations: []dataset.Annotation{&dataset.Label{Label: int32(label)}},
				Media: &dataset.Image{File: dataset.File{Name: fmt.Sprint(i, ".png"), Source: plain(label, i%50)}, Width: side, Height: side}})
		}
	}
	return list
}

func open(list []dataset.Item) *datum.Dataset {
	info := &dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "train", Items: -1}, {Name: "val", Items: -1}}}
	info.Categories.Labels = &dataset.LabelCategories{}
	for _, name := range colours {
		info.Categories.Labels.Labels = append(info.Categories.Labels.Labels, dataset.LabelCategory{Name: name})
	}
	return datum.New(info, list)
}

// store keeps what a training makes in memory.
type store struct {
	model, checkpoint []byte
	checkpoints       int
}

func (s *store) SaveModel(_ context.Context, m *graph.Model) error {
	s.model = append(m.XML(), m.Weights().Bytes()...)
	return nil
}

func (s *store) SaveCheckpoint(_ context.Context, write func(io.Writer) error) error {
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return err
	}
	s.checkpoint, s.checkpoints = b.Bytes(), s.checkpoints+1
	return nil
}

var errNone = errors.New("there is no checkpoint")

func (s *store) OpenCheckpoint(context.Context) (io.ReadCloser, error) {
	if s.checkpoint == nil {
		return nil, errNone
	}
	return io.NopCloser(bytes.NewReader(s.checkpoint)), nil
}

// pictures is how many a training of the tests has, in epochs of 5 batches.
const pictures = 21

func options(s trainer.Store) trainer.Options {
	ds := open(items(pictures))
	return trainer.Options{
		Train: trainer.Data{Dataset: ds, Subset: "train"}, Val: trainer.Data{Dataset: ds, Subset: "val"},
		Epochs: 4, Batch: 4, Width: side, Height: side, Seed: 7, Store: s, Suspicious: true,
		Step: step.Options{Optimizer: step.Adam{}, ClipNorm: 1, Average: 0.9, Threads: 1},
		Schedule: func(steps uint64, _ float64) schedule.Schedule {
			return schedule.WarmUp(2, schedule.Cosine(0.05, 0.001, steps))
		},
		Recipe: augment.Recipe{FlipAcross: 0.5, ScaleLeast: 0.8, ScaleMost: 1.2, Brightness: 0.2, Mosaic: 0.3, MixUp: 0.3, Hue: 5}, PlainEpochs: 1,
		Loader: loader.Options{Go: true},
	}
}

func run(t *testing.T, core *openvino.Core, o trainer.Options) *trainer.Result {
	t.Helper()
	r, err := trainer.Run(t.Context(), core, &colourTask{}, pictures, o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
