package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"datum/openvino"
	"datum/train/step"
)

// Names of the values of the sides below; Python's script knows them, too.
const (
	stepCPU     = "CPU ms"
	stepWall    = "wall ms"
	stepMemory  = "memory MB"
	testedRight = "accuracy"
)

// torchPeer is the virtual environment that has PyTorch.
const torchPeer = "torch-2.15.0"

// way is how a step is computed.
type way struct {
	precision string
	threads   int
}

var ways = []way{{"f32", 1}, {"mixed", 1}, {"f32", 2}, {"mixed", 2}}

func (w way) side(program string) string {
	return fmt.Sprintf("%s, %s, %s", program, w.precision, plural(w.threads, "thread"))
}

func plural(n int, word string) string {
	if n != 1 {
		word += "s"
	}
	return fmt.Sprintf("%d %s", n, word)
}

const stepPrefix = "train-step-"

// trainingWorkloads time steps of trainings, and train with digits.
func (s sizes) trainingWorkloads() []workload {
	var all []workload
	for _, name := range []string{"detection-nano", "detection-small", "resnet18"} {
		t := trainings[name]
		w := workload{name: stepPrefix + name, apart: true, about: fmt.Sprintf("a step of the training of %s: %s of %d × %d, the same parameters and the same batch at the beginning", name, plural(t.batch, "picture"), t.side, t.side)}
		chosen := ways
		if s.training == 0 { // to see that everything runs, one thread says enough
			chosen = ways[:2]
		}
		for _, way := range chosen {
			w.sides = append(w.sides, way.byDatum(name, s.training), way.byTorch(name, s.training))
		}
		all = append(all, w)
	}
	if s.epochs > 0 {
		all = append(append(all, s.digits()), twinWorkloads()...)
		all = append(all, s.noisyLabels())
	}
	return all
}

func (w way) byDatum(name string, seconds float64) side {
	return side{name: w.side("datum"), peer: true, rounds: 3, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		libraries, err := b.runtime()
		if err != nil {
			return record{}, err
		}
		return b.measureWorker(ctx, "train-step", libraries, name, w.precision, strconv.Itoa(w.threads), fmt.Sprint(seconds))
	}}
}

func (w way) byTorch(name string, seconds float64) side {
	return side{name: w.side("PyTorch"), peer: true, rounds: 3, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		start, said, err := b.trainingStart(ctx, name)
		if err != nil {
			return record{}, err
		}
		x, err := b.python(ctx, torchPeer, b.script("train.py"), "step", start, "--precision", w.precision, "--threads", strconv.Itoa(w.threads), "--seconds", fmt.Sprint(seconds))
		if err != nil {
			return x, err
		}
		return x, w.same(said, x.Values)
	}}
}

// same checks that both train the same: as many parameters, and the same first loss.
func (w way) same(ours, theirs map[string]float64) error {
	tolerance := 1e-4
	if w.precision == "mixed" {
		tolerance = 2e-2
	}
	const first = "loss 1"
	if a, b := ours["parameters"], theirs["parameters"]; a != b || a == 0 {
		return fmt.Errorf("%.0f parameters, and %.0f of datum", b, a)
	}
	if a, b := ours[first], theirs[first]; !(math.Abs(a-b) <= tolerance*math.Abs(a)) {
		return fmt.Errorf("the first loss is %v, and datum's %v", b, a)
	}
	return nil
}

// trainingStart returns a folder with what a training begins with, and how its first
// steps go with datum in single precision.
func (b *bench) trainingStart(ctx context.Context, name string) (string, map[string]float64, error) {
	const first = "datum.json"
	dir, err := b.folder(filepath.Join(b.made(), "start-"+name), func(part string) error {
		libraries, err := b.runtime()
		if err != nil {
			return err
		}
		if err := b.job(ctx, "train-start", libraries, name, part); err != nil {
			return err
		}
		values, err := b.worker(ctx, "train-step", libraries, name, "f32", "1", "0")
		if err != nil {
			return err
		}
		text, err := json.Marshal(values)
		if err != nil {
			return err
		}
		return os.WriteFile(filepath.Join(part, first), text, 0o666)
	})
	if err != nil {
		return "", nil, err
	}
	text, err := os.ReadFile(filepath.Join(dir, first))
	if err != nil {
		return "", nil, err
	}
	values := map[string]float64{}
	return dir, values, json.Unmarshal(text, &values)
}

