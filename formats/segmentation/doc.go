// Package segmentation reads and writes folders of pictures with folders of
// masks beside them, Datumaro's common_semantic_segmentation.
//
// # Layouts read
//
//	images/0001.png, masks/0001.png, dataset_meta.json   subset "default"
//	train/images/…, train/masks/…, train/dataset_meta.json
//	dataset_meta.json at the top for all subsets
//
// A mask is the PNG with the path of the picture, without the extension.
// Folders inside of images and masks belong to the ids of items.
//
// # Masks and labels
//
// A mask is a grey picture or one with a palette, whose pixels are the numbers
// of label_map in dataset_meta.json ({"label_map": {"1": "Rectangle"}}) or
// places in its list of labels, or a picture in the colours that
// segmentation_colors gives to these numbers. Each number is one mask of the
// item. 0 and 255 are no label where none is listed for them, and 0 neither
// where its label is called background, void, unlabeled or the like: then the
// label is known, and its pixels are those that no mask has.
//
// Subsets may list different labels; those of the dataset are all of them, in
// the order of the subsets and numbers.
//
// # What is written
//
// <subset>/images, <subset>/masks with grey PNG of 8 bits, or of 16 where there
// are more than 254 labels, and <subset>/dataset_meta.json. The numbers of
// labels begin at 1, or at 0 where the first is the background. Later masks lie
// over earlier ones, by their drawing order, and those of one label become one;
// both is counted, as is everything else that a dataset has.
package segmentation
