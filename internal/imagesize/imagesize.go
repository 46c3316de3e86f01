package imagesize

import (
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"slices"
	"strings"

	"datum/dataset"
)

var (
	// ErrUnknown says that the bytes are not the header of a picture whose
	// size this package can read.
	ErrUnknown = errors.New("not a picture of a known kind")
	// ErrTruncated says that a picture ends before its size.
	ErrTruncated = errors.New("the picture ends inside its header")
)

// Size is the size of a picture in pixels, as they are stored. Turned says
// that the picture's EXIF orientation (5 to 8) lays it on its side, so that
// width and height change places when it is shown.
type Size struct {
	Width, Height int
	Turned        bool
}

// Shown returns the size with the EXIF orientation applied.
func (s Size) Shown() (width, height int) {
	if s.Turned {
		return s.Height, s.Width
	}
	return s.Width, s.Height
}

// Extensions are the endings of names of pictures, in lower case, with the
// dot, in alphabetical order. [Read] does not know all of these kinds.
var Extensions = []string{
	".avif", ".bmp", ".dib", ".dng", ".gif", ".heic", ".heif", ".j2k", ".jfif", ".jp2", ".jpe", ".jpeg", ".jpg",
	".mpo", ".pbm", ".pfm", ".pgm", ".png", ".pnm", ".ppm", ".tif", ".tiff", ".webp",
}

// IsImage reports whether name ends like that of a picture, in any case.
func IsImage(name string) bool {
	return slices.Contains(Extensions, strings.ToLower(path.Ext(name)))
}

// Of opens f and reads its size.
func Of(f *dataset.File) (Size, error) {
	r, err := f.Open()
	if err != nil {
		return Size{}, err
	}
	defer r.Close()
	s, err := Read(r)
	if err != nil {
		return Size{}, fmt.Errorf("%s: %w", f.Name, err)
	}
	return s, nil
}

// Read reads the size of a picture from its header. It leaves r anywhere. An
// error of r itself comes back as it is; otherwise errors match [ErrUnknown] or
// [ErrTruncated].
func Read(r io.Reader) (Size, error) { return newInput(r).size() }

// Orientation returns the EXIF orientation of a picture, from 1 to 8; 1, as it
// is stored, where it has none. It leaves r anywhere, and its errors are those
// of [Read].
func Orientation(r io.Reader) (int, error) {
	in := newInput(r)
	_, err := in.size()
	return max(in.orientation, 1), err
}

func (in *input) size() (Size, error) {
	s, err := in.stored()
	if err != nil {
		return Size{}, err
	}
	s.Turned = turns(in.orientation)
	return s, nil
}

// stored returns the size without the orientation, which it keeps in in.
func (in *input) stored() (Size, error) {
	head, err := in.peek(longestMagic)
	if err != nil {
		return Size{}, err
	}
	for _, k := range kinds {
		whole, begun := k.matches(head)
		if whole {
			return k.read(in)
		}
		if begun {
			return Size{}, ErrTruncated
		}
	}
	return Size{}, ErrUnknown
}

// kind is a kind of picture: how it begins, '?' standing for any byte, and
// what reads its size from the very start of it.
type kind struct {
	magic string
	read  func(*input) (Size, error)
}

const longestMagic = 12

var kinds = []kind{
	{"\xff\xd8\xff", readJPEG},
	{"\x89PNG\r\n\x1a\n", readPNG},
	{"GIF87a", readGIF},
	{"GIF89a", readGIF},
	{"BM", readBMP},
	{"RIFF????WEBP", readWebP},
	{"II*\x00", readTIFF},
	{"MM\x00*", readTIFF},
	{"II+\x00", readTIFF},
	{"MM\x00+", readTIFF},
	{"P1", readPNM}, {"P2", readPNM}, {"P3", readPNM}, {"P4", readPNM}, {"P5", readPNM}, {"P6", readPNM},
	{"PF", readPNM}, {"Pf", readPNM},
	{"P7", readPAM},
}

// matches reports whether head begins with the magic, or at least ends before
// it differs.
func (k *kind) matches(head []byte) (whole, begun bool) {
	n := min(len(head), len(k.magic))
	for i := range n {
		if k.magic[i] != '?' && k.magic[i] != head[i] {
			return false, false
		}
	}
	return n == len(k.magic), true
}

// sized checks a size: both sides have at least one pixel and fit into the 32
// bits that a dataset has for them.
func sized(width, height int64) (Size, error) {
	if width <= 0 || height <= 0 || width > math.MaxInt32 || height > math.MaxInt32 {
		return Size{}, fmt.Errorf("%w: its size is given as %d × %d", ErrUnknown, width, height)
	}
	return Size{Width: int(width), Height: int(height)}, nil
}
