package planes

import (
	"cmp"
	"math/bits"
	"slices"
)

// code is a Huffman code of an alphabet: of each symbol, how many bits it has
// and which, the first in the lowest place.
type code struct {
	lengths []uint8
	words   []uint16
}

// leaf is a symbol that occurs, or a pair of nodes joined.
type leaf struct {
	count  uint32
	symbol int
}

// coder makes codes; its buffers are used again.
type coder struct {
	leaves []leaf
	nodes  []node
}

// node is a node of a tree of which the leaves come first.
type node struct {
	count       uint64
	left, right int32
	depth       uint8
}

// make makes the best code for symbols that occur as often as counts says, in
// which no word is longer than most. At least two symbols occur.
func (c *coder) make(out *code, counts []uint32, most uint8) {
	c.leaves = c.leaves[:0]
	for s, n := range counts {
		if n > 0 {
			c.leaves = append(c.leaves, leaf{n, s})
		}
	}
	slices.SortFunc(c.leaves, func(a, b leaf) int {
		return cmp.Or(cmp.Compare(a.count, b.count), cmp.Compare(a.symbol, b.symbol))
	})
	for c.depths() > most { // seldom: where counts rise as Fibonacci's numbers do
		for i := range c.leaves {
			c.leaves[i].count = c.leaves[i].count/2 + 1
		}
	}
	out.lengths, out.words = resized(out.lengths, len(counts)), resized(out.words, len(counts))
	for i, l := range c.leaves {
		out.lengths[l.symbol] = c.nodes[i].depth
	}
	out.assign()
}

// depths joins the two nodes that occur least until one is left, and returns
// the depth of the deepest leaf.
func (c *coder) depths() (deepest uint8) {
	n := len(c.leaves)
	c.nodes = c.nodes[:0]
	for _, l := range c.leaves {
		c.nodes = append(c.nodes, node{count: uint64(l.count), left: -1})
	}
	single, joined := 0, n // leaves and pairs that are not joined yet, both in rising order
	next := func() int32 {
		if joined == len(c.nodes) || single < n && c.nodes[single].count <= c.nodes[joined].count {
			single++
			return int32(single - 1)
		}
		joined++
		return int32(joined - 1)
	}
	for len(c.nodes) < 2*n-1 {
		a, b := next(), next()
		c.nodes = append(c.nodes, node{count: c.nodes[a].count + c.nodes[b].count, left: a, right: b})
	}
	for i := len(c.nodes) - 1; i >= n; i-- {
		x := c.nodes[i]
		c.nodes[x.left].depth, c.nodes[x.right].depth = x.depth+1, x.depth+1
	}
	for _, x := range c.nodes[:n] {
		deepest = max(deepest, x.depth)
	}
	return deepest
}

// assign gives the symbols their words, by the rule of DEFLATE.
func (c *code) assign() {
	var count, next [17]uint16
	for _, n := range c.lengths {
		count[n]++
	}
	count[0] = 0
	for n := 1; n < len(next); n++ {
		next[n] = (next[n-1] + count[n-1]) << 1
	}
	for s, n := range c.lengths {
		if n > 0 {
			c.words[s] = bits.Reverse16(next[n]) >> (16 - n)
			next[n]++
		}
	}
}

// resized returns a slice of n zeros.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	s = s[:n]
	clear(s)
	return s
}
