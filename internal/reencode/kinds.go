package reencode

import (
	"errors"
	"fmt"
	"image"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"

	"datum/formats"
)

// kind is a kind of picture that can be read: how it begins, '?' standing for
// any byte.
type kind struct {
	name, magic string
	config      func(io.Reader) (image.Config, error)
	decode      func(io.Reader) (image.Image, error)
}

var kinds = []kind{
	{"JPEG", "\xff\xd8\xff", jpeg.DecodeConfig, jpeg.Decode},
	{"PNG", "\x89PNG\r\n\x1a\n", png.DecodeConfig, png.Decode},
	{"GIF", "GIF8?a", gif.DecodeConfig, gif.Decode},
	{"BMP", "BM????\x00\x00\x00\x00", bmp.DecodeConfig, bmp.Decode},
	{"TIFF", "II*\x00", tiff.DecodeConfig, tiff.Decode},
	{"TIFF", "MM\x00*", tiff.DecodeConfig, tiff.Decode},
	{"WebP", "RIFF????WEBP", webp.DecodeConfig, webp.Decode},
}

func kindOf(b []byte) (*kind, error) {
	for i := range kinds {
		if kinds[i].begins(b) {
			return &kinds[i], nil
		}
	}
	return nil, fmt.Errorf("it is no picture of a kind that can be converted: %w", errors.ErrUnsupported)
}

func (k *kind) begins(b []byte) bool {
	if len(b) < len(k.magic) {
		return false
	}
	for i := range len(k.magic) {
		if k.magic[i] != '?' && k.magic[i] != b[i] {
			return false
		}
	}
	return true
}

// reason tells what a decoder cannot do from what is wrong with the picture.
func reason(err error) error {
	var j jpeg.UnsupportedError
	var p png.UnsupportedError
	var t tiff.UnsupportedError
	if errors.As(err, &j) || errors.As(err, &p) || errors.As(err, &t) || errors.Is(err, bmp.ErrUnsupported) {
		return formats.Reason(errors.ErrUnsupported, "the picture cannot be converted: %w", err)
	}
	return formats.Reason(formats.ErrCorrupt, "the picture cannot be decoded: %w", err)
}
