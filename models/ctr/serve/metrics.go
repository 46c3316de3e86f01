package serve

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"time"
)

// How a request came, and how it ended.
type (
	protocol int
	outcome  int
)

const (
	overHTTP protocol = iota
	overGRPC
	protocols
)

const (
	answered  outcome = iota
	refused           // invalid
	overload          // no room
	stopping          // the server stops
	cancelled         // by the client
	late              // its time was over
	failed            // the server's fault
	outcomes
)

var (
	protocolNames = [protocols]string{"http", "grpc"}
	outcomeNames  = [outcomes]string{"ok", "invalid", "overloaded", "stopping", "cancelled", "deadline", "failed"}
)

// metrics are what Prometheus reads. One lock is enough: it is held for some additions
// a request, and a batch.
type metrics struct {
	mu        sync.Mutex
	requests  [protocols][outcomes]uint64
	seconds   [protocols]histogram
	rows      uint64
	unknown   totals
	shortened uint64
	batches   histogram // their rows
	scoring   histogram // seconds
	waits     histogram // seconds
	failures  uint64    // batches
}

// totals are those of [Unknown] over all requests.
type totals struct{ Users, Items, Categories uint64 }

// A histogram counts values up to bounds. Its counts are not cumulative, as those that
// are shown are.
type histogram struct {
	bounds []float64
	counts []uint64 // one more than bounds
	sum    float64
}

func newHistogram(bounds ...float64) histogram {
	return histogram{bounds: bounds, counts: make([]uint64, len(bounds)+1)}
}

func (h *histogram) add(v float64) {
	i, _ := slices.BinarySearch(h.bounds, v)
	h.counts[i]++
	h.sum += v
}

var secondBounds = []float64{.00025, .0005, .001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10}

func newMetrics() *metrics {
	m := &metrics{
		batches: newHistogram(1, 2, 4, 8, 16, 32, 64, 128, 256),
		scoring: newHistogram(secondBounds...),
		waits:   newHistogram(secondBounds...),
	}
	for p := range m.seconds {
		m.seconds[p] = newHistogram(secondBounds...)
	}
	return m
}

// request counts a request that has ended.
func (m *metrics) request(p protocol, o outcome, took time.Duration, r *request) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.requests[p][o]++
	m.seconds[p].add(took.Seconds())
	if o != answered {
		return
	}
	m.rows += uint64(len(r.rows))
	m.unknown.Users += uint64(r.unknown.Users)
	m.unknown.Items += uint64(r.unknown.Items)
	m.unknown.Categories += uint64(r.unknown.Categories)
	m.shortened += uint64(r.shortened)
}

// batch counts a batch that was scored.
func (m *metrics) batch(b *batch) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.batches.add(float64(len(b.rows)))
	m.scoring.add(b.took.Seconds())
	m.waits.add(b.begun.Sub(b.oldest).Seconds())
	if b.failure != nil {
		m.failures++
	}
}

// exposition writes metrics in the text format of Prometheus.
type exposition struct{ io.Writer }

func (e exposition) head(name, kind, help string) {
	fmt.Fprintf(e, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func (e exposition) value(name, labels string, v float64) {
	if labels != "" {
		labels = "{" + labels + "}"
	}
	fmt.Fprintf(e, "%s%s %s\n", name, labels, strconv.FormatFloat(v, 'g', -1, 64))
}

func (e exposition) one(name, kind, help string, v float64) {
	e.head(name, kind, help)
	e.value(name, "", v)
}

func (e exposition) histogram(name, labels string, h *histogram) {
	comma := ""
	if labels != "" {
		comma = ","
	}
	total := uint64(0)
	for i, n := range h.counts {
		total += n
		bound := "+Inf"
		if i < len(h.bounds) {
			bound = strconv.FormatFloat(h.bounds[i], 'g', -1, 64)
		}
		e.value(name+"_bucket", labels+comma+`le="`+bound+`"`, float64(total))
	}
	e.value(name+"_sum", labels, h.sum)
	e.value(name+"_count", labels, float64(total))
}

// write writes everything that was counted.
func (m *metrics) write(w io.Writer) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := exposition{w}
	e.head("datum_requests_total", "counter", "Requests by their protocol and how they ended.")
	for p, byOutcome := range m.requests {
		for o, n := range byOutcome {
			e.value("datum_requests_total", fmt.Sprintf(`protocol=%q,outcome=%q`, protocolNames[p], outcomeNames[o]), float64(n))
		}
	}
	e.head("datum_request_seconds", "histogram", "How long requests took.")
	for p := range m.seconds {
		e.histogram("datum_request_seconds", fmt.Sprintf(`protocol=%q`, protocolNames[p]), &m.seconds[p])
	}
	e.one("datum_rows_total", "counter", "Rows that were answered.", float64(m.rows))
	e.head("datum_unknown_total", "counter", "What the model did not know of these rows.")
	for _, u := range []struct {
		kind string
		n    uint64
	}{{"user", m.unknown.Users}, {"item", m.unknown.Items}, {"category", m.unknown.Categories}} {
		e.value("datum_unknown_total", fmt.Sprintf(`kind=%q`, u.kind), float64(u.n))
	}
	e.one("datum_shortened_total", "counter", "Histories that were longer than the model's.", float64(m.shortened))
	e.head("datum_batch_rows", "histogram", "Rows that were scored together.")
	e.histogram("datum_batch_rows", "", &m.batches)
	e.head("datum_batch_score_seconds", "histogram", "How long batches took to score.")
	e.histogram("datum_batch_score_seconds", "", &m.scoring)
	e.head("datum_batch_wait_seconds", "histogram", "How long the first row of a batch waited.")
	e.histogram("datum_batch_wait_seconds", "", &m.waits)
	e.one("datum_batch_failures_total", "counter", "Batches that could not be scored.", float64(m.failures))
}

// writeProcess writes what there is to say of the process.
func writeProcess(w io.Writer, started time.Time, version string) {
	e := exposition{w}
	e.head("datum_build_info", "gauge", "The program.")
	e.value("datum_build_info", fmt.Sprintf(`version=%q,goversion=%q`, version, runtime.Version()), 1)
	e.one("go_goroutines", "gauge", "Goroutines.", float64(runtime.NumGoroutine()))
	e.one("process_start_time_seconds", "gauge", "When the server began, in seconds of the Unix time.", float64(started.UnixMilli())/1e3)
	if cpu, ok := processorTime(); ok {
		e.one("process_cpu_seconds_total", "counter", "Processor time, of the user and the system.", cpu.Seconds())
	}
	if bytes, ok := residentMemory(); ok {
		e.one("process_resident_memory_bytes", "gauge", "Resident memory.", float64(bytes))
	}
}
