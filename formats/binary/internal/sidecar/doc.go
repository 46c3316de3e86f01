// Package sidecar holds what a .datum file cannot: beside
// annotations/train.datum lies annotations/train.sidecar, which Datumaro
// ignores. It has two parts.
//
// The manifest binds every token to its place: subset, ordinal, item id and the
// last 32 bytes of the token, which are its HMAC. Tokens alone say nothing of
// where they belong; with the manifest, items that were swapped, dropped,
// duplicated, moved or brought from another dataset are found. In a plain
// dataset SHA-256 takes the place of the HMAC, which finds accidents but not
// an attacker.
//
// The rest makes the round trip exact: coordinates where the rounding to two
// decimals of float32 changes them, the kinds of annotation that have no
// record, and what travels along from the source.
//
// # File
//
// Sixteen bytes "datum sidecar 1\n"; then frames, each a little-endian uint32
// length and that many bytes. A frame is a protocol buffer message
// (sidecar.proto), compressed with zstd, and sealed: as a Fernet token under
// the key of the dataset or, in a plain dataset, with its SHA-256 before it.
// The first frame is a Header, each further one the Block for one blob of the
// .datum file, in order. The file ends with the last Block.
package sidecar
