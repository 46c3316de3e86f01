package loader

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"sync"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/rgb"
)

// decoding makes samples of items, on several goroutines.
type decoding struct {
	o       Options
	decoder *rgb.Decoder
	pixels  *recycler
	memory  *allowance
}

// desk is the memory that one picture is worked on in.
type desk struct {
	file           []byte
	picture, spare rgb.Picture
	resizer        rgb.Resizer
}

var desks = sync.Pool{New: func() any { return new(desk) }}

// largestDesk is what is kept for the next picture at most.
const largestDesk = 256 << 20

func (d *desk) putBack() {
	if cap(d.file)+cap(d.picture.Pix)+cap(d.spare.Pix) <= largestDesk {
		desks.Put(d)
	}
}

// sample decrypts, decodes and resizes the picture of an item. It returns nil for
// one that is left out.
func (d *decoding) sample(it dataset.Item) (*Sample, error) {
	s := &Sample{Item: it, home: d.pixels}
	if err := d.load(s); err != nil {
		return nil, d.o.Unusable(&it, err)
	}
	return s, nil
}

func (d *decoding) load(s *Sample) error {
	img, ok := s.Item.Media.(*dataset.Image)
	if !ok {
		return fmt.Errorf("the item has no picture: %w", dataset.ErrNoMedia)
	}
	k := desks.Get().(*desk)
	defer k.putBack()
	var err error
	if k.file, err = ReadFile(&img.File, k.file[:0], d.o.Limits); err != nil {
		return err
	}
	r := rgb.Request{Width: int(img.Width), Height: int(img.Height)}
	if d.o.Scaled {
		r.AtLeast = d.inner
	}
	size, _ := imagesize.Read(bytes.NewReader(k.file))                                         // the decoder tells better what is wrong
	large := max(d.halvings(size.Width, size.Height), d.halvings(size.Height, size.Width)) > 0 // it may be turned
	to := &k.picture
	if d.o.Fit == Original && !large {
		to = &rgb.Picture{Pix: d.pixels.get(0)}
	}
	n := d.bytesOf(k.file, size)
	d.memory.take(n)
	full, err := d.decoder.Decode(to, &k.spare, k.file, r)
	if err == nil && large {
		to = d.shrunk(to, full)
	}
	d.memory.give(n)
	if err != nil {
		return err
	}
	s.SourceWidth, s.SourceHeight = full.Width, full.Height
	d.place(s, to, &k.resizer)
	return nil
}

// inner is the size that a picture of the given size gets, without what is
// around it.
func (d *decoding) inner(width, height int) (int, int) {
	switch d.o.Fit {
	case Stretch:
		return d.o.Width, d.o.Height
	case Letterbox, Corner:
		return letterbox(width, height, d.o.Width, d.o.Height)
	}
	if d.o.Width > 0 && d.o.Height > 0 {
		w, h := letterbox(width, height, d.o.Width, d.o.Height)
		return min(w, width), min(h, height)
	}
	return width, height
}

// letterbox returns the largest size with the proportions of a picture that has
// room in another one.
func letterbox(width, height, roomWidth, roomHeight int) (int, int) {
	scale := min(float64(roomWidth)/float64(width), float64(roomHeight)/float64(height))
	fit := func(n, room int) int { return min(max(int(math.RoundToEven(float64(n)*scale)), 1), room) }
	return fit(width, roomWidth), fit(height, roomHeight)
}

// place puts the decoded picture where it belongs in the sample.
func (d *decoding) place(s *Sample, from *rgb.Picture, r *rgb.Resizer) {
	if d.o.Fit == Original {
		s.Pixels, s.Width, s.Height = from.Pix, from.Width, from.Height
		s.ScaleX, s.ScaleY = float64(from.Width)/float64(s.SourceWidth), float64(from.Height)/float64(s.SourceHeight)
		return
	}
	n := 3 * d.o.Width * d.o.Height
	to := rgb.Picture{Pix: d.pixels.get(n)[:n], Width: d.o.Width, Height: d.o.Height}
	width, height := d.inner(s.SourceWidth, s.SourceHeight)
	x, y := 0, 0
	if d.o.Fit != Corner {
		x, y = (d.o.Width-width)/2, (d.o.Height-height)/2
	}
	to.Surround(x, y, width, height, d.o.Fill)
	r.Resize(&to, x, y, width, height, from, d.o.Interpolation)
	s.Pixels, s.Width, s.Height = to.Pix, to.Width, to.Height
	s.ScaleX, s.ScaleY = float64(width)/float64(s.SourceWidth), float64(height)/float64(s.SourceHeight)
	s.OffsetX, s.OffsetY = float64(x), float64(y)
}

// skippable says which errors are about one picture alone. A token that is not
// authentic, or a disk that fails, is about the dataset.
func skippable(err error) bool {
	if errors.Is(err, formats.ErrAuthentication) || errors.Is(err, formats.ErrKey) {
		return false
	}
	for _, is := range []error{formats.ErrCorrupt, errors.ErrUnsupported, files.ErrLimit, fs.ErrNotExist, dataset.ErrNoMedia} {
		if errors.Is(err, is) {
			return true
		}
	}
	return false
}
