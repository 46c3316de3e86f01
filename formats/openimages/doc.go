// Package openimages reads and writes Open Images, versions 4 to 7: CSV files
// of image labels, boxes and masks.
//
// # What is read
//
// CSV files are known by their columns, not by their names, and may lie in
// annotations/, beside it, or in folders of subsets:
//
//	ImageID, Subset, …                            lists of images
//	ImageID, LabelName, Confidence, …             image labels
//	ImageID, LabelName, XMin, XMax, YMin, YMax, … boxes
//	ImageID, LabelName, MaskPath, BoxID, …        masks, PNG files in masks/
//
// The subset of a file is what its name says before "-annotations-" or
// "-images-" (an "oidv6-" in front does not count), else the name of the folder
// of a subset. A file whose name says nothing is about the images of all
// subsets. Where image_ids_and_rotation.csv is there, the other lists are not
// read. Images that no list has, and pictures that no file mentions, are items
// too. Other CSV files (relationships, narratives, points) are counted in the
// notes.
//
// Pictures lie in images/<subset>/, images/, <subset>/, <subset>/data/ or beside
// the files. Where there is none, the item has the name <id>.jpg, as the
// pictures of Open Images do, and no bytes.
//
// Labels are listed in *class-descriptions*.csv, with a header or without. A
// label is called by its LabelName ("/m/01g317"), as in Datumaro; with the
// option open_images-names=display by its DisplayName ("Person"). The other name
// is carried. Labels that no such file has come behind the others. Parents come
// from *hierarchy*.json, whose top is none.
//
// Boxes are normalised, so that the size of the picture is needed: from
// annotations/images.meta (lines of name, height, width), which is there where a
// program wrote the boxes by these sizes; else from the header of the picture,
// turned as its EXIF orientation says. Without it a record is an error. Coordinates are computed exactly from the decimals and rounded once.
//
// Attributes: score is the Confidence, where that is not 1; occluded, truncated,
// is_group_of, is_depiction and is_inside are true or false, and missing for -1;
// predicted_iou is a number. All other columns are carried. A mask is stretched
// to the size of the picture, nearest pixel, and shares the Group of a box where
// the label is the same and the coordinates are, within 1e-6.
//
// # Memory
//
// Rows of one image need not be in one place. The files are read once to note
// where rows are: 24 bytes for each run of consecutive rows about one image, 8
// for each image of a list, 16 for each picture and each line of images.meta.
// Images that are in no list take 24 more. Rows are read again when it is their
// image's turn.
//
// # What is written
//
// The layout that Datumaro reads: annotations/class-descriptions.csv,
// bbox_labels_600_hierarchy.json, <subset>-images-with-rotation.csv,
// <subset>-annotations-human-imagelabels.csv, -bbox.csv and
// -object-segmentation.csv, images.meta, the pictures in images/<subset>/ and
// the masks in masks/<subset>/. Decimals are the shortest that this package reads
// back as the same pixels. A box whose image has no known size is dropped. A
// score of exactly 1 is what the format takes for granted, and does not come
// back. What the format cannot hold is counted.
package openimages
