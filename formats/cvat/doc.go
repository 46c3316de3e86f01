// Package cvat reads and writes the XML of the annotation tool CVAT, version
// 1.1, in both of its dialects: "CVAT for images" and "CVAT for video". Files
// of version 1.0 are read too.
//
// # What is read
//
// Every XML file whose root is <annotations> and that has in it what CVAT puts
// there, whatever its name, in the folder or in folders below. An image is in
// the subset that it names; otherwise in that of the task; where several files
// say nothing, in one named after the file or its folder. Pictures are looked
// for in images/<subset>/, images/, <subset>/ and beside the file. Pictures in
// images/ that no file lists are items without annotations.
//
// Shapes become: box → box, or rotated box where it is turned; polygon,
// polyline, points, ellipse, cuboid (corners in CVAT's order, the front face
// first), mask (its code counts along the rows of a box; ours along the columns
// of the picture), tag → label, skeleton → keypoints in the order of the
// skeleton's elements, absent where outside and hidden where occluded. An
// ellipse that is turned is read as one that is not; its angle is carried along
// and counted.
//
// Attributes have the type that the label declares: number and checkbox become
// numbers and booleans of JSON, all else stays text, as do values that are not
// of their type (counted). The flag occluded is an attribute, true or false, as
// in Datumaro.
//
// A <track> follows an object: its id is the object id of its shapes, each of
// which belongs to the frame that it names, with the attribute keyframe. Shapes
// with outside="1" say that the object is not there; they are left out and
// counted, unless the option cvat-outside is keep, which gives them the
// attribute outside. Frames that no <image> stands for are called
// frame_000000 and so on; their media is the picture of that name, or the frame
// of the video that <meta> names. Nothing is interpolated: CVAT writes a shape
// for each frame.
//
// A file is read twice, and never held. The first pass finds labels, images and
// the shapes of tracks; it keeps about 100 bytes for an image and 24 for a
// shape of a track, whatever is in them. The second pass reads each image, and
// the shapes of each frame, from their places, several at a time. Document
// types and entities are refused, elements may lie 64 deep, and one image or
// shape is as large as a record may be.
//
// # What is written
//
// One annotations.xml, pictures in images/, or images/<subset>/ where there are
// several subsets. No dates. The option cvat-style says what becomes of objects
// that are followed over items:
//
//   - auto: shapes with an object id become tracks, all others stay in their
//     images, in one file, and nothing is lost. Readers that take elements as
//     they come, such as this one and Datumaro's, read it.
//   - images: everything is in its image, object ids are lost and counted.
//   - video: tracks only, as CVAT for video has it. Items become frames with
//     numbers; their names, tags and the frames without shapes are lost and
//     counted.
//
// A track is closed with a shape that is outside in the frame after its last.
// Box corners and ellipses are computed in decimals, so that sizes come back to
// the last digit.
//
// Keypoints whose label has a skeleton of as many become a <skeleton>, others
// <points>, which has no visibilities. Labels are declared with their colours,
// skeletons and the types of all attributes that occur. The format has no place
// for captions, 3D cuboids, rows of tables, annotations without a label, ids of
// annotations, attributes of items and of datasets, label groups; all are
// counted. What CVAT holds and the model does not (<meta>, types and attributes
// of labels, who made a shape, numbers of images, tasks) travels along and is
// written back.
package cvat
