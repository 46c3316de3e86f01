// Package binary reads and writes datumaro_binary, the format in which
// Datumaro 1.1 to 1.11.1 kept encrypted datasets.
//
// It reads everything that those versions wrote, plain or encrypted, and what
// the versions up to 1.13 write in plain. What it writes is read by Datumaro
// 1.5 to 1.11.1 when encrypted, and by 1.5 to 1.13 when plain.
//
// # Layout
//
//	annotations/<subset>.datum     items and annotations
//	annotations/<subset>.sidecar   what Datumaro's layout cannot hold, ours
//	images/<subset>/<name>         pictures
//	point_clouds/<subset>/<name>   point clouds
//	videos/<subset>/<name>         videos
//
// In an encrypted dataset every section of a .datum file, and every picture
// saved with it, is a Fernet token. Subset names, file names and sizes stay
// readable.
//
// # Exactness
//
// Datumaro's layout rounds coordinates to two decimals of float32 and has no
// place for some kinds of annotation. The sidecar holds the exact rest, so that
// what is read is what was written. It also holds a manifest by which reading
// finds items that were swapped, dropped, duplicated or moved. A dataset
// without a sidecar is read as Datumaro would read it.
package binary
