//go:build cgo && unix

package turbojpeg

/*
#cgo linux LDFLAGS: -ldl
#include <stdlib.h>
#include "turbojpeg.h"
*/
import "C"

import (
	"errors"
	"fmt"
	"strings"
	"sync"
	"unsafe"
)

// names are what the library is called. The version is part of the first, so
// that what is opened has the functions that are meant.
var names = []string{"libturbojpeg.so.0", "libturbojpeg.0.dylib", "libturbojpeg.dylib"}

// Library is libturbojpeg. Several goroutines may use it.
type Library struct {
	name      string
	functions C.struct_datum_turbojpeg
	mu        sync.Mutex
	idle      []unsafe.Pointer // decoders, each used by one call at a time
}

// Open opens the library at path, or where the system has it if that is empty.
// It stays open.
func Open(path string) (*Library, error) {
	candidates := names
	if path != "" {
		candidates = []string{path}
	}
	l := new(Library)
	for _, name := range candidates {
		s := C.CString(name)
		ok := C.datum_turbojpeg_open(&l.functions, s)
		C.free(unsafe.Pointer(s))
		if ok != 0 {
			l.name = name
			return l, nil
		}
	}
	return nil, fmt.Errorf("%w: none of %s could be opened", ErrUnavailable, strings.Join(candidates, ", "))
}

// String returns the path of the library, or the name by which the system found it.
func (l *Library) String() string { return l.name }

func (l *Library) decoder() (unsafe.Pointer, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if n := len(l.idle); n > 0 {
		d := l.idle[n-1]
		l.idle = l.idle[:n-1]
		return d, nil
	}
	d := C.datum_turbojpeg_init(&l.functions)
	if d == nil {
		return nil, fmt.Errorf("%w: it has no memory", ErrUnavailable)
	}
	return d, nil
}

// kept is how many decoders wait for work at most. A large picture leaves
// nothing in them.
const kept = 64

func (l *Library) release(d unsafe.Pointer) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(l.idle) < kept {
		l.idle = append(l.idle, d)
		return
	}
	C.datum_turbojpeg_destroy(&l.functions, d)
}

// The colour spaces of a JPEG that become RGB: RGB, YCbCr and grey.
const lastRGB = 2

// Header reads the header of a JPEG. It makes no room for the picture.
func (l *Library) Header(jpeg []byte) (Header, error) {
	d, err := l.decoder()
	if err != nil {
		return Header{}, err
	}
	defer l.release(d)
	if len(jpeg) == 0 {
		return Header{}, fmt.Errorf("%w: it is empty", ErrDamaged)
	}
	var h C.struct_datum_turbojpeg_header
	var why C.struct_datum_turbojpeg_reason
	if C.datum_turbojpeg_header(&l.functions, d, bytesOf(jpeg), C.size_t(len(jpeg)), &h, &why) != 0 {
		if err := damaged(&why); !errors.Is(err, ErrLoose) {
			return Header{}, err
		}
	}
	if h.width <= 0 || h.height <= 0 {
		return Header{}, fmt.Errorf("%w: a size of %d × %d", ErrDamaged, h.width, h.height)
	}
	return Header{Width: int(h.width), Height: int(h.height), RGB: h.colours <= lastRGB}, nil
}

// Decode decodes a JPEG into to, as rows of RGB without gaps, at eighths (1 to
// 8) of the size that its header gave. What is damaged is an error, also where
// the library would guess the rest. [ErrLoose] leaves it to the caller whether
// the picture is good.
func (l *Library) Decode(to, jpeg []byte, h Header, eighths int) error {
	width, height := h.Scaled(eighths)
	if !h.RGB {
		return ErrUnsupported
	}
	if len(jpeg) == 0 || width <= 0 || height <= 0 || len(to) != 3*width*height {
		return fmt.Errorf("%w: %d bytes do not hold %d × %d", ErrDamaged, len(to), width, height)
	}
	d, err := l.decoder()
	if err != nil {
		return err
	}
	defer l.release(d)
	var why C.struct_datum_turbojpeg_reason
	if C.datum_turbojpeg_decode(&l.functions, d, bytesOf(jpeg), C.size_t(len(jpeg)), bytesOf(to), C.int(width), C.int(height), &why) == 0 {
		return nil
	}
	return damaged(&why)
}

// damaged tells damage from bytes that belong to nothing.
func damaged(why *C.struct_datum_turbojpeg_reason) error {
	reason := C.GoString(&why.text[0])
	if why.warning != 0 && strings.Contains(reason, "extraneous bytes") {
		return ErrLoose
	}
	return fmt.Errorf("%w: %s", ErrDamaged, reason)
}

func bytesOf(b []byte) *C.uchar { return (*C.uchar)(unsafe.Pointer(unsafe.SliceData(b))) }
