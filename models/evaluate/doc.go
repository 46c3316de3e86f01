// Package evaluate compares what a model says of pictures with what their
// dataset says of them.
//
// [Match] finds out which category of the dataset each class of the model is.
// [Truths] finds the objects of an item among its annotations. [Detector] and
// [Classifier] collect both for package metrics, one picture at a time, and
// make a report.
package evaluate
