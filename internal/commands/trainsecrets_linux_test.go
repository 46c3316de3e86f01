package commands

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// smallTraining is a template that takes no time.
const smallTraining = `architecture: detection-nano
input: {width: 32, height: 32}
batch: 2
schedule: {epochs: 1, warmup: 0}
optimizer: {kind: adam, rate: 0.001, average: 0.9}
`

// runsOf are pieces of a file here and there, but not of what is all alike, such as zeros.
func runsOf(t *testing.T, path string) (runs []string) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	const run, apart = 48, 1 << 14
	for at := apart; at+run <= len(data); at += apart {
		piece := string(data[at:][:run])
		if different := strings.Count(piece, piece[:1]); different < run/2 {
			runs = append(runs, piece)
		}
	}
	if len(runs) < 20 {
		t.Fatalf("%s has only %d pieces to look for", path, len(runs))
	}
	return runs
}

// sawMost sees that marks are seen where they are written in plain, so that it says
// something when they are not seen elsewhere.
func sawMost(t *testing.T, plain string, marks []string) {
	t.Helper()
	seen := 0
	for _, mark := range marks {
		if strings.Contains(plain, mark) {
			seen++
		}
	}
	if seen < len(marks)*9/10 {
		t.Fatalf("strace saw %d of %d pieces being written in plain, so it would not have seen them elsewhere", seen, len(marks))
	}
}

// TestTrainingLeaksNothing trains on an encrypted dataset under strace: nothing of
// the data, of the weights or of the checkpoint is written anywhere in plain, and the
// key nowhere at all. What the weights are is known from the same training in plain.
func TestTrainingLeaksNothing(t *testing.T) {
	b, k := newModelTraceBox(t)
	writeFile(t, filepath.Join(b.dir, "small.yaml"), []byte(smallTraining))
	given := []string{"--encryption-key-file", "key"}
	noSecret(t, b.traced(t, nil, 0, append([]string{"encrypt", "coco", "enc"}, given...)...), k, "")
	train := func(exit int, out string, more ...string) []call {
		args := append([]string{"-v", "train", "./small.yaml", "--train-data-roots", "enc", "-o", out, "--val-subset", "train", "--threads", "1"}, given...)
		calls := b.traced(t, nil, exit, append(args, more...)...)
		noSecret(t, calls, k, "")
		return calls
	}
	plain := written(train(0, "plain", "--plain-output"))
	marks := append(runsOf(t, filepath.Join(b.dir, "plain/model.bin")), runsOf(t, filepath.Join(b.dir, "plain/checkpoint"))...)
	marks = append(marks, "model_info", `"history":[`)
	sawMost(t, plain, marks)
	t.Run("train", func(t *testing.T) {
		calls := train(0, "run", "--noisy-labels", "noisy.json")
		noModel(t, calls, marks)
		// The list of suspects is what was asked for, in plain: ids and labels.
		var others []call
		for _, c := range calls {
			if _, path := c.to(); !strings.Contains(path, "noisy.json") {
				others = append(others, c)
			}
		}
		noPlaintext(t, others, true)
		writesSomething(t, calls, "checkpoint.sealed")
		writesSomething(t, calls, "model.sealed")
	})
	t.Run("resume", func(t *testing.T) {
		calls := train(0, "run", "--resume")
		noModel(t, calls, marks)
		noPlaintext(t, calls, true)
	})
	t.Run("wrong key", func(t *testing.T) {
		other := newSecret(t, filepath.Join(b.dir, "other"))
		calls := b.traced(t, nil, 12, "train", "./small.yaml", "--train-data-roots", "enc", "-o", "none", "--encryption-key-file", "other")
		noSecret(t, calls, other, "")
		noSecret(t, calls, k, "")
		if _, err := os.Stat(filepath.Join(b.dir, "none")); err == nil {
			t.Error("there is a folder of a training that never began")
		}
	})
}
