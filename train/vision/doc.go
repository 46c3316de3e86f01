// Package vision trains the detectors and classifiers of package models/network
// on datasets: it says what of an item is to be learnt, as package train/trainer
// wants to know it, and makes tensors of it.
//
// Classifiers that others made are trained further by [NewForeign]: their graph is
// copied into that of the step, with parameters in the place of its constants.
package vision
