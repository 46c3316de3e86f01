package loader

import (
	"bytes"
	"sync"

	"datum/internal/imagesize"
	"datum/internal/rgb"
)

// Large pictures take memory where they are decoded (a PNG of 50 megapixels has 350
// megabytes then) and where they are kept, to be mixed into others. The first is
// bounded by letting only some be decoded at once, the second by making them smaller
// where that is allowed.

// allowance is memory that several goroutines take and give back. It never says no to
// whoever is alone, however much that wants.
type allowance struct {
	mu    sync.Mutex
	freed sync.Cond
	most  int64
	taken int64
}

// leastAllowance is for decoding on few cores, allowanceEach what each more core adds.
const leastAllowance, allowanceEach = 1 << 30, 64 << 20

func newAllowance(workers int) *allowance {
	a := &allowance{most: max(leastAllowance, int64(workers)*allowanceEach)}
	a.freed.L = &a.mu
	return a
}

func (a *allowance) take(n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for a.taken > 0 && a.taken+n > a.most {
		a.freed.Wait()
	}
	a.taken += n
}

func (a *allowance) give(n int64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.taken -= n
	a.freed.Broadcast()
}

// bytesOf estimates what decoding takes: three bytes for each pixel, and four more
// where the decoder of the standard library has a picture of its own.
func (d *decoding) bytesOf(file []byte, size imagesize.Size) int64 {
	each := int64(7)
	if d.decoder.Turbo != nil && bytes.HasPrefix(file, []byte("\xff\xd8\xff")) {
		each = 3
	}
	return each * int64(size.Width) * int64(size.Height)
}

// halvings is how often both sides of a picture can be halved before it is below the
// size that is wanted, where it may come smaller than it is: the same for a PNG as for
// a JPEG, which libturbojpeg decodes so.
func (d *decoding) halvings(width, height int) (n int) {
	if d.o.Fit != Original || !d.o.Scaled || width < 1 || height < 1 {
		return 0
	}
	w, h := d.inner(width, height)
	for part(width, n+1) >= w && part(height, n+1) >= h && n < mostHalvings {
		n++
	}
	return n
}

// mostHalvings is what libturbojpeg does.
const mostHalvings = 3

// part is a side after so many halvings, rounded up.
func part(side, halvings int) int { return (side + 1<<halvings - 1) >> halvings }

// shrunk returns a picture made smaller, unless it was when it was decoded.
func (d *decoding) shrunk(from *rgb.Picture, full rgb.Decoded) *rgb.Picture {
	n := 0
	if from.Width == full.Width {
		n = d.halvings(full.Width, full.Height)
	}
	to := &rgb.Picture{Width: part(from.Width, n), Height: part(from.Height, n)}
	size := 3 * to.Width * to.Height
	to.Pix = d.pixels.get(size)[:size]
	rgb.Shrink(to, from, n)
	return to
}
