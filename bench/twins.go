package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"

	"datum"
	"datum/graph"
	"datum/models/network"
	"datum/models/template"
	"datum/openvino"
	"datum/train/batches"
	"datum/train/parameters"
	"datum/train/recipe"
	"datum/train/rundir"
	"datum/train/trainer"
	"datum/train/vision"
)

// Twins are trainings of the same network on the same data: datum's, and one of
// PyTorch, which begins with the same weights, is handed the very batches that datum
// trains with, and steps with the same optimiser at the same rates. What differs is who
// computes.

// twins is what a pair is made of.
type twins struct {
	recipe, dataset string
	// earlier is the checkpoint that both begin with, empty for random weights.
	earlier string
	steps   uint64
	// seed is that of the order and of the augmentation; first weights are always the same.
	seed uint64
	// interpreter and script are Python's.
	interpreter, script string
	// out is a folder: what both come to is in it, as run/model.xml and torch.xml.
	out string
}

// workTwins is train with arguments of a worker.
func workTwins(a []string) (map[string]float64, error) {
	n, err := numbers(a[4:6]...)
	if err != nil {
		return nil, err
	}
	if err := openvino.Load(a[0]); err != nil {
		return nil, err
	}
	t := twins{recipe: a[1], dataset: a[2], earlier: a[3], steps: uint64(n[0]), seed: uint64(n[1]), interpreter: a[6], script: a[7], out: a[8]}
	return t.train(context.Background())
}

// train trains both and returns what Python says.
func (t *twins) train(ctx context.Context) (map[string]float64, error) {
	x, err := template.Load(t.recipe)
	if err != nil {
		return nil, err
	}
	ds, err := datum.Open(ctx, t.dataset, datum.Options{})
	if err != nil {
		return nil, err
	}
	defer ds.Close()
	categories := &ds.Info().Categories
	var labels []string
	for _, l := range categories.Labels.Labels {
		labels = append(labels, l.Name)
	}
	n, err := network.New(x.Network(len(labels)))
	if err != nil {
		return nil, err
	}
	task, err := vision.New(n, labels, categories)
	if err != nil {
		return nil, err
	}
	data := trainer.Data{Dataset: ds, Subset: "train"}
	survey, err := trainer.Look(ctx, task.Objects, data, len(labels))
	if err != nil {
		return nil, err
	}
	o := recipe.Options(x, recipe.Epochs(x, survey.Pictures, t.steps), 1)
	o.Train, o.Steps, o.Seed = data, t.steps, t.seed
	if o.Initial, err = t.initial(n); err != nil {
		return nil, err
	}
	return t.both(ctx, x, n, task, survey.Pictures, o)
}

// initial are the values that both begin with.
func (t *twins) initial(n *network.Network) (parameters.Values, error) {
	values := n.Parameters().Initial(startSeed)
	if t.earlier == "" {
		return values, nil
	}
	f, err := os.Open(t.earlier)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	e, err := trainer.ReadEarlier(f)
	if err != nil {
		return nil, err
	}
	n.Parameters().Adopt(values, e.Parameters, e.Values)
	return values, nil
}

// both has datum train while PyTorch is handed each batch.
func (t *twins) both(ctx context.Context, x *template.Template, n *network.Network, task trainer.Task, pictures int, o trainer.Options) (map[string]float64, error) {
	dir := &rundir.Dir{Path: filepath.Join(t.out, "run")}
	if err := dir.Begin(true); err != nil {
		return nil, err
	}
	o.Store = dir
	start := filepath.Join(t.out, "start")
	rate, rates := o.Schedule(t.steps, float64(pictures/o.Batch)), make([]float64, t.steps)
	for i := range rates {
		rates[i] = rate(uint64(i))
	}
	if err := writeBeginning(start, n, o.Initial, map[string]any{"optimizer": x.Optimizer.Kind, "rate": x.Optimizer.Rate, "decay": x.Optimizer.WeightDecay, "beta2": x.Optimizer.Beta2,
		"smoothing": x.Smoothing, "clip": x.Optimizer.Clip, "average": x.Optimizer.Average, "rates": rates}, nil); err != nil {
		return nil, err
	}
	python := exec.CommandContext(ctx, t.interpreter, t.script, "twin", start, "--threads", "1")
	python.Stderr = os.Stderr
	to, err := python.StdinPipe()
	if err != nil {
		return nil, err
	}
	from, err := python.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := python.Start(); err != nil {
		return nil, err
	}
	core, err := openvino.Default()
	if err == nil {
		_, err = trainer.Run(ctx, core, &told{Task: task, to: to, left: t.steps}, pictures, o)
	}
	to.Close()
	said := map[string]float64{}
	err = errors.Join(err, json.NewDecoder(from).Decode(&said), python.Wait())
	if err != nil {
		return nil, err
	}
	return said, t.export(task, n, filepath.Join(start, "after.bin"))
}

// told is a task whose batches are told to another program, too.
type told struct {
	trainer.Task
	to   io.Writer
	left uint64 // batches; more are filled ahead than are trained with
}

func (t *told) Fill(inputs []*openvino.Tensor, b *batches.Batch) error {
	if err := t.Task.Fill(inputs, b); err != nil || t.left == 0 {
		return err
	}
	t.left--
	for _, in := range inputs {
		if _, err := t.to.Write(in.Bytes()); err != nil {
			return err
		}
	}
	return nil
}

// export makes a model of the values that PyTorch came to, as datum makes one of its
// own.
func (t *twins) export(task trainer.Task, n *network.Network, path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	values := parameters.Values{}
	for _, p := range n.Parameters().All() {
		values[p.Name] = make([]float32, p.Size())
		if err := binary.Read(f, binary.LittleEndian, values[p.Name]); err != nil {
			return fmt.Errorf("what PyTorch has trained: %w", err)
		}
	}
	m, err := task.Export(values)
	if err != nil {
		return err
	}
	return writeModel(filepath.Join(t.out, "torch"), m)
}

func writeModel(path string, m *graph.Model) error {
	return errors.Join(os.WriteFile(path+".xml", m.XML(), 0o666), os.WriteFile(path+".bin", m.Weights().Bytes(), 0o666))
}
