// Package imagesize reads the width and height of a picture from its header,
// without decoding it.
//
// It knows JPEG, PNG, GIF, BMP (also of OS/2 and top-down), WebP (lossy,
// lossless and extended), TIFF (both byte orders, also BigTIFF) and the
// portable maps PBM, PGM, PPM, PAM and PFM. It goes by the content, never by
// the name. Other kinds are [ErrUnknown], and so is a picture whose header
// makes no sense or gives a size of nothing.
//
// Sizes are those of the stored rows and columns. Cameras that are held upright
// store a picture lying on its side and a note in its EXIF data that says so;
// [Size.Turned] tells where that note is found, in JPEG, PNG, WebP and TIFF.
//
// Whatever is read may be hostile. No number in a file makes this package
// allocate, and it reads a few kilobytes of the usual file. What lies between
// the start and the size is skipped by seeking where the reader is a seeker, and
// is read past otherwise, up to 256 megabytes.
package imagesize
