//go:build cgo && linux

package capi

/*
#cgo noescape ov_tensor_get_byte_size
#cgo nocallback ov_tensor_get_byte_size
#cgo noescape ov_tensor_data
#cgo nocallback ov_tensor_data
#cgo noescape ov_tensor_get_element_type
#cgo nocallback ov_tensor_get_element_type
#cgo noescape ov_tensor_get_shape
#cgo nocallback ov_tensor_get_shape
#include "forward.h"

// These take the parts of a shape. ov_shape_create, which would put them together,
// refuses the shape of a single number, which has no dimensions.
static ov_status_e tensor_create(ov_element_type_e type, int64_t rank, int64_t* dims, ov_tensor_t** tensor) {
	ov_shape_t shape = {rank, dims};
	return ov_tensor_create(type, shape, tensor);
}

static ov_status_e tensor_over(ov_element_type_e type, int64_t rank, int64_t* dims, void* memory, ov_tensor_t** tensor) {
	ov_shape_t shape = {rank, dims};
	return ov_tensor_create_from_host_ptr(type, shape, memory, tensor);
}

static ov_status_e tensor_strings(const char** strings, size_t n, int64_t rank, int64_t* dims, ov_tensor_t** tensor) {
	ov_shape_t shape = {rank, dims};
	return ov_tensor_create_from_string_array(strings, n, shape, tensor);
}

static ov_status_e tensor_reshape(ov_tensor_t* tensor, int64_t rank, int64_t* dims) {
	ov_shape_t shape = {rank, dims};
	return ov_tensor_set_shape(tensor, shape);
}
*/
import "C"

import "unsafe"

func cDims(shape []int) *C.int64_t {
	dims := make([]C.int64_t, len(shape), len(shape)+1)
	for i, dim := range shape {
		dims[i] = C.int64_t(dim)
	}
	return unsafe.SliceData(dims)
}

// TensorCreate allocates a tensor, without setting what is in it.
func TensorCreate(element int, shape []int) (Tensor, Status) {
	var tensor Tensor
	status := C.tensor_create(C.ov_element_type_e(element), C.int64_t(len(shape)), cDims(shape), &tensor)
	return tensor, Status(status)
}

// TensorOver makes a tensor of memory that is not Go's.
func TensorOver(element int, shape []int, memory unsafe.Pointer) (Tensor, Status) {
	var tensor Tensor
	status := C.tensor_over(C.ov_element_type_e(element), C.int64_t(len(shape)), cDims(shape), memory, &tensor)
	return tensor, Status(status)
}

// TensorStrings makes a tensor of strings, which end at their first zero byte.
func TensorStrings(texts []string, shape []int) (Tensor, Status) {
	list := newStrings(texts)
	defer list.free()
	var tensor Tensor
	status := C.tensor_strings(list.first(), C.size_t(len(texts)), C.int64_t(len(shape)), cDims(shape), &tensor)
	return tensor, Status(status)
}

// TensorFree gives back one reference to a tensor's memory.
func TensorFree(tensor Tensor) { C.ov_tensor_free(tensor) }

// TensorElement returns the type of the elements.
func TensorElement(tensor Tensor) int {
	var element C.ov_element_type_e
	C.ov_tensor_get_element_type(tensor, &element)
	return int(element)
}

// TensorShape appends the shape to dims.
func TensorShape(tensor Tensor, dims []int) []int {
	var shape C.ov_shape_t
	if C.ov_tensor_get_shape(tensor, &shape) != C.OK {
		return dims
	}
	for _, dim := range unsafe.Slice(shape.dims, int(shape.rank)) {
		dims = append(dims, int(dim))
	}
	C.ov_shape_free(&shape)
	return dims
}

// TensorSetShape changes the shape, and allocates anew where that needs more memory.
func TensorSetShape(tensor Tensor, shape []int) Status {
	return Status(C.tensor_reshape(tensor, C.int64_t(len(shape)), cDims(shape)))
}

// TensorData returns where the elements lie, and how many bytes they are.
func TensorData(tensor Tensor) (unsafe.Pointer, int) {
	var data unsafe.Pointer
	var size C.size_t
	if C.ov_tensor_data(tensor, &data) != C.OK || C.ov_tensor_get_byte_size(tensor, &size) != C.OK {
		return nil, 0
	}
	return data, int(size)
}
