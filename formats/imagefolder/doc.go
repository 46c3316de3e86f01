// Package imagefolder reads and writes datasets that are folders of pictures
// and nothing else: the folders say what there is to say.
//
// # imagenet
//
// One folder for each class, as ImageNet and many loaders have it, or such
// folders below one for each subset:
//
//	<class>/<name>.jpg
//	<subset>/<class>/<name>.jpg
//
// A folder at the top is a class of the subset "default" where pictures lie in
// it, and a subset where they lie in folders below it. A folder with the name
// of a subset (train, val, test, …) is a subset already where there are
// pictures in folders below it, even if some pictures lie beside these. All
// that is below a class folder, at any depth, is of that class. Classes are
// numbered in the order of their names (by bytes), those of all subsets
// together; a class folder without pictures is a class, too.
//
// The id of an item is its path below the folder of the subset, with the class
// and without the extension: "cat/0001". A picture beside the class folders is
// an item without a label. So is one in the folder no_label, which Datumaro and
// this package write for items without a label; its name is not part of the
// id. A folder ground_truth beside train or test has masks and is left out.
//
// # image_dir
//
// Pictures without any annotation, in one folder or in nested ones. Where all
// folders at the top have names of subsets and no picture lies beside them,
// they are subsets; else folders are part of the ids.
//
// # mvtec
//
// Pictures of one kind of thing, good and with defects, and masks of the
// defects:
//
//	<subset>/<class>/<name>.png
//	ground_truth/<class>/<name>_mask.png
//
// Masks may be called <name>.png, too. Each item has a Label, and a Mask where there is a file with one. A pixel
// that is not black is set; the mask has the size of its file.
//
// # imagenet_txt
//
// Lists of pictures with the numbers of their classes, <subset>.txt, the names
// of the classes in synsets.txt, one a line, and the pictures in images/:
//
//	n01/0001.jpg 0 5
//	"a picture with spaces".jpg 1
//
// # What is tolerated, and what is lost
//
// Files that are no pictures are counted in the notes, but for hidden ones and
// such as README, LICENSE and Thumbs.db. Extensions may be in upper case. Links
// to folders are followed at the top and for classes, not further down.
// Pictures are not opened, so their sizes are not known here.
//
// Detection answers for bare folders with the lowest confidence, and not at
// all where there are files that may be annotations. Two or more folders of
// pictures are classes, unless they all have names of subsets, or some have names
// that other formats use, such as images or masks. Everything else is an
// image_dir, unless there are folders for masks or annotations.
//
// What is written is pictures. An item whose picture is not saved is dropped.
// Of several labels the first counts. A label whose name cannot be that of a
// folder gets another one. An id that does not begin with the class folder gets
// that in front. Where the only subset is "default", its folder is left out,
// except for pictures that lie deeper than in their class folder. Everything
// that does not come back is counted.
package imagefolder
