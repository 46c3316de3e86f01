package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// The workers are this program, started again.
func TestMain(m *testing.M) {
	if len(os.Args) > 2 && os.Args[1] == workerFlag {
		if err := work(os.Args[2:]); err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// Every workload runs, with the peers where they are installed, and every side
// finds what it should in its output. How fast it is does not matter.
func TestEverythingRuns(t *testing.T) {
	if testing.Short() {
		t.Skip("SKIPPED under -short: running every measurement takes half a minute")
	}
	args := []string{"-quick", "-data", t.TempDir()}
	if os.Getenv("DATUM_PEERS") == "" {
		args = append(args, "-alone")
	}
	var stdout, stderr bytes.Buffer
	if err := run(t.Context(), args, &stdout, &stderr); err != nil {
		t.Fatalf("%v\n%s", err, stderr.Bytes())
	}
	for _, w := range quickSizes.workloads() {
		if os.Getenv("DATUM_PEERS") == "" && !slices.ContainsFunc(w.sides, func(s side) bool { return !s.peer }) {
			continue // all of it needs what the peers have
		}
		if !strings.Contains(stderr.String(), "\n"+w.name+" ") && !strings.HasPrefix(stderr.String(), w.name) {
			t.Errorf("%s did not run", w.name)
		}
	}
	for _, title := range []string{"### Memory", "### The whole run", "### encryption", "### detect-voc", "### Where the time goes"} {
		if !strings.Contains(stdout.String(), "\n"+title) {
			t.Errorf("no table %q", title)
		}
	}
}

// hashes are of the quick datasets; the pictures depend on Go's JPEG encoder as
// well. Where one changes, raise dataVersion: results of other data are no
// longer those of these.
var hashes = map[string]string{
	"coco":            "fceb1d830d1b47e8",
	"coco-10x":        "0649a5bdb1a83399",
	"coco-10x-sparse": "55f68fd58fb4d762",
	"coco-pictures":   "a9a9dbe205b077dc",
	"coco-plain":      "f5a05a5ca98be790",
	"voc":             "a56865244aa71939",
	"yolo":            "1f3d42ee6c35cc17",
}

func TestDatasetsAreAlwaysTheSame(t *testing.T) {
	t.Parallel()
	for name := range quickSizes.generated() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir, h := t.TempDir(), sha256.New()
			if err := generate(quickSizes.name, name, dir); err != nil {
				t.Fatal(err)
			}
			err := walk(dir, func(f file) error {
				if filepath.Ext(f.Path) == ".jpg" {
					return nil
				}
				text, err := os.ReadFile(filepath.Join(dir, f.Path))
				fmt.Fprintln(h, f.Path, len(text))
				h.Write(text)
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			if got := hex.EncodeToString(h.Sum(nil)[:8]); got != hashes[name] {
				t.Errorf("%q: %q,", name, got)
			}
		})
	}
}

func TestPicturesHaveTheirSize(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := makePictures(dir, 5); err != nil {
		t.Fatal(err)
	}
	err := walk(dir, func(f file) error {
		if f.Size < 120_000 || f.Size > 130_000 {
			t.Errorf("%s has %d bytes", f.Path, f.Size)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// A measurement that was interrupted goes on with what is missing; records of
// another program or other data are made anew.
func TestResultsGoOn(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "results.jsonl")
	ran := map[string]int{}
	fake := func(name string) side {
		return side{name: name, run: func(context.Context, *bench, string, bool) (record, error) {
			ran[name]++
			return record{usage: usage{CPU: 1, Wall: 2}}, nil
		}}
	}
	once := fake("once")
	once.rounds = 1
	w := workload{name: "w", sides: []side{fake("a"), fake("b"), once}}
	measureAs := func(key string, rounds int) {
		t.Helper()
		r, err := loadResults(path)
		if err != nil {
			t.Fatal(err)
		}
		b := &bench{sizes: quickSizes, data: t.TempDir(), results: r, stderr: io.Discard}
		if err := r.open(b.session(begin)); err != nil {
			t.Fatal(err)
		}
		if err := (&runner{bench: b, key: key, rounds: rounds, until: begin.AddDate(1000, 0, 0)}).workload(t.Context(), &w); err != nil {
			t.Fatal(err)
		}
	}
	check := func(a, b, once int) {
		t.Helper()
		if ran["a"] != a || ran["b"] != b || ran["once"] != once {
			t.Errorf("ran %v, not %d, %d and %d times", ran, a, b, once)
		}
	}
	measureAs("k", 1)
	check(1, 1, 1)
	measureAs("k", 3)
	check(3, 3, 1)
	measureAs("another", 1)
	check(4, 4, 2)
	r, err := loadResults(path)
	if err != nil || len(r.records) != 3 {
		t.Fatalf("%d records: %v", len(r.records), err)
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	all := quickSizes.workloads()
	for pattern, want := range map[string]int{"": len(all), "media-*": 2, "floor,startup": 2, "coco-voc,coco-*": 6} {
		if got, err := choose(all, pattern); err != nil || len(got) != want {
			t.Errorf("%q: %d workloads, not %d: %v", pattern, len(got), want, err)
		}
	}
	if _, err := choose(all, "media-*,nothing"); err == nil {
		t.Error("an unknown name is no error")
	}
}

// Two workloads of one name would overwrite each other's records.
func TestNamesAreUnique(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, w := range fullSizes.workloads() {
		if seen[w.name] {
			t.Errorf("two workloads are called %s", w.name)
		}
		seen[w.name] = true
		sides := map[string]bool{}
		for _, s := range w.sides {
			if sides[s.name] {
				t.Errorf("%s: two sides are called %s", w.name, s.name)
			}
			sides[s.name] = true
		}
	}
}

// A server that ends at once is told of at once, with what it said.
func TestServerThatFails(t *testing.T) {
	t.Parallel()
	cmd := exec.CommandContext(t.Context(), "sh", "-c", "echo there is no model >&2; exit 3")
	_, err := new(bench).loaded(t.Context(), cmd, "http", 1, 0)
	if err == nil || !strings.Contains(err.Error(), "there is no model") {
		t.Error(err)
	}
}
