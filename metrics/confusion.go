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

// countImage counts what [Pair] made of an image.
func (c *Confusion) countImage(p *Pairing, truths []Truth, detections []Detection) {
	for i, d := range p.Truths {
		switch {
		case d >= 0:
			c.count(truths[i].Category, detections[d].Category)
		case d == Unpaired:
			c.count(truths[i].Category, c.Background())
		}
	}
	for i, t := range p.Detections {
		if t == Unpaired {
			c.count(c.Background(), detections[i].Category)
		}
	}
}
