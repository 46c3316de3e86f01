package augment

import (
	"fmt"
	"math"
	"math/rand/v2"

	"datum/formats"
	"datum/internal/rgb"
)

// Recipe says how pictures are varied. The zero value fits each into the size
// that is wanted and does nothing else. Probabilities are from 0 to 1.
type Recipe struct {
	// FlipAcross and FlipDown are the probabilities of a picture that is
	// mirrored left to right, and upside down.
	FlipAcross, FlipDown float64
	// ScaleLeast and ScaleMost bound the size of a picture, as a factor of that
	// at which all of it just fits; 0 means 1. What becomes too large is
	// cropped at a random place, what is too small lies at a random place on grey.
	ScaleLeast, ScaleMost float64
	// Aspect is the greatest factor by which width and height change against each
	// other; 0 and 1 mean not at all.
	Aspect float64
	// Stretch makes all of the size that is wanted of a picture, whatever its
	// proportions, before the scale: what inference does with resize_type standard.
	Stretch bool
	// Brightness, Contrast and Saturation are the greatest changes, as fractions
	// (0.4: from 0.6 to 1.4 times); Hue is one in degrees.
	Brightness, Contrast, Saturation, Hue float64
	// Mosaic is the probability of a picture of four, MixUp of one with another
	// one shining through.
	Mosaic, MixUp float64
	// Plain is the probability of a picture that is only fitted and mirrored.
	Plain float64
	// LeastVisible is which part of a box has to be left for it to count; of
	// which less is left are marked to be ignored. 0 means 0.3.
	LeastVisible float64
	// Fill is the colour where no picture is.
	Fill [3]byte
	// Interpolation is how pixels between pixels are made; it should be that of
	// inference.
	Interpolation rgb.Interpolation
}

// Check refuses a recipe whose numbers make no sense.
func (r *Recipe) Check() error {
	for _, x := range []struct {
		name       string
		value, top float64
	}{
		{"flip across", r.FlipAcross, 1}, {"flip down", r.FlipDown, 1}, {"mosaic", r.Mosaic, 1}, {"mix-up", r.MixUp, 1}, {"plain", r.Plain, 1},
		{"brightness", r.Brightness, 1}, {"contrast", r.Contrast, 1}, {"saturation", r.Saturation, 1}, {"hue", r.Hue, 180},
		{"least visible", r.LeastVisible, 1}, {"least scale", r.ScaleLeast, 16}, {"greatest scale", r.ScaleMost, 16}, {"aspect", r.Aspect, 16},
	} {
		if !(x.value >= 0 && x.value <= x.top) {
			return formats.Reason(formats.ErrUsage, "%s is a number from 0 to %g, not %g", x.name, x.top, x.value)
		}
	}
	least, most := r.scales()
	if least > most {
		return formats.Reason(formats.ErrUsage, "the least scale, %g, is above the greatest, %g", least, most)
	}
	return nil
}

// plain is what is done to a picture that is not varied.
func (r *Recipe) plain() Recipe {
	return Recipe{FlipAcross: r.FlipAcross, FlipDown: r.FlipDown, Stretch: r.Stretch, LeastVisible: r.LeastVisible, Fill: r.Fill, Interpolation: r.Interpolation}
}

func (r *Recipe) scales() (least, most float64) {
	least, most = r.ScaleLeast, r.ScaleMost
	if least == 0 {
		least = 1
	}
	if most == 0 {
		most = max(1, least)
	}
	return least, most
}

func (r *Recipe) leastVisible() float64 {
	if r.LeastVisible == 0 {
		return 0.3
	}
	return r.LeastVisible
}

// Others returns how many other pictures the next call of Apply can need, so
// that whoever streams knows what to keep.
func (r *Recipe) Others() int {
	switch {
	case r.Mosaic > 0 && r.MixUp > 0:
		return mosaicParts
	case r.Mosaic > 0:
		return mosaicParts - 1
	case r.MixUp > 0:
		return 1
	}
	return 0
}

// Random returns the source of the numbers for one picture: the index-th of the
// stream in an epoch.
func Random(seed uint64, epoch, index int) *rand.Rand {
	return rand.New(rand.NewPCG(seed, mix(uint64(epoch)<<40^uint64(index))))
}

// mix spreads the bits of a number, as splitmix64 does.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// Box is an object: corners in pixels of its picture.
type Box struct {
	Label          int
	X1, Y1, X2, Y2 float64
	// Ignore says that the object counts neither as one nor as none, such as a
	// crowd, or one that is cut off.
	Ignore bool
	// Weight is from 0 to 1: how much of the picture that it is in can be seen.
	Weight float64
	// Item and Annotation are whatever the caller needs to find the object again.
	Item, Annotation int
}

// String says where a box is.
func (b Box) String() string {
	return fmt.Sprintf("%d (%.1f, %.1f)–(%.1f, %.1f)", b.Label, b.X1, b.Y1, b.X2, b.Y2)
}

func (b *Box) area() float64 { return math.Max(0, b.X2-b.X1) * math.Max(0, b.Y2-b.Y1) }

// Picture is what is varied, and what comes out.
type Picture struct {
	rgb.Picture
	Boxes []Box
}
