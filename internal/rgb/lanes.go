package rgb

import "encoding/binary"

// A pixel is worked on as one number: its three channels lie in lanes of 21
// bits, so that a multiplication by a weight weighs all of them. Across, the
// weights make up 11 bits, which with the 8 of a channel are 19; what comes out is rounded
// to 11 bits, three of them behind the point. Down, the weights make up 10 bits, which
// fills the lane. So no lane ever spills into the next.
const (
	lane       = 21
	ones       = 1 | 1<<lane | 1<<(2*lane)
	acrossBits = 11
	downBits   = 10
	pointBits  = 3
	dropBits   = acrossBits - pointBits
	pointMask  = (1<<(8+pointBits) - 1) * ones
	// Halves, to round to the nearest.
	halfAcross = 1 << (dropBits - 1) * ones
	halfDown   = 1 << (downBits + pointBits - 1) * ones
)

// spread puts the channels of a row of RGB into lanes. Four bytes are read at
// once, which the last pixel does not have.
func spread(to []uint64, row []byte) {
	last := len(to) - 1
	for i := range to[:last] {
		p := uint64(binary.LittleEndian.Uint32(row[3*i : 3*i+4]))
		to[i] = p&0xff | p<<(lane-8)&(0xff<<lane) | p<<(2*lane-16)&(0xff<<(2*lane))
	}
	p := row[3*last:]
	to[last] = uint64(p[0]) | uint64(p[1])<<lane | uint64(p[2])<<(2*lane)
}

// resizeAcross resizes a row in lanes.
func (a *axis) resizeAcross(to, from []uint64) {
	switch {
	case a.from == a.to:
		for i, p := range from[:len(to)] {
			to[i] = p << pointBits
		}
	case a.taps == 2:
		first := a.first[:len(to)]
		weights := a.weights[:2*len(to)]
		for i := range to {
			at := first[i]
			p := from[at : at+2 : at+2]
			to[i] = (p[0]*weights[2*i] + p[1]*weights[2*i+1] + halfAcross) >> dropBits & pointMask
		}
	default:
		for i := range to {
			first, weights := a.at(i)
			sum := uint64(halfAcross)
			for t, p := range from[first : first+len(weights)] {
				sum += p * weights[t]
			}
			to[i] = sum >> dropBits & pointMask
		}
	}
}

// together puts the channels of a pixel whose lanes were weighed both ways side
// by side.
func together(p uint64) uint32 {
	const point = downBits + pointBits
	return uint32(p>>point&0xff | p>>(lane+point-8)&0xff00 | p>>(2*lane+point-16)&0xff0000)
}

// between writes the row between two others. Four bytes are written at once, the
// last of which the next pixel overwrites.
func between(to []byte, above, below []uint64, w, v uint64) {
	below = below[:len(above)]
	last := len(above) - 1
	for i, p := range above[:last] {
		binary.LittleEndian.PutUint32(to[3*i:3*i+4], together(p*w+below[i]*v+halfDown))
	}
	store(to[3*last:], above[last]*w+below[last]*v+halfDown)
}

func store(to []byte, p uint64) {
	v := together(p)
	to[0], to[1], to[2] = byte(v), byte(v>>8), byte(v>>16)
}
