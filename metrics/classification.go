package metrics

import (
	"errors"
	"fmt"
	"math"
)

// A Classification counts how often the class of an image is the one with the
// highest score, or among the five highest. It is not safe for use by several
// goroutines: let each have its own, and [Classification.Merge] them.
type Classification struct {
	classes   []ClassCounts
	confusion Confusion
}

// ClassCounts say what there was of a class.
type ClassCounts struct {
	// Truths is the number of images of the class, Predicted of those where it
	// had the highest score.
	Truths, Predicted int
	// Top1 and Top5 are how many of the images of the class had it first, or
	// among the first five.
	Top1, Top5 int
}

// NewClassification returns an empty count for classes 0, 1, ….
func NewClassification(classes int) *Classification {
	return &Classification{make([]ClassCounts, classes), newConfusion(classes)}
}

// Add takes the class of an image and the scores that a model gave to each
// class. Of equal scores the one of the lower class is first, as for
// numpy.argmax. A class of the score −∞ is one that the model knows nothing of,
// and never among the first. Nothing is kept if it returns an error, which wraps
// [ErrValue].
func (c *Classification) Add(truth int, scores []float32) error {
	if truth < 0 || truth >= len(c.classes) || len(scores) != len(c.classes) {
		return fmt.Errorf("%w: class %d and %d scores, where there are %d classes", ErrValue, truth, len(scores), len(c.classes))
	}
	best, before := 0, 0
	for i, s := range scores {
		if s != s {
			return fmt.Errorf("%w: the score of class %d is no number", ErrValue, i)
		}
		if s > scores[best] {
			best = i
		}
		if s > scores[truth] || s == scores[truth] && i < truth {
			before++
		}
	}
	n := &c.classes[truth]
	n.Truths++
	c.classes[best].Predicted++
	known := !math.IsInf(float64(scores[truth]), -1)
	if known && before < 1 {
		n.Top1++
	}
	if known && before < 5 {
		n.Top5++
	}
	c.confusion.count(truth, best)
	return nil
}

// Classes returns what there was of each class.
func (c *Classification) Classes() []ClassCounts { return append([]ClassCounts(nil), c.classes...) }

// Confusion returns the confusion matrix. Nothing in it is background. It
// belongs to the count and grows with it.
func (c *Classification) Confusion() *Confusion { return &c.confusion }

// Total returns the sum over all classes.
func (c *Classification) Total() (sum ClassCounts) {
	for _, n := range c.classes {
		sum.add(n)
	}
	return sum
}

func (n *ClassCounts) add(o ClassCounts) {
	n.Truths += o.Truths
	n.Predicted += o.Predicted
	n.Top1 += o.Top1
	n.Top5 += o.Top5
}

// Top1Accuracy is the part of the images whose class had the highest score, and
// Top5Accuracy of those where it was among the first five. They are −1 if there
// were no images. For one class, the first is its recall.
func (n ClassCounts) Top1Accuracy() float64 { return ratio(float64(n.Top1), n.Truths) }

// Top5Accuracy is described at Top1Accuracy.
func (n ClassCounts) Top5Accuracy() float64 { return ratio(float64(n.Top5), n.Truths) }

// Precision is the part of the images taken for the class that are of it, and
// −1 where none was.
func (n ClassCounts) Precision() float64 { return ratio(float64(n.Top1), n.Predicted) }

// Merge adds what another counted.
func (c *Classification) Merge(o *Classification) error {
	if len(c.classes) != len(o.classes) {
		return errors.New("these counts are of different classes and cannot be merged")
	}
	for i := range c.classes {
		c.classes[i].add(o.classes[i])
	}
	c.confusion.merge(&o.confusion)
	return nil
}
