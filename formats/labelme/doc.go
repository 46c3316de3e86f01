// Package labelme reads and writes the files of the annotation tool LabelMe: a
// JSON file for each picture. It reads the XML of the older web tool of that
// name, too.
//
// # What is read
//
// Every JSON file with a list called shapes and one of imagePath, imageData or
// version; other JSON files are ignored and counted. The picture is looked for
// where imagePath says (backslashes are those of Windows), beside the file, and
// where the file lies in a folder such as annotations, in one such as images
// beside that. A path that leads out of the dataset is not followed. Where there
// is no picture, the bytes in imageData are it; they are decoded when they are
// asked for. Pictures that no file is about are items without annotations.
//
// Subsets are the folders that subsets.txt lists, which is what this package
// writes; without it, folders called train, val, test and the like, where there
// are several. All else is in the subset default. Labels are those of
// labels.txt, where it lies at the top, and then those that shapes have, in
// alphabetical order; its lines __ignore__ and _background_ are no labels.
//
// Shapes become: polygon → polygon; rectangle → box, whichever corners it has;
// circle → ellipse; line and linestrip → polyline; point and points → points;
// mask → mask. Shapes without a kind are polygons, as in old files, and so are
// the turned rectangles of other tools (counted). Flags of a file and of a shape
// are attributes that are true or false; the member attributes, which some tools
// write and LabelMe keeps, has all others; the description of a shape is the
// attribute description. Ids of groups that the model cannot hold (0, texts)
// become numbers above the others and travel along, as do members that the
// format does not define, and the version.
//
// Of the older XML, objects that are marked as deleted are left out (counted);
// a polygon of the type bounding_box is a box; parts of each other are a group;
// masks are read from the folder Masks, and have the size of the picture.
//
// Each file is read twice: once for its labels and its picture, once for its
// item. What is held are the names of the files. A file is as large as a record
// may be.
//
// # What is written
//
// <subset>/<id>.json with the picture beside it, in LabelMe's own layout, and
// labels.txt and subsets.txt. imageData is null. Two items of one subset that
// differ in the extension of their pictures only collide, since LabelMe finds
// the file of a picture by its stem.
//
// Corners are computed in decimals, so that the size of a box comes back to the
// last digit. Rotated boxes and ellipses that are no circles become polygons.
// The format has no place for captions, labels of whole items, cuboids, rows of
// tables, annotations without a label, ids and object ids of annotations,
// drawing orders, visibilities of keypoints, attributes of the dataset, and
// whatever else categories have besides names; all are counted.
package labelme
