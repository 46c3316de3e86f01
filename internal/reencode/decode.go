package reencode

import (
	"fmt"
	"image"

	"datum/files"
)

// Decode decodes a picture of any kind that this package reads, as it is stored:
// without its EXIF orientation. Errors are those of [Image].
func Decode(b []byte, limits files.Limits) (image.Image, error) {
	limits = limits.WithDefaults()
	from, err := kindOf(b)
	if err != nil {
		return nil, err
	}
	size, err := from.size(b, limits)
	if err != nil {
		return nil, err
	}
	m, err := from.picture(b, size)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", from.name, err)
	}
	return m, nil
}
