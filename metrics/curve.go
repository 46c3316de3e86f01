package metrics

// A Curve is a precision-recall curve: at each of the recalls 0, 0.01, … 1 the
// highest precision that is had there or at a higher recall. It is 0 at
// recalls that are not reached.
type Curve struct {
	Recall, Precision []float64
	// Score is the score down to which detections have to be taken for the
	// recall, and 0 where it is not reached. A mean of curves has none.
	Score []float64
}

// Curves returns the curve of each category at one of the overlaps that
// [Overlaps] lists, by its place there, and their mean. A category without
// truths has a curve without points.
func (a *Accumulator) Curves(overlap int, r AreaRange) (mean Curve, categories []Curve) {
	categories = make([]Curve, len(a.categories))
	mean = newCurve()
	var e evaluation
	n := 0
	for i := range a.categories {
		y := &a.categories[i]
		if y.wanted[r] == 0 {
			continue
		}
		n++
		e.order = y.ranking(e.order)
		categories[i] = e.curve(y, r, overlap)
		for j, v := range categories[i].Precision {
			mean.Precision[j] += v
		}
	}
	mean.Score = nil
	if n == 0 {
		return Curve{}, categories
	}
	for j := range mean.Precision {
		mean.Precision[j] /= float64(n)
	}
	return mean, categories
}

func newCurve() Curve {
	return Curve{Recall: append([]float64(nil), cocoRecalls[:]...), Precision: make([]float64, recalls), Score: make([]float64, recalls)}
}

func (e *evaluation) curve(y *tally, r AreaRange, overlap int) Curve {
	c := newCurve()
	var scores []float64
	e.walk(y, r, overlap, func(score float64) { scores = append(scores, score) })
	hits := 0
	for i, at := range cocoRecalls {
		if hits = hitsFor(at, hits, y.wanted[r]); hits > len(scores) {
			break
		}
		c.Precision[i] = e.best(hits)
		if hits > 0 {
			c.Score[i] = scores[hits-1]
		} else if len(e.order) > 0 {
			c.Score[i] = e.order[0].score
		}
	}
	return c
}

// BestF1 returns the point of the curve where the harmonic mean of precision
// and recall is greatest, and the score down to which detections have to be
// taken for it.
func (c *Curve) BestF1() (f1, score float64) {
	for i := range c.Score {
		p, r := c.Precision[i], c.Recall[i]
		if v := 2 * p * r / (p + r); p+r > 0 && v > f1 {
			f1, score = v, c.Score[i]
		}
	}
	return f1, score
}
