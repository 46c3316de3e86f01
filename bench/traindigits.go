package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// How classification-small learns the digits of MNIST.
const (
	digitsName   = "train-mnist"
	digitBatch   = 64
	digitThreads = 2
	digitRecipe  = `about: Handwritten digits, which are small and have no mirror images.
architecture: classification-small
input: {width: %[1]d, height: %[1]d}
batch: %[2]d
smoothing: %[3]g
schedule: {epochs: %[4]d, patience: 0, warmup: 0.2, decay: cosine, last: 0.01}
optimizer: {kind: adamw, rate: %[5]g, weight_decay: %[6]g}
augmentation: {scale: [0.9, 1.1]}
`
)

// digits trains on the encrypted digits, and PyTorch on the plain ones.
func (s sizes) digits() workload {
	w := workload{name: digitsName, inputs: []string{"mnist", "encrypted-mnist"},
		about: fmt.Sprintf("classification-small learns the 60 000 digits of MNIST in %s, tested with 10 000 others; datum from the encrypted dataset, from PNG to the sealed model", plural(s.epochs, "epoch"))}
	for _, precision := range []string{"f32", "mixed"} {
		ours, theirs := ourSide, "PyTorch"
		if precision == "mixed" {
			ours, theirs = ours+", mixed", theirs+", mixed"
		}
		w.sides = append(w.sides, s.digitsByDatum(ours, precision), s.digitsByTorch(theirs, precision))
	}
	return w
}

func (s sizes) digitsByDatum(name, precision string) side {
	return side{name: name, peer: true, rounds: 1, run: func(ctx context.Context, b *bench, out string, _ bool) (record, error) {
		in, err := b.input(ctx, "encrypted-mnist")
		if err != nil {
			return record{}, err
		}
		t := trainings["mnist"]
		recipe := filepath.Join(b.data, "mnist.yaml")
		if err := os.WriteFile(recipe, fmt.Appendf(nil, digitRecipe, t.side, t.batch, t.smoothing, s.epochs, t.rate, t.decay), 0o666); err != nil {
			return record{}, err
		}
		args := []string{"train", recipe, "--train-data-roots", in, "--val-subset", "test", "-k", b.key, "-o", filepath.Join(out, "run"), "--precision", precision, "--threads", strconv.Itoa(digitThreads)}
		var said json.RawMessage
		u, err := b.datumWithRuntime(ctx, out, &said, args...)
		if err != nil {
			return record{}, err
		}
		return digitsSaid(u, said)
	}}
}

func (s sizes) digitsByTorch(name, precision string) side {
	return side{name: name, peer: true, ratio: precision == "f32", rounds: 1, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		in, err := b.input(ctx, "mnist")
		if err != nil {
			return record{}, err
		}
		start, _, err := b.trainingStart(ctx, strings.TrimPrefix(digitsName, "train-"))
		if err != nil {
			return record{}, err
		}
		return b.python(ctx, torchPeer, b.script("train.py"), "digits", start, in, "--epochs", strconv.Itoa(s.epochs), "--batch", strconv.Itoa(digitBatch), "--precision", precision, "--threads", strconv.Itoa(digitThreads))
	}}
}

// digitsSaid reads what datum train says at the end. The last epoch counts, and not the
// best: the test pictures may not choose a model.
func digitsSaid(u usage, text []byte) (record, error) {
	var said struct {
		Survey  struct{ Pictures int }
		History []struct {
			Figures []struct {
				Name  string
				Value float64
			}
		}
		Seconds float64
		Waited  float64 `json:"waited_seconds"`
	}
	x := record{usage: u}
	if err := json.Unmarshal(text, &said); err != nil {
		return x, err
	}
	if len(said.History) == 0 || len(said.History[len(said.History)-1].Figures) == 0 || said.Seconds <= 0 {
		return x, fmt.Errorf("datum has not trained: %s", text)
	}
	x.Items = said.Survey.Pictures
	x.Values = map[string]float64{testedRight: said.History[len(said.History)-1].Figures[0].Value, "waited %": 100 * said.Waited / said.Seconds}
	return x, nil
}
