// Package ade20k reads ADE20K: masks of objects, of their parts, and of parts
// of these. It does not write it.
//
// # Layouts read
//
// Each item has its files side by side; folders in the folder of a subset, such
// as scenes, belong to the ids of the items ("street/1").
//
//	training/street/1.jpg            the picture, of any kind
//	training/street/1_seg.png        objects: red/10·256 + green is the class, blue the instance
//	training/street/1_parts_1.png    parts of objects, coded alike; _parts_2 has parts of parts
//	training/street/1_atr.txt        2017: a line for each object
//	training/street/1.json           2020: an object for each object
//	training/street/1/instance_….png 2020: the mask of one object
//	dataset_meta.json                label_map, labels, segmentation_colors, as of Datumaro
//
// A subset is a folder at the top, by its own name. Folders of other purposes
// above, as in ADE20K_2021_17_01/images/ADE/training, are skipped where
// training, validation or test is below them. What lies directly at the top is
// of the subset default, or of the name of the folder where that is training,
// validation or test. Text that is not UTF-8 is Latin-1. Lists that were
// written as their only element, numbers written as text, and flags of any
// spelling are understood.
//
// # Annotations
//
// An object is one mask. ID is its number in the file, Group its place there
// from 1 on, and the drawing order the level of parts. Attributes are
// part_level, occluded and crop where they are said, part_of with the ID of the
// object that it is a part of (2020), and each word of the annotators as true.
// The label is the annotators' own name ("cars"); --ade20k-labels class takes
// the class ("car, auto, automobile"). The attribute scene of an item is that
// of the JSON file.
//
// 2020: the picture of an instance has 255 where the object is seen and 128
// where others hide it. The mask is what is seen, as in 1_seg.png, which is not
// read then. What is hidden travels as "@ade20k.hidden". The outline in the
// JSON file goes around both, so it says something else than the mask; as a
// second annotation it would make two objects of one in many formats. It is
// therefore read only with --ade20k-shapes polygons or both, and where no pixel
// is seen. Where the picture of an instance is missing, the pixels of its class
// in 1_seg.png serve, those nearest to the outline first; that is noted.
//
// 2017: blue leads to the number in the text. It is that number itself, or the
// numbers come in the order of the blues, or they are spread over 1 to 255 as
// in ADE20K; the first of these that fits counts. Pixels of no object are masks
// without a label. The files do not say of what a part is one.
//
// An object without pixels is an empty mask, so that it is not lost.
//
// # What is carried
//
// The model has no field for: the objects of JSON files, as they are
// ("@ade20k.object": class, hypernyms, depth, dates, …), everything else in
// them ("@ade20k.annotation", "@ade20k.members"); of 2017 the class and its
// number ("@ade20k.class", "@ade20k.number").
//
// # Tolerated, and noted
//
// Pictures without annotations; annotations without a picture; JSON and text of
// one item, of which the JSON counts; outlines of less than three points;
// masks of another size; labels that dataset_meta.json does not list, which are
// added. Files of other kinds in the folders of subsets are not read. Of a
// record that is left out with --skip-errors the pixels go to no other object.
package ade20k
