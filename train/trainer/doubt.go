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
	aparts  map[int]float64   // by the octave of the area: the median
}

func (s *suspects) usual() *usual {
	margins, aparts := map[int32][]float64{}, map[int][]float64{}
	for _, h := range s.objects {
		margins[h.Label] = append(margins[h.Label], h.Margin/h.Weight)
		aparts[h.octave()] = append(aparts[h.octave()], h.Apart/h.Weight)
	}
	u := &usual{margins: map[int32]float64{}, aparts: map[int]float64{}}
	for label, list := range margins {
		u.margins[label] = min(0, median(list))
	}
	for octave, list := range aparts {
		u.aparts[octave] = median(list)
	}
	return u
}

func (h *history) octave() int { return int(h.Size / h.Weight) }

func median(list []float64) float64 {
	slices.Sort(list)
	return list[len(list)/2]
}

// doubt is how likely another label of an object, or another box, is right.
func (u *usual) doubt(h *history) float64 {
	margin := h.Margin/h.Weight - u.margins[h.Label]
	return 1 / (1 + math.Exp(margin))
}
