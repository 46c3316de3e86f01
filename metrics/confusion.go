package metrics

import (
	"cmp"
	"slices"
)

// A Confusion is a confusion matrix: how often a truth of one category was
// taken for one of another. One more category, the last, stands for the
// background: its row has detections where there was nothing, its column
// truths that were not found. Only cells that are not zero take memory.
type Confusion struct {
	categories int
	cells      map[[2]int32]int
}

func newConfusion(categories int) Confusion {
	return Confusion{categories, map[[2]int32]int{}}
}

// Categories returns the number of categories, without the background.
func (c *Confusion) Categories() int { return c.categories }

// Background returns the number of the row and column of the background.
func (c *Confusion) Background() int { return c.categories }

// At returns how many truths of one category were taken for another.
func (c *Confusion) At(truth, predicted int) int {
	return c.cells[[2]int32{int32(truth), int32(predicted)}]
}

// A Cell is a cell of a confusion matrix that is not zero.
type Cell struct{ Truth, Predicted, Count int }

// Cells returns all cells that are not zero, row by row.
func (c *Confusion) Cells() []Cell {
	cells := make([]Cell, 0, len(c.cells))
	for at, n := range c.cells {
		cells = append(cells, Cell{int(at[0]), int(at[1]), n})
	}
	slices.SortFunc(cells, func(a, b Cell) int {
		return cmp.Or(cmp.Compare(a.Truth, b.Truth), cmp.Compare(a.Predicted, b.Predicted))
	})
	return cells
}

func (c *Confusion) count(truth, predicted int) {
	c.cells[[2]int32{int32(truth), int32(predicted)}]++
}

func (c *Confusion) merge(o *Confusion) {
	for at, n := range o.cells {
		c.cells[at] += n
	}
}

// A pair is a detection and a truth that overlap enough.
type pair struct {
	truth, detection int
	overlap          float64
	same             bool
}

// A confusionMatcher finds out which detection belongs to which truth, of
// whatever category.
type confusionMatcher struct {
	pairs              []pair
	truths, detections []bool
}

// add matches pairs from the greatest overlap to the least. A truth that is a
// crowd or difficult is not missed if nothing found it, and a detection of
// its category that lies in it is no false one.
func (m *confusionMatcher) add(c *Confusion, o *Options, truths []Truth, detections []Detection) {
	m.findPairs(o, truths, detections)
	m.truths = append(m.truths[:0], make([]bool, len(truths))...)
	m.detections = append(m.detections[:0], make([]bool, len(detections))...)
	for _, p := range m.pairs {
		if m.truths[p.truth] || m.detections[p.detection] {
			continue
		}
		m.truths[p.truth], m.detections[p.detection] = true, true
		c.count(truths[p.truth].Category, detections[p.detection].Category)
	}
	for i := range truths {
		if !m.truths[i] && wanted(&truths[i]) {
			c.count(truths[i].Category, c.Background())
		}
	}
	for i := range detections {
		if d := &detections[i]; !m.detections[i] && d.Score >= o.ConfusionScore && !excused(o, d, truths) {
			c.count(c.Background(), d.Category)
		}
	}
}

func wanted(t *Truth) bool { return !t.Crowd && !t.Difficult }

func excused(o *Options, d *Detection, truths []Truth) bool {
	for i := range truths {
		t := &truths[i]
		if !wanted(t) && t.Category == d.Category && overlap(&d.Box, &t.Box, t.Crowd) >= o.ConfusionOverlap {
			return true
		}
	}
	return false
}

// findPairs lists the pairs in the order in which they are matched: by overlap,
// those of the same category first, then by score, then as they were given.
func (m *confusionMatcher) findPairs(o *Options, truths []Truth, detections []Detection) {
	m.pairs = m.pairs[:0]
	for i := range detections {
		d := &detections[i]
		if d.Score < o.ConfusionScore {
			continue
		}
		for j := range truths {
			t := &truths[j]
			if !wanted(t) {
				continue
			}
			if v := overlap(&d.Box, &t.Box, false); v >= o.ConfusionOverlap {
				m.pairs = append(m.pairs, pair{j, i, v, d.Category == t.Category})
			}
		}
	}
	slices.SortStableFunc(m.pairs, func(a, b pair) int {
		if a.overlap != b.overlap {
			return cmp.Compare(b.overlap, a.overlap)
		}
		if a.same != b.same {
			if a.same {
				return -1
			}
			return 1
		}
		return cmp.Compare(detections[b.detection].Score, detections[a.detection].Score)
	})
}
