package commands

import (
	"io"
	"math"
	"testing"

	"datum/events"
	"datum/internal/ui"
)

// The mean of values is one of those between the least and the greatest, whatever their
// sum is.
func TestMeanValue(t *testing.T) {
	t.Parallel()
	const most = math.MaxFloat64
	for name, test := range map[string]struct {
		value func(i int) float64
		mean  float64
	}{
		"ratings":   {func(i int) float64 { return float64(i % 5) }, 2},
		"largest":   {func(int) float64 { return most }, most},
		"smallest":  {func(int) float64 { return -most }, -most},
		"both":      {func(i int) float64 { return most * float64(i%3-1) }, 0},
		"tiny":      {func(int) float64 { return 3e-310 }, 3e-310},
		"of no use": {func(int) float64 { return 0.1 }, 0.1},
	} {
		b, err := events.NewBuilder(events.Options{Scratch: t.TempDir()})
		if err != nil {
			t.Fatal(err)
		}
		defer b.Close()
		for i := range 30_000 {
			if err := b.Add(&events.Record{User: []byte("u"), Item: []byte("i"), Time: int64(i), Value: test.value(i)}); err != nil {
				t.Fatal(err)
			}
		}
		l, _, err := b.Temporary(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		s := &eventsSummary{Info: l.Info()}
		a := &app{Printer: ui.NewText(ui.Options{Stdout: io.Discard, Stderr: io.Discard})}
		if err := s.addValues(t.Context(), a, l); err != nil {
			t.Fatal(err)
		}
		if d := math.Abs(s.MeanValue - test.mean); !(d <= math.Abs(test.mean)*1e-9) || s.MeanValue < s.Least || s.MeanValue > s.Greatest {
			t.Errorf("%s: %v from %v to %v, and not %v", name, s.MeanValue, s.Least, s.Greatest, test.mean)
		}
	}
}
