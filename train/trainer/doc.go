// Package trainer trains a network on a dataset, encrypted or not: epoch after
// epoch, with a validation after each, until all are over or nothing gets better
// any more.
//
//	result, err := trainer.Run(ctx, core, task, pictures, trainer.Options{Epochs: 20, Batch: 16, ...})
//
// What is trained to do what is a [Task]: package train/vision has detectors and
// classifiers. Data are decrypted in memory only. What the training writes (the
// best model, a checkpoint to go on from) goes through a [Store], which seals it
// under the dataset's key unless it is told otherwise.
//
// The same dataset, options and seed give the same weights on the same machine
// with the same number of threads, and so does a training that was interrupted
// and went on: after each epoch all that it depends on is in the checkpoint.
package trainer
