package loader

import (
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/rgb"
)

// Fit says how a picture comes to the size that is wanted.
type Fit int

const (
	// Original leaves pictures as large as they are, or as they were decoded
	// where Scaled lets that be smaller: then Width and Height, if they are
	// given, are the room that a picture still has to fill.
	Original Fit = iota
	// Stretch makes Width × Height of every picture, whatever its proportions.
	Stretch
	// Letterbox keeps the proportions, puts the picture into the middle, and
	// fills what is left over.
	Letterbox
	// Corner is Letterbox with the picture in the upper left corner.
	Corner
)

// The ways to make pixels between pixels.
const (
	Bilinear = rgb.Bilinear // OpenCV's INTER_LINEAR
	Area     = rgb.Area     // OpenCV's INTER_AREA
)

// Grey is what most detectors want a letterbox to be filled with.
var Grey = [3]byte{114, 114, 114}

// Options say what to load. The zero value is the whole dataset in its order,
// in pictures of their own sizes.
type Options struct {
	// Subset is the one subset to load; empty means all.
	Subset string
	// Shards, where it is more than 1, divides the items among as many: each
	// loads every Shards-th, from number Shard on.
	Shard, Shards int
	// Shuffle shuffles the items. The same Seed gives the same order; each epoch
	// wants another one.
	Shuffle bool
	Seed    uint64
	// ShuffleBytes is how much memory the items that wait to be chosen may have;
	// 0 means 64 megabytes.
	ShuffleBytes int64
	// Workers is the number of goroutines that decode; 0 means one for each core.
	Workers int
	// Prefetch is how many samples, or batches, are ready ahead of whoever takes
	// them; 0 means as many as there are workers, or two batches.
	Prefetch int
	// Width and Height are the size that Fit makes.
	Width, Height int
	Fit           Fit
	Interpolation rgb.Interpolation
	// Fill is the colour around a letterbox.
	Fill [3]byte
	// Scaled lets libturbojpeg decode a JPEG at a half, a quarter or an eighth
	// of its size where that is not below the size that is wanted. It takes a fraction of
	// the time, and the pixels are smoother than those that Bilinear makes of the whole picture.
	Scaled bool
	// Go decodes JPEG files with the standard library, also where
	// libturbojpeg is there, so that all machines have the same pixels.
	Go bool
	// Turbo is the path of a libturbojpeg that is tried before that of the system.
	Turbo string
	// Limits bound the pictures; zero fields are defaults.
	Limits files.Limits
	// Skip, where it is not nil, counts and names the pictures that are missing
	// or do not decode, and the stream goes on without them. Otherwise the
	// first ends it.
	Skip *formats.Skipped
}

const defaultShuffleBytes = 64 << 20

// Check refuses options that make no sense, or name a subset that is not there.
func (o *Options) Check(info *dataset.Info) error {
	if o.Fit != Original && (o.Width <= 0 || o.Height <= 0) {
		return formats.Reason(formats.ErrUsage, "pictures cannot be made %d × %d pixels", o.Width, o.Height)
	}
	limit := o.Limits.WithDefaults().ImagePixels
	if o.Fit != Original && int64(o.Width) > limit/int64(o.Height) {
		return formats.Reason(formats.ErrUsage, "pictures of %d × %d pixels are more than the %d that are allowed", o.Width, o.Height, limit)
	}
	if o.Shards > 1 && (o.Shard < 0 || o.Shard >= o.Shards) || o.Shards <= 1 && o.Shard != 0 {
		return formats.Reason(formats.ErrUsage, "there is no shard %d of %d; the first is 0", o.Shard, o.Shards)
	}
	if o.Subset == "" || info.Subset(o.Subset) != nil {
		return nil
	}
	names := make([]string, len(info.Subsets))
	for i, s := range info.Subsets {
		names[i] = s.Name
	}
	return formats.Reason(formats.ErrUsage, "there is no subset %q; there are: %s", o.Subset, strings.Join(names, ", "))
}

func (o *Options) decoder() *rgb.Decoder {
	d := &rgb.Decoder{Limits: o.Limits}
	if !o.Go {
		d.Turbo = rgb.Turbo(o.Turbo)
	}
	return d
}
