package main

import (
	"context"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

const ctrPrefix = "ctr-"

// ctrWorkloads time steps and predictions of a click-through model, dien.
func (s sizes) ctrWorkloads() []workload {
	train := workload{name: ctrPrefix + "step", apart: true, about: fmt.Sprintf("a step of the training of dien with its auxiliary loss: %d rows with histories of %d events, rows of tables looked up and changed", ctrBatch, ctrHistory)}
	for _, threads := range []int{1, 2} {
		n := strconv.Itoa(threads)
		train.sides = append(train.sides,
			ctrByDatum("datum, "+plural(threads, "thread"), "ctr-step", n, fmt.Sprint(s.training)),
			ctrByTorch("PyTorch, "+plural(threads, "thread"), "step", "--threads", n, "--seconds", fmt.Sprint(s.training)))
	}
	all := []workload{train}
	for _, batch := range ctrBatches {
		all = append(all, s.ctrPrediction(batch, fullLengths), s.ctrPrediction(batch, realLengths))
	}
	return all
}

// What histories are predicted for: as long as there are, or as long as real ones.
const fullLengths, realLengths = "full", "real"

// ctrPrediction times predictions for histories of such lengths.
func (s sizes) ctrPrediction(batch int, lengths string) workload {
	w := workload{name: ctrPredict(batch, lengths), apart: true, about: fmt.Sprintf("predictions of dien, %s at a time with histories of %d events, one thread", plural(batch, "row"), ctrHistory)}
	if lengths == realLengths {
		w.about = fmt.Sprintf("the same with histories as long as those of MovieLens 100k, at most %d events: rows in the order of their length, each batch padded to its longest", ctrHistory)
	}
	n, seconds := strconv.Itoa(batch), fmt.Sprint(s.training/4)
	for _, way := range ctrWays {
		w.sides = append(w.sides, ctrByDatum(way[0]+" "+way[1], "ctr-predict", way[0], way[1], n, lengths, seconds))
	}
	w.sides = append(w.sides, ctrByTorch("PyTorch", "predict", "--batch", n, "--lengths", lengths, "--seconds", seconds))
	return w
}

func ctrPredict(batch int, lengths string) string {
	name := fmt.Sprint(ctrPrefix, "predict-", batch)
	if lengths == realLengths {
		name += "-real"
	}
	return name
}

var (
	ctrBatches = []int{1, 16, 64, 256}
	ctrWays    = [][2]string{{"sequence", "f32"}, {"loop", "f32"}, {"loop", "bf16"}, {"sequence", "bf16"}}
)

func ctrByDatum(name, job string, args ...string) side {
	return side{name: name, peer: true, rounds: 3, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		libraries, err := b.runtime()
		if err != nil {
			return record{}, err
		}
		return b.measureWorker(ctx, append([]string{job, libraries}, args...)...)
	}}
}

func ctrByTorch(name, what string, args ...string) side {
	return side{name: name, peer: true, rounds: 3, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		dir, err := b.folder(filepath.Join(b.made(), "start-ctr"), func(part string) error {
			libraries, err := b.runtime()
			if err != nil {
				return err
			}
			return b.job(ctx, "ctr-start", libraries, part)
		})
		if err != nil {
			return record{}, err
		}
		return b.python(ctx, torchPeer, b.script("ctr.py"), append([]string{what, dir}, args...)...)
	}}
}

// workCtrStep is ctrSteps with arguments of a worker.
func workCtrStep(a []string) (map[string]float64, error) {
	n, err := numbers(a[1:]...)
	if err != nil {
		return nil, err
	}
	return ctrSteps(a[0], int(n[0]), n[1])
}

// workCtrPredict is ctrPredictions with arguments of a worker.
func workCtrPredict(a []string) (map[string]float64, error) {
	n, err := numbers(a[3], a[5])
	if err != nil {
		return nil, err
	}
	return ctrPredictions(a[0], a[1], a[2], int(n[0]), a[4], n[1])
}

// ctrTable has the times of steps and of predictions. What another program computes has
// to be the same: the first loss, and the probability of the first row.
func ctrTable(r *results, chosen []workload) string {
	t := newTable("### Click-through models\n\nThe time of a step, or of a batch of predictions, the least of a run, with looking up the rows of tables. PyTorch's recurrent layers are loops of fused operations, its tables have sparse gradients.",
		"workload", "", stepCPU+":", stepWall+":", "CPU, PyTorch / it:", "apart:")
	for i := range chosen {
		w := &chosen[i]
		if !strings.HasPrefix(w.name, ctrPrefix) {
			continue
		}
		for k := range w.sides {
			name := w.sides[k].name
			runs := r.of(w.name, name)
			if len(runs) == 0 {
				continue
			}
			ratio, apart := "", ""
			if theirs := r.of(w.name, ctrPeer(w, name)); len(theirs) > 0 && !strings.HasPrefix(name, "PyTorch") {
				ratio, apart = times(ratios(theirs, runs, valueOf(stepCPU))), fmt.Sprintf("%.1g", ctrApart(theirs[0].Values, runs[0].Values))
			}
			t.row(w.name, name, figure(valueSpread(runs, stepCPU)), figure(valueSpread(runs, stepWall)), ratio, apart)
		}
	}
	return t.String()
}

// ctrPeer is the side of PyTorch that a side is compared with.
func ctrPeer(w *workload, of string) string {
	other := "PyTorch" + strings.TrimPrefix(of, "datum")
	if slices.ContainsFunc(w.sides, func(s side) bool { return s.name == other }) {
		return other
	}
	return "PyTorch"
}

// ctrApart is how far two programs are apart in what they compute first.
func ctrApart(a, b map[string]float64) float64 {
	return max(math.Abs(a["loss 1"]-b["loss 1"]), math.Abs(a["probability"]-b["probability"]))
}

// ctrGoals are what was asked for of click-through models.
func ctrGoals() []goal {
	step := func(r *results, w *workload) spread {
		return ratios(r.of(w.name, "PyTorch, 1 thread"), r.of(w.name, "datum, 1 thread"), valueOf(stepCPU))
	}
	all := []goal{{ctrPrefix + "step", "CPU of a step at one thread: PyTorch's over datum's", true, 1.5, " ×", step}}
	for _, batch := range ctrBatches {
		for _, lengths := range []string{fullLengths, realLengths} {
			for _, other := range []string{"PyTorch", "loop f32"} {
				all = append(all, goal{ctrPredict(batch, lengths), "CPU of predictions in f32: " + other + "'s over that of the sequence graph", true, 1, " ×",
					func(r *results, w *workload) spread {
						return ratios(r.of(w.name, other), r.of(w.name, "sequence f32"), valueOf(stepCPU))
					}})
			}
		}
	}
	return all
}
