// Package mot reads and writes sequences of the Multiple Object Tracking
// benchmarks (MOT15 to MOT20, and what has the same layout).
//
// # What is read
//
//	<sequence>/gt/gt.txt      frame, track, x, y, w, h, considered, class, visibility
//	<sequence>/det/det.txt    frame, -1, x, y, w, h, score, …
//	<sequence>/gt/labels.txt  names of the classes, one a line, as Datumaro writes
//	<sequence>/seqinfo.ini    imDir, imExt, seqLength, imWidth, imHeight, …
//	<sequence>/img1/000001.jpg
//
// A folder may be a sequence or hold several. A sequence that is the folder
// itself is of the subset "default"; one in a folder is a subset of that name;
// one further down is of the subset of the uppermost folder, and the folders
// between are part of the ids: train/MOT17-02/img1/000001.jpg is the item
// MOT17-02/000001 of train. Items are the frames that seqinfo.ini counts, those
// with a picture, and those with a row, in the order of their numbers. The id is
// that of the picture (its number as it is written there), else six digits.
//
// Where there are annotations and detections, the annotations are read; det.txt
// is read where it is named, or alone. Rows of seven fields have no class, rows
// of ten have coordinates in the world in the place of class and visibility.
// Without labels.txt the classes are the twelve of MOT16, and "crowd" is the
// thirteenth. A class of -1 or 0 is no label.
//
// The track is the ObjectID. Attributes: ignored is true where the row is not to
// be considered (0); occluded is true for a visibility of 0; visibility is a
// number where it is neither 0 nor 1; score is the confidence of a detection.
// What is as usual (considered, visible) gives no attribute.
//
// MOT counts pixels from 1, Datumaro takes the numbers as they are. So does this
// package, unless the option mot-coordinates is one-based: then 1 is taken from
// x and y on reading, and added on writing.
//
// Pictures whose names are no numbers, and frames with a second picture, are
// counted in the notes. Rows are in any order: 16 bytes for each row of one
// sequence are held, and the names of its pictures.
//
// # What is written
//
// The same layout, without a folder for the subset where "default" is the only
// one. An id whose last part is a number is the frame of that number; others get
// the next one that is free. seqinfo.ini is written where it says nothing wrong:
// frames from 1 on without a gap, pictures of one known size and one extension.
// A subset that came from det.txt becomes that again. All but boxes is dropped
// and counted, as are frames of which nothing would be left.
package mot
