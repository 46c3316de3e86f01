package rgb

import (
	"bytes"
	"errors"
	"fmt"
	"sync"

	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/reencode"
	"datum/internal/turbojpeg"
)

// Decoder decodes pictures. Several goroutines may use it. The zero value has
// no libturbojpeg and the default limits.
type Decoder struct {
	// Limits bound the pictures; zero fields are defaults.
	Limits files.Limits
	// Turbo decodes JPEG files where it is not nil.
	Turbo *turbojpeg.Library
}

// Turbo opens the library at one of the paths, or else that of the system, once
// for the process. It is nil where there is none.
func Turbo(paths ...string) *turbojpeg.Library {
	opened.Lock()
	defer opened.Unlock()
	for _, path := range append(paths, "") {
		l, known := opened.libraries[path]
		if !known {
			l, _ = turbojpeg.Open(path) // without it there is another decoder
			opened.libraries[path] = l
		}
		if l != nil {
			return l
		}
	}
	return nil
}

// opened are the libraries that were asked for, nil those that are not there.
var opened = struct {
	sync.Mutex
	libraries map[string]*turbojpeg.Library
}{libraries: map[string]*turbojpeg.Library{}}

// Request says what is wanted of a picture.
type Request struct {
	// Width and Height are the size that the dataset gives it, 0 where it
	// does not: they tell whether the annotations lie on the picture as it
	// is stored or as it is shown, see [Request.turns].
	Width, Height int
	// AtLeast says below which size a picture of a given size, as it is shown,
	// must not get; nil means the full size. A JPEG is decoded at a half, a quarter or an eighth of its
	// size where that is enough, by libturbojpeg, in a fraction of the time.
	AtLeast func(width, height int) (int, int)
}

// Decoded says what was decoded.
type Decoded struct {
	// Width and Height are those of the picture before it was scaled, turned
	// as it was.
	Width, Height int
}

// Decode decodes a picture file into to, whose memory is used again, with
// spare as room for what lies between. Errors match [formats.ErrCorrupt],
// [errors.ErrUnsupported] or [files.ErrLimit].
func (d *Decoder) Decode(to, spare *Picture, file []byte, r Request) (Decoded, error) {
	size, orientation, err := d.look(file)
	if err != nil {
		return Decoded{}, err
	}
	if !r.turns(size, orientation) {
		orientation = 1
	}
	stored := to
	if orientation > 1 {
		stored = spare
	}
	full, err := d.stored(stored, file, r, orientation)
	if err != nil {
		return Decoded{}, err
	}
	if orientation > 1 {
		turn(to, stored, orientation)
	}
	if orientation >= 5 {
		full.Width, full.Height = full.Height, full.Width
	}
	return full, nil
}

// look reads the size and orientation of a picture. The decoders read the size
// for themselves; a kind of which this package knows none may still have one.
func (d *Decoder) look(file []byte) (imagesize.Size, int, error) {
	size, err := imagesize.Read(bytes.NewReader(file))
	if errors.Is(err, imagesize.ErrTruncated) || err != nil && len(file) == 0 {
		return size, 1, formats.Reason(formats.ErrCorrupt, "the picture cannot be decoded: %w", err)
	}
	orientation, err := imagesize.Orientation(bytes.NewReader(file))
	if err != nil {
		return size, 1, nil // the decoder tells better what is wrong
	}
	return size, orientation, nil
}

// turns says whether a picture is to be turned as its EXIF data say. OpenCV and
// those who train with it always do. But where the dataset gives the size of the
// picture as it is stored, and that is not the size as it is shown, then the
// annotations lie on the picture as it is stored.
func (r *Request) turns(size imagesize.Size, orientation int) bool {
	if orientation < 5 || size.Width == size.Height {
		return true
	}
	return r.Width != size.Width || r.Height != size.Height
}

// stored decodes a picture as it is stored.
func (d *Decoder) stored(to *Picture, file []byte, r Request, orientation int) (Decoded, error) {
	if d.Turbo != nil && bytes.HasPrefix(file, []byte("\xff\xd8\xff")) {
		full, err := d.turbo(to, file, r, orientation)
		if !errors.Is(err, turbojpeg.ErrUnsupported) && !errors.Is(err, turbojpeg.ErrUnavailable) {
			return full, err
		}
	}
	if isPNM(file) {
		err := pnm(to, file, d.Limits)
		return Decoded{to.Width, to.Height}, err
	}
	m, err := reencode.Decode(file, d.Limits)
	if err != nil {
		return Decoded{}, err
	}
	fill(to, m, bytes.HasPrefix(file, []byte("RIFF")))
	return Decoded{to.Width, to.Height}, nil
}

func (d *Decoder) turbo(to *Picture, file []byte, r Request, orientation int) (Decoded, error) {
	h, err := d.Turbo.Header(file)
	if err != nil {
		return Decoded{}, corrupt(err)
	}
	if !h.RGB {
		return Decoded{}, turbojpeg.ErrUnsupported
	}
	if limit := d.Limits.WithDefaults().ImagePixels; int64(h.Width) > limit/int64(h.Height) {
		return Decoded{}, fmt.Errorf("%w: a picture of %d × %d, more than %d pixels", files.ErrLimit, h.Width, h.Height, limit)
	}
	eighths := r.eighths(h, orientation >= 5)
	to.reset(h.Scaled(eighths))
	err = d.Turbo.Decode(to.Pix, file, h, eighths)
	if errors.Is(err, turbojpeg.ErrLoose) {
		err = d.hidden(file)
	}
	if err != nil {
		return Decoded{}, corrupt(err)
	}
	return Decoded{h.Width, h.Height}, nil
}

// hidden returns the damage of a JPEG of which libturbojpeg only tells that
// there are bytes in it that belong to nothing. The other decoder passes over such
// bytes and finds what is behind them; where it does not know the kind, nobody
// can tell.
func (d *Decoder) hidden(file []byte) error {
	_, err := reencode.Decode(file, d.Limits)
	if errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}

// eighths chooses the smallest size that is large enough, among those that the
// library is fast at.
func (r *Request) eighths(h turbojpeg.Header, lying bool) int {
	if r.AtLeast == nil {
		return 8
	}
	var width, height int
	if lying {
		height, width = r.AtLeast(h.Height, h.Width)
	} else {
		width, height = r.AtLeast(h.Width, h.Height)
	}
	for _, eighths := range []int{1, 2, 4} {
		if w, ht := h.Scaled(eighths); w >= width && ht >= height {
			return eighths
		}
	}
	return 8
}

func corrupt(err error) error {
	if !errors.Is(err, turbojpeg.ErrDamaged) {
		return err
	}
	return formats.Reason(formats.ErrCorrupt, "the picture cannot be decoded: %w", err)
}
