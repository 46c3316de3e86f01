package commands

import (
	"bytes"
	"fmt"
	pixels "image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"datum/graph"
)

// swatches DIR writes pictures of one colour each, in a folder for each colour, to learn
// from and to validate with.
func swatches(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: swatches DIR")
	}
	for label, name := range []string{"red", "green", "blue"} {
		for subset, n := range map[string]int{"train": 8, "val": 3} {
			dir := filepath.Join(ts.MkAbs(args[0]), subset, name)
			ts.Check(os.MkdirAll(dir, 0o777))
			for i := range n {
				ts.Check(os.WriteFile(filepath.Join(dir, fmt.Sprint(i, ".png")), swatch(label, i), 0o666))
			}
		}
	}
}

func swatch(label, shade int) []byte {
	c := [3]uint8{uint8(9 * shade), uint8(5 * shade), uint8(3 * shade)}
	c[label] = uint8(200 + 5*shade)
	img := pixels.NewNRGBA(pixels.Rect(0, 0, 24, 16))
	for at := range 24 * 16 {
		img.Set(at%24, at/24, color.NRGBA{c[0], c[1], c[2], 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// byBrightness adds an If that goes one of two ways.
func byBrightness(b *graph.Builder, x *graph.Output) *graph.Output {
	bright := b.Add1("Greater", nil, b.Reshape(b.Mean(x, false, 0, 1, 2, 3), 1), b.Float32s("", graph.Shape{1}, 0.5))
	way := func(b *graph.Builder, in []*graph.Output) []*graph.Output { return []*graph.Output{b.Tanh(in[0])} }
	other := func(b *graph.Builder, in []*graph.Output) []*graph.Output { return []*graph.Output{b.Sigmoid(in[0])} }
	y := b.If(bright, way, other, x)[0]
	y.Node().SetName("by brightness")
	return y
}

// classifier FILE [if|lrn] writes a classifier as others make them: of five classes, in
// three layers, with something between the first two where that is wanted.
func classifier(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 || len(args) > 2 {
		ts.Fatalf("usage: classifier FILE [if|lrn]")
	}
	random := rand.New(rand.NewPCG(1, 2))
	b := graph.NewBuilder("others'")
	numbers := func(shape ...int64) *graph.Output {
		n, _ := graph.Shape(shape).Elements()
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(0.3 * random.NormFloat64())
		}
		return b.Float32s("", shape, v...)
	}
	batch := int64(1)
	if len(args) == 2 && args[1] == "lrn" { // nobody knows what it makes of several if it is for one
		batch = -1
	}
	x := b.Parameter("x", graph.F32, batch, 3, 16, 16)
	x = b.Relu(b.Add(b.Convolution(x, numbers(8, 3, 3, 3), graph.Pad(2, 1)), numbers(1, 8, 1, 1)))
	switch {
	case len(args) == 1:
	case args[1] == "if":
		x = byBrightness(b, x)
	default:
		attrs := graph.Attrs{{Name: "alpha", Value: "0.1"}, {Name: "beta", Value: "0.75"}, {Name: "bias", Value: "1"}, {Name: "size", Value: "3"}}
		x = b.AddForeign("LRN", "opset1", attrs, []graph.OutputType{{Element: x.Element, Shape: x.Shape}}, x, b.Int64s(1)).Output(0)
		x.Node().SetName("neighbours")
	}
	x = b.Relu(b.Convolution(x, numbers(8, 8, 3, 3), graph.Pad(1, 1)))
	b.Result(b.Add(b.MatMul(b.Mean(x, false, 2, 3), numbers(8, 5), false, false), numbers(1, 5)), "logits")
	m, err := b.Model()
	ts.Check(err)
	path := ts.MkAbs(args[0])
	ts.Check(os.WriteFile(path, m.XML(), 0o666))
	ts.Check(os.WriteFile(strings.TrimSuffix(path, ".xml")+".bin", m.Weights().Bytes(), 0o666))
}
