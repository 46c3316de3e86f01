package network

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"datum/graph"
	"datum/models/metadata"
	"datum/train/parameters"
)

func newNetwork(t testing.TB, c Config) *Network {
	t.Helper()
	n, err := New(c)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// size is how many numbers are learnt.
func size(n *Network) (learnt int) {
	for _, p := range n.Parameters().All() {
		if p.Trainable() {
			learnt += p.Size()
		}
	}
	return learnt
}

func TestSizes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		config    Config
		low, high int
	}{
		{Config{Architecture: "detection-nano", Width: 128, Height: 128, Classes: 3, Batch: 2}, 200e3, 300e3},
		{Config{Architecture: "detection-nano", Width: 640, Height: 320, Classes: 80, Batch: 2}, 200e3, 300e3},
		{Config{Architecture: "detection-small", Width: 320, Height: 320, Classes: 20, Batch: 2}, 2e6, 4e6},
		{Config{Architecture: "classification-small", Width: 96, Height: 64, Classes: 10, Batch: 2}, 500e3, 1500e3},
		{Config{Architecture: "classification-small", Width: 32, Height: 32, Classes: 10, Batch: 2}, 500e3, 1500e3},
		// As the network is known, with 1000 classes.
		{Config{Architecture: "resnet18", Width: 224, Height: 224, Classes: 1000, Batch: 2}, 11689512, 11689512},
	} {
		n := newNetwork(t, c.config)
		if got := size(n); got < c.low || got > c.high {
			t.Errorf("%s has %d parameters", c.config.Architecture, got)
		} else {
			t.Logf("%s of %d classes has %d parameters", c.config.Architecture, c.config.Classes, got)
		}
		for _, p := range n.Parameters().All() {
			if bias := len(p.Shape) == 1; p.Decay == bias {
				t.Errorf("%s: decay of %s [%v] is %v", c.config.Architecture, p.Name, p.Shape, p.Decay)
			}
		}
	}
}

func TestConfig(t *testing.T) {
	t.Parallel()
	for _, c := range []Config{
		{},
		{Architecture: "detection-nona", Width: 128, Height: 128, Classes: 3, Batch: 2},
		{Architecture: "detection-nano", Width: 100, Height: 128, Classes: 3, Batch: 2},
		{Architecture: "detection-nano", Width: 128, Height: 128, Classes: 0, Batch: 2},
		{Architecture: "detection-nano", Width: 128, Height: 128, Classes: 1 << 40, Batch: 2},
		{Architecture: "detection-nano", Width: 1 << 20, Height: 128, Classes: 1, Batch: 2},
		{Architecture: "detection-nano", Width: 128, Height: 128, Classes: 1, Batch: -1},
		{Architecture: "resnet18", Width: 32, Height: 32, Classes: 2, Batch: 2, ClassWeights: []float32{1}},
		{Architecture: "resnet18", Width: 32, Height: 32, Classes: 1, Batch: 2, ClassWeights: []float32{float32(math.NaN())}},
		{Architecture: "resnet18", Width: 32, Height: 32, Classes: 2, Batch: 2, Smoothing: 1},
	} {
		if n, err := New(c); !errors.Is(err, ErrConfig) {
			t.Errorf("%+v: %v, %v", c, n, err)
		}
	}
}

// The same seed gives the same weights, whatever the network is for.
func TestSeed(t *testing.T) {
	t.Parallel()
	one := newNetwork(t, Config{Architecture: "detection-nano", Width: 128, Height: 128, Classes: 3, Batch: 2})
	two := newNetwork(t, Config{Architecture: "detection-nano", Width: 256, Height: 128, Classes: 5, Batch: 4})
	a, b, c := one.Parameters().Initial(1), two.Parameters().Initial(1), one.Parameters().Initial(2)
	if !reflect.DeepEqual(a, one.Parameters().Initial(1)) {
		t.Error("the same seed gives other weights")
	}
	for _, name := range []string{"stem.weight", "stage3.0.depthwise.weight", "pyramid.1.merge.weight"} {
		if !slices.Equal(a[name], b[name]) || slices.Equal(a[name], c[name]) {
			t.Errorf("%s: the same seed gives other weights, or another one the same", name)
		}
	}
}

