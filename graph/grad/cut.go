package grad

import (
	"math"
	"slices"

	"datum/graph"
)

// fromStridedSlice takes the masks into account: which places of the lists are
// dimensions of the input, and which of them are left.
func fromStridedSlice(s *step) {
	x, y := s.x(0), s.static(s.y(0), 0)
	rank := s.rank(x)
	start := s.ints(1)
	steps := slices.Repeat([]int64{1}, len(start))
	if s.node.Source(3) != nil {
		steps = s.ints(3)
	}
	mask := func(name string) func(int) bool {
		list := s.list(name, nil)
		return func(i int) bool { return i < len(list) && list[i] == 1 }
	}
	ellipsis, added, dropped, begins := mask("ellipsis_mask"), mask("new_axis_mask"), mask("shrink_axis_mask"), mask("begin_mask")
	named := 0
	for i := range start {
		if !ellipsis(i) && !added(i) {
			named++
		}
	}
	var shape []int64 // the gradient's, with all dimensions of x
	var cuts []cut
	at, out := 0, 0
	for i := range start {
		switch {
		case ellipsis(i):
			for range rank - named {
				shape, at, out = append(shape, y[out]), at+1, out+1
			}
		case added(i):
			out++
		case dropped(i):
			shape, cuts, at = append(shape, 1), append(cuts, cut{at, start[i], 1}), at+1
		default:
			if begins(i) {
				start[i] = 0
				if steps[i] < 0 {
					start[i] = math.MaxInt64
				}
			}
			shape, cuts, at, out = append(shape, y[out]), append(cuts, cut{at, start[i], steps[i]}), at+1, out+1
		}
	}
	shape = append(shape, y[out:]...)
	s.give1(0, s.uncut(s.Reshape(s.g(), shape...), x, cuts))
}

func fromPad(s *step) {
	begin, end := s.ints(1), s.ints(2)
	s.constants(3, "the number that is put around")
	mode := s.text("pad_mode", "constant")
	g := s.g()
	switch mode {
	case "constant":
		g = s.unpad(g, begin, end)
	case "edge", "reflect", "symmetric":
		for axis := range begin {
			g = s.folded(g, axis, begin[axis], end[axis], mode)
		}
	default:
		s.refuse("a padding of the mode %q", mode)
	}
	s.give1(0, g)
}

// unpad cuts off what was put around, and puts zeros where something was cut
// off.
func (s *step) unpad(g *graph.Output, begin, end []int64) *graph.Output {
	var ranges []graph.Range
	low, high, cut := make([]int64, len(begin)), make([]int64, len(begin)), false
	for i := range begin {
		r := graph.Range{Axis: int64(i), Start: max(0, begin[i]), Stop: graph.All}
		if end[i] > 0 {
			r.Stop = -end[i]
		}
		if begin[i] > 0 || end[i] > 0 {
			ranges = append(ranges, r)
		}
		low[i], high[i] = max(0, -begin[i]), max(0, -end[i])
		cut = cut || low[i]+high[i] > 0
	}
	if ranges != nil {
		g = s.Slice(g, ranges...)
	}
	if cut {
		g = s.Pad(g, low, high, s.Like(g, 0))
	}
	return g
}

// folded adds what was put at the ends of an axis, and is a copy of what lies
// inside, to what it is a copy of.
func (s *step) folded(g *graph.Output, axis int, begin, end int64, mode string) *graph.Output {
	if begin < 0 || end < 0 {
		s.refuse("a padding of the mode %q that cuts", mode)
	}
	padded := s.static(g, axis)[axis]
	length := padded - begin - end
	a := int64(axis)
	inside := s.Slice(g, graph.Range{Axis: a, Start: begin, Stop: begin + length})
	// put adds a part of g, turned round or summed, from a place on.
	put := func(from, count, to int64) {
		if count == 0 {
			return
		}
		part := s.Slice(g, graph.Range{Axis: a, Start: from, Stop: from + count})
		if mode == "edge" {
			part, count = s.Sum(part, true, a), 1
		} else {
			part = s.Reverse(part, a)
		}
		low, high := make([]int64, len(g.Shape)), make([]int64, len(g.Shape))
		low[axis], high[axis] = to, length-to-count
		inside = s.Add(inside, s.Pad(part, low, high, s.Like(g, 0)))
	}
	switch mode {
	case "edge":
		put(0, begin, 0)
		put(padded-end, end, length-1)
	case "reflect": // the edge itself is not repeated
		put(0, begin, 1)
		put(padded-end, end, length-1-end)
	default:
		put(0, begin, 0)
		put(padded-end, end, length-end)
	}
	return inside
}

