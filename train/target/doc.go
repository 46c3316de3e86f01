// Package target makes of the boxes of a picture what a detector is trained
// with: for each point of its grids, how much it is the centre of a thing of
// each class, and the box that it is to find.
//
// A detector looks at a picture in several levels, of which each is a grid with
// a wider spacing than the one before. A box belongs to one level, by its size,
// and to the point nearest to its middle; the points around it learn the box too,
// with less weight, and their class is forgiven the more the nearer they are.
package target