// inputs adds a network's inputs to a graph.
func inputs(b *graph.Builder, n *Network) (list []*graph.Output) {
	for _, in := range n.Inputs() {
		list = append(list, b.ParameterOf(in.Name, in.Element, in.Shape))
	}
	return list
}

// tensors adds a network's parameters as inputs of a graph.
func tensors(b *graph.Builder, n *Network, training bool) *parameters.Tensors {
	at := map[string]*graph.Output{}
	for _, p := range n.Parameters().All() {
		at[p.Name] = b.ParameterOf(p.Name, graph.F32, p.Shape)
	}
	return parameters.NewTensors(b, n.Parameters(), at, training)
}

// every is one network of each architecture, small.
func every() []Config {
	var list []Config
	for _, name := range Architectures("") {
		c := Config{Architecture: name, Width: 64, Height: 32, Classes: 3, Batch: 2, Boxes: 4}
		if strings.HasPrefix(name, "resnet") {
			c.Width, c.Height, c.Smoothing, c.ClassWeights = 96, 96, 0.1, []float32{1, 2, 0.5}
		}
		list = append(list, c)
	}
	return list
}

func TestShapes(t *testing.T) {
	t.Parallel()
	for _, c := range every() {
		n := newNetwork(t, c)
		b := graph.NewBuilder("loss")
		p := tensors(b, n, true)
		loss, err := n.Loss(b, p, inputs(b, n)...)
		if err != nil {
			t.Fatalf("%s: %v", c.Architecture, err)
		}
		each := graph.Shape{2}
		if n.Task == Detection {
			each = graph.Shape{2, 4}
		}
		if len(loss.Total.Shape) != 0 || !loss.Each.Shape.Equal(each) {
			t.Errorf("%s: the loss is %v, of each %v", c.Architecture, loss.Total, loss.Each)
		}
		for _, s := range n.Parameters().All() {
			if s.Statistic != (p.Updated(s.Name) != nil) {
				t.Errorf("%s: %s is updated: %v", c.Architecture, s.Name, !s.Statistic)
			}
		}
		if _, err := n.Loss(b, p); !errors.Is(err, ErrConfig) {
			t.Errorf("%s: without inputs: %v", c.Architecture, err)
		}
	}
}

func TestExported(t *testing.T) {
	t.Parallel()
	n := newNetwork(t, Config{Architecture: "detection-nano", Width: 128, Height: 64, Classes: 3, Batch: 2})
	m, err := n.Export(n.Parameters().Initial(1), []string{"traffic light", "", "car"})
	if err != nil {
		t.Fatal(err)
	}
	about := metadata.Parse(m.XML())
	yes := true
	want := metadata.Metadata{
		Labels: map[int]string{0: "traffic_light", 1: "_", 2: "car"}, Type: "detection-nano", Resize: "standard", Pad: -1,
		Mean: []float32{128, 128, 128}, Scale: []float32{64, 64, 64}, ReverseChannels: &yes, OutputNames: [][]string{{"heatmap"}, {"boxes"}},
	}
	about.OutputNames = want.OutputNames
	if !reflect.DeepEqual(about, want) {
		t.Errorf("%+v", about)
	}
	again, err := n.Export(n.Parameters().Initial(1), []string{"traffic light", "", "car"})
	if err != nil || string(again.XML()) != string(m.XML()) || string(again.Weights().Bytes()) != string(m.Weights().Bytes()) {
		t.Errorf("the same export is another one: %v", err)
	}
	if _, err := n.Export(n.Parameters().Initial(1), []string{"one"}); !errors.Is(err, ErrConfig) {
		t.Errorf("too few labels: %v", err)
	}
	if _, err := n.Export(parameters.Values{}, nil); !errors.Is(err, parameters.ErrSet) {
		t.Errorf("no values: %v", err)
	}
}
