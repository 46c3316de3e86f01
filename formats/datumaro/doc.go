// Package datumaro reads and writes Datumaro's JSON format: one file
// annotations/<subset>.json for each subset, media in images/<subset>,
// point_clouds/<subset> and videos/<subset>.
//
// Files are read and written as streams, one item at a time. Reading accepts
// what Datumaro 1.4 to 1.13 and older tools wrote, with or without a version;
// numbers keep every digit of the text. Members that the format does not
// define travel along as carried attributes ("@datumaro.name") and are written
// back. What is written can be read by Datumaro 1.11 and 1.13: kinds which they
// refuse (rotated boxes, table rows) are left out and counted as lost. A
// coordinate that JSON has no number for is null, which reads back as NaN.
//
// Paths of media never leave the dataset, neither by their text nor through
// symbolic links, unless the caller allows it.
package datumaro
