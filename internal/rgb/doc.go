// Package rgb makes rows of RGB bytes of picture files, which is what models
// take: decoded, turned as they are to be seen, and resized.
//
// JPEG files go to libturbojpeg where the machine has it, which gives the
// pixels that OpenCV gives, and to the standard library otherwise. The latter
// has another arithmetic: most values are the same, and few differ by more than
// two or three. All other kinds are those of package reencode: PNG, GIF (the
// first frame), BMP, TIFF and WebP, and portable maps (PPM, PGM) of bytes.
//
// Whatever is stored becomes three channels of 8 bits as OpenCV's imread makes
// them: grey three times, the upper 8 of 16 bits, palettes and CMYK as colours,
// and transparency left out, so that a pixel keeps the colour that is stored
// below it.
//
// Whatever is read may be hostile: the size is read first, and a picture of
// more pixels than the limits allow is refused before there is room made for
// it.
package rgb
