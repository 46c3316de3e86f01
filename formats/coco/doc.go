// Package coco reads and writes COCO: instances, keypoints, captions, image
// labels, stuff, panoptic segments and bare image lists, in any mix, in the
// layouts that people have.
//
// Reading is tolerant and counts what it tolerates. What was read comes back
// as it was: ids, order, areas, licences, unknown members, the encoding of
// masks, the names and places of files. The trick is that the reader asks the
// writer. Of each record it computes what the writer would make of the same
// annotations, compares, and lets only the difference travel along
// ("@coco.record"). So a record with nothing unusual in it costs nothing, and
// a round trip is exact because it is compared, record by record, on the way
// in.
//
// # Streaming
//
// A COCO file lists images and annotations apart, so it is read twice: once in
// order, validating, to note where the record of each image and of each
// annotation stands; and then image by image, reading only these places. Kept
// between the two are 12 bytes for an annotation, and 16 for an image and file;
// the text never is. While a file is scanned, the ids and names of its images
// are held as well, about 60 bytes for an image.
//
// Both readings are there twice. What tools write is read in one pass over the
// bytes, eight at a time, into memory that items share: that is the quick
// scanner and the quick readers of records. They take nothing that is odd in any
// way; the thorough ones do, which know all that the format may be and say what
// is wrong with it. Where both can read something, tests want the same of them.
//
// The writer keeps the texts of records in files beside the result until the
// end, and of each record 32 bytes, for ids and order are only known when all
// records are.
//
// # Mapping
//
// As in Datumaro: one COCO annotation becomes its keypoints, its polygons or
// its mask, and its box, all with its id as their ID and Group. The attribute
// is_crowd says whether iscrowd was set, score is the score, and the members
// of "attributes" are attributes. The item attribute id is the image's id. A
// supercategory is the label's Parent. Labels are numbered in the order of the
// category ids.
//
// Where one subset has several files, images are the same if they have the
// same file_name, whatever their ids. Two images of one file with the same
// file_name are told apart by a number (a.jpg, a~2.jpg), and come back under
// the one name. An id is given to one image of a file only; annotations may
// share theirs.
//
// On writing, annotations that share group and label make one COCO annotation,
// as far as it has room for them: a box, keypoints, and either polygons or one
// mask. Without carried attributes the files are
// annotations/<task>_<subset>.json, a file for each task that the annotations
// need, and the pictures images/<subset>/<name>; ids that are given are kept,
// missing ones counted on from the largest.
//
// The format is that of https://cocodataset.org/#format-data.
package coco
