// Package voc reads and writes Pascal VOC in all its tasks: detection,
// classification, segmentation, person layout and actions.
//
// It promises that VOC comes back as VOC: boxes to the last bit, masks and void
// pixels to the pixel, parts, points, actions, flags, and elements that VOC does
// not have. What the writer cannot hold is counted, and so is what the reader
// had to guess.
//
// # Layouts
//
// The official one: Annotations/, JPEGImages/, lists in
// ImageSets/{Main,Segmentation,Layout,Action}/, SegmentationClass/,
// SegmentationObject/, by itself or as VOCdevkit/VOC2012, several years
// together. Parts of it: no lists, no XML files (masks or lists of classes
// alone), annotations/ beside images/. XML files and pictures in one folder, as
// LabelImg writes them. A folder for each subset (train, valid, test), as
// Roboflow has them, or such folders inside of annotations/ and images/. Names
// of folders and extensions may be in any case, XML files in folders below.
//
// # Items and subsets
//
// An item is what a list names, and what XML file, picture or mask there is
// besides; its id is the path of the XML file below its folder. Where a
// <filename> says otherwise, the XML file's own name counts, but a picture that
// only the <filename> leads to is taken. A list of flags (-1, 0, 1) with a label
// in front of its name is that of a class: 1 becomes a label of the item, 0 one
// that is difficult. Other lists are subsets, also train_2017. Of a list that
// is named like trainval or all, only what no other list has is read; otherwise
// an item of several lists is one of each. Files that no list names are in the
// subset default.
//
// # Labels
//
// They are those of labelmap.txt (label:R,G,B:parts:actions), and after them
// those that only XML files and lists of classes have, in alphabetical order. A
// part is a label whose parent is the label of the object. Without a label map,
// but with masks, all labels being among the official twenty, these are listed
// in their official order. A palette index is the place of a label counted from
// 1, or from 0 where the background is one of the labels. The label map that is
// written beside masks has the background in either case; a comment says where
// it is no label of the dataset. Parents that are not written as parts are in
// comments, too.
//
// # Coordinates
//
// VOC counts pixels from 1 and its boxes include the last pixel. Hardly any
// tool does. By default the numbers stay as they stand and a width is xmax -
// xmin, in both directions. With the option voc-coordinates=one-based, x is
// xmin - 1 and the width xmax - xmin + 1, in both directions. Sums are done in
// decimals, so that either way is exact.
//
// # Objects
//
// An <object> becomes a box and what else it has, in a group: a turned box
// (<robndbox>), polygons, a mask, a point (one visible keypoint), boxes of parts
// (marked "@voc.part"). Its attributes are those of the first of them: pose,
// truncated, occluded, difficult, the actions (named in "@voc.actions"), and
// those of an <attributes> block, as Datumaro writes it. A value there that is
// JSON (1, 0.5, true, null, a list) is read as such, True and False too, and
// other text as a string; the writer puts a string that would be misread in
// quotes. Flags may be 0, 1, true, false, yes or no; others are left out and
// counted.
//
// A mask numbered n belongs to object n, as VOC has it, unless its class or
// place speaks against that; then, to the object of its class that it covers
// best. Masks without an object come by themselves, and pixels of a class that
// are of no object as masks marked "@voc.stuff". A picture without palette is
// read by the colours of labels.
//
// # Writing
//
// The official layout, one XML file for each item, objects or not; the lists
// that its content calls for; labelmap.txt if there are labels; masks as PNG of
// 8 bits with a palette, the index being the class or the object's number. All
// subsets share their folders: two items of one name collide, also with the same
// picture. What readers of VOC expect and nobody said (pose, truncated,
// difficult, a box around a mask) is written with the XML attribute implied="1",
// which this package does not read as said. An object without a label has no
// <name>, which others refuse. Lists of classes are written where
// items have labels; those of more than a hundred labels name only the items
// that have the label.
//
// Polygons are painted into the masks of their objects, and counted; the option
// voc-polygons keeps them as <polygon> elements or drops them. Masks that
// overlap are painted in their drawing order, and the pixels covered counted.
// With the option voc-task=detection, which the name voc_detection stands for,
// there are boxes only, also around polygons and masks; these are counted.
//
// Lost are captions, keypoints other than a single point, polylines, ellipses,
// cuboids, table rows, ids, object ids, drawing orders, groups that tie several
// boxes, attributes of masks and parts that differ from those of the object,
// attributes of the dataset, label groups, skeletons.
//
// # Safety
//
// XML files are read without entities other than XML's own five, without
// document types that declare anything, and no deeper than 64 elements; UTF-8,
// UTF-16 and ISO-8859-1 are understood. One child of the root is held at a time.
package voc
