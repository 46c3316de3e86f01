package metrics

import (
	"cmp"
	"encoding/binary"
	"math"
)

// scored is the score of a sample, in a form that has the order of the scores,
// and whether the sample is positive, in the last bit.
type scored uint32

// scoreOf takes a score that is not negative: of such floats the bits have the
// order of the numbers, and the first bit is free. Adding zero makes one zero of the two.
func scoreOf(score float32, positive bool) scored {
	s := scored(math.Float32bits(score+0)) << 1
	if positive {
		s |= 1
	}
	return s
}

func (s scored) score() uint32            { return uint32(s >> 1) }
func (s scored) positive() bool           { return s&1 != 0 }
func (s scored) compare(o scored) int     { return cmp.Compare(s, o) }
func (s scored) appendTo(b []byte) []byte { return binary.LittleEndian.AppendUint32(b, uint32(s)) }
func (scored) parse(b []byte) scored      { return scored(binary.LittleEndian.Uint32(b)) }
func (scored) size() int                  { return 4 }

// grouped is a score in a group.
type grouped struct {
	group uint64
	scored
}

func (g grouped) compare(o grouped) int {
	if g.group != o.group {
		return cmp.Compare(g.group, o.group)
	}
	return cmp.Compare(g.scored, o.scored)
}

func (g grouped) appendTo(b []byte) []byte {
	return g.scored.appendTo(binary.LittleEndian.AppendUint64(b, g.group))
}

func (grouped) parse(b []byte) grouped {
	return grouped{binary.LittleEndian.Uint64(b), scored(binary.LittleEndian.Uint32(b[8:]))}
}

func (grouped) size() int { return 12 }
