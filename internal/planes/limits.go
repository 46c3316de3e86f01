package planes

import (
	"datum/files"
	"datum/formats"
)

// maxEdge bounds the edges of a picture, so that numbers of pixels fit into an
// int64.
const maxEdge = 1 << 30

// CheckSize returns an error for a picture of no pixels, or of more than may be
// decoded.
func CheckSize(width, height int64, limits files.Limits) error {
	if min(width, height) > 0 && max(width, height) <= maxEdge && width*height <= limits.ImagePixels {
		return nil
	}
	return formats.WithHint(formats.Reason(formats.ErrCorrupt, "a mask of %d × %d pixels", width, height),
		"where you trust the file, raise the limit: see datum convert --help")
}

// Fits tells whether a mask can be a picture: it has pixels, and not more than
// may be decoded.
func Fits(height, width int32, limits files.Limits) bool {
	return height > 0 && width > 0 && int64(height)*int64(width) <= limits.ImagePixels
}
