package clicks

import (
	"fmt"
	"math/bits"
	"math/rand/v2"
	"slices"
)

// popularity draws items as often as they occur.
type popularity struct {
	upTo []uint64 // events of this item and all before
}

func newPopularity(counts []uint64) (*popularity, error) {
	p := &popularity{make([]uint64, len(counts))}
	sum, items := uint64(0), 0
	for i, n := range counts {
		if i > 0 && n > 0 {
			items++
			var carry uint64
			if sum, carry = bits.Add64(sum, n, 0); carry > 0 {
				return nil, fmt.Errorf("%w: there are more events than can be counted", ErrData)
			}
		}
		p.upTo[i] = sum
	}
	switch items {
	case 0:
		return nil, fmt.Errorf("%w: there are no events in it", ErrData)
	case 1:
		return nil, fmt.Errorf("%w: there is no other item than the one that was clicked", ErrData)
	}
	return p, nil
}

// A draw is the random numbers of one place in a history.
type draw struct{ rand.PCG }

// drawAt begins the random numbers of a place in a user's history.
func drawAt(seed uint64, epoch int, user, at uint32) (d draw) {
	d.Seed(mixed(seed^mixed(uint64(epoch))), mixed(uint64(user)<<32|uint64(at)))
	return d
}

// mixed makes of near numbers far ones (the finalizer of splitmix64).
func mixed(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// below is a number from 0 to n−1.
func (d *draw) below(n uint64) uint64 {
	high, _ := bits.Mul64(d.Uint64(), n)
	return high
}

// other draws an item that is not the one given, and counts those that were.
func (p *popularity) other(d *draw, than uint32, rejected *int64) uint32 {
	total := p.upTo[len(p.upTo)-1]
	const tries = 1000
	for range tries {
		item := p.item(d.below(total))
		if item != than {
			return item
		}
		*rejected++
	}
	// Nearly all events are of one item: what is drawn is an event of another one.
	own := p.upTo[than] - p.upTo[than-1]
	rest := d.below(total - own)
	if rest >= p.upTo[than-1] {
		rest += own
	}
	return p.item(rest)
}

// item is that of the event with a number, were events sorted by items.
func (p *popularity) item(event uint64) uint32 {
	i, _ := slices.BinarySearch(p.upTo, event+1)
	return uint32(i)
}
