package metrics

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
)

// Options choose what an [Accumulator] looks at. The zero value is right for
// most.
type Options struct {
	// VOCOverlap is the overlap that VOC wants, 0.5 if zero.
	VOCOverlap float64
	// VOCPoints says that the corners of boxes are points and not pixels, so
	// that VOC's overlap does not count one more pixel at each side.
	VOCPoints bool
	// ConfusionOverlap is the overlap from which on a detection and a truth
	// belong together in the confusion matrix, 0.5 if zero.
	ConfusionOverlap float64
	// ConfusionScore is the score from which on a detection is in the
	// confusion matrix, 0.25 if zero. Something below zero takes all.
	ConfusionScore float64
}

func (o Options) withDefaults() Options {
	o.VOCOverlap = cmp.Or(o.VOCOverlap, 0.5)
	o.ConfusionOverlap = cmp.Or(o.ConfusionOverlap, 0.5)
	o.ConfusionScore = cmp.Or(o.ConfusionScore, 0.25)
	return o
}

// LeastScore is the score from which on a detection is in the confusion matrix.
func (o Options) LeastScore() float64 { return o.withDefaults().ConfusionScore }

// mark says, for each of COCO's ten overlaps (a bit each), whether a detection
// hit, and whether it counts neither way.
type mark struct{ hit, skip uint16 }

// A record is what stays of a detection.
type record struct {
	score float64
	image uint32
	// rank is the place among the detections of its image and category, and
	// maxRank where it is farther back.
	rank uint8
	voc  vocMark
	// areas has a mark for each range of areas.
	areas [areaRanges]mark
}

const maxRank = math.MaxUint8

// A tally is what is kept for a category.
type tally struct {
	records []record
	// wanted is how many truths COCO asks for, in each range of areas.
	wanted [areaRanges]int
	// vocWanted is how many VOC asks for.
	vocWanted int
	counts    Counts
}

// Counts say what there was of a category.
type Counts struct {
	// Images is the number of images with a truth or a detection.
	Images int
	// Truths is the number of truths, with the crowds and the difficult ones.
	Truths, Crowds, Difficult int
	Detections                int
}

func (c *Counts) add(o Counts) {
	c.Images += o.Images
	c.Truths += o.Truths
	c.Crowds += o.Crowds
	c.Difficult += o.Difficult
	c.Detections += o.Detections
}

// An Accumulator collects the truths and detections of images, for the metrics
// of detection. It is not safe for use by several goroutines: let each have
// its own, and [Accumulator.Merge] them.
type Accumulator struct {
	options    Options
	categories []tally
	confusion  Confusion
	// images counts the images, next is the number of the next one.
	images, next int

	// What follows is used while an image is added, and kept for the next.
	truthOrder, detectionOrder []int
	cocoMatcher                cocoMatcher
	vocMatcher                 vocMatcher
	pairMatcher                pairMatcher
}

// NewAccumulator returns an empty accumulator for categories 0, 1, ….
func NewAccumulator(categories int, o Options) *Accumulator {
	return &Accumulator{options: o.withDefaults(), categories: make([]tally, categories), confusion: newConfusion(categories)}
}

// Add takes the truths of an image and what was detected in it. Either may be
// empty. Nothing is kept if it returns an error, which wraps [ErrValue]. The
// slices remain the caller's.
func (a *Accumulator) Add(truths []Truth, detections []Detection) error {
	return a.AddImage(a.next, truths, detections)
}

// AddImage is Add for the image of the given number, from 0 on. The numbers
// decide which of two detections of the same score comes first, and nothing
// else; so they make the result independent of the order in which images are
// added. No two images may have the same number.
func (a *Accumulator) AddImage(number int, truths []Truth, detections []Detection) error {
	if err := a.check(number, truths, detections); err != nil {
		return err
	}
	a.images++
	a.next = max(a.next, number+1)
	a.order(truths, detections)
	t, d := a.truthOrder, a.detectionOrder
	for len(t) > 0 || len(d) > 0 {
		category := math.MaxInt
		if len(t) > 0 {
			category = truths[t[0]].Category
		}
		if len(d) > 0 {
			category = min(category, detections[d[0]].Category)
		}
		var n, m int
		for n < len(t) && truths[t[n]].Category == category {
			n++
		}
		for m < len(d) && detections[d[m]].Category == category {
			m++
		}
		a.addCategory(&a.categories[category], uint32(number), pick[Truth]{truths, t[:n]}, pick[Detection]{detections, d[:m]})
		t, d = t[n:], d[m:]
	}
	a.pairMatcher.match(&a.options, truths, detections)
	a.confusion.countImage(&a.pairMatcher.pairing, truths, detections)
	return nil
}

