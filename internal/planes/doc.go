// Package planes reads and writes PNG files whose pixels are numbers, such as
// masks of labels and of instances: as a [Plane], one number for each pixel.
//
// Numbers are grey of 1 to 16 bits, as they lie in the file and not stretched to
// 255, or the indexes of a palette, or colours that a table gives numbers. A
// picture of one mask alone, where every pixel that is not black counts, is a
// [Stencil].
//
// Files may be hostile: the header is compared with the limit of pixels before
// anything is decoded, and what is no such picture is an error that matches
// [formats.ErrCorrupt].
package planes
