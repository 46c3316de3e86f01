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
	at   atomic.Int64
	stop chan struct{}
	over sync.WaitGroup
}

const (
	barInterval   = 100 * time.Millisecond
	plainInterval = 10 * time.Second
)

func startMeter(o Options, what string, total int) *Meter {
	m := &Meter{stop: make(chan struct{})}
	switch {
	case o.Quiet || o.Progress == NoProgress:
	case o.Progress == BarProgress:
		m.over.Go(func() { m.runBar(o.Stderr, what, total) })
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
		rate := float64(at) / time.Since(start).Seconds()
		if total > 0 {
			fmt.Fprintf(w, "datum: %s: %d of %d items, %.0f/s\n", what, at, total, rate)
		} else {
			fmt.Fprintf(w, "datum: %s: %d items, %.0f/s\n", what, at, rate)
		}
	})
}

func (m *Meter) runBar(w io.Writer, what string, total int) {
	p := mpb.New(mpb.WithOutput(w), mpb.WithRefreshRate(barInterval), mpb.WithAutoRefresh(), mpb.WithWidth(78))
	name := decor.Name(what, decor.WCSyncSpaceR)
	rate := decor.AverageSpeed(0, "%.0f/s", decor.WCSyncSpace)
	var bar *mpb.Bar
	if total > 0 {
		bar = p.New(int64(total), mpb.BarStyle().Lbound("[").Filler("=").Tip(">").Padding(" ").Rbound("]"),
			mpb.PrependDecorators(name, decor.CountersNoUnit("%d/%d", decor.WCSyncSpace)),
			mpb.AppendDecorators(rate, decor.Name(" ETA"), decor.AverageETA(decor.ET_STYLE_GO, decor.WCSyncSpace)))
	} else {
		bar = p.New(0, mpb.SpinnerStyle("|", "/", "-", "\\"),
			mpb.PrependDecorators(name, decor.CurrentNoUnit("%d", decor.WCSyncSpace)), mpb.AppendDecorators(rate))
	}
	m.every(barInterval, bar.SetCurrent)
	bar.Abort(true)
	p.Wait()
}
