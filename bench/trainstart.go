package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"time"

	"datum/graph"
	"datum/models/network"
	"datum/openvino"
	"datum/train/parameters"
	"datum/train/step"
	"datum/train/target"
)

// trained is a network whose training is measured.
type trained struct {
	architecture string
	side, batch  int
	classes      int
	smoothing    float64
	optimizer    string
	rate, decay  float64
}

// trainings are by the end of the names of their workloads.
var trainings = map[string]trained{
	"detection-nano":  {architecture: "detection-nano", side: 128, batch: 16, classes: 3, optimizer: "adam", rate: 2e-3},
	"detection-small": {architecture: "detection-small", side: 128, batch: 16, classes: 3, optimizer: "adam", rate: 2e-3},
	"resnet18":        {architecture: "resnet18", side: 32, batch: 16, classes: 10, smoothing: 0.1, optimizer: "sgd", rate: 1e-2},
	"mnist":           {architecture: "classification-small", side: digitSize, batch: digitBatch, classes: 10, smoothing: 0.05, optimizer: "adamw", rate: 3e-3, decay: 0.02},
}

func (t *trained) network() (*network.Network, error) {
	return network.New(network.Config{Architecture: t.architecture, Width: t.side, Height: t.side, Classes: t.classes, Batch: t.batch, Smoothing: t.smoothing})
}

// loadCore loads the runtime.
func loadCore(libraries string) (*openvino.Core, error) {
	if err := openvino.Load(libraries); err != nil {
		return nil, err
	}
	return openvino.Default()
}

// program builds the step of the training as datum train does.
func (t *trained) program(libraries string, threads int, mixed bool) (*network.Network, *step.Program, error) {
	n, err := t.network()
	if err != nil {
		return nil, nil, err
	}
	core, err := loadCore(libraries)
	if err != nil {
		return nil, nil, err
	}
	s := step.Network{Parameters: n.Parameters(), Forward: func(b *graph.Builder, p *parameters.Tensors, inputs []*graph.Output) (*graph.Output, []*graph.Output) {
		loss, err := n.Loss(b, p, inputs...)
		if err != nil {
			return b.Scalar(graph.F32, 0), nil // the builder has the error, too
		}
		return loss.Total, loss.OfObjects()
	}}
	for _, in := range n.Inputs() {
		s.Inputs = append(s.Inputs, step.Input{Name: in.Name, Element: in.Element, Shape: in.Shape})
	}
	var o step.Optimizer = step.SGD{Momentum: 0.9}
	switch t.optimizer {
	case "adam":
		o = step.Adam{}
	case "adamw":
		o = step.Adam{WeightDecay: t.decay, Decoupled: true}
	}
	p, err := step.Build(core, s, step.Options{Optimizer: o, Threads: threads, Mixed: mixed, Profile: os.Getenv("BENCH_PROFILE") != ""}, n.Parameters().Initial(startSeed))
	return n, p, err
}

const startSeed = 7

// fill draws a batch of noise with boxes or classes, always the same.
func (t *trained) fill(n *network.Network, in []*openvino.Tensor) {
	random := rand.New(rand.NewPCG(startSeed, 1))
	pixels := in[0].Uint8s()
	for i := range pixels {
		pixels[i] = byte(random.IntN(256))
	}
	if n.Task == network.Classification {
		classes, weights := in[1].Float32s(), in[2].Float32s()
		clear(classes)
		for i := range n.Batch {
			classes[i*n.Classes+random.IntN(n.Classes)], weights[i] = 1, 1
		}
		return
	}
	a := target.NewAssigner(n.Grid, n.Classes)
	for i := range n.Batch {
		var boxes []target.Box
		for range 1 + random.IntN(4) {
			w, h := 14+random.IntN(n.Width/2), 14+random.IntN(n.Height/2)
			x, y := random.IntN(n.Width-w), random.IntN(n.Height-h)
			boxes = append(boxes, target.Box{Class: random.IntN(n.Classes), Weight: 1, X0: float32(x), Y0: float32(y), X1: float32(x + w), Y1: float32(y + h)})
		}
		floats := func(k int) []float32 { return share(in[k].Float32s(), i, n.Batch) }
		ints := func(k int) []int32 { return share(in[k].Int32s(), i, n.Batch) }
		a.Assign(boxes, target.Maps{Heatmap: floats(1), Boxes: floats(2), Weights: floats(3), Focus: floats(4), Points: ints(5), Classes: ints(6)})
	}
}

// share is the part of picture i in a tensor of so many pictures.
func share[T any](all []T, i, batch int) []T {
	each := len(all) / batch
	return all[i*each:][:each]
}

