package evalreport

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"datum/metrics"
)

// A Worst keeps the worst pictures of many, so that only these are in memory.
// It is not safe for use by several goroutines.
type Worst struct {
	most int
	kept []kept // the worst first
}

type kept struct {
	mistakes float64
	number   int
	picture  Picture
}

// NewWorst returns an empty list of at most so many pictures.
func NewWorst(most int) *Worst { return &Worst{most: most} }

// Add takes the picture of an image if it is among the worst so far, and calls
// picture only then. An image without mistakes is not taken. Of two that are
// equally bad, the one of the lower number is worse, so that the order of the
// calls does not matter.
func (w *Worst) Add(number int, mistakes float64, picture func() (Picture, error)) error {
	k := kept{mistakes: mistakes, number: number}
	at, _ := slices.BinarySearchFunc(w.kept, k, func(a, b kept) int {
		return cmp.Or(cmp.Compare(b.mistakes, a.mistakes), cmp.Compare(a.number, b.number))
	})
	if !(mistakes > 0) || at >= w.most {
		return nil
	}
	var err error
	if k.picture, err = picture(); err != nil {
		return err
	}
	w.kept = slices.Insert(w.kept, at, k)
	if len(w.kept) > w.most {
		w.kept[w.most] = kept{} // for the picture to be freed
		w.kept = w.kept[:w.most]
	}
	return nil
}

// Pictures returns those that were kept, the worst first.
func (w *Worst) Pictures() []Picture {
	pictures := make([]Picture, len(w.kept))
	for i := range w.kept {
		pictures[i] = w.kept[i].picture
	}
	return pictures
}

// Mistakes says how bad the detections of an image are: one for each truth that
// was missed or taken for something else, and the score of each detection of
// nothing. The options are those of the accumulator.
func Mistakes(o metrics.Options, truths []metrics.Truth, detections []metrics.Detection) float64 {
	p := metrics.Pair(o, truths, detections)
	missed, _, confused := p.Mistakes(truths, detections)
	sum := float64(missed + confused)
	for i, t := range p.Detections {
		if t == metrics.Unpaired {
			sum += max(detections[i].Score, 0)
		}
	}
	return sum
}

// Draw returns a picture with boxes, and why it is bad. What else a [Picture]
// has is for the caller to fill in. Detections of so low a score that the
// confusion matrix leaves them out are not drawn.
func Draw(o metrics.Options, names []string, truths []metrics.Truth, detections []metrics.Detection) Picture {
	p := metrics.Pair(o, truths, detections)
	var picture Picture
	for i := range truths {
		t := &truths[i]
		m := Mark{Box: t.Box, Label: nameOf(names, t.Category)}
		switch d := p.Truths[i]; {
		case t.Crowd:
			m.Label += " (crowd)"
		case t.Difficult:
			m.Label += " (difficult)"
		default:
			m.Wrong = d < 0 || detections[d].Category != t.Category
		}
		picture.Truths = append(picture.Truths, m)
	}
	for i := range detections {
		d, t := &detections[i], p.Detections[i]
		if t == metrics.Excused && d.Score < o.LeastScore() {
			continue
		}
		wrong := t == metrics.Unpaired || t >= 0 && truths[t].Category != d.Category
		picture.Detections = append(picture.Detections, Mark{Box: d.Box, Label: nameOf(names, d.Category), Score: d.Score, Wrong: wrong})
	}
	missed, invented, confused := p.Mistakes(truths, detections)
	picture.Reason = reason(missed, invented, confused)
	return picture
}

func reason(missed, invented, confused int) string {
	var parts []string
	for _, c := range []struct {
		n    int
		what string
	}{{missed, "missed"}, {confused, "taken for another class"}, {invented, "found where nothing is"}} {
		if c.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", c.n, c.what))
		}
	}
	return strings.Join(parts, ", ")
}
