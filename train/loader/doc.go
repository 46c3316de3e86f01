// Package loader makes of a dataset, encrypted or not, what a model takes:
// pictures as rows of RGB bytes, one by one or in batches, with the item that
// each belongs to.
//
//	dataset → subset → shard → shuffle → decrypt, decode, resize (on all cores) → batch → ready ahead of the model
//
// The stream is in the order of the dataset, or shuffled by a seed, and the same
// for any number of workers. Nothing is written anywhere and nothing is kept: memory
// is bounded by Workers, Prefetch and ShuffleBytes, and buffers that are
// released are used again.
//
// # Which pixels
//
// Pixels are those of OpenCV's imread, as RGB: see package internal/rgb. A
// picture with an EXIF orientation is turned as it is shown, which is what imread
// does and what those who train see; unless the dataset gives the size of the
// picture as it is stored, for then its annotations lie on that.
//
// Colour, layout, element type, mean and scale are best left to the model: OpenVINO does them in
// the graph, together with resizing where all pictures of a batch have one size.
// Where they have not, or the model wants a letterbox, [Options.Fit] makes them so.
//
// # Shuffling
//
// A dataset is a stream, so it is shuffled through a buffer: items, without their
// pixels, are kept until they have [Options.ShuffleBytes], and for every one that
// comes then one of them is chosen. As long as all items of a dataset have room
// in it, every order is equally probable. Of a larger dataset an item comes at most
// that much before its turn, or later.
package loader
