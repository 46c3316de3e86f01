// Package raster turns outlines into masks and masks into outlines, on the
// run-length codes of [dataset.RLE].
//
// Masks: [Polygons] fills outlines by the rules of pycocotools, pixel for pixel
// what COCO's own tools make of them. [Union] joins masks. [FromPixels],
// [Labels] and [Labels32] make masks of pictures, [Paint] and [Paint32] draw
// them into pictures. Except for these, nothing here holds a picture: the work
// and the memory go with the number of runs, and a run of a thousand empty
// columns is one run. Every mask has the shortest code, without runs of
// nothing, as pycocotools writes it, so that equal masks have equal bytes.
//
// Outlines: [Outlines] goes around the regions of a mask along the corners of
// the pixels, with their holes. Coordinates are as everywhere in the model: the
// first pixel reaches from 0 to 1. A part filled again, less its holes, is
// exactly what it was. [Bridge] and [Join] make one outline of several for
// formats that have room for only one; filled by [Polygons], it has the same
// pixels, because what a bridge turns on on the way there it turns off on the
// way back.
//
// Boxes: [MinRect], [Corners] and [BoundsOf].
//
// No input makes this package panic. Outlines that are odd in length, not
// finite, or larger than any picture are an error where the function has one.
// Where it has none, numbers that are not finite are left out, and so is the
// last of an odd number of coordinates. Functions that fill or trace are made
// for masks whose size was checked: the caller compares height × width to its
// limit first.
package raster
