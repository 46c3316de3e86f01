// Package cityscapes reads and writes Cityscapes: polygons and masks of street
// scenes, instances among them.
//
// # Layouts read
//
//	gtFine/<split>/<city>/<city>_<seq>_<frame>_gtFine_polygons.json
//	                                         …_gtFine_instanceIds.png
//	                                         …_gtFine_labelIds.png
//	                                         …_gtFine_labelTrainIds.png
//	                                         …_gtFine_color.png
//	gtCoarse/…                       for items that have nothing in gtFine
//	leftImg8bit/<split>/<city>/<city>_<seq>_<frame>_leftImg8bit.png
//	imgsFine/leftImg8bit/…           as older versions of Datumaro write
//	label_colors.txt, dataset_meta.json
//
// The split is the subset, and the id of an item is its path below that without
// the endings: aachen/aachen_000000_000019. Other names, in or without folders,
// are read in the same way.
//
// # One source of truth
//
// The files of an item say the same thing several times. With the option
// cityscapes-source=auto the polygons count where there is a polygons.json, and
// else the masks; with masks or polygons only these are looked at. Of the masks
// the first of instanceIds, labelIds, labelTrainIds and color counts.
//
// # Polygons
//
// Objects are polygons in their drawing order, later ones over earlier ones. A
// label that ends in group (cargroup) and is no class of its own is that class
// with the attribute is_crowd. Objects marked as deleted are left out, which is
// noted. Other members of an object are carried ("@cityscapes.object").
//
// # Masks
//
// A pixel of instanceIds below 1000 is the number of a class; others are class ·
// 1000 + instance. Each value is one mask: with is_crowd true and no ID for a
// whole class, with is_crowd false and the value as its ID for an instance. 0
// is no object.
//
// # Labels
//
// They are the 35 of Cityscapes, with their categories as parents, unless
// label_colors.txt or dataset_meta.json lists others. Then the number of a
// label is that of label_map, or its place in the list, one more where no label
// is black: 0 is the background then, as in Datumaro. The licence plate, number
// -1, has no pixels in masks; 255 is read as it.
//
// # What is written
//
// gtFine/<subset>/<id>_gtFine_labelIds.png, _instanceIds.png and _color.png,
// _polygons.json where there are polygons or nothing else is known of an item,
// and leftImg8bit/<subset>/<id>_leftImg8bit.*. Polygons are painted into the
// masks as well; masks beside polygons are painted too, but who reads the
// polygons does not see them, which is counted. Labels other than those of
// Cityscapes are listed in label_colors.txt, or in dataset_meta.json where that
// cannot hold them. What else a dataset has is counted as lost.
package cityscapes