func (a *Accumulator) check(number int, truths []Truth, detections []Detection) error {
	if number < 0 || uint64(number) > math.MaxUint32 {
		return fmt.Errorf("%w: image number %d", ErrValue, number)
	}
	for i := range truths {
		t := &truths[i]
		if err := a.checkOne(t.Category, &t.Box, t.Area); err != nil {
			return fmt.Errorf("truth %d: %w", i, err)
		}
	}
	for i := range detections {
		d := &detections[i]
		if err := a.checkOne(d.Category, &d.Box, d.Score); err != nil {
			return fmt.Errorf("detection %d: %w", i, err)
		}
	}
	return nil
}

func (a *Accumulator) checkOne(category int, box *Box, number float64) error {
	if category < 0 || category >= len(a.categories) {
		return fmt.Errorf("%w: category %d of %d", ErrValue, category, len(a.categories))
	}
	if math.IsNaN(number) || math.IsInf(number, 0) {
		return fmt.Errorf("%w: %v", ErrValue, number)
	}
	return box.check()
}

// order sorts truths by category, and detections by category and from the
// highest score to the lowest; those that are equal stay as they were.
func (a *Accumulator) order(truths []Truth, detections []Detection) {
	a.truthOrder = upTo(a.truthOrder, len(truths))
	slices.SortStableFunc(a.truthOrder, func(i, j int) int { return cmp.Compare(truths[i].Category, truths[j].Category) })
	a.detectionOrder = upTo(a.detectionOrder, len(detections))
	slices.SortStableFunc(a.detectionOrder, func(i, j int) int {
		d, e := &detections[i], &detections[j]
		return cmp.Or(cmp.Compare(d.Category, e.Category), cmp.Compare(e.Score, d.Score))
	})
}

// upTo returns the numbers below n, in s where they have room.
func upTo(s []int, n int) []int {
	s = s[:0]
	for i := range n {
		s = append(s, i)
	}
	return s
}

// A pick is some of the elements of a slice, in an order of its own.
type pick[T any] struct {
	all   []T
	order []int
}

func (p pick[T]) len() int    { return len(p.order) }
func (p pick[T]) at(i int) *T { return &p.all[p.order[i]] }

// addCategory takes what an image has of one category.
func (a *Accumulator) addCategory(y *tally, image uint32, truths pick[Truth], detections pick[Detection]) {
	y.counts.Images++
	y.counts.Truths += truths.len()
	y.counts.Detections += detections.len()
	for i := range truths.len() {
		t := truths.at(i)
		if t.Crowd {
			y.counts.Crowds++
		}
		if t.Difficult {
			y.counts.Difficult++
		}
		if !t.Crowd && !t.Difficult {
			y.vocWanted++
		}
	}
	start := len(y.records)
	for i := range detections.len() {
		y.records = append(y.records, record{score: detections.at(i).Score, image: image, rank: uint8(min(i, maxRank))})
	}
	records := y.records[start:]
	a.cocoMatcher.match(y, records, truths, detections)
	a.vocMatcher.match(&a.options, records, truths, detections)
}

// Images returns how many images were added.
func (a *Accumulator) Images() int { return a.images }

// Counts returns what there was of each category.
func (a *Accumulator) Counts() []Counts {
	counts := make([]Counts, len(a.categories))
	for i := range a.categories {
		counts[i] = a.categories[i].counts
	}
	return counts
}

// Confusion returns the confusion matrix. It belongs to the accumulator and
// grows with it.
func (a *Accumulator) Confusion() *Confusion { return &a.confusion }

// Merge adds to a what b collected, of other images, with the same categories
// and options. b stays as it is.
func (a *Accumulator) Merge(b *Accumulator) error {
	if a.options != b.options || len(a.categories) != len(b.categories) {
		return errors.New("these accumulators measure different things and cannot be merged")
	}
	for i := range a.categories {
		y, z := &a.categories[i], &b.categories[i]
		y.records = append(y.records, z.records...)
		for r := range y.wanted {
			y.wanted[r] += z.wanted[r]
		}
		y.vocWanted += z.vocWanted
		y.counts.add(z.counts)
	}
	a.confusion.merge(&b.confusion)
	a.images += b.images
	a.next = max(a.next, b.next)
	return nil
}

// ranked is a record's place in the order of all records of a category.
type ranked struct {
	score        float64
	image, index uint32
}

// ranking returns the records of a category from the highest score to the
// lowest; those of equal score in the order of their images, and those of an
// image in the order in which they came. It uses the memory of order.
func (y *tally) ranking(order []ranked) []ranked {
	order = order[:0]
	for i := range y.records {
		order = append(order, ranked{y.records[i].score, y.records[i].image, uint32(i)})
	}
	slices.SortFunc(order, func(a, b ranked) int {
		switch {
		case a.score > b.score:
			return -1
		case a.score < b.score:
			return 1
		case a.image != b.image:
			return cmp.Compare(a.image, b.image)
		}
		return cmp.Compare(a.index, b.index)
	})
	return order
}
