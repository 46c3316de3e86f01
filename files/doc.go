// Package files is where datasets lie: a [Folder] of this machine or inside an
// archive, read through one interface, and a [Writer] that packs one.
//
// It promises that nothing is read from outside of the folder. Names are
// slash-separated paths below it; one that leads out of it, by itself or
// through a symbolic link, is refused with [ErrLeaves]. What an archive claims
// about itself is never believed before it is checked: see [Limits].
//
// # Archives
//
// [Open] and [OpenStream] read zip, tar, tar.gz and tar.zst, told by their
// content and not by their name. Nothing is ever unpacked into files that
// another program could read: what needs room on the disk lies there encrypted,
// under a key that is in memory only. An archive in an archive is a file.
//
// The whole archive is refused at opening, with the name of the entry, where
//
//   - a name is absolute, has "..", a backslash, a drive letter, a NUL, an
//     element that is empty or ".", or is not UTF-8 (a "./" in front is fine),
//   - two files have the same name, or a file has that of a folder,
//   - the data of two entries of a zip overlap,
//   - it has more files, or would be larger unpacked, than the limits allow,
//     or its folders are nested deeper than 64,
//   - a tar lacks its end mark, since a part may be missing, or has something
//     after it, or a zip has something in front of it.
//
// One file is refused when it is opened, and is listed all the same so that it
// is not lost unseen, where it is
//
//   - a link, symbolic or hard: links of archives are never followed, so it
//     looks as a link of a folder does that leads out of it ([ErrLeaves]),
//   - a device, a pipe or a sparse file of a tar,
//   - encrypted in a zip, or packed by another method than deflate.
//
// A zip has a checksum for each file. It is checked where a file is read from
// its beginning to its end, and for packed files always; it is not where a
// file that lies there unpacked is read in pieces.
package files
