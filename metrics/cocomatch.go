package metrics

// COCO's numbers, as pycocotools has them.
const (
	overlaps   = 10
	areaRanges = 4
	// mostDetections is how many detections of an image and category count.
	mostDetections = 100
)

// AreaRange is one of the sizes of objects that COCO tells apart.
type AreaRange int

// The ranges of areas: all, below 32², between 32² and 96², above 96² pixels.
// An area that is exactly at a limit is in both ranges.
const (
	All AreaRange = iota
	Small
	Medium
	Large
)

var areaLimits = [areaRanges][2]float64{{0, 1e5 * 1e5}, {0, 32 * 32}, {32 * 32, 96 * 96}, {96 * 96, 1e5 * 1e5}}

func (r AreaRange) outside(area float64) bool {
	return area < areaLimits[r][0] || area > areaLimits[r][1]
}

// A candidate is a truth that a detection overlaps by half or more.
type candidate struct {
	truth   int
	overlap float64
}

// A target is what is known of a truth while the detections of its image are
// matched.
type target struct {
	crowd bool
	// ignored has a bit for each range of areas in which the truth is not
	// asked for.
	ignored uint8
	// taken has a bit for each overlap at which a detection has hit it.
	taken [areaRanges]uint16
}

// A cocoMatcher finds out what the detections of an image and category hit.
type cocoMatcher struct {
	targets    []target
	candidates []candidate
}

// match marks the records of the detections, which are sorted by score.
func (m *cocoMatcher) match(y *tally, records []record, truths pick[Truth], detections pick[Detection]) {
	m.setTargets(y, truths)
	for i := range min(detections.len(), mostDetections) {
		d := detections.at(i)
		m.findCandidates(&d.Box, truths)
		area := float64(d.Box.W * d.Box.H)
		for r := range AreaRange(areaRanges) {
			k := m.matchOne(r)
			if r.outside(area) { // what hit nothing is not asked for either
				k.skip |= allOverlaps &^ (k.hit | k.skip)
			}
			records[i].areas[r] = k
		}
	}
}

const allOverlaps = 1<<overlaps - 1

// setTargets makes a target of each truth, and counts those that are asked for.
func (m *cocoMatcher) setTargets(y *tally, truths pick[Truth]) {
	m.targets = m.targets[:0]
	for i := range truths.len() {
		t := truths.at(i)
		g := target{crowd: t.Crowd}
		for r := range AreaRange(areaRanges) {
			if t.Crowd || r.outside(t.Area) {
				g.ignored |= 1 << r
			} else {
				y.wanted[r]++
			}
		}
		m.targets = append(m.targets, g)
	}
}

// findCandidates lists the truths that a detection may hit at any overlap.
// There are few of them, and most detections have none.
func (m *cocoMatcher) findCandidates(d *Box, truths pick[Truth]) {
	m.candidates = m.candidates[:0]
	for i := range truths.len() {
		t := truths.at(i)
		if o := overlap(d, &t.Box, t.Crowd); o >= cocoOverlaps[0] {
			m.candidates = append(m.candidates, candidate{i, o})
		}
	}
}

// matchOne finds what a detection hits in one range of areas, at every overlap.
func (m *cocoMatcher) matchOne(r AreaRange) (k mark) {
	if len(m.candidates) == 0 {
		return k
	}
	for i, threshold := range cocoOverlaps {
		best, found := m.best(r, i, threshold, 0)
		if found < 0 {
			_, found = m.best(r, i, best, 1)
		}
		if found < 0 {
			continue
		}
		g := &m.targets[found]
		g.taken[r] |= 1 << i
		if g.ignored>>r&1 != 0 {
			k.skip |= 1 << i
		} else {
			k.hit |= 1 << i
		}
	}
	return k
}

// best returns the truth that a detection overlaps most, and at least by
// atLeast, among those that are ignored or among those that are not; of equal
// ones the last. A truth is hit once, a crowd any number of times.
func (m *cocoMatcher) best(r AreaRange, overlap int, atLeast float64, ignored uint8) (most float64, found int) {
	most, found = atLeast, -1
	for _, c := range m.candidates {
		g := &m.targets[c.truth]
		if g.ignored>>r&1 != ignored || g.taken[r]>>overlap&1 != 0 && !g.crowd || c.overlap < most {
			continue
		}
		most, found = c.overlap, c.truth
	}
	return most, found
}
