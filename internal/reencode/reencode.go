package reencode

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// Writable reports whether pictures can be written with this ending of their
// name, in any case, with its dot.
func Writable(ext string) bool {
	_, ok := targets[strings.ToLower(ext)]
	return ok
}

// Lossy reports whether writing with this ending may change pixels of 8 bits
// that are not transparent.
func Lossy(ext string) bool { return targets[strings.ToLower(ext)].lossy }

// Source returns a source that gives the picture of s, written anew for an
// ending. The work is done when it is opened, in memory. It is nil where s is.
func Source(s dataset.Source, ext string, limits files.Limits) dataset.Source {
	if s == nil {
		return nil
	}
	return source{s, ext, limits}
}

type source struct {
	from   dataset.Source
	ext    string
	limits files.Limits
}

// Open converts the picture.
func (s source) Open() (io.ReadCloser, error) {
	r, err := s.from.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	var b bytes.Buffer
	if err := Image(r, &b, s.ext, s.limits); err != nil {
		return nil, err
	}
	return io.NopCloser(&b), nil
}

// Image reads a picture and writes it as the kind that an ending stands for.
// The error matches [files.ErrLimit] for a picture that is too large,
// [errors.ErrUnsupported] for one of a kind that cannot be read or written, and
// [formats.ErrCorrupt] for one that is damaged. Errors of r and w come back as
// they are.
func Image(r io.Reader, w io.Writer, ext string, limits files.Limits) error {
	limits = limits.WithDefaults()
	to, ok := targets[strings.ToLower(ext)]
	if !ok {
		return fmt.Errorf("pictures cannot be written as %q: %w", ext, errors.ErrUnsupported)
	}
	b, err := readAll(r, limits)
	if err != nil {
		return err
	}
	from, err := kindOf(b)
	if err != nil {
		return err
	}
	size, err := from.size(b, limits)
	if err != nil {
		return err
	}
	if from.name == to.kind {
		_, err := w.Write(b)
		return err
	}
	if max(size.X, size.Y) > to.side {
		return fmt.Errorf("%w: a picture of %d × %d, and the sides of a %s have at most %d pixels", files.ErrLimit, size.X, size.Y, to.kind, to.side)
	}
	m, err := from.picture(b, size)
	if err != nil {
		return err
	}
	return to.encode(w, turned(m, orientation(b)))
}

// bytesPerPixel is more than any kind needs for a pixel.
const bytesPerPixel = 16

// readAll reads the file. One that is larger than a picture of all pixels that
// are allowed is no use.
func readAll(r io.Reader, limits files.Limits) ([]byte, error) {
	most := int64(math.MaxInt64 - 1)
	if limits.ImagePixels < (most-1<<20)/bytesPerPixel {
		most = max(limits.ImagePixels, 0)*bytesPerPixel + 1<<20
	}
	b, err := io.ReadAll(io.LimitReader(r, most+1))
	if err == nil && int64(len(b)) > most {
		err = fmt.Errorf("%w: more than %d bytes for a picture", files.ErrLimit, most)
	}
	return b, err
}

func orientation(b []byte) int {
	o, err := imagesize.Orientation(bytes.NewReader(b))
	if err != nil {
		return 1
	}
	return o
}

// size returns the size that the decoder will use. This, and no other reading
// of the header, is what the limit has to be held against.
func (k *kind) size(b []byte, limits files.Limits) (size image.Point, err error) {
	defer caught(&err)
	config, err := k.config(bytes.NewReader(b))
	if err != nil {
		return size, reason(err)
	}
	if config.Width <= 0 || config.Height <= 0 {
		return size, formats.Reason(formats.ErrCorrupt, "a picture of %d × %d pixels", config.Width, config.Height)
	}
	if int64(config.Width) > limits.ImagePixels/int64(config.Height) {
		return size, fmt.Errorf("%w: a picture of %d × %d, more than %d pixels", files.ErrLimit, config.Width, config.Height, limits.ImagePixels)
	}
	return image.Pt(config.Width, config.Height), nil
}

// picture decodes a picture and lays it on a canvas of its size, if it does not
// fill that by itself: the first frame of a GIF may be smaller than the screen.
func (k *kind) picture(b []byte, size image.Point) (m image.Image, err error) {
	defer caught(&err)
	if m, err = k.decode(bytes.NewReader(b)); err != nil {
		return nil, reason(err)
	}
	canvas := image.Rectangle{Max: size}
	if m.Bounds() == canvas {
		return m, nil
	}
	n := image.NewNRGBA(canvas)
	for y := range size.Y {
		for x := range size.X {
			if p := image.Pt(x, y); p.In(m.Bounds()) {
				n.SetNRGBA(x, y, straight(m, x, y))
			}
		}
	}
	return n, nil
}

// caught makes an error of a panic: decoders are large, and what they read may
// be made to break them.
func caught(err *error) {
	if p := recover(); p != nil {
		*err = formats.Reason(formats.ErrCorrupt, "the picture breaks its decoder: %v", p)
	}
}
