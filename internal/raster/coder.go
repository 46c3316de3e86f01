package raster

import "datum/dataset"

// coder writes the run-length code of a mask while its spans become known, so
// that not even the runs have to be kept: a picture of many small regions has
// more runs than bytes.
type coder struct {
	counts   []byte
	runs     int
	last     [2]int64 // the two last runs
	at       int64    // pixels that are coded
	from, to int64    // the span that may still grow
}

// add sets the pixels from from to before to. Spans come in order.
func (c *coder) add(from, to int64) {
	if from == c.to && c.to > c.from {
		c.to = to
		return
	}
	c.flush()
	c.from, c.to = from, to
}

func (c *coder) flush() {
	if c.to > c.from {
		c.run(c.from - c.at)
		c.run(c.to - c.from)
		c.at = c.to
	}
}

// run writes one run: see [dataset.RLE] for the code.
func (c *coder) run(n int64) {
	x := n
	if c.runs > 2 {
		x -= c.last[0]
	}
	c.last, c.runs = [2]int64{c.last[1], n}, c.runs+1
	for {
		low := byte(x & 0x1f)
		x >>= 5
		// The last character's upper data bit is the sign of the rest.
		if x == 0 && low&0x10 == 0 || x == -1 && low&0x10 != 0 {
			c.counts = append(c.counts, '0'+low)
			return
		}
		c.counts = append(c.counts, '0'+(low|0x20))
	}
}

// mask ends the code.
func (c *coder) mask(height, width int32) dataset.RLE {
	c.flush()
	c.from, c.to = 0, 0
	if rest := int64(height)*int64(width) - c.at; rest > 0 || c.runs == 0 {
		c.run(rest)
	}
	return dataset.RLE{Height: height, Width: width, Counts: c.counts}
}
