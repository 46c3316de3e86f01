package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
)

// twinPrefix begins the names of trainings that datum and PyTorch do with the same
// batches.
const twinPrefix = "train-twins-"

// Values of a pair, beside what Python says.
const (
	ourAP, theirAP     = "datum's AP", "PyTorch's AP"
	ourAP50, theirAP50 = "datum's AP50", "PyTorch's AP50"
)

// pair is a training of both.
type pair struct {
	name, about string
	recipe      string
	steps       int
	// inputs has the dataset that is learnt from; where it is empty, slides is that.
	inputs []string
	// subsets are those to evaluate with, seeds those of the trainings: what comes out is
	// the mean of all.
	subsets []string
	seeds   []int
	// earlier is the pair with whose weights both begin.
	earlier string
}

const (
	scatteredRecipe = `architecture: detection-nano
input: {width: 128, height: 128}
batch: 16
schedule: {epochs: 60, warmup: 0.2, hold: 0.5}
optimizer: {kind: adam, rate: 0.004, clip: 10, average: 0.999}
augmentation: {scale: [0.8, 1.25], brightness: 0.2, contrast: 0.2, saturation: 0.2}
`
	// The slides are few and large, and have what is not the same in a mirror, too.
	slidesRecipe = `architecture: detection-nano
input: {width: 256, height: 160}
batch: 6
schedule: {epochs: 100, warmup: 0.2, hold: 0.5}
optimizer: {kind: adam, rate: 0.002, clip: 10, average: 0.99}
augmentation: {flip: 0.5, scale: [0.7, 1.4], brightness: 0.2, contrast: 0.2, saturation: 0.2}
`
)

// slides is a small real dataset of the peers': pictures of cars, trees and bugs.
const slides = "otx-2.6.0/car_tree_bug"

var pairs = []pair{
	{name: "scattered", steps: 1000, recipe: scatteredRecipe, inputs: []string{"scattered"}, subsets: []string{"val"}, seeds: []int{startSeed},
		about: "detection-nano learns to find digits of MNIST on photographs"},
	{name: "slides", steps: 300, recipe: slidesRecipe, subsets: []string{"val", "test"}, seeds: []int{7, 8, 9, 10, 11}, earlier: "scattered",
		about: "fine-tuned from it five times, it learns cars, trees and bugs on six pictures of a real dataset, and is evaluated on four others"},
}

func twinWorkloads() []workload {
	var all []workload
	for _, p := range pairs {
		all = append(all, workload{name: twinPrefix + p.name, inputs: p.inputs, about: fmt.Sprintf("%s, in %d steps, next to PyTorch with the same first weights, batches, optimiser and rates", p.about, p.steps),
			sides: []side{{name: ourSide, peer: true, rounds: 1, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) { return p.run(ctx, b) }}}})
	}
	return all
}

func (p *pair) folder(b *bench) string { return filepath.Join(b.made(), twinPrefix+p.name) }

// run trains both and evaluates what each came to, in the same graph. Times are those of
// the last training.
func (p *pair) run(ctx context.Context, b *bench) (record, error) {
	dataset := filepath.Join(b.peers, slides)
	for _, name := range p.inputs {
		var err error
		if dataset, err = b.input(ctx, name); err != nil {
			return record{}, err
		}
	}
	libraries, err := b.runtime()
	if err != nil {
		return record{}, err
	}
	earlier, out := "", p.folder(b)
	if p.earlier != "" {
		earlier = filepath.Join(b.made(), twinPrefix+p.earlier, "run", "checkpoint")
	}
	recipe := filepath.Join(out, "recipe.yaml")
	if err := errors.Join(os.RemoveAll(out), os.MkdirAll(out, 0o777), os.WriteFile(recipe, []byte(p.recipe), 0o666)); err != nil {
		return record{}, err
	}
	var all record
	for _, seed := range p.seeds {
		x, err := b.measureWorker(ctx, "train-twins", libraries, recipe, dataset, earlier, strconv.Itoa(p.steps), strconv.Itoa(seed),
			filepath.Join(b.peers, torchPeer, "bin", "python"), b.script("train.py"), out)
		if err != nil {
			return x, err
		}
		if err := p.evaluate(ctx, b, dataset, x.Values); err != nil {
			return x, err
		}
		for name, v := range all.Values {
			x.Values[name] += v
		}
		all = x
	}
	for name := range all.Values {
		all.Values[name] /= float64(len(p.seeds))
	}
	return all, nil
}

// evaluate adds what both came to, the mean of all subsets.
func (p *pair) evaluate(ctx context.Context, b *bench, dataset string, values map[string]float64) error {
	out := p.folder(b)
	for model, names := range map[string][2]string{"run/model.xml": {ourAP, ourAP50}, "torch.xml": {theirAP, theirAP50}} {
		for _, subset := range p.subsets {
			var said struct {
				Detection struct{ COCO map[string]float64 }
			}
			if _, err := b.datumWithRuntime(ctx, filepath.Join(out, "cache"), &said, "eval", "-m", filepath.Join(out, model), "-i", dataset, "--subset", subset, "--precision", "f32"); err != nil {
				return err
			}
			values[names[0]] += said.Detection.COCO["AP"] / float64(len(p.subsets))
			values[names[1]] += said.Detection.COCO["AP50"] / float64(len(p.subsets))
		}
		if !(values[names[1]] > 0) {
			return fmt.Errorf("%s has found nothing", model)
		}
	}
	return nil
}

// twinGoals ask for results that are within a point of each other.
func twinGoals() []goal {
	var all []goal
	for _, p := range pairs {
		all = append(all, ours(twinPrefix+p.name, "AP, datum's and PyTorch's apart", 1, " points", func(x *record) float64 { return 100 * math.Abs(x.Values[ourAP]-x.Values[theirAP]) }))
	}
	return all
}

// twinTable has what both came to.
func twinTable(r *results, chosen []workload) string {
	t := newTable("### Training beside PyTorch\n\nBoth begin with the same weights and are given the same batches; both results are evaluated by datum.", "workload", "AP, datum:", "AP, PyTorch:", "AP50, datum:", "AP50, PyTorch:", "last loss of PyTorch:")
	for i := range chosen {
		runs := r.of(chosen[i].name, ourSide)
		if len(runs) == 0 || runs[0].Values[theirAP50] == 0 {
			continue
		}
		cell := func(name string) string { return figure(valueSpread(runs, name)) }
		t.row(chosen[i].name, cell(ourAP), cell(theirAP), cell(ourAP50), cell(theirAP50), cell("last loss"))
	}
	return t.String()
}
