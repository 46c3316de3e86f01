package raster

import (
	"fmt"

	"datum/dataset"
)

// Union returns the pixels that are in any of the masks, which are of one size.
// Without masks it is a mask of no size.
func Union(masks ...dataset.RLE) (dataset.RLE, error) {
	if len(masks) == 0 {
		return edges(nil).mask(0, 0), nil
	}
	height, width := masks[0].Height, masks[0].Width
	all := make([]edges, 0, len(masks))
	for _, m := range masks {
		if m.Height != height || m.Width != width {
			return dataset.RLE{}, fmt.Errorf("%w: sizes %d × %d and %d × %d in one mask", dataset.ErrRLE, height, width, m.Height, m.Width)
		}
		e, err := edgesOf(m)
		if err != nil {
			return dataset.RLE{}, err
		}
		all = append(all, e)
	}
	return union(all).mask(height, width), nil
}

// FromPixels returns the mask of the pixels for which set is true. It asks for
// each pixel once, column after column. A negative size is none.
func FromPixels(height, width int32, set func(x, y int) bool) dataset.RLE {
	height, width = max(height, 0), max(width, 0)
	var c coder
	at := int64(0)
	for x := range int(width) {
		for y := range int(height) {
			if set(x, y) {
				c.add(at, at+1)
			}
			at++
		}
	}
	return c.mask(height, width)
}

// Labels returns one mask for each value in a row-major plane of height × width
// pixels. It is nil where the plane has another number of pixels.
func Labels(height, width int32, pixels []uint8) map[uint8]dataset.RLE {
	return labels(height, width, pixels)
}

// Labels32 is [Labels] for values of 32 bits.
func Labels32(height, width int32, pixels []uint32) map[uint32]dataset.RLE {
	return labels(height, width, pixels)
}

// strip is how many columns are turned at a time: going down one column of a
// large row-major plane after the other would load all of it for each.
const strip = 64

func labels[T uint8 | uint32](height, width int32, pixels []T) map[T]dataset.RLE {
	if checkSize(height, width) != nil || int64(len(pixels)) != int64(height)*int64(width) {
		return nil
	}
	h, w := int(height), int(width)
	coders := map[T]*coder{}
	turned := make([]T, min(strip, w)*h)
	for x := 0; x < w; x += strip {
		n := min(strip, w-x)
		for y := range h {
			for i, v := range pixels[y*w+x : y*w+x+n] {
				turned[i*h+y] = v
			}
		}
		addSpans(coders, turned[:n*h], int64(x)*int64(h))
	}
	masks := make(map[T]dataset.RLE, len(coders))
	for v, c := range coders {
		masks[v] = c.mask(height, width)
	}
	return masks
}

// addSpans adds spans of equal pixels that begin at place at.
func addSpans[T uint8 | uint32](coders map[T]*coder, pixels []T, at int64) {
	for i := 0; i < len(pixels); {
		v, from := pixels[i], i
		for i < len(pixels) && pixels[i] == v {
			i++
		}
		c := coders[v]
		if c == nil {
			c = &coder{}
			coders[v] = c
		}
		c.add(at+int64(from), at+int64(i))
	}
}

// Paint sets the pixels of m to value in a row-major plane of the mask's size.
func Paint(pixels []uint8, width int32, m dataset.RLE, value uint8) error {
	return paint(pixels, width, m, value)
}

// Paint32 is [Paint] for values of 32 bits.
func Paint32(pixels []uint32, width int32, m dataset.RLE, value uint32) error {
	return paint(pixels, width, m, value)
}

func paint[T uint8 | uint32](pixels []T, width int32, m dataset.RLE, value T) error {
	if m.Width != width || int64(len(pixels)) != int64(m.Height)*int64(m.Width) {
		return fmt.Errorf("%w: a mask of %d × %d in a plane of %d pixels, %d wide", dataset.ErrRLE, m.Height, m.Width, len(pixels), width)
	}
	e, err := edgesOf(m)
	if err != nil {
		return err
	}
	h, w := int64(m.Height), int64(m.Width)
	for i := 0; i+1 < len(e); i += 2 {
		x, y := e[i]/h, e[i]%h
		for range e[i+1] - e[i] {
			pixels[y*w+x] = value
			if y++; y == h {
				x, y = x+1, 0
			}
		}
	}
	return nil
}
