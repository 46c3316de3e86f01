package raster

import (
	"fmt"
	"slices"

	"datum/dataset"
)

// edges are the places, in column-major order, at which a mask changes between
// 0 and 1: even in number and rising.
type edges []int64

// cancelled sorts places of change. Two at the same place undo each other.
func cancelled(places []int64) edges {
	slices.Sort(places)
	kept := places[:0]
	for _, p := range places {
		kept = changed(kept, p)
	}
	return kept
}

// changed adds a change at p, which is not before the last one.
func changed(e []int64, p int64) []int64 {
	if n := len(e); n > 0 && e[n-1] == p {
		return e[:n-1]
	}
	return append(e, p)
}

// edgesOf decodes a mask.
func edgesOf(m dataset.RLE) (edges, error) {
	runs, err := m.Runs()
	if err != nil {
		return nil, err
	}
	e, at := edges(runs[:0]), int64(0)
	for i, n := range runs {
		if i > 0 {
			e = changed(e, at)
		}
		at += n
	}
	// A change at the very end changes nothing, and one that is missing
	// there belongs there.
	if len(e)%2 == 1 {
		e = changed(e, at)
	}
	return e, nil
}

// mask encodes a mask.
func (e edges) mask(height, width int32) dataset.RLE {
	var c coder
	for i := 0; i+1 < len(e); i += 2 {
		c.add(e[i], e[i+1])
	}
	return c.mask(height, width)
}

// union joins masks of one size, in pairs, so that each run is looked at only a
// few times however many masks there are.
func union(all []edges) edges {
	switch len(all) {
	case 0:
		return nil
	case 1:
		return all[0]
	}
	a, b := union(all[:len(all)/2]), union(all[len(all)/2:])
	joined := make(edges, 0, max(len(a), len(b)))
	for i, j := 0, 0; i < len(a) || j < len(b); {
		before := i%2 == 1 || j%2 == 1
		takeA := j == len(b) || i < len(a) && a[i] <= b[j]
		takeB := i == len(a) || j < len(b) && b[j] <= a[i]
		var at int64
		if takeA {
			at = a[i]
			i++
		}
		if takeB {
			at = b[j]
			j++
		}
		if after := i%2 == 1 || j%2 == 1; after != before {
			joined = append(joined, at)
		}
	}
	return joined
}

func checkSize(height, width int32) error {
	if height < 0 || width < 0 {
		return fmt.Errorf("%w: size %d × %d", dataset.ErrRLE, height, width)
	}
	return nil
}
