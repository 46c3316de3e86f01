// Package coco reads and writes COCO: instances, keypoints, captions, image
// labels and bare image lists, in any mix, in the layouts that people have.
//
// Reading is tolerant and counts what it tolerates; what it reads comes back
// as it was: ids, order, areas, licences, unknown keys, the encoding of masks.
// The trick is that the reader asks the writer. For each record it computes
// what the writer would make of the annotations, compares, and carries only
// the difference along ("@coco.record"). So a round trip is exact by
// construction, and a record that holds nothing unusual costs nothing.
//
// # Streaming
//
// A COCO file lists images and annotations apart, so it is read twice: once
// in order, to note where the record of each image and of each annotation
// stands (about 20 bytes for an annotation, 60 for an image), and then image by
// image. The text itself is never held.
//
// # Mapping
//
// As in Datumaro: one COCO annotation becomes its keypoints, its polygons or
// its mask, and its box, all with its id as their ID and Group. The attribute
// is_crowd says whether iscrowd was set; the item attribute id is the image's
// id. A supercategory becomes the label's Parent.
//
// The format is that of https://cocodataset.org/#format-data.
package coco
