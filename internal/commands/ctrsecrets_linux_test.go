package commands

import (
	"os"
	"path/filepath"
	"testing"
)

// TestClickTrainingLeaksNothing trains on an encrypted log under strace: no name, no
// number of tables and weights, and nothing of the checkpoint is written anywhere in
// plain, and the key nowhere at all.
func TestClickTrainingLeaksNothing(t *testing.T) {
	b, k := newModelTraceBox(t)
	writeFile(t, filepath.Join(b.dir, "table.csv"), clickTable(60, "secret-person-"))
	b.traced(t, nil, 0, "convert", "table.csv", "enc", "-f", "events", "--encryption", "-k", "key")
	train := func(exit int, out string, more ...string) []call {
		calls := b.traced(t, nil, exit, append([]string{"-v"}, clickTraining("enc", out, append(more, "--embedding", "24", "--epochs", "1")...)...)...)
		noSecret(t, calls, k, "")
		return calls
	}
	plain := written(train(0, "plain", "--plain-output"))
	marks := append(runsOf(t, filepath.Join(b.dir, "plain/model.datumctr")), runsOf(t, filepath.Join(b.dir, "plain/checkpoint"))...)
	marks = append(marks, "secret-person-", "datum click model", "best_score")
	sawMost(t, plain, marks)
	calls := train(0, "run")
	noModel(t, calls, marks)
	writesSomething(t, calls, "checkpoint.sealed")
	writesSomething(t, calls, "model.sealed")
	calls = b.traced(t, nil, 0, "-v", "eval", "ctr", "-m", "run/model.sealed", "-i", "enc", "-k", "key")
	noSecret(t, calls, k, "")
	noModel(t, calls, marks)
	other := newSecret(t, filepath.Join(b.dir, "other"))
	calls = b.traced(t, nil, 12, "train", "ctr", "-i", "enc", "-o", "none", "-k", "other")
	noSecret(t, calls, other, "")
	noSecret(t, calls, k, "")
	if _, err := os.Stat(filepath.Join(b.dir, "none")); err == nil {
		t.Error("there is a folder of a training that never began")
	}
}
