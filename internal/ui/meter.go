package ui

import (
	"fmt"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/vbauerster/mpb/v8"
	"github.com/vbauerster/mpb/v8/decor"
)

// Meter is how far a piece of work is. Set costs an atomic store, so that it
// may be called for each item.
type Meter struct {
	unit unit
	at   atomic.Int64
	stop chan struct{}
	over sync.WaitGroup
}

// unit is what a meter counts, and how numbers of it are shown.
type unit struct {
	name, perSecond      string
	scale                float64
	size                 any // how a bar writes numbers
	pair, single, perBar string
}

var (
	itemUnit = unit{"items", "%.0f/s", 1, 0, "%d/%d", "%d", "%.0f/s"}
	byteUnit = unit{"MB", "%.1f MB/s", 1e6, decor.SizeB1000(0), "%.1f/%.1f", "%.1f", "%.1f"}
)

const (
	barInterval   = 100 * time.Millisecond
	plainInterval = 10 * time.Second
)

func startMeter(o Options, s *screen, u unit, what string, total int) *Meter {
	m := &Meter{unit: u, stop: make(chan struct{})}
	switch {
	case o.Quiet || o.Progress == NoProgress:
	case o.Progress == BarProgress:
		m.over.Go(func() { m.runBar(s, what, total) })
	default:
		m.over.Go(func() { m.runPlain(o.Stderr, what, total, plainInterval) })
	}
	return m
}

// Set says that n pieces are done.
func (m *Meter) Set(n int) { m.at.Store(int64(n)) }

// Done takes the meter off the screen. It may be called again.
func (m *Meter) Done() {
	select {
	case <-m.stop:
	default:
		close(m.stop)
	}
	m.over.Wait()
}

// every calls f at intervals until the meter is stopped.
func (m *Meter) every(d time.Duration, f func(at int64)) {
	tick := time.NewTicker(d)
	defer tick.Stop()
	for {
		select {
		case <-m.stop:
			return
		case <-tick.C:
			f(m.at.Load())
		}
	}
}

func (m *Meter) runPlain(w io.Writer, what string, total int, interval time.Duration) {
	start := time.Now()
	m.every(interval, func(at int64) {
		u := m.unit
		done := float64(at) / u.scale
		of := ""
		if total > 0 {
			of = fmt.Sprintf(" of %.0f", float64(total)/u.scale)
		}
		fmt.Fprintf(w, "datum: %s: %.0f%s %s, "+u.perSecond+"\n", what, done, of, u.name, done/time.Since(start).Seconds())
	})
}

// barWidth leaves room for the rest of the line on a terminal of 80 columns.
const barWidth = 28

func (m *Meter) runBar(s *screen, what string, total int) {
	p := mpb.New(mpb.WithOutput(s.w), mpb.WithRefreshRate(barInterval), mpb.WithAutoRefresh())
	s.show(p)
	u := m.unit
	rate := decor.AverageSpeed(u.size, u.perBar, decor.WCSyncSpace)
	// A bar that is made with its total ends by itself when it gets there. This
	// one stays until Done: after the last item files are still being closed
	// and flushed.
	var bar *mpb.Bar
	if total > 0 {
		bar = p.New(0, mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]"), mpb.BarWidth(barWidth),
			mpb.PrependDecorators(phase(what), decor.Counters(u.size, u.pair, decor.WCSyncSpace)),
			mpb.AppendDecorators(rate, decor.Name(" ETA"), decor.AverageETA(decor.ET_STYLE_GO, decor.WCSyncSpace)))
		bar.SetTotal(int64(total), false)
	} else {
		bar = p.New(0, mpb.SpinnerStyle("|", "/", "-", "\\").PositionLeft(), mpb.BarWidth(1),
			mpb.PrependDecorators(phase(what), decor.Current(u.size, u.single, decor.WCSyncSpace)), mpb.AppendDecorators(rate))
	}
	m.every(barInterval, bar.SetCurrent)
	s.hide(func() {
		bar.Abort(true)
		p.Wait()
	})
}

// phase says what is being done; after the last item that is to finish.
func phase(what string) decor.Decorator {
	return decor.Any(func(s decor.Statistics) string {
		if s.Total > 0 && s.Current >= s.Total {
			return "finishing"
		}
		return what
	}, decor.WCSyncSpaceR)
}
