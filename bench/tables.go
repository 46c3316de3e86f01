package main

import (
	"fmt"
	"slices"
	"strings"
)

// tables returns the results of the workloads as Markdown.
func tables(r *results, chosen []workload) string {
	var b strings.Builder
	b.WriteString(goalTable(r, chosen))
	for i := range chosen {
		w := &chosen[i]
		if w.growth == "" && !w.apart && measured(r, w) {
			b.WriteString(workloadTable(r, w))
		}
	}
	b.WriteString(inferenceTable(r, chosen))
	b.WriteString(trainingTable(r, chosen))
	b.WriteString(servingTable(r, chosen))
	b.WriteString(ctrTable(r, chosen))
	b.WriteString(twinTable(r, chosen))
	b.WriteString(growthTable(r, chosen))
	b.WriteString(floorTable(r, chosen))
	if w := find(chosen, encryptionName); w != nil && measured(r, w) {
		b.WriteString(encryptionTable(r, w))
	}
	if w := find(chosen, profileName); w != nil && measured(r, w) {
		b.WriteString(profileTable(r, w))
	}
	return b.String()
}

func measured(r *results, w *workload) bool {
	return slices.ContainsFunc(r.records, func(x record) bool { return x.Workload == w.name })
}

// table collects the rows of one table.
type table struct {
	title   string
	columns []string
	rows    [][]string
}

// newTable begins a table. Columns whose title ends in a colon are aligned to
// the right.
func newTable(title string, columns ...string) *table { return &table{title: title, columns: columns} }

func (t *table) row(cells ...string) { t.rows = append(t.rows, cells) }

// String returns nothing for a table without rows, and leaves out columns in
// which nothing stands.
func (t *table) String() string {
	if len(t.rows) == 0 {
		return ""
	}
	var titles, marks []string
	rows := make([][]string, len(t.rows))
	for i, c := range t.columns {
		if i > 0 && !slices.ContainsFunc(t.rows, func(r []string) bool { return r[i] != "" }) {
			continue
		}
		title, right := strings.CutSuffix(c, ":")
		titles = append(titles, title)
		if right {
			marks = append(marks, "---:")
		} else {
			marks = append(marks, "---")
		}
		for k, r := range t.rows {
			rows[k] = append(rows[k], r[i])
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n%s\n\n", t.title)
	for _, r := range append([][]string{titles, marks}, rows...) {
		fmt.Fprintf(&b, "| %s |\n", strings.Join(r, " | "))
	}
	return b.String()
}

// workloadTable has a line for each side, with the peers' ratios to datum.
func workloadTable(r *results, w *workload) string {
	title := fmt.Sprintf("### %s\n\n%s. %s", w.name, upperFirst(w.about), disturbance(r, w))
	t := newTable(title, "", "CPU s:", "wall s:", "of it flush s:", "peak MB:", "output MB:", "files:", "CPU / datum's:", "wall / datum's:")
	ours := r.of(w.name, ourSide)
	for i := range w.sides {
		s := &w.sides[i]
		runs := r.of(w.name, s.name)
		if len(runs) == 0 || s.name == floorSide {
			continue
		}
		cpuRatio, wallRatio := "", ""
		if s.ratio && len(ours) > 0 {
			cpuRatio, wallRatio = times(ratios(runs, ours, cpuOf)), times(ratios(runs, ours, wallOf))
		}
		last := runs[len(runs)-1]
		t.row(s.name, figure(spreadOf(each(runs, cpuOf))), figure(spreadOf(each(runs, func(x *record) float64 { return x.Wall }))),
			flushCell(runs), memory(runs), megabytes(last.Bytes), count(last.Files), cpuRatio, wallRatio)
	}
	return t.String()
}

func cpuOf(x *record) float64 { return x.CPU }

// wallOf is the time without the final flush, which only datum does.
func wallOf(x *record) float64 {
	if x.Flush != nil {
		return x.Wall - *x.Flush
	}
	return x.Wall
}

func peakOf(x *record) float64 { return float64(x.Peak) }

func each(runs []record, of func(*record) float64) []float64 {
	values := make([]float64, len(runs))
	for i := range runs {
		values[i] = of(&runs[i])
	}
	return values
}

// ratios returns what theirs is over ours, round by round.
func ratios(theirs, ours []record, of func(*record) float64) spread {
	var values []float64
	for i := range theirs {
		for j := range ours {
			if theirs[i].Round == ours[j].Round && of(&ours[j]) > 0 {
				values = append(values, of(&theirs[i])/of(&ours[j]))
			}
		}
	}
	return spreadOf(values)
}

// betterPeer returns the ratios of the peer's side that does best.
func betterPeer(r *results, w *workload, of func(*record) float64) (best spread) {
	ours := r.of(w.name, ourSide)
	for i := range w.sides {
		if !w.sides[i].ratio {
			continue
		}
		x := ratios(r.of(w.name, w.sides[i].name), ours, of)
		if x.n > 0 && (best.n == 0 || x.median < best.median) {
			best = x
		}
	}
	return best
}

// leastWall is how long a run has to be, in seconds, for what others used
// meanwhile: the system counts hundredths of seconds.
const leastWall = 0.3

// disturbance says how busy the machine was with other things.
func disturbance(r *results, w *workload) string {
	var others, loads []float64
	for _, x := range r.records {
		if x.Workload == w.name && x.Wall > leastWall {
			others, loads = append(others, x.Others), append(loads, x.Load)
		}
	}
	if len(others) == 0 {
		return ""
	}
	o, l := spreadOf(others), spreadOf(loads)
	return fmt.Sprintf("Meanwhile other processes used %.0f %% of the machine (%.0f–%.0f %%); load average before each run %.1f (%.1f–%.1f).",
		o.median*100, o.least*100, o.most*100, l.median, l.least, l.most)
}

func flushCell(runs []record) string {
	var values []float64
	for _, x := range runs {
		if x.Flush != nil {
			values = append(values, *x.Flush)
		}
	}
	if len(values) == 0 {
		return ""
	}
	return figure(spreadOf(values))
}

func memory(runs []record) string {
	s := spreadOf(each(runs, peakOf))
	return fmt.Sprintf("%.0f", s.median/1e6)
}

func megabytes(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f", float64(n)/1e6)
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return thousands(n)
}

// figure writes a spread: the median, and in brackets the least and the most.
func figure(s spread) string {
	if s.n == 0 {
		return ""
	}
	f := func(x float64) string {
		switch {
		case x >= 100:
			return fmt.Sprintf("%.0f", x)
		case x >= 10:
			return fmt.Sprintf("%.1f", x)
		case x >= 0.1:
			return fmt.Sprintf("%.2f", x)
		}
		return fmt.Sprintf("%.4f", x)
	}
	if s.n == 1 {
		return f(s.median)
	}
	return fmt.Sprintf("%s (%s–%s)", f(s.median), f(s.least), f(s.most))
}

func times(s spread) string {
	if s.n == 0 {
		return ""
	}
	if s.n == 1 {
		return fmt.Sprintf("%.1f ×", s.median)
	}
	return fmt.Sprintf("%.1f × (%.1f–%.1f)", s.median, s.least, s.most)
}

func upperFirst(text string) string { return strings.ToUpper(text[:1]) + text[1:] }
