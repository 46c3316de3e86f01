package metrics

// A vocMark says what VOC makes of a detection.
type vocMark uint8

const (
	vocMiss vocMark = iota
	vocHit
	vocSkip
)

// A vocMatcher finds out what the detections of an image and category hit.
type vocMatcher struct{ taken []bool }

// match marks the records of the detections, which are sorted by score. A
// detection may hit only the truth that it overlaps most; of equal ones the
// first. Crowds count as difficult.
func (m *vocMatcher) match(o *Options, records []record, truths pick[Truth], detections pick[Detection]) {
	m.taken = append(m.taken[:0], make([]bool, truths.len())...)
	for i := range detections.len() {
		d := detections.at(i)
		most, found := 0.0, -1
		for j := range truths.len() {
			if v := o.vocOverlap(&d.Box, &truths.at(j).Box); v > most {
				most, found = v, j
			}
		}
		switch {
		case found < 0 || most < o.VOCOverlap:
		case truths.at(found).Difficult || truths.at(found).Crowd:
			records[i].voc = vocSkip
		case !m.taken[found]:
			m.taken[found] = true
			records[i].voc = vocHit
		}
	}
}

func (o *Options) vocOverlap(d, t *Box) float64 {
	if o.VOCPoints {
		return overlap(d, t, false)
	}
	return pixelOverlap(d, t)
}
