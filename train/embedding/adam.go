package embedding

import (
	"fmt"
	"math"
)

// The usual numbers of Adam.
const (
	beta1   = 0.9
	beta2   = 0.999
	epsilon = 1e-8
)

// Step changes the rows that Add has noted gradients of, and forgets these. What Adam
// keeps of the other rows stays as it is. Gradients that are not finite are an error,
// and change nothing.
func (t *Table) Step(rate float64) error {
	defer t.Drop()
	if !(rate >= 0) || rate > math.MaxFloat32 {
		return fmt.Errorf("%w: a learning rate of %v", ErrTable, rate)
	}
	for i, g := range t.sums {
		if d := float64(g); math.IsNaN(d) || math.IsInf(d, 0) {
			return fmt.Errorf("%w: the gradient of row %d is %v", ErrTable, t.touched[i/t.width], g)
		}
	}
	t.steps++
	n := float64(t.steps)
	by := float32(rate * math.Sqrt(1-math.Pow(beta2, n)) / (1 - math.Pow(beta1, n)))
	for slot, id := range t.touched {
		t.change(int(id)*t.width, t.sums[slot*t.width:][:t.width], by)
	}
	return nil
}

// change is Adam for the row that begins at a place.
func (t *Table) change(at int, gradient []float32, by float32) {
	values, mean, square := t.values[at:][:len(gradient)], t.mean[at:][:len(gradient)], t.square[at:][:len(gradient)]
	for i, g := range gradient {
		mean[i] += (1 - beta1) * (g - mean[i])
		square[i] += (1 - beta2) * (g*g - square[i])
		values[i] -= by * mean[i] / (float32(math.Sqrt(float64(square[i]))) + epsilon)
	}
}
