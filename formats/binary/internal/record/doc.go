// Package record turns items, annotations and categories into the records of a
// .datum file and back: fixed-width little-endian integers, float32, UTF-8
// strings with their length before them, and JSON objects with their length
// before them. It knows nothing of files, blobs, keys or sidecars.
//
// Reading checks every length against the bytes that are left before it
// allocates, and refuses what Datumaro would have refused or misread.
//
// [AppendAnnotation], [Holds], [Stored] and [ToDecimal] say what a record is;
// [Append] and [SetDecimal] do the same faster for what is usual.
package record
