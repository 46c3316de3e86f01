package metrics

// VOC is the average precision by the rules of PASCAL VOC, over all categories
// and of each. It is −1 where there are no truths.
type VOC struct {
	Mean       float64
	Categories []float64
}

// VOC2007 averages the precision at the eleven recalls 0, 0.1, … 1, as the
// challenges until 2009 did.
func (a *Accumulator) VOC2007() VOC { return a.voc(elevenPoints) }

// VOC2010 takes the area below the curve of precisions, as the challenges from
// 2010 on do.
func (a *Accumulator) VOC2010() VOC { return a.voc(area) }

func (a *Accumulator) voc(average func(precisions []float64, wanted int) float64) VOC {
	v := VOC{Categories: make([]float64, len(a.categories))}
	var e evaluation
	var sum float64
	n := 0
	for i := range a.categories {
		y := &a.categories[i]
		if y.vocWanted == 0 {
			v.Categories[i] = -1
			continue
		}
		e.order = y.ranking(e.order)
		e.walkVOC(y)
		v.Categories[i] = average(e.precisions, y.vocWanted)
		sum += v.Categories[i]
		n++
	}
	v.Mean = ratio(sum, n)
	return v
}

// walkVOC sets e.precisions as walk does, by the rules of VOC.
func (e *evaluation) walkVOC(y *tally) {
	e.precisions = e.precisions[:0]
	misses := 0
	for _, o := range e.order {
		switch y.records[o.index].voc {
		case vocHit:
			hits := len(e.precisions) + 1
			e.precisions = append(e.precisions, float64(hits)/float64(hits+misses))
		case vocMiss:
			misses++
		}
	}
	for i := len(e.precisions) - 1; i > 0; i-- {
		e.precisions[i-1] = max(e.precisions[i-1], e.precisions[i])
	}
}

func elevenPoints(precisions []float64, wanted int) float64 {
	var sum float64
	for i := range 11 {
		// The first number of hits whose recall is i tenths or more, in whole
		// numbers. Programs that compare with 0.1*3 find that three of ten are
		// less than that.
		hits := (i*wanted + 9) / 10
		if hits <= len(precisions) && len(precisions) > 0 {
			sum += precisions[max(hits, 1)-1]
		}
	}
	return sum / 11
}

// area is that of a curve which is one step of 1/wanted wide for each hit.
func area(precisions []float64, wanted int) float64 {
	var sum float64
	for _, p := range precisions {
		sum += p
	}
	return sum / float64(wanted)
}
