package main

import (
	"fmt"
	"strings"
)

// goal is a figure that was asked for.
type goal struct {
	workload, what string
	// atLeast says that more is better.
	atLeast bool
	wanted  float64
	unit    string
	measure func(r *results, w *workload) spread
}

// goals returns what was asked for: ratios are to the better of the peer's
// sides, and those of the time are without datum's final flush.
func goals() []goal {
	var all []goal
	better := func(name, what string, wanted float64, of func(*record) float64) {
		all = append(all, goal{name, what + ", the better peer's over datum's", true, wanted, " ×",
			func(r *results, w *workload) spread { return betterPeer(r, w, of) }})
	}
	for _, name := range []string{"media-encrypt", "media-decrypt"} {
		better(name, "CPU", 5, cpuOf)
		better(name, "wall time", 8, wallOf)
	}
	large := []string{"coco-encrypt", "encrypted-coco", "encrypted-voc", "encrypted-yolo"}
	for _, name := range large {
		better(name, "CPU", 20, cpuOf)
	}
	for _, name := range large {
		for _, suffix := range []string{"", "-10x"} {
			all = append(all, ours(name+suffix, "peak memory", 150, " MB", func(x *record) float64 { return peakOf(x) / 1e6 }))
		}
	}
	for _, name := range append([]string{"media-encrypt", "media-decrypt"}, large...) {
		all = append(all, goal{name, "CPU, datum's whole run over its unavoidable parts", false, 1.3, " ×",
			func(r *results, w *workload) spread {
				return ratios(r.of(w.name, ourSide), r.of(w.name, floorSide), cpuOf)
			}})
	}
	all = append(all, ours("startup", "time to the version", 10, " ms", func(x *record) float64 { return x.Wall * 1e3 }))
	for _, name := range []string{"detect-voc", "detect-yolo"} {
		better(name, "CPU", 20, cpuOf)
	}
	return append(append(append(all, inferenceGoals()...), trainingGoals()...), ctrGoals()...)
}

func ours(name, what string, wanted float64, unit string, of func(*record) float64) goal {
	return goal{name, what, false, wanted, unit, func(r *results, w *workload) spread { return spreadOf(each(r.of(w.name, ourSide), of)) }}
}

// goalTable compares what was asked for with what was measured.
func goalTable(r *results, chosen []workload) string {
	t := newTable("### Asked for and measured", "workload", "what", "asked for:", "measured, median (least–most):", "reached")
	for _, g := range goals() {
		w := find(chosen, g.workload)
		if w == nil {
			continue
		}
		s := g.measure(r, w)
		if s.n == 0 {
			continue
		}
		sign, reached := "≤", s.median <= g.wanted
		if g.atLeast {
			sign, reached = "≥", s.median >= g.wanted
		}
		t.row(g.workload, g.what, fmt.Sprintf("%s %g%s", sign, g.wanted, g.unit), strings.TrimSpace(figure(s)+g.unit), yesOrNo(reached))
	}
	return t.String()
}

func yesOrNo(b bool) string {
	if b {
		return "yes"
	}
	return "**no**"
}
