// Package augment varies pictures while a model trains on them: it flips,
// scales, crops, recolours, puts four into one (mosaic) and blends two
// (mix-up), and the boxes follow the pixels.
//
// Everything that happens to a picture is decided by the numbers of its random
// source, so that [Random] of the same seed, epoch and place in the stream makes
// the same picture on any machine, whichever goroutine does it.
//
// Sources: mosaic is from Bochkovskiy et al., "YOLOv4" (2020), mix-up from Zhang
// et al., "mixup: Beyond Empirical Risk Minimization" (2018).
package augment
