package openvino

import (
	"fmt"
	"math/bits"
	"slices"
	"unsafe"

	"datum/openvino/internal/capi"
)

// A Tensor is an array of numbers or strings in memory of the runtime.
type Tensor struct {
	handle  capi.Tensor
	element ElementType
	shape   []int
	data    unsafe.Pointer
	size    int  // in bytes
	owned   bool // by a request, which closes it
	written bool // by an inference, which may have given it another shape and other memory
}

// NewTensor makes a tensor of zeros.
func NewTensor(element ElementType, shape ...int) (*Tensor, error) {
	t, err := newTensor(element, shape)
	if err != nil {
		return nil, err
	}
	clear(t.Bytes())
	return t, nil
}

// newTensor makes a tensor without setting what is in it.
func newTensor(element ElementType, shape []int) (*Tensor, error) {
	if loaded.Load() == nil {
		return nil, ErrNotLoaded
	}
	op := fmt.Sprintf("making a tensor %v of %v", element, shape)
	if err := checkSize(element, shape); err != nil {
		return nil, &Error{Op: op, Text: err.Error()}
	}
	handle, status := capi.TensorCreate(int(element), shape)
	if err := promptly(op, status); err != nil {
		return nil, err
	}
	return adopt(handle), nil
}

// MappedTensor makes a tensor of bytes out of memory that is not Go's, such as a file that
// is mapped. Nothing is copied: the memory must stay where it is until the tensor, and
// all models and requests that use it, are closed.
func MappedTensor(memory []byte) (*Tensor, error) {
	if loaded.Load() == nil {
		return nil, ErrNotLoaded
	}
	handle, status := capi.TensorOver(int(U8), []int{len(memory)}, unsafe.Pointer(unsafe.SliceData(memory)))
	if err := promptly("making a tensor of mapped memory", status); err != nil {
		return nil, err
	}
	return adopt(handle), nil
}

// NewStringTensor makes a tensor of strings, of one dimension if no shape is given.
// The strings are copied; a zero byte in one is an error, since the
// runtime would take it for the end.
func NewStringTensor(texts []string, shape ...int) (*Tensor, error) {
	if loaded.Load() == nil {
		return nil, ErrNotLoaded
	}
	if len(shape) == 0 {
		shape = []int{len(texts)}
	}
	const op = "making a tensor of strings"
	if count, ok := product(shape); !ok || count != len(texts) {
		return nil, &Error{Op: op, Text: fmt.Sprintf("%d strings do not fill %v", len(texts), shape)}
	}
	if err := whole(op, texts...); err != nil {
		return nil, err
	}
	handle, status := capi.TensorStrings(texts, shape)
	if err := promptly(op, status); err != nil {
		return nil, err
	}
	return adopt(handle), nil
}

// adopt makes a tensor of a reference, which it takes over.
func adopt(handle capi.Tensor) *Tensor {
	used.tensors.Add(1)
	t := &Tensor{}
	t.point(handle)
	return t
}

// point makes t that of a reference.
func (t *Tensor) point(handle capi.Tensor) {
	t.handle = handle
	t.element = ElementType(capi.TensorElement(handle))
	t.shape = capi.TensorShape(handle, t.shape[:0])
	t.data, t.size = capi.TensorData(handle)
	t.written = false
}

// look makes t what an inference has left, if there was one: a tensor that became
// larger has other memory, and what it had is gone.
func (t *Tensor) look() {
	if t.written && t.handle != nil {
		t.point(t.handle)
	}
}

// maxBytes is more than any machine has, and far from what overflows.
const maxBytes = 1 << 46

func checkSize(element ElementType, shape []int) error {
	size := element.Bits()
	if size == 0 {
		return fmt.Errorf("such a tensor cannot be made")
	}
	count, ok := product(shape)
	if !ok || count > maxBytes/max(1, size/8) {
		return fmt.Errorf("the shape is not possible")
	}
	return nil
}

// product returns the number of elements.
func product(shape []int) (int, bool) {
	count := uint(1)
	for _, dim := range shape {
		high, low := bits.Mul(count, uint(max(0, dim)))
		if dim < 0 || high != 0 || low > maxBytes {
			return 0, false
		}
		count = low
	}
	return int(count), true
}

// Element returns the type of the elements.
func (t *Tensor) Element() ElementType { return t.element }

// Shape returns the dimensions.
func (t *Tensor) Shape() []int {
	t.look()
	return slices.Clone(t.shape)
}

// SetShape changes the dimensions. Where that needs more memory than before, the
// tensor gets other memory, and slices of it are void.
func (t *Tensor) SetShape(shape ...int) error {
	if t.handle == nil {
		return ErrClosed
	}
	op := fmt.Sprintf("making the shape of a tensor %v", shape)
	if err := checkSize(t.element, shape); err != nil {
		return &Error{Op: op, Text: err.Error()}
	}
	if err := promptly(op, capi.TensorSetShape(t.handle, shape)); err != nil {
		return err
	}
	t.point(t.handle)
	return nil
}

// Bytes returns the memory of the elements, nil if they are strings.
func (t *Tensor) Bytes() []byte {
	if t.handle == nil || t.element == String {
		return nil
	}
	t.look()
	return unsafe.Slice((*byte)(t.data), t.size)
}

// Float32s returns the elements, nil if they are something else.
func (t *Tensor) Float32s() []float32 { return view[float32](t, F32) }

// Float64s returns the elements, nil if they are something else.
func (t *Tensor) Float64s() []float64 { return view[float64](t, F64) }

// Int32s returns the elements, nil if they are something else.
func (t *Tensor) Int32s() []int32 { return view[int32](t, I32) }

// Int64s returns the elements, nil if they are something else.
func (t *Tensor) Int64s() []int64 { return view[int64](t, I64) }

// Uint8s returns the elements, nil if they are something else.
func (t *Tensor) Uint8s() []uint8 { return view[uint8](t, U8) }

// Uint16s returns the elements, which are u16 or the bits of f16 or bf16, nil if they
// are something else.
func (t *Tensor) Uint16s() []uint16 { return view[uint16](t, U16, F16, BF16) }

func view[T any](t *Tensor, elements ...ElementType) []T {
	if t.handle == nil || !slices.Contains(elements, t.element) {
		return nil
	}
	t.look()
	var element T
	return unsafe.Slice((*T)(t.data), t.size/int(unsafe.Sizeof(element)))
}

// Close gives the memory back. Requests and models that use it go on having it.
// A tensor that belongs to a request is closed with that, and this does nothing.
func (t *Tensor) Close() {
	if t.handle == nil || t.owned {
		return
	}
	used.tensors.Add(-1)
	t.release()
}

func (t *Tensor) release() {
	if t.handle != nil {
		capi.TensorFree(t.handle)
	}
	*t = Tensor{}
}
