// Package dota reads and writes DOTA, quadrilaterals with a class name in
// labelTxt/, and what Roboflow exports under the name YOLO OBB, which has the
// same lines.
//
// # Layouts read
//
//	labelTxt/P0001.txt, images/P0001.png     subset "default"
//	train/labelTxt/…, train/images/…         subsets by their folders
//	labelTxt-v1.0, labelTxt-v1.5 …           of several the newest is read
//	classes.txt or data.yaml (names)         the labels, where they are listed
//
// Folders inside of labelTxt and images belong to the ids of items. A label
// file finds its picture also where only the last part of the name is the same
// and only one picture has it.
//
// # Lines
//
//	imagesource:GoogleEarth
//	gsd:0.146343590398
//	2753.0 2408.0 2861.0 2385.0 2888.0 2468.0 2805.0 2502.0 plane 0
//
// The header becomes the attributes imagesource and gsd of the item. A
// quadrilateral that is a rectangle, to a millionth of its size, is a rotated
// box whose angle is the direction of the first side (of the last, where the
// corners run counter-clockwise); any other is a polygon of four points. The
// last field is the attribute difficult; a line of nine fields has none. Lines
// that the writer would spell in another way are carried ("@dota.line",
// "@dota.header"), so that a dataset which is read and written again has the
// same text.
//
// # Coordinates
//
// They are pixels. Where all of them in a dataset lie between -0.5 and 1.5,
// and one is no whole number, they are taken for fractions of the size of the
// picture, which is noted; the pictures have to be there then. The option
// dota-coordinates says it instead.
//
// # Labels
//
// They are those of classes.txt or data.yaml, and then those found, in
// alphabetical order. Blanks in their names are underscores in the lines, and
// classes.txt gives the names back.
//
// # What is written
//
// <subset>/labelTxt and <subset>/images, and classes.txt. Rotated boxes are
// written by their corners; what comes back may differ in the last digits,
// which is counted. Boxes become rotated ones, polygons of other than four
// corners the smallest rotated box around them; both are counted as changed.
// Everything else that a dataset has is counted as lost.
package dota