// fromTile adds up the copies, axis by axis: sums over the middle of three
// dimensions are the ones that are fast.
func fromTile(s *step) {
	repeats, shape := s.ints(1), s.static(s.x(0), 0)
	rank := max(len(repeats), len(shape))
	repeats = slices.Concat(slices.Repeat([]int64{1}, rank-len(repeats)), repeats)
	sizes := slices.Concat(slices.Repeat([]int64{1}, rank-len(shape)), shape)
	g := s.g()
	for i, n := range repeats {
		if n == 1 {
			continue
		}
		inner := int64(1)
		for k := i; k < rank; k++ {
			if inner *= sizes[k]; k > i {
				inner *= repeats[k]
			}
		}
		g = s.Sum(s.Reshape(g, -1, n, inner), false, 1)
	}
	s.give1(0, s.reshaped(g, s.x(0)))
}

// fromExplicitBroadcast is for a broadcast that says which dimensions of the
// output those of the input are.
func fromExplicitBroadcast(s *step) {
	axes, x, g := s.ints(2), s.static(s.x(0), 0), s.g()
	if !slices.IsSorted(axes) || len(axes) != len(x) {
		s.refuse("a broadcast along the axes %v", axes)
	}
	var sum []int64
	for i := range s.static(s.y(0), 0) {
		k := slices.Index(axes, int64(i))
		if k < 0 || x[k] == 1 {
			sum = append(sum, int64(i))
		}
	}
	if sum != nil {
		g = s.Sum(g, true, sum...)
	}
	s.give1(0, s.reshaped(g, s.x(0)))
}

func fromDepthToSpace(s *step) {
	s.give1(0, s.SpaceToDepth(s.g(), int(s.int("block_size", 1)), s.text("mode", "") == "blocks_first"))
}

func fromSpaceToDepth(s *step) {
	s.give1(0, s.DepthToSpace(s.g(), int(s.int("block_size", 1)), s.text("mode", "") == "blocks_first"))
}

// fromReverseSequence turns the sequences round once more.
func fromReverseSequence(s *step) {
	s.give1(0, s.ReverseSequence(s.g(), s.x(1), int(s.int("batch_axis", 0)), int(s.int("seq_axis", 1))))
}

// fromShuffleChannels puts the channels back: what was the number of groups is
// the number of channels in each.
func fromShuffleChannels(s *step) {
	shape := s.static(s.x(0), 0)
	axis := s.axis(s.int("axis", 1), len(shape))
	group := s.int("group", 1)
	if group <= 0 || shape[axis]%group != 0 {
		s.fail("%d groups of %d channels", group, shape[axis])
	}
	parted := slices.Concat(shape[:axis], []int64{shape[axis] / group, group}, shape[axis+1:])
	g := s.Transpose(s.Reshape(s.g(), parted...), swapped(len(parted), axis, axis+1)...)
	s.give1(0, s.Reshape(g, shape...))
}

// fromRoll rolls the other way.
func fromRoll(s *step) {
	g := s.g()
	n := s.AddForeign("Roll", s.node.Version, nil, []graph.OutputType{{Element: g.Element, Shape: g.Shape}}, g, s.Neg(s.x(1)), s.x(2))
	if n == nil {
		s.fail("%w", s.Err())
	}
	s.give1(0, n.Output(0))
}
