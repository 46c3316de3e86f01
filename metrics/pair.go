package metrics

import (
	"cmp"
	"slices"
)

// What a [Pairing] has in place of a number where something has no partner.
const (
	// Unpaired is a truth that was missed, or a detection of nothing.
	Unpaired = -1
	// Excused is a truth that is not asked for (a crowd, a difficult one), a
	// detection of the category of such a truth that lies on it, or a detection
	// of too low a score.
	Excused = -2
)

// A Pairing says which detection of an image belongs to which truth, of
// whatever category.
type Pairing struct {
	// Truths has the number of the detection for each truth, Detections that
	// of the truth for each detection.
	Truths, Detections []int
}

// Mistakes counts the truths that were missed, the detections of nothing, and
// the pairs of different categories.
func (p *Pairing) Mistakes(truths []Truth, detections []Detection) (missed, invented, confused int) {
	for i, d := range p.Truths {
		switch {
		case d == Unpaired:
			missed++
		case d >= 0 && truths[i].Category != detections[d].Category:
			confused++
		}
	}
	for _, t := range p.Detections {
		if t == Unpaired {
			invented++
		}
	}
	return missed, invented, confused
}

// Pair pairs truths and detections as the confusion matrix does: those that
// overlap most first, and each once. The accumulator would say the same with
// these options.
func Pair(o Options, truths []Truth, detections []Detection) Pairing {
	o = o.withDefaults()
	var m pairMatcher
	m.match(&o, truths, detections)
	return m.pairing
}

// A pair is a detection and a truth that overlap enough.
type pair struct {
	truth, detection int
	overlap          float64
	same             bool
}

// A pairMatcher has the memory that images use one after the other.
type pairMatcher struct {
	pairs   []pair
	pairing Pairing
}

func (m *pairMatcher) match(o *Options, truths []Truth, detections []Detection) {
	m.findPairs(o, truths, detections)
	p := &m.pairing
	p.Truths, p.Detections = p.Truths[:0], p.Detections[:0]
	for i := range truths {
		p.Truths = append(p.Truths, excusedIf(!asked(&truths[i])))
	}
	for i := range detections {
		d := &detections[i]
		p.Detections = append(p.Detections, excusedIf(d.Score < o.ConfusionScore))
	}
	for _, q := range m.pairs {
		if p.Truths[q.truth] == Unpaired && p.Detections[q.detection] == Unpaired {
			p.Truths[q.truth], p.Detections[q.detection] = q.detection, q.truth
		}
	}
	for i := range detections {
		if p.Detections[i] == Unpaired && excused(o, &detections[i], truths) {
			p.Detections[i] = Excused
		}
	}
}

func excusedIf(b bool) int {
	if b {
		return Excused
	}
	return Unpaired
}

// asked reports whether a model is asked for a truth.
func asked(t *Truth) bool { return !t.Crowd && !t.Difficult }

// excused reports whether a detection lies on a truth of its category that is
// not asked for.
func excused(o *Options, d *Detection, truths []Truth) bool {
	for i := range truths {
		t := &truths[i]
		if !asked(t) && t.Category == d.Category && overlap(&d.Box, &t.Box, t.Crowd) >= o.ConfusionOverlap {
			return true
		}
	}
	return false
}

// findPairs lists the pairs in the order in which they are matched: by overlap,
// those of the same category first, then by score, then as they were given.
func (m *pairMatcher) findPairs(o *Options, truths []Truth, detections []Detection) {
	m.pairs = m.pairs[:0]
	for i := range detections {
		d := &detections[i]
		if d.Score < o.ConfusionScore {
			continue
		}
		start := len(m.pairs)
		for j := range truths {
			t := &truths[j]
			if !asked(t) {
				continue
			}
			if v := overlap(&d.Box, &t.Box, false); v >= o.ConfusionOverlap {
				m.pairs = append(m.pairs, pair{j, i, v, d.Category == t.Category})
			}
		}
		// The other detections can take that many truths away from this one, and
		// no more: very many truths in one place take no memory.
		if of := m.pairs[start:]; len(of) > len(detections) {
			sortPairs(of, detections)
			m.pairs = m.pairs[:start+len(detections)]
		}
	}
	sortPairs(m.pairs, detections)
}

func sortPairs(pairs []pair, detections []Detection) {
	slices.SortStableFunc(pairs, func(a, b pair) int {
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