// workStep is timeSteps with arguments of a worker.
func workStep(a []string) (map[string]float64, error) {
	n, err := numbers(a[3:]...)
	if err != nil {
		return nil, err
	}
	return timeSteps(a[0], a[1], int(n[0]), a[2] == "mixed", n[1])
}

// showProfile says where the time of the last step went: by types of operations and
// kernels, and the layers that took most.
func showProfile(p *step.Program) error {
	layers, err := p.Profile()
	if err != nil {
		return err
	}
	kinds, total := map[string]float64{}, 0.0
	for i := range layers {
		ms := layers[i].Real.Seconds() * 1e3
		kinds[layers[i].Type+" "+layers[i].Kernel] += ms
		total += ms
	}
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Compare(kinds[b], kinds[a]) })
	const most = 40
	fmt.Fprintf(os.Stderr, "%d layers, %.1f ms\n", len(layers), total)
	for _, name := range names[:min(most, len(names))] {
		fmt.Fprintf(os.Stderr, "%8.2f  %s\n", kinds[name], name)
	}
	slices.SortFunc(layers, func(a, b openvino.LayerProfile) int { return cmp.Compare(b.Real, a.Real) })
	for _, l := range layers[:min(most, len(layers))] {
		fmt.Fprintf(os.Stderr, "%8.2f  %-24s %-24s %s\n", l.Real.Seconds()*1e3, l.Type, l.Kernel, l.Name)
	}
	return nil
}

// trainingTable has the times of steps, and of the training with digits.
func trainingTable(r *results, chosen []workload) string {
	t := newTable("### Training\n\nThe time of one step, the least of a run: forward, backward and the update of the weights, without loading data. PyTorch's is that of the better layout of its tensors. Memory is what came on top of the loaded program or its modules.",
		"workload", "", stepCPU+":", stepWall+":", stepMemory+":", "CPU, PyTorch / datum:", "wall:")
	for i := range chosen {
		w := &chosen[i]
		if !strings.HasPrefix(w.name, stepPrefix) {
			continue
		}
		for _, way := range ways {
			ours, theirs := r.of(w.name, way.side("datum")), r.of(w.name, way.side("PyTorch"))
			if len(ours) == 0 {
				continue
			}
			cell := func(runs []record, name string) string { return figure(valueSpread(runs, name)) }
			t.row(w.name, way.side("datum"), cell(ours, stepCPU), cell(ours, stepWall), cell(ours, stepMemory), "", "")
			if len(theirs) > 0 {
				t.row(w.name, way.side("PyTorch"), cell(theirs, stepCPU), cell(theirs, stepWall), cell(theirs, stepMemory), times(ratios(theirs, ours, valueOf(stepCPU))), times(ratios(theirs, ours, valueOf(stepWall))))
			}
		}
	}
	return t.String()
}

func valueOf(name string) func(*record) float64 {
	return func(x *record) float64 { return x.Values[name] }
}

// trainingGoals are what was asked for of trainings: mixed precision is compared with
// PyTorch's single one, which is the faster there.
func trainingGoals() []goal {
	var all []goal
	for _, name := range []string{"detection-nano", "detection-small", "resnet18"} {
		for _, way := range ways {
			wanted := 1.0
			if way.precision == "mixed" {
				wanted = 1.2
			}
			of, what := valueOf(stepCPU), "CPU"
			if way.threads > 1 {
				of, what = valueOf(stepWall), "wall time"
			}
			all = append(all, goal{stepPrefix + name, fmt.Sprintf("%s of a step, %s, %s: PyTorch's f32 over datum's", what, way.precision, plural(way.threads, "thread")), true, wanted, " ×",
				func(r *results, w *workload) spread {
					single := way
					single.precision = "f32"
					return ratios(r.of(w.name, single.side("PyTorch")), r.of(w.name, way.side("datum")), of)
				}})
		}
	}
	accuracy := func(r *results, w *workload) spread {
		s := valueSpread(r.of(w.name, ourSide), testedRight)
		return spread{n: s.n, median: 100 * s.median, least: 100 * s.least, most: 100 * s.most}
	}
	all = append(append(all, twinGoals()...), noisyGoals()...)
	return append(all, goal{digitsName, "digits of the test that are recognised", true, 99.2, " %", accuracy})
}
