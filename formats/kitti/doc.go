// Package kitti reads and writes KITTI: 2D boxes with their 3D fields
// (detection) and instance masks (segmentation), in one dataset or apart.
//
// # Layouts read
//
//	training/image_2/000000.png      and testing/…, or <subset>/… at any depth,
//	training/label_2/000000.txt      or these folders at the top (subset "default")
//	training/instance/000000.png
//	training/semantic/000000.png
//	training/semantic_rgb/000000.png
//	ImageSets/train.txt, val.txt …   at the top or inside of a part
//	label_colors.txt, dataset_meta.json
//
// The name of a folder is the name of a subset, unless a list in ImageSets
// names the item: lists called test… are about the folder testing where there
// is one, the others about the rest. A name in several lists belongs to the
// first of them, trainval and all coming last.
//
// # Boxes
//
// A line of label_2 is type, truncated, occluded, alpha, the box, height width
// length, location, rotation_y and perhaps a score. All of them but the box
// become attributes with the numbers as they are spelled: truncated, occluded,
// alpha, dimensions (height, width, length), location, rotation_y, score.
// Placeholders (-10, -1 -1 -1, -1000 -1000 -1000) give no attribute. Sizes are
// differences of the decimals that are in the file, not of their nearest binary
// numbers, so that 614.12 - 587.01 is 27.11. Where the writer would not
// spell a line in the same way, the line is carried ("@kitti.line"): a dataset
// that is read and written again has the same text. DontCare is a label like
// others.
//
// # Masks
//
// A pixel of instance/ is class · 256 + number. Each value but 0 is one mask
// with the number as its ID; the attribute is_crowd says that the number is 0,
// as in Datumaro. Without instance/ the masks are those of semantic/, and
// without that those of semantic_rgb/ by the colours of the labels. Value 0 is
// no object. Only where semantic/ alone is there and label 0 is not called
// unlabeled, background, void or the like, it is a class like others.
//
// # Labels
//
// They are those of dataset_meta.json or label_colors.txt; without either the
// table of KITTI, where there are masks; and then those found in label_2, in
// alphabetical order. Blanks in the names of labels are underscores in label_2,
// and dataset_meta.json is written in the place of label_colors.txt to give the
// names back.
//
// # What is written
//
// <subset>/image_2, label_2, instance, semantic and semantic_rgb, and
// label_colors.txt, as Datumaro does. A box without truncated or occluded gets
// 0 for them, and comes back with these attributes. Later masks lie over
// earlier ones, by their drawing order; each gets a number of its own in its
// label. What else a dataset has is counted as lost: other shapes, groups, ids
// of boxes, other attributes, more than 256 labels of masks.
//
// calib/, velodyne/ and the pictures of other cameras are not read, which is
// noted.
package kitti
