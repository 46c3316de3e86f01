package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// A workload is one task that several programs do on the same data. Its name
// is that of the records, and stays.
type workload struct {
	name, about string
	// inputs are the datasets it needs.
	inputs []string
	sides  []side
	// growth is the workload on less data that this one shows the growth of.
	growth string
	// apart says that its figures are in a table for its kind, and that what its
	// processes took says nothing.
	apart bool
}

// A side is one program, or one way of running it.
type side struct {
	name string
	// peer says that it needs a peer's virtual environment; ratio says that it
	// does what datum does, and is compared with it.
	peer, ratio bool
	// rounds is how many rounds are enough, or 0: as many as are asked for.
	rounds int
	// run does it once. The folder out does not exist, may be written, and is
	// removed afterwards.
	run func(ctx context.Context, b *bench, out string, first bool) (record, error)
}

// ourSide is the name of the side that peers are compared with.
const ourSide = "datum"

// runner goes through workloads round by round.
type runner struct {
	*bench
	key    string
	rounds int
	// until is when to begin nothing more.
	until time.Time
}

// errLater says that there was no time for everything.
var errLater = errors.New("the time is over; the same command goes on where this one has stopped")

func (r *runner) workload(ctx context.Context, w *workload) error {
	stale := func(x *record) bool { return x.Workload == w.name && x.Key != r.key }
	if err := r.results.drop(stale); err != nil {
		return err
	}
	todo := r.missing(w)
	if len(todo) == 0 {
		return nil
	}
	for _, name := range w.inputs {
		if time.Now().After(r.until) {
			return errLater
		}
		dir, err := r.input(ctx, name)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		// Everybody finds the data in the page cache.
		if _, err := r.worker(ctx, "read", dir); err != nil {
			return err
		}
	}
	return r.take(ctx, w, todo)
}

// take runs one turn after the other. A side that fails is told of at the end
// and has no figures; the others go on.
func (r *runner) take(ctx context.Context, w *workload, todo []turn) (failures error) {
	for _, t := range todo {
		if time.Now().After(r.until) {
			return errors.Join(failures, errLater)
		}
		if err := r.once(ctx, w, t.side, t.round); err != nil {
			err = fmt.Errorf("%s: %s: round %d: %w", w.name, t.side.name, t.round, err)
			r.say("%v", err)
			failures = errors.Join(failures, err)
		}
		if ctx.Err() != nil {
			break
		}
	}
	return failures
}

// turn is a run that is still to be done.
type turn struct {
	side  *side
	round int
}

// missing returns what is to be done, in order: the sides take turns, so that
// what disturbs the machine for a while disturbs all of them.
func (r *runner) missing(w *workload) []turn {
	var todo []turn
	for round := 1; round <= r.rounds; round++ {
		for i := range w.sides {
			s := &w.sides[i]
			enough := s.rounds > 0 && round > s.rounds
			if enough || s.peer && r.peers == "" || r.results.has(w.name, s.name, round) {
				continue
			}
			todo = append(todo, turn{s, round})
		}
	}
	return todo
}

func (r *runner) once(ctx context.Context, w *workload, s *side, round int) error {
	out := filepath.Join(r.root(), "out")
	if err := os.RemoveAll(out); err != nil {
		return err
	}
	r.say("%s: %s: round %d of %d begins", w.name, s.name, round, r.rounds)
	started := time.Now().UTC().Truncate(time.Millisecond)
	x, err := s.run(ctx, r.bench, out, round == 1)
	if err != nil {
		return err
	}
	x.Workload, x.Side, x.Round, x.Key, x.Started = w.name, s.name, round, r.key, started
	r.say("%-22s %-34s %d/%d  %8.2f CPU s %8.2f s %6d MB", w.name, s.name, round, r.rounds, x.CPU, x.Wall, x.Peak>>20)
	if err := r.results.add(x); err != nil {
		return err
	}
	return os.RemoveAll(out)
}
