package metrics

import "math"

const recalls = 101

// cocoOverlaps are the overlaps (IoU) over which COCO takes the mean, and
// cocoRecalls the recalls at which it looks for the precision. Both are what
// numpy.linspace makes of their limits, to the last bit.
var (
	cocoOverlaps = [overlaps]float64(spaced(0.5, 0.95, overlaps))
	cocoRecalls  = [recalls]float64(spaced(0, 1, recalls))
)

// spaced returns n numbers at equal distances, computed as numpy does.
func spaced(from, to float64, n int) []float64 {
	step := (to - from) / float64(n-1)
	s := make([]float64, n)
	for i := range s {
		s[i] = from + float64(float64(i)*step)
	}
	s[n-1] = to
	return s
}

// Overlaps returns the ten overlaps (IoU) over which COCO takes the mean: 0.5,
// 0.55, … 0.95.
func Overlaps() []float64 { return append([]float64(nil), cocoOverlaps[:]...) }

// COCO are the twelve numbers that COCO's evaluation prints. A number is −1
// where nothing could be measured, for want of truths.
type COCO struct {
	// AP is the precision, averaged over recalls from 0 to 1, overlaps from
	// 0.5 to 0.95, and categories. AP50 and AP75 are those of one overlap.
	AP, AP50, AP75 float64
	// These count objects of one size only.
	APSmall, APMedium, APLarge float64
	// AR1, AR10 and AR100 are the recalls if at most so many detections of an
	// image and category count, averaged over overlaps and categories.
	AR1, AR10, AR100 float64
	// These are of objects of one size, with 100 detections.
	ARSmall, ARMedium, ARLarge float64
}

// Numbers returns the twelve in the order in which pycocotools has them.
func (c *COCO) Numbers() [12]float64 {
	return [12]float64{
		c.AP, c.AP50, c.AP75, c.APSmall, c.APMedium, c.APLarge,
		c.AR1, c.AR10, c.AR100, c.ARSmall, c.ARMedium, c.ARLarge,
	}
}

// COCO returns the twelve numbers over all categories, and those of each.
func (a *Accumulator) COCO() (mean COCO, categories []COCO) {
	categories = make([]COCO, len(a.categories))
	var e evaluation
	for i := range a.categories {
		y := &a.categories[i]
		e.order = y.ranking(e.order)
		categories[i] = e.coco(y)
	}
	return meanOf(categories), categories
}

// meanOf takes the mean of each number over the categories that have it.
// Every category has the same number of overlaps and recalls, so that this is
// the mean over all of them.
func meanOf(categories []COCO) COCO {
	var sum [12]float64
	var n [12]int
	for i := range categories {
		for j, v := range categories[i].Numbers() {
			if v >= 0 {
				sum[j] += v
				n[j]++
			}
		}
	}
	for j := range sum {
		sum[j] = ratio(sum[j], n[j])
	}
	return cocoOf(sum)
}

func cocoOf(n [12]float64) COCO {
	return COCO{n[0], n[1], n[2], n[3], n[4], n[5], n[6], n[7], n[8], n[9], n[10], n[11]}
}

// ratio is −1 where there is nothing to divide by.
func ratio(sum float64, n int) float64 {
	if n == 0 {
		return -1
	}
	return sum / float64(n)
}

// An evaluation has the memory that the categories use one after the other.
type evaluation struct {
	order      []ranked
	precisions []float64
}

// coco returns the numbers of one category, whose ranking is in e.order.
func (e *evaluation) coco(y *tally) COCO {
	var precision, recall [areaRanges][overlaps]float64
	for r := range AreaRange(areaRanges) {
		for o := range overlaps {
			precision[r][o], recall[r][o] = e.average(y, r, o)
		}
	}
	all := precision[All]
	return COCO{
		AP: mean(all[:]), AP50: all[0], AP75: all[overlaps/2],
		APSmall: mean(precision[Small][:]), APMedium: mean(precision[Medium][:]), APLarge: mean(precision[Large][:]),
		AR1: y.recall(1), AR10: y.recall(10), AR100: mean(recall[All][:]),
		ARSmall: mean(recall[Small][:]), ARMedium: mean(recall[Medium][:]), ARLarge: mean(recall[Large][:]),
	}
}

func mean(s []float64) float64 {
	var sum float64
	for _, v := range s {
		sum += v
	}
	return sum / float64(len(s))
}

// recall is the recall of the best detections of each image, at most so many,
// averaged over the overlaps.
func (y *tally) recall(detections uint8) float64 {
	if y.wanted[All] == 0 {
		return -1
	}
	var hits [overlaps]int
	for i := range y.records {
		if r := &y.records[i]; r.rank < detections {
			for o := range hits {
				hits[o] += int(r.areas[All].hit >> o & 1)
			}
		}
	}
	var sum float64
	for _, n := range hits {
		sum += float64(n) / float64(y.wanted[All])
	}
	return sum / overlaps
}

// average returns the average precision and the recall of one range of areas
// and one overlap.
func (e *evaluation) average(y *tally, r AreaRange, overlap int) (precision, recall float64) {
	wanted := y.wanted[r]
	if wanted == 0 {
		return -1, -1
	}
	e.walk(y, r, overlap, nil)
	hits := 0
	for _, at := range cocoRecalls {
		if hits = hitsFor(at, hits, wanted); hits > len(e.precisions) {
			break
		}
		precision += e.best(hits)
	}
	return precision / recalls, float64(len(e.precisions)) / float64(wanted)
}

// hitsFor returns how many hits make a recall of at least at. It is no fewer
// than atLeast.
func hitsFor(at float64, atLeast, wanted int) int {
	for float64(atLeast)/float64(wanted) < at {
		atLeast++
	}
	return atLeast
}

// best is the highest precision with so many hits or more.
func (e *evaluation) best(hits int) float64 {
	if len(e.precisions) == 0 {
		return 0
	}
	return e.precisions[max(hits, 1)-1]
}

// walk goes through the detections from the highest score to the lowest and
// sets e.precisions to the highest precision with the first hit or more, with
// the second or more, and so on. It calls hit with the score of each.
func (e *evaluation) walk(y *tally, r AreaRange, overlap int, hit func(score float64)) {
	e.precisions = e.precisions[:0]
	misses := 0
	for _, o := range e.order {
		record := &y.records[o.index]
		if record.rank >= mostDetections {
			continue
		}
		switch m := record.areas[r]; {
		case m.hit>>overlap&1 != 0:
			hits := len(e.precisions) + 1
			e.precisions = append(e.precisions, float64(hits)/(float64(hits+misses)+epsilon))
			if hit != nil {
				hit(o.score)
			}
		case m.skip>>overlap&1 == 0:
			misses++
		}
	}
	for i := len(e.precisions) - 1; i > 0; i-- {
		e.precisions[i-1] = max(e.precisions[i-1], e.precisions[i])
	}
}

// epsilon is numpy.spacing(1), which pycocotools adds to what it divides by.
var epsilon = math.Nextafter(1, 2) - 1
