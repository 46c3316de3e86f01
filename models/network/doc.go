// Package network has the networks that datum trains: detectors and classifiers of
// pictures, as graphs for OpenVINO.
//
// A network says which parameters it has, and builds three graphs of the same layers
// over them. In training, batches are normalised by their own statistics, and the
// graph ends in a loss. In prediction, they are normalised by the statistics that
// training has gathered; the parameters are still inputs, so that a graph compiled
// once can be asked while training goes on. The exported model has the parameters as
// constants with the normalisation in the filters, and says itself what it wants of
// its pictures and what its classes are called.
package network
