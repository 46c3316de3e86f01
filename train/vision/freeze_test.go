package vision

import (
	"slices"
	"strings"
	"testing"

	"datum/graph"
	"datum/internal/openvinotest"
	heads "datum/models/detection"
	"datum/models/metadata"
	"datum/models/predict"
	"datum/train/step"
)

// branches is a network with two ways to one place, whose shifts stand far behind their
// filters in the order of operations.
func branches(t *testing.T, odd bool) *graph.Model {
	t.Helper()
	b := graph.NewBuilder("branches")
	numbers := func(name string, shape ...int64) *graph.Output {
		n, _ := graph.Shape(shape).Elements()
		v := make([]float32, n)
		for i := range v {
			v[i] = float32(i%7) - 3
		}
		return b.Floats(name, graph.F32, shape, v)
	}
	x := b.Parameter("x", graph.F32, 1, 3, 16, 16)
	x = b.Relu(b.Add(b.Convolution(x, numbers("one", 4, 3, 3, 3), graph.Pad(2, 1)), numbers("one shift", 1, 4, 1, 1)))
	left := b.Convolution(x, numbers("two", 4, 4, 1, 1), graph.Window{})
	right := b.Mul(b.Convolution(x, numbers("three", 4, 4, 1, 1), graph.Window{}), numbers("three scale", 1, 4, 1, 1))
	if odd {
		attrs := graph.Attrs{{Name: "alpha", Value: "0.1"}, {Name: "beta", Value: "0.75"}, {Name: "bias", Value: "1"}, {Name: "size", Value: "3"}}
		right = b.AddForeign("LRN", "opset1", attrs, []graph.OutputType{{Element: graph.F32, Shape: right.Shape}}, right, b.Int64s(1)).Output(0)
		right.Node().SetName("neighbours")
	}
	left = b.Add(numbers("two shift", 1, 4, 1, 1), left)
	x = b.Reshape(b.Mean(b.Add(left, b.Relu(right)), false, 2, 3), 1, 4)
	b.Result(b.Add(b.MatMul(x, numbers("last", 4, 2), false, false), numbers("last shift", 1, 2)), "")
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Frozen are the first layers with their scales and shifts, and no others.
func TestFreeze(t *testing.T) {
	t.Parallel()
	all := []string{"one", "one shift", "two", "two shift", "three", "three scale", "last", "last shift"}
	for freeze, trained := range [][]string{all, all[2:], all[4:], all[6:]} {
		task, err := NewForeign(Foreign{Model: branches(t, false), Input: three, Width: 16, Height: 16, Labels: []string{"a", "b"}, Freeze: freeze}, categoriesOf("a", "b"))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, p := range task.set.All() {
			names = append(names, p.Name)
		}
		slices.Sort(names)
		want := slices.Sorted(slices.Values(trained))
		if task.Layers != 4 || !slices.Equal(names, want) {
			t.Errorf("with %d of %d layers frozen %q are trained, and not %q", freeze, task.Layers, names, want)
		}
	}
	for _, freeze := range []int{-1, 4, 99} {
		_, err := NewForeign(Foreign{Model: branches(t, false), Input: three, Width: 16, Height: 16, Labels: []string{"a", "b"}, Freeze: freeze}, categoriesOf("a", "b"))
		if err == nil || !strings.Contains(err.Error(), "4 layers") {
			t.Errorf("%d layers are frozen: %v", freeze, err)
		}
	}
}

// What is for one picture and cannot be made for several is named, and not the end
// of the network, where it shows.
func TestOnePictureOnly(t *testing.T) {
	task := foreignTask(t, branches(t, true), three, false, "a", "b")
	n, err := task.Network(4)
	if err != nil {
		t.Fatal(err)
	}
	_, err = step.Build(openvinotest.Core(t), n, step.Options{Optimizer: step.Adam{}}, n.Parameters.Initial(1))
	if err == nil || !strings.Contains(err.Error(), `layer "neighbours" (LRN)`) {
		t.Errorf("%v", err)
	}
}

// A model whose pictures are between bars says so after its training, too; one whose
// pictures are of any size is refused.
func TestForeignLetterbox(t *testing.T) {
	core := openvinotest.Core(t)
	for _, how := range []heads.Resize{heads.Stretch, heads.Letterbox, heads.LetterboxCorner} {
		in := three
		in.Resize, in.Pad = how, 114
		task := foreignTask(t, branches(t, false), in, false, "a", "b")
		m, err := task.Export(task.set.Initial(1))
		if err != nil {
			t.Fatal(err)
		}
		model, err := core.Read(m.XML(), m.Weights().Bytes())
		if err != nil {
			t.Fatal(err)
		}
		defer model.Close()
		p, err := predict.New(core, model, metadata.Parse(m.XML()), predict.Options{Requests: 1})
		if err != nil {
			t.Fatal(err)
		}
		if p.Input.Resize != how || how != heads.Stretch && p.Input.Pad != 114 {
			t.Errorf("%s became %+v", how, p.Input)
		}
		p.Close()
	}
	in := three
	in.Resize = heads.Keep
	if _, err := NewForeign(Foreign{Model: branches(t, false), Input: in, Width: 16, Height: 16, Labels: []string{"a", "b"}}, categoriesOf("a", "b")); err == nil {
		t.Error("pictures of any size are taken")
	}
}
