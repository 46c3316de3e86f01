//go:build unix

package metrics_test

import (
	"os"
	"runtime"
	"runtime/debug"
	"syscall"
	"testing"

	"datum/metrics"
)

// large is as large as the validation set of COCO, with half as many
// detections as count.
var large = recipe{seed: 9, images: 5000, categories: 80, truths: 15, detections: 100, crowds: .01, levels: 1 << 30, size: 300}

func BenchmarkCOCO(b *testing.B) {
	s := large.make()
	for b.Loop() {
		s.accumulate(b).COCO()
	}
}

func BenchmarkAUC(b *testing.B) {
	s := samples(1_000_000, 50_000, 1<<20, 1)
	b.ResetTimer()
	for range b.N {
		measure(b, metrics.BinaryOptions{Grouped: true}, s)
	}
}

// TestBesidePycocotools compares a large set, and says what both took. It is
// for running by hand:
//
//	DATUM_METRICS_BENCH=1 go test -run BesidePycocotools -v ./metrics
func TestBesidePycocotools(t *testing.T) {
	if os.Getenv("DATUM_METRICS_BENCH") == "" {
		t.Skip("set DATUM_METRICS_BENCH")
	}
	s := large.make()
	detections := 0
	for _, m := range s.images {
		detections += len(m.detections)
	}
	peer := ask(t, s, "--no-voc")
	best, heap := 1e9, uint64(0)
	for range 5 {
		debug.FreeOSMemory()
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		began := cpu(t)
		a := s.accumulate(t)
		mean, _ := a.COCO()
		best = min(best, cpu(t)-began)
		runtime.GC()
		runtime.ReadMemStats(&after)
		heap = after.HeapAlloc - before.HeapAlloc
		d := &difference{t: t}
		for i, v := range mean.Numbers() {
			d.compare("a number", v, peer.Numbers[i])
		}
		runtime.KeepAlive(a)
	}
	t.Logf("%d detections: %.3f s of CPU time, pycocotools %.1f s: %.0f times; %.1f bytes a detection, pycocotools' process %d MB",
		detections, best, peer.Seconds, peer.Seconds/best, float64(heap)/float64(detections), peer.Kilobytes>>10)
}

func cpu(t testing.TB) float64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	seconds := func(v syscall.Timeval) float64 { return float64(v.Sec) + float64(v.Usec)/1e6 }
	return seconds(u.Utime) + seconds(u.Stime)
}