// writeStart writes what a training begins with into a folder, for Python.
func writeStart(libraries, name, dir string) error {
	t, known := trainings[name]
	if !known {
		return fmt.Errorf("nothing is trained that is called %q", name)
	}
	n, err := t.network()
	if err != nil {
		return err
	}
	if err := openvino.Load(libraries); err != nil {
		return err
	}
	var in []*openvino.Tensor
	for _, i := range n.Inputs() { // no step is compiled for them
		tensor, err := step.NewInput(step.Input{Name: i.Name, Element: i.Element, Shape: i.Shape})
		if err != nil {
			return err
		}
		defer tensor.Close()
		in = append(in, tensor)
	}
	t.fill(n, in)
	about := map[string]any{"smoothing": t.smoothing, "optimizer": t.optimizer, "rate": t.rate, "decay": t.decay}
	return writeBeginning(dir, n, n.Parameters().Initial(startSeed), about, in)
}

// writeBeginning writes parameters and what else is said of a training, and a batch if
// there is one.
func writeBeginning(dir string, n *network.Network, initial parameters.Values, about map[string]any, batch []*openvino.Tensor) error {
	type input struct {
		Name    string  `json:"name"`
		Element string  `json:"element"`
		Shape   []int64 `json:"shape"`
	}
	about["architecture"], about["width"], about["height"] = n.Architecture, n.Width, n.Height
	list, values, err := describe(n.Parameters(), initial)
	if err != nil {
		return err
	}
	files := map[string][]byte{"values.bin": values}
	var inputs []input
	for i, e := range n.Inputs() {
		inputs = append(inputs, input{e.Name, e.Element.String(), e.Shape})
		if batch != nil {
			files[e.Name+".bin"] = batch[i].Bytes()
		}
	}
	about["parameters"], about["inputs"] = list, inputs
	if files["start.json"], err = json.Marshal(about); err != nil {
		return err
	}
	return writeAll(dir, files)
}

// described is a parameter, as Python reads of it.
type described struct {
	Name      string  `json:"name"`
	Shape     []int64 `json:"shape"`
	Decay     bool    `json:"decay"`
	Statistic bool    `json:"statistic"`
}

// describe says what parameters there are, and has their values one after the other.
func describe(all *parameters.Set, of parameters.Values) (list []described, values []byte, err error) {
	for _, p := range all.All() {
		list = append(list, described{p.Name, p.Shape, p.Decay, p.Statistic})
		if values, err = binary.Append(values, binary.LittleEndian, of[p.Name]); err != nil {
			return nil, nil, err
		}
	}
	return list, values, nil
}

// writeAll writes files into a folder.
func writeAll(dir string, files map[string][]byte) error {
	err := os.MkdirAll(dir, 0o777)
	for file, data := range files {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, file), data, 0o666))
	}
	return err
}

// timeSteps trains for some seconds with one batch and returns the least times of a
// step.
func timeSteps(libraries, name string, threads int, mixed bool, seconds float64) (map[string]float64, error) {
	t, known := trainings[name]
	if !known {
		return nil, fmt.Errorf("nothing is trained that is called %q", name)
	}
	before := residentBytes()
	n, p, err := t.program(libraries, threads, mixed)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	in, err := p.NewInputs()
	if err != nil {
		return nil, err
	}
	t.fill(n, in)
	values := map[string]float64{"parameters": trainable(n.Parameters())}
	err = timedSteps(values, seconds, func() (float64, error) {
		r, err := p.Run(context.Background(), t.rate, in...)
		return float64(r.Loss), err
	})
	if err != nil {
		return nil, err
	}
	values[stepMemory] = float64(peakOfMine()-before) / 1e6
	runtime.KeepAlive(in)
	if os.Getenv("BENCH_PROFILE") != "" {
		return values, showProfile(p)
	}
	return values, nil
}

// trainable is how many numbers are trained.
func trainable(all *parameters.Set) (n float64) {
	for _, p := range all.All() {
		if p.Trainable() {
			n += float64(p.Size())
		}
	}
	return n
}

// timedSteps keeps the losses of three steps, and times others.
func timedSteps(values map[string]float64, seconds float64, step func() (loss float64, err error)) error {
	for i := range 3 {
		loss, err := step()
		if err != nil {
			return err
		}
		values[fmt.Sprintf("loss %d", i+1)] = loss
	}
	return timedLeast(values, seconds, func() error { _, err := step(); return err })
}

// timedLeast runs something for so long and keeps the least times.
func timedLeast(values map[string]float64, seconds float64, do func() error) error {
	until := time.Now().Add(time.Duration(seconds * float64(time.Second)))
	for n := 0; n < 3 || time.Now().Before(until); n++ {
		cpu, start := usedByMe(), time.Now()
		if err := do(); err != nil {
			return err
		}
		keepLeast(values, stepCPU, 1e3*(usedByMe()-cpu))
		keepLeast(values, stepWall, 1e3*time.Since(start).Seconds())
	}
	return nil
}

func keepLeast(values map[string]float64, name string, v float64) {
	if old, there := values[name]; !there || v < old {
		values[name] = v
	}
}

// residentBytes is the memory of this process at present.
func residentBytes() int64 {
	var all, resident int64
	text, err := os.ReadFile("/proc/self/statm")
	if err == nil {
		_, err = fmt.Sscan(string(text), &all, &resident)
	}
	if err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}
