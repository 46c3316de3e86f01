// Package vision trains the detectors and classifiers of package models/network
// on datasets: it says what of an item is to be learnt, as package train/trainer
// wants to know it, and makes tensors of it.
package vision
