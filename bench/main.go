// Command bench measures datum beside its peers: the same data, the same run,
// taking turns. docs/performance.md says what it measures and how.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var err error
	if len(os.Args) > 2 && os.Args[1] == workerFlag {
		err = work(os.Args[2:])
	} else {
		err = run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// options are what the command line says.
type options struct {
	only, data, results, document string
	rounds                        int
	budget                        time.Duration
	quick, update, alone, show    bool
	list, again                   bool
}

func parse(args []string, stderr io.Writer) (options, error) {
	var o options
	f := flag.NewFlagSet("bench", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&o.only, "only", "", "measure these workloads only; names or patterns (encrypted-*), separated by commas")
	f.IntVar(&o.rounds, "rounds", 5, "how often each side runs")
	f.StringVar(&o.data, "data", "", "the folder for datasets and outputs, datum/bench in the user's cache if not given; up to 8 GB")
	f.StringVar(&o.results, "results", "", "the file of results, which grows with each run; results.jsonl if not given")
	f.DurationVar(&o.budget, "budget", 0, "begin nothing more after this time; the same command goes on where this one has stopped")
	f.BoolVar(&o.quick, "quick", false, "one round on a few pictures, to see that everything runs; the figures mean nothing")
	f.BoolVar(&o.alone, "alone", false, "without the peers")
	f.BoolVar(&o.update, "update", false, "write the tables into docs/performance.md")
	f.BoolVar(&o.show, "show", false, "measure nothing, show the results that there are")
	f.BoolVar(&o.again, "again", false, "measure anew what there are results of")
	f.BoolVar(&o.list, "list", false, "list the workloads")
	if err := f.Parse(args); err != nil {
		return o, err
	}
	if f.NArg() > 0 {
		return o, fmt.Errorf("unknown argument %q", f.Arg(0))
	}
	return o, o.complete()
}

// complete sets what was not given.
func (o *options) complete() error {
	if o.data == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return err
		}
		o.data = filepath.Join(cache, "datum", "bench")
	}
	if o.quick {
		o.rounds = 1
	}
	if o.quick && o.results == "" {
		o.results = filepath.Join(o.data, "quick.jsonl")
		o.again = true
	}
	if o.results == "" {
		o.results = "results.jsonl"
	}
	if o.budget == 0 {
		o.budget = 24 * time.Hour
	}
	o.document = filepath.Join("..", "docs", "performance.md")
	_, err := os.Stat(filepath.Join("python", "peer.py"))
	if err != nil {
		return fmt.Errorf("start this program in the folder bench: %w", err)
	}
	return nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	o, err := parse(args, stderr)
	if err != nil {
		return err
	}
	b := &bench{sizes: fullSizes, data: o.data, stderr: stderr}
	if o.quick {
		b.sizes = quickSizes
	}
	all := b.sizes.workloads()
	chosen, err := choose(all, o.only)
	if err != nil {
		return err
	}
	if o.list {
		for _, w := range chosen {
			fmt.Fprintf(stdout, "%-26s %s\n", w.name, w.about)
		}
		return nil
	}
	if b.results, err = loadResults(o.results); err != nil {
		return err
	}
	if !o.show {
		err = b.measure(ctx, o, chosen)
	}
	// What there is, is shown all the same.
	if o.update {
		return errors.Join(err, updateDocument(o.document, b.results, all))
	}
	_, werr := io.WriteString(stdout, tables(b.results, chosen))
	return errors.Join(err, werr)
}

// busyLoad is the load average from which on figures are doubtful.
const busyLoad = 1

func (b *bench) measure(ctx context.Context, o options, chosen []workload) error {
	begin := time.Now()
	if err := b.prepare(ctx, !o.alone); err != nil {
		return err
	}
	key, err := b.resultKey()
	if err != nil {
		return err
	}
	if o.again {
		chosenOnes := func(x *record) bool { return find(chosen, x.Workload) != nil }
		if err := b.results.drop(chosenOnes); err != nil {
			return err
		}
	}
	if load := loadAverage(); load > busyLoad {
		b.say("the machine is busy (load average %.1f): wall figures will be worthless, CPU figures rough", load)
	}
	if err := b.results.open(b.session(begin.UTC().Truncate(time.Millisecond))); err != nil {
		return err
	}
	r := runner{bench: b, key: key, rounds: o.rounds, until: begin.Add(o.budget)}
	var failures error
	for i := range chosen {
		err := r.workload(ctx, &chosen[i])
		failures = errors.Join(failures, err)
		if errors.Is(err, errLater) || ctx.Err() != nil {
			break
		}
	}
	return failures
}

// choose returns the workloads that a list of patterns names.
func choose(all []workload, patterns string) ([]workload, error) {
	if patterns == "" {
		return all, nil
	}
	wanted := make([]bool, len(all))
	for _, p := range strings.Split(patterns, ",") {
		found := false
		for i := range all {
			ok, err := path.Match(p, all[i].name)
			if err != nil {
				return nil, fmt.Errorf("%q: %w", p, err)
			}
			wanted[i] = wanted[i] || ok
			found = found || ok
		}
		if !found {
			return nil, fmt.Errorf("no workload is called %q; -list shows them", p)
		}
	}
	var chosen []workload
	for i := range all {
		if wanted[i] {
			chosen = append(chosen, all[i])
		}
	}
	return chosen, nil
}

func find(all []workload, name string) *workload {
	for i := range all {
		if all[i].name == name {
			return &all[i]
		}
	}
	return nil
}
