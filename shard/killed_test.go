package shard

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
)

// The worker of TestKilledWorkers is this test binary again, with the work in its
// environment.
const (
	workerOut  = "DATUM_TEST_SHARD_OUT"
	workerPart = "DATUM_TEST_SHARD"
	workerKey  = "DATUM_TEST_SHARD_KEY"
	workerRest = "DATUM_TEST_SHARD_REST" // how long it rests at each picture
)

// TestWorker does the work of a worker, slowly. It is no test of its own.
func TestWorker(t *testing.T) {
	out := os.Getenv(workerOut)
	if out == "" {
		t.Skip("it is started by TestKilledWorkers")
	}
	p, err := Parse(os.Getenv(workerPart), os.Getenv)
	if err != nil {
		t.Fatal(err)
	}
	rest, err := time.ParseDuration(os.Getenv(workerRest))
	if err != nil {
		t.Fatal(err)
	}
	o := Options{SkipMissing: func(*dataset.Item) int { time.Sleep(rest); return 0 }}
	o.SaveMedia = true
	if path := os.Getenv(workerKey); path != "" {
		if o.ExportOptions.Key, err = key.ReadFile(path); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Write(t.Context(), pictures().open(t), out, "datumaro_binary", p, o); err != nil {
		t.Fatal(err)
	}
}

// TestKilledWorkers kills workers at random moments, as the end of a machine does,
// and starts them anew until all are done. Meanwhile there must be nothing to
// merge; in the end there must be what one run makes, and nothing else.
func TestKilledWorkers(t *testing.T) {
	for _, sealed := range []bool{false, true} {
		dir := t.TempDir()
		out, keyFile := filepath.Join(dir, "out"), ""
		var o datum.ExportOptions
		o.SaveMedia = true
		if sealed {
			o.Key, keyFile = newKey(t), filepath.Join(dir, "key")
			if err := o.Key.WriteFile(keyFile); err != nil {
				t.Fatal(err)
			}
		}
		killed, left := 0, []string{"0/3", "1/3", "2/3"}
		for wait := 40 * time.Millisecond; len(left) > 0; wait += 12 * time.Millisecond {
			rest := 4 * time.Millisecond
			if killed < 3 { // it cannot be done before it is killed
				rest = time.Minute
			}
			cmd := exec.Command(os.Args[0], "-test.run=^TestWorker$")
			cmd.Env = append(os.Environ(), workerOut+"="+out, workerPart+"="+left[0], workerKey+"="+keyFile, workerRest+"="+rest.String())
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			timer := time.AfterFunc(rand.N(2*wait), func() { cmd.Process.Kill() })
			err := cmd.Wait()
			timer.Stop()
			switch {
			case err == nil:
				left = left[1:]
				continue
			case cmd.ProcessState.ExitCode() != -1:
				t.Fatalf("a worker failed by itself: %v", err)
			}
			killed++
			complete := exists(filepath.Join(out+Suffix, "2-of-3")) // of one that was killed after its work
			switch err := merge(t, out, o.Key); {
			case complete && err == nil:
				left = nil
			case complete || !errors.Is(err, formats.ErrUnknownFormat) || exists(out):
				t.Fatalf("a merge after %d kills, all shards there: %t: %v", killed, complete, err)
			}
		}
		if !exists(out) {
			if err := merge(t, out, o.Key); err != nil {
				t.Fatal(err)
			}
		}
		if killed < 3 {
			t.Errorf("only %d workers were killed", killed)
		}
		t.Logf("%d workers were killed", killed)
		compareDatasets(t, pictures(), out, o)
		if entries, _ := filepath.Glob(filepath.Join(dir, "*")); len(entries) != 1 && !(sealed && len(entries) == 2) {
			t.Errorf("%q is left", entries)
		}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// compareDatasets compares a dataset with what one run makes of its source.
func compareDatasets(t *testing.T, s source, out string, o datum.ExportOptions) {
	t.Helper()
	whole := filepath.Join(t.TempDir(), "whole")
	if _, err := datum.Export(t.Context(), s.open(t), whole, "datumaro_binary", o); err != nil {
		t.Fatal(err)
	}
	if o.Key == nil {
		for _, d := range differences(contents(t, whole), contents(t, out)) {
			t.Error(d)
		}
		return
	}
	compareSealed(t, whole, out, o.Key)
}
