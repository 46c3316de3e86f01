package detection

import "slices"

// most is how many candidates are looked at, the best of them, however many a
// model puts out.
const most = 30000

// best sorts candidates by score and returns at most n of them.
func best(list []candidate, n int) []candidate {
	slices.SortFunc(list, byScore)
	return list[:min(n, len(list))]
}

// suppress drops each candidate that overlaps a better one of its class by more
// than iou, and returns at most limit, the best first.
func suppress(list []candidate, iou float64, limit int) []candidate {
	var kept []candidate
	for _, c := range best(list, most) {
		if len(kept) == limit {
			break
		}
		if !slices.ContainsFunc(kept, func(k candidate) bool { return k.class == c.class && overlap(&k, &c) > iou }) {
			kept = append(kept, c)
		}
	}
	return kept
}

// overlap is the intersection of two boxes over their union.
func overlap(a, b *candidate) float64 {
	w := min(a.x2, b.x2) - max(a.x1, b.x1)
	h := min(a.y2, b.y2) - max(a.y1, b.y1)
	if w <= 0 || h <= 0 {
		return 0
	}
	both := w * h
	return both / ((a.x2-a.x1)*(a.y2-a.y1) + (b.x2-b.x1)*(b.y2-b.y1) - both)
}
