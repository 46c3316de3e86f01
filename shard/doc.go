// Package shard spreads the writing of one dataset over several processes, on
// one machine or many, and merges what they made into the dataset that one
// process alone would have written, byte for byte.
//
// Each process reads the annotations of the whole input and writes the items of
// its [Part], with their media, which are what takes time ([Write]). When all
// parts are there, one process merges them ([Set.Merge]): it reads their
// annotations in the order of the input, hands them to the exporter of the
// target format, and takes the media over as they are.
//
// # What lies where
//
//	OUT.shards/0-of-4/dataset/        the items of part 0, in datumaro_binary
//	OUT.shards/0-of-4/manifest.json   what was done; manifest.token where it is encrypted
//
// A part is always in datumaro_binary with its sidecar, which holds everything
// exactly. It is under the key of the job if the output is to be encrypted, or if
// the input is, and then so is its manifest: what is encrypted never lies in
// plain. Each item carries its ordinal in the input.
//
// A part appears when it is whole and on disk, or not at all. Writing it again
// changes nothing, so that a scheduler may start it twice, or anew.
//
// # What is checked
//
// Parts are merged only if all are there, and all are of one input, one set of
// options and one version of datum. The ordinals must leave no gap and none may
// come twice, and the digest over all items, which each process made of the
// input, must be that of the items merged.
package shard
