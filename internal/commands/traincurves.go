package commands

import (
	"context"
	"fmt"
	"io"
	"math"

	"datum/internal/learningcurves"
	"datum/train/rundir"
	"datum/train/trainer"
)

// page writes the curves of the epochs so far.
func (w *trainingWatch) page(ctx context.Context) error {
	last := w.epochs[len(w.epochs)-1]
	seconds, _ := spent(w.epochs)
	p := &learningcurves.Report{Title: "Training of " + w.name, Facts: append([]learningcurves.Fact{
		{Name: "epochs", Value: fmt.Sprintf("%d of %d", last.Number, w.watched.epochs)},
		{Name: "steps", Value: grouped(int(last.Steps))}}, w.facts...)}
	p.Facts = append(p.Facts, learningcurves.Fact{Name: "time", Value: duration(seconds)})
	best := bestOf(w.epochs)
	if best != nil {
		for _, f := range best.Figures {
			large := learningcurves.Figure{Value: "–", Name: f.Name, Phrase: fmt.Sprintf("after epoch %d, the best", best.Number)}
			if f.Value >= 0 {
				large.Value = fmt.Sprintf("%.3f", f.Value)
			}
			p.Large = append(p.Large, large)
		}
	}
	p.Charts = []learningcurves.Chart{w.lossChart(), w.validationChart(best),
		chartOf("Learning rate", "rate", &w.rates), chartOf("Gradient", "its length", &w.norms)}
	return w.dir.WriteFile(ctx, rundir.Curves, func(out io.Writer) error { return learningcurves.WriteHTML(out, p) })
}

// bestOf is the best epoch: the last one that was the best so far.
func bestOf(epochs []trainer.Epoch) (best *trainer.Epoch) {
	for i := range epochs {
		if epochs[i].Best {
			best = &epochs[i]
		}
	}
	return best
}

// spent is how many seconds epochs took, and how many of them went by waiting for data.
func spent(epochs []trainer.Epoch) (seconds, waited float64) {
	for i := range epochs {
		seconds += epochs[i].Seconds + epochs[i].ValidationSeconds
		waited += epochs[i].Waited
	}
	return seconds, waited
}

func (w *trainingWatch) lossChart() learningcurves.Chart {
	mean := learningcurves.Line{Name: "mean of each epoch"}
	before := uint64(0)
	for _, e := range w.epochs { // the mean of an epoch is that in its middle
		mean.X, mean.Y = append(mean.X, float64(before+e.Steps)/2), append(mean.Y, e.Loss)
		before = e.Steps
	}
	return learningcurves.Chart{Title: "Loss", Across: "steps", Lines: []learningcurves.Line{{Name: "of each step", X: w.losses.x, Y: w.losses.y, Faint: true}, mean}}
}

// chartOf is a chart of one line.
func chartOf(title, name string, t *thinned) learningcurves.Chart {
	return learningcurves.Chart{Title: title, Across: "steps", Lines: []learningcurves.Line{{Name: name, X: t.x, Y: t.y}}}
}

// validationChart has a line for each figure. One that could not be measured, such as
// the AP of no boxes, is below 0, and no point.
func (w *trainingWatch) validationChart(best *trainer.Epoch) learningcurves.Chart {
	c := learningcurves.Chart{Title: "Validation", Across: "steps"}
	at := map[string]int{}
	for _, e := range w.epochs {
		for _, f := range e.Figures {
			i, known := at[f.Name]
			if !known {
				i = len(c.Lines)
				at[f.Name], c.Lines = i, append(c.Lines, learningcurves.Line{Name: f.Name})
			}
			l, v := &c.Lines[i], f.Value
			if v < 0 {
				v = math.NaN()
			}
			l.X, l.Y = append(l.X, float64(e.Steps)), append(l.Y, v)
		}
	}
	if best != nil {
		c.Marks = []learningcurves.Mark{{At: float64(best.Steps), Name: "best"}}
	}
	return c
}

// grouped writes a number with a narrow space between thousands.
func grouped(n int) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

// duration says for how long something went on.
func duration(seconds float64) string {
	switch s := int(math.Round(seconds)); {
	case s < 120:
		return fmt.Sprintf("%d s", s)
	case s < 7200:
		return fmt.Sprintf("%d min %d s", s/60, s%60)
	default:
		return fmt.Sprintf("%d h %d min", s/3600, s/60%60)
	}
}

// thinned keeps a curve in a bounded number of points: when there are too many,
// every other one goes, and from then on only as many come.
type thinned struct {
	x, y     []float64
	every, n int
}

const mostPoints = 2000

func (t *thinned) add(x, y float64) {
	t.n++
	if t.every == 0 {
		t.every = 1
	}
	if t.n%t.every != 0 {
		return
	}
	t.x, t.y = append(t.x, x), append(t.y, y)
	if len(t.x) < mostPoints {
		return
	}
	for i := range mostPoints / 2 {
		t.x[i], t.y[i] = t.x[2*i+1], t.y[2*i+1]
	}
	t.x, t.y, t.every = t.x[:mostPoints/2], t.y[:mostPoints/2], 2*t.every
}
