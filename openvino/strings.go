package openvino

import (
	"errors"
	"strings"
	"unsafe"
)

// cppString is what a string is in the runtime's memory, which is that of GNU's C++
// library. The C API has no other way to read the strings that a model gives out.
type cppString struct {
	text   *byte
	length uint64
	local  [16]byte // text points here, if it is short
}

var errStrings = errors.New("OpenVINO: the strings of the tensor cannot be read")

// Strings returns copies of the elements of a tensor of strings.
func (t *Tensor) Strings() ([]string, error) {
	if t.handle == nil {
		return nil, ErrClosed
	}
	t.look()
	count, ok := product(t.shape)
	if t.element != String || !ok || t.size != count*int(unsafe.Sizeof(cppString{})) {
		return nil, errStrings
	}
	texts := make([]string, count)
	elements := unsafe.Slice((*cppString)(t.data), count)
	for i := range elements {
		s := &elements[i]
		// Where that does not hold, these are not the strings that they are taken for.
		if s.text == nil || s.length > maxBytes || s.text == &s.local[0] && s.length >= uint64(len(s.local)) {
			return nil, errStrings
		}
		texts[i] = strings.Clone(unsafe.String(s.text, int(s.length)))
	}
	return texts, nil
}
