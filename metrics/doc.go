// Package metrics says how good predictions are.
//
// [Accumulator] is for detection: the mean average precision of COCO with all
// of its twelve numbers, that of PASCAL VOC (2007 and 2010), precision-recall
// curves, and a confusion matrix. [Classification] counts top-1 and top-5
// hits. [Binary] has what click prediction is measured by: AUC, AUC within
// groups, log loss, accuracy, recall.
//
// All of them take one image or sample at a time and keep only what the
// numbers need: of a detection 32 bytes, of a truth nothing but that it was
// there. None has a goroutine or a lock of its own. For use in parallel every
// worker has an accumulator, numbers its images ([Accumulator.AddImage]), and
// the accumulators are merged at the end: the result is the same, to the last
// bit, as that of one accumulator that saw all images in order.
//
// # What is compatible with what
//
// COCO follows pycocotools 2.0, including what it leaves to the order of
// things: detections of equal score count in the order of the images and,
// within an image, in the order given; of several truths of equal overlap the
// last is taken; a crowd is hit any number of times, and its overlap is the
// part of the detection that lies in it.
//
// VOC follows the development kit (VOCevaldet.m of 2012): the truth of most
// overlap is the only one a detection may hit, "difficult" ones count neither
// for nor against, and corners are pixels, so that a box from 3 to 5 is three
// wide.
package metrics
