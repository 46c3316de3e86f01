// Package sealed encrypts files of any size under a `datum-` key, such as
// models: as a stream, and read as a stream or at random.
//
// A sealed file is a short header, which says what it is, and one message of
// Cobblestone-128, the recommended form of https://c2sp.org/chunked-encryption,
// as Python's cryptography 50 has it. docs/sealed.md shows every byte.
//
// Promises:
//
//   - A wrong key, and a file sealed for another purpose, are told from the
//     first hundred bytes, before any other work.
//   - No byte of plaintext is given out before the chunk that it lies in has
//     been authenticated, and none that anybody without the key could choose.
//   - A byte changed anywhere, chunks exchanged, left out, doubled or taken from
//     another file, a file that was cut or extended: all are [ErrCorrupt].
//   - A [File] knows its size authenticated. A [Reader] can tell only at its end
//     that a file was cut: what it gave out until then is right, but not all.
//   - Memory does not grow with the file: a Writer and a Reader hold a few
//     hundred kilobytes, whatever a header says.
//
// Not hidden: that it is a sealed file, its purpose, and its length to the byte.
// Not promised: that an older version of a file, sealed under the same key and
// for the same purpose, is not put in its place.
package sealed
