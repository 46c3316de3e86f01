// Package reencode writes a picture anew as one of another kind, for formats
// that take only some kinds.
//
// It reads JPEG, PNG, GIF (the first frame, on its screen), BMP, TIFF and WebP,
// by their content and not by their name, and writes JPEG (quality 95), PNG,
// BMP, TIFF (deflated) and GIF.
//
//   - A picture that is of the wanted kind already is passed on byte by byte: it
//     loses nothing, neither its quality nor what is noted in it.
//   - 16 bits stay 16 bits in PNG and TIFF. The others have 8: the lower ones are
//     left out.
//   - Transparency stays in PNG and TIFF, and in GIF for pictures that have a
//     palette already. Elsewhere it is left out and the colours stay what they
//     are, as most readers do that want three channels.
//   - GIF keeps up to 256 colours exactly. Of more it makes a choice, and mixes
//     the others.
//   - Pixels stay where they are stored, with one exception. EXIF data, colour
//     profiles and other notes are not written, so a picture with an EXIF
//     orientation would be shown lying on its side: it is turned, and looks as
//     before. Coordinates that are meant for the picture as it is shown stay
//     right; see imagesize.Size.Shown for its size.
//
// Whatever is read may be hostile: a picture of more pixels than the limits
// allow is refused before it is decoded, and one that breaks its decoder is an
// error.
package reencode
