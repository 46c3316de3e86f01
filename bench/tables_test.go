package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

var begin = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestMedian(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		values []float64
		want   float64
	}{{nil, 0}, {[]float64{3}, 3}, {[]float64{4, 1}, 2.5}, {[]float64{9, 1, 5}, 5}} {
		if got := median(c.values); got != c.want {
			t.Errorf("median of %v: %v", c.values, got)
		}
	}
}

func TestThousands(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1 000", 1234567: "1 234 567"} {
		if got := thousands(n); got != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

// sample has two rounds of datum and of both ways of running the peer.
func sample() *results {
	r := &results{sessions: []session{{Started: begin, Revision: "abc", Own: 9e6, Peers: []string{"datumaro-1.11.1"}}}}
	add := func(side string, cpu, wall []float64, flush ...float64) {
		for i := range cpu {
			x := record{Workload: "media-encrypt", Side: side, Round: i + 1, Started: begin, usage: usage{CPU: cpu[i], Wall: wall[i], Peak: 50e6}}
			if len(flush) > 0 {
				x.Flush = &flush[i]
			}
			r.records = append(r.records, x)
		}
	}
	add(ourSide, []float64{1, 2}, []float64{1, 2}, 0.5, 1)
	add("Datumaro 1.11.1", []float64{10, 20}, []float64{8, 16})
	add("Datumaro 1.11.1, 2 workers", []float64{12, 24}, []float64{4, 10})
	return r
}

// Ratios are taken within a round, to the better side of the peer, and those of
// the time without the flush.
func TestRatios(t *testing.T) {
	t.Parallel()
	r, w := sample(), find(fullSizes.workloads(), "media-encrypt")
	if got, want := betterPeer(r, w, cpuOf), (spread{10, 10, 10, 2}); got != want {
		t.Errorf("CPU: %v, not %v", got, want)
	}
	if got, want := betterPeer(r, w, wallOf), (spread{9, 8, 10, 2}); got != want {
		t.Errorf("wall: %v, not %v", got, want)
	}
	text := tables(r, fullSizes.workloads())
	for _, want := range []string{
		"| media-encrypt | CPU, the better peer's over datum's | ≥ 5 × | 10.0 (10.0–10.0) × | yes |",
		"| media-encrypt | wall time, the better peer's over datum's | ≥ 8 × | 9.00 (8.00–10.0) × | yes |",
		"| Datumaro 1.11.1, 2 workers | 18.0 (12.0–24.0) | 7.00 (4.00–10.0) |",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
}

func TestSummaryWithAFlush(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]float64{
		`{"items":3,"flush_seconds":0.25}`: 0.25, `{"items":3,"flush_ms":250}`: 0.25, `{"items":3,"flush":"250ms"}`: 0.25, `{"items":3}`: -1,
	} {
		x, err := readSummary([]byte(text))
		got := -1.0
		if x.Flush != nil {
			got = *x.Flush
		}
		if err != nil || x.Items != 3 || got != want {
			t.Errorf("%s: %d items, flush %v: %v", text, x.Items, got, err)
		}
	}
}

func TestMemoryOfPicturesAndAnnotations(t *testing.T) {
	t.Parallel()
	r := &results{}
	for name, peak := range map[string]int64{"coco-encrypt": 50_000_000, "coco-encrypt-10x": 50_000_000 + 9*(10*1000+7*20*1000), "coco-encrypt-10x-sparse": 50_000_000 + 9*10*1000} {
		items := 10_000
		if name == "coco-encrypt" {
			items = 1000
		}
		r.records = append(r.records, record{Workload: name, Side: ourSide, Round: 1, Items: items, usage: usage{Peak: peak}})
	}
	if text := growthTable(r, fullSizes.workloads()); !strings.Contains(text, "| 10 | 20.0 |") {
		t.Error(text)
	}
}

func TestDocument(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "d.md")
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile(path, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	write(fmt.Sprintf("before\n%s\nold\n%s\nafter\n", beginMark, endMark))
	for range 2 {
		if err := updateDocument(path, sample(), fullSizes.workloads()); err != nil {
			t.Fatal(err)
		}
	}
	text, _ := os.ReadFile(path)
	got := string(text)
	if !strings.HasPrefix(got, "before\n") || !strings.HasSuffix(got, "\nafter\n") || strings.Contains(got, "old") || strings.Count(got, "### media-encrypt") != 1 {
		t.Error(got)
	}
	write("no marks")
	if err := updateDocument(path, sample(), nil); err == nil {
		t.Error("a document without marks is no error")
	}
}
