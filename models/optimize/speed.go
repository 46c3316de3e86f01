package optimize

import (
	"context"
	"time"
)

// A Speed is how long an inference takes, of batches of one size.
type Speed struct {
	Size
	Before float64 `json:"before_ms"`
	After  float64 `json:"after_ms"`
}

// Ratio is how many times as fast the model is.
func (s Speed) Ratio() float64 { return s.Before / s.After }

// usualSpeeds are the sizes that are measured.
var usualSpeeds = []Size{{1, 100}, {16, 100}, {64, 100}, {256, 100}}

// time measures the models, one after the other and again: other programs disturb both
// in the same way, and the least of what was measured is what they take by themselves.
func (c *checker) time(ctx context.Context) error {
	sizes := usualSpeeds
	if all := c.sizes(); len(all) == 1 || len(c.options.Sizes) > 0 {
		sizes = all
	}
	for _, z := range sizes {
		least := [2]time.Duration{}
		for round := range 12 {
			for i, r := range []*runner{c.before, c.after} {
				if round == 0 {
					if err := c.run(ctx, r, newBatch(z, c.layout, c.inputs, 0)); err != nil {
						return err
					}
				}
				start := time.Now()
				if err := r.request.Infer(ctx); err != nil {
					return err
				}
				if took := time.Since(start); round == 0 || took < least[i] {
					least[i] = took
				}
			}
		}
		ms := func(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
		c.report.Speed = append(c.report.Speed, Speed{z, ms(least[0]), ms(least[1])})
	}
	return nil
}
