package loader

import (
	"fmt"
	"io"
	"math"
	"slices"

	"datum/dataset"
	"datum/files"
)

// ReadFile appends the bytes of a media file, decrypted, to a buffer. One that is larger than a
// picture of all pixels that are allowed is no use.
func ReadFile(f *dataset.File, to []byte, limits files.Limits) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return to, err
	}
	defer r.Close()
	const bytesPerPixel, head = 8, 1 << 20
	most := limits.WithDefaults().ImagePixels
	most = min(most, (math.MaxInt64-head)/bytesPerPixel-1)*bytesPerPixel + head
	if left, ok := r.(interface{ Len() int }); ok {
		to = slices.Grow(to, min(left.Len(), int(min(most, math.MaxInt32)))+1)
	}
	for {
		if len(to) == cap(to) {
			to = slices.Grow(to, max(len(to), 64<<10))
		}
		n, err := r.Read(to[len(to):cap(to)])
		to = to[:len(to)+n]
		switch {
		case err == io.EOF:
			return to, nil
		case err != nil:
			return to, err
		case int64(len(to)) > most:
			return to, fmt.Errorf("%w: more than %d bytes for a picture", files.ErrLimit, most)
		}
	}
}
