package serve

import (
	"errors"
	"fmt"
	"time"
)

// ErrOptions is wrapped where a server cannot be as it is asked for.
var ErrOptions = errors.New("there can be no such server")

// Limits bound what a client may ask for.
type Limits struct {
	Rows    int   // of a request
	History int   // items of a history; the model may use fewer
	Body    int64 // bytes of a request
	// Requests is how many may be under way, over all connections.
	Requests    int
	Connections int
	// Queue is how many rows may wait for a batch.
	Queue int
	// Time is how long a request may take; a client may say less.
	Time time.Duration
}

// Options are choices of how a model is served. What is 0 is as [Defaults] has it.
type Options struct {
	Vocabulary Vocabulary
	// Scorers are used at the same time, each by one goroutine. A second one is worth it
	// where there are processors for it.
	Scorers []Scorer
	// Longest is how many items of a history the model uses: the last ones.
	Longest int

	Limits
	// BatchRows is how many rows are scored together at most, and BatchDelay for how long
	// the first of them waits for others. Without a delay a batch is what came while the
	// batch before was scored.
	BatchRows  int
	BatchDelay time.Duration
	// Grace is how long requests that were taken may take when the server stops.
	Grace time.Duration
	// Version is that of the program, for its metrics.
	Version string
	// Failed is told, now and then, what keeps failing in the server itself. It never has a
	// name of a user, an item or a category in it.
	Failed func(err error)
}

// Defaults are for what is left out of [Options].
var Defaults = Options{
	Limits:    Limits{Rows: 256, History: 1000, Body: 256 << 10, Requests: 512, Connections: 1024, Queue: 4096, Time: 10 * time.Second},
	BatchRows: 64,
	Grace:     30 * time.Second,
}

// complete returns o with the defaults for what was left out.
func (o Options) complete() (Options, error) {
	d := Defaults
	setDefault(&o.Rows, d.Rows)
	setDefault(&o.History, d.History)
	setDefault(&o.Body, d.Body)
	setDefault(&o.Requests, d.Requests)
	setDefault(&o.Connections, d.Connections)
	setDefault(&o.Queue, d.Queue)
	setDefault(&o.Time, d.Time)
	setDefault(&o.BatchRows, d.BatchRows)
	setDefault(&o.Grace, d.Grace)
	if o.Failed == nil {
		o.Failed = func(error) {}
	}
	switch {
	case o.Vocabulary == nil, len(o.Scorers) == 0, o.Longest < 1:
		return o, fmt.Errorf("%w: there is no model", ErrOptions)
	case min(o.Rows, o.History, o.Requests, o.Connections, o.Queue, o.BatchRows) < 1, min(o.Time, o.Grace) < 0, o.Body < 1, o.BatchDelay < 0:
		return o, fmt.Errorf("%w: a limit is negative", ErrOptions)
	case o.Queue < o.Rows:
		return o, fmt.Errorf("%w: %d rows may wait, and one request may have %d", ErrOptions, o.Queue, o.Rows)
	}
	return o, nil
}

func setDefault[T comparable](v *T, d T) {
	var none T
	if *v == none {
		*v = d
	}
}
