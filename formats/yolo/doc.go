// Package yolo reads and writes datasets of YOLO: those of Darknet (the format
// yolo) and those of Ultralytics (yolo_ultralytics). One reader serves both
// names, so a dataset is read right under either.
//
// # What is read
//
// Darknet: obj.data or another .data file, the names and lists that it names,
// and label files beside the pictures, in obj_<subset>_data/ or labels/.
// Ultralytics: data.yaml, or any YAML file with names or nc, and subsets that
// are a folder, a list of folders or a list of pictures. Loose: obj.names,
// another .names file or classes.txt, as LabelImg and Label Studio leave it,
// with images/ and labels/ or annotations/, or with label files beside the
// pictures. And folders alone, without any list of classes.
//
// Paths in configurations are of another folder or another machine more often
// than not. The first end of a path counts that is in the dataset:
// ../train/images, /home/me/set/train/images and C:\set\train\images are all
// train/images. Nothing outside of the folder is ever read.
//
// A subset is called as its key. Only the one that Darknet wants to be called
// valid and Ultralytics val goes by its list or folder where that is called
// val, valid or validation. Without a configuration subsets are folders.
//
// The label file of a picture is found as the training tools do it: labels/ in
// the place of the last images/, or beside the picture. Pictures without one
// are items without annotations; label files without a picture are items, too.
// Where a.jpg and a.png share a.txt, both get its annotations.
//
// # Lines
//
// A line is a class number and one of these; numbers are parts of the width
// and height of the picture:
//
//	detect    cx cy w h                   Bbox
//	segment   x y of three points or more Polygon
//	obb       x y of four corners         RotatedBbox
//	pose      cx cy w h, keypoints        Bbox and Points, in one group
//
// A confidence may follow, which becomes the attribute score. Boxes may stand
// among lines of any task. Nine fields are four corners or an outline of four
// points, and no line tells which; so all lines are looked at once before the
// first item. The task is, in this order: what the option yolo-task says; pose
// where data.yaml has kpt_shape; what its key task says; pose where all longer
// lines have the same number of fields and look like a box with keypoints of
// x, y and a visibility in it; obb where all longer lines have nine fields and
// are rectangles, up to a fiftieth of a side; segment where there are longer
// lines at all; detect. The option detect turns outlines into boxes, and reads
// the two columns that a tracker adds. A line of keypoints that are all zero is
// a box alone.
//
// With the task classify there are no label files: the class is the first
// folder below the subset. This is read only where data.yaml or the option says
// so, or where data.yaml lists the very names of the folders.
//
// # Numbers
//
// The size of a picture comes from its header, turned as EXIF says, or from
// images.meta (lines of a name in quotes, the height and the width). Where
// lines need it and there is neither, that is an error.
//
// Decimals are turned into pixels with one rounding at the end, and the writer
// looks for the shortest decimals that give the very same float64: boxes,
// outlines and keypoints come back bit for bit, down to 1e-20 of a pixel, which
// a test measures. A rotated box becomes four corners and comes back with
// errors in the last digits. What a source spelled in a way of its own (zeros
// at the end, more digits than needed, corners in another order) travels along
// as "@yolo.decimals" or "@yolo.numbers" and is written again, as long as it
// still means the same. Exponents are read and not written.
//
// # Tolerated, and counted in the notes
//
// Tabs and several blanks, a byte order mark, any line ends, class numbers like
// 3.0, values outside of 0 to 1, an nc that is not the number of names, two
// classes of one name, numbers with holes (kept as "@yolo.id"), blank lines
// among names, lists and folders that are not there, a path in data.yaml that
// is of another machine, pictures that are listed twice. Other keys of data.yaml
// come back as they were. An error names its file and line: numbers that are
// none, too few or too many fields, a class number that is not listed.
//
// # What is written
//
// yolo: obj.data, obj.names, a list for each subset, and pictures and label
// files in obj_<subset>_data/. Paths in lists begin with data/, as Darknet and
// Datumaro have it. Boxes only; an object without one gets that around its
// outline.
//
// yolo_ultralytics: data.yaml, images/<subset>/ and labels/<subset>/. data.yaml
// has no path, since Ultralytics then takes the folder of the file; it has a
// key task, which Ultralytics ignores and this reader goes by. Each subset is a
// key of its own; a name that is another key already goes below splits. For
// training, Ultralytics wants a train and a val: where a dataset has none, that
// is not made up, and not counted. The task is pose where there are keypoints,
// else obb where there are rotated boxes, else segment where there are polygons
// or masks, else detect; to know, annotations wait in a file until all came.
//
// Under segment, the polygons and masks of one group are one line: parts are
// joined and holes bridged by lines of no width, and a box is written only
// where there is no outline, as one of four corners. Under obb, a box becomes
// four corners. Under pose, kpt_shape has as many keypoints as the largest
// object, and a box without any gets absent ones.
//
// Every picture gets a label file, an empty one if need be. Where pictures are
// not saved, images.meta says what they are called and how large they are, so
// that the result can be read again. Two items of a subset whose names differ
// only in their extension would share a label file, which is a collision.
//
// Lost, and counted: image labels and all kinds of annotation without a line,
// attributes, ids, groups of several objects, drawing orders, tracks, crowd
// flags, the score (unless the option yolo-confidence keeps it), everything of
// categories but names and keypoints. Objects that reach out of the picture are
// written as they are and counted, for Ultralytics leaves out pictures that
// have one; the option yolo-clip cuts them off. Items come back in the order of
// their names.
package yolo
