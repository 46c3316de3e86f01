package trainer

import (
	"math"
	"slices"
)

// usual is what objects are mostly like. Of a class that the network hardly knows
// everything would be doubtful, and of small objects each box: so both are compared with
// their like.
type usual struct {
	margins map[int32]float64 // by label: the median, 0 at most
	aparts  map[int]spread    // by the octave of the area
}

// spread is a median, and the usual distance from it.
type spread struct{ median, deviation float64 }

func (s *suspects) usual() *usual {
	margins, aparts := map[int32][]float64{}, map[int][]float64{}
	for _, h := range s.objects {
		margins[h.Label] = append(margins[h.Label], h.Margin/h.Weight)
		aparts[h.octave()] = append(aparts[h.octave()], h.Apart/h.Weight)
	}
	u := &usual{margins: map[int32]float64{}, aparts: map[int]spread{}}
	for label, list := range margins {
		u.margins[label] = min(0, median(list))
	}
	for octave, list := range aparts {
		u.aparts[octave] = spreadOf(list)
	}
	return u
}

func (h *history) octave() int { return int(h.Size / h.Weight) }

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// spreadOf changes the list. The deviation is that of a normal distribution with the
// same quartiles, which a few that are far out do not change.
func spreadOf(list []float64) spread {
	const normal = 1.4826
	s := spread{median: median(list)}
	for i, v := range list {
		list[i] = math.Abs(v - s.median)
	}
	s.deviation = max(normal*median(list), 1e-6)
	return s
}

// doubt is how likely another label of an object, or another box, is right.
func (u *usual) doubt(h *history) float64 {
	label := logistic(u.margins[h.Label] - h.Margin/h.Weight)
	if h.Apart == 0 {
		return label
	}
	// A box becomes doubtful where only one in a thousand good ones is as far off.
	const far, steepness = 3, 0.5
	s := u.aparts[h.octave()]
	return max(label, logistic(steepness*((h.Apart/h.Weight-s.median)/s.deviation-far)))
}

func logistic(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
