//go:build cgo && linux

package capi

/*
#include <stdlib.h>
#include "forward.h"

// Gives n inputs new shapes. The dimensions of all shapes follow one another in dims.
static ov_status_e reshape(ov_model_t* model, size_t n, const char** names, const int64_t* ranks, ov_dimension_t* dims) {
	ov_partial_shape_t* shapes = calloc(n + 1, sizeof *shapes);
	if (!shapes) return GENERAL_ERROR;
	for (size_t i = 0; i < n; i++) {
		shapes[i].rank.min = shapes[i].rank.max = ranks[i];
		shapes[i].dims = dims;
		dims += ranks[i];
	}
	ov_status_e status = ov_model_reshape(model, names, shapes, n);
	free(shapes);
	return status;
}
*/
import "C"

import "unsafe"

// ModelFree frees a model.
func ModelFree(model Model) { C.ov_model_free(model) }

// ModelPorts returns the inputs or the outputs of a model.
func ModelPorts(model Model, outputs bool) ([]Port, Status) {
	var count C.size_t
	status := C.ov_model_inputs_size(model, &count)
	if outputs {
		status = C.ov_model_outputs_size(model, &count)
	}
	if status != C.OK {
		return nil, Status(status)
	}
	return ports(int(count), func(i C.size_t, port **C.ov_output_const_port_t) C.ov_status_e {
		if outputs {
			return C.ov_model_const_output_by_index(model, i, port)
		}
		return C.ov_model_const_input_by_index(model, i, port)
	})
}

// CompiledPorts returns the inputs or the outputs of a compiled model.
func CompiledPorts(compiled Compiled, outputs bool) ([]Port, Status) {
	var count C.size_t
	status := C.ov_compiled_model_inputs_size(compiled, &count)
	if outputs {
		status = C.ov_compiled_model_outputs_size(compiled, &count)
	}
	if status != C.OK {
		return nil, Status(status)
	}
	return ports(int(count), func(i C.size_t, port **C.ov_output_const_port_t) C.ov_status_e {
		if outputs {
			return C.ov_compiled_model_output_by_index(compiled, i, port)
		}
		return C.ov_compiled_model_input_by_index(compiled, i, port)
	})
}

func ports(count int, get func(C.size_t, **C.ov_output_const_port_t) C.ov_status_e) ([]Port, Status) {
	list := make([]Port, 0, count)
	for i := range count {
		var handle *C.ov_output_const_port_t
		if status := get(C.size_t(i), &handle); status != C.OK {
			return nil, Status(status)
		}
		port, status := describe(handle)
		C.ov_output_const_port_free(handle)
		if status != OK {
			return nil, status
		}
		list = append(list, port)
	}
	return list, OK
}

func describe(handle *C.ov_output_const_port_t) (Port, Status) {
	var port Port
	var name *C.char
	// A failure here means only that the port has no name.
	if C.ov_port_get_any_name(handle, &name) == C.OK {
		port.Name = take(name)
	}
	var element C.ov_element_type_e
	if status := C.ov_port_get_element_type(handle, &element); status != C.OK {
		return port, Status(status)
	}
	port.Element = int(element)
	var shape C.ov_partial_shape_t
	if status := C.ov_port_get_partial_shape(handle, &shape); status != C.OK {
		return port, Status(status)
	}
	defer C.ov_partial_shape_free(&shape)
	if C.ov_rank_is_dynamic(shape.rank) {
		return port, OK
	}
	port.Ranked = true
	for _, dim := range unsafe.Slice(shape.dims, int(shape.rank.max)) {
		port.Dims = append(port.Dims, Dim{int64(dim.min), int64(dim.max)})
	}
	return port, OK
}

// ModelReshape gives inputs new shapes: shapes[i] becomes that of the input names[i]. A
// shape without dimensions is passed over by the library.
func ModelReshape(model Model, names []string, shapes [][]Dim) Status {
	cnames := newStrings(names)
	defer cnames.free()
	ranks := make([]C.int64_t, 0, len(shapes)+1)
	dims := make([]C.ov_dimension_t, 0, 8)
	for _, shape := range shapes {
		ranks = append(ranks, C.int64_t(len(shape)))
		for _, dim := range shape {
			dims = append(dims, C.ov_dimension_t{min: C.int64_t(dim.Min), max: C.int64_t(dim.Max)})
		}
	}
	return Status(C.reshape(model, C.size_t(len(names)), cnames.first(), unsafe.SliceData(ranks), unsafe.SliceData(dims)))
}

// CompiledProperty returns a setting or a fact of a compiled model.
func CompiledProperty(compiled Compiled, key string) (string, Status) {
	ckey := C.CString(key)
	defer C.free(unsafe.Pointer(ckey))
	var value *C.char
	status := C.ov_compiled_model_get_property(compiled, ckey, &value)
	return take(value), Status(status)
}

// CompiledExport writes a compiled model to a file.
func CompiledExport(compiled Compiled, path string) Status {
	cpath := C.CString(path)
	defer C.free(unsafe.Pointer(cpath))
	return Status(C.ov_compiled_model_export_model(compiled, cpath))
}

// CompiledFree frees a compiled model; its requests live on.
func CompiledFree(compiled Compiled) { C.ov_compiled_model_free(compiled) }

// cStrings are strings in C's memory.
type cStrings []*C.char

func newStrings(texts []string) cStrings {
	memory := C.calloc(C.size_t(len(texts)+1), C.size_t(unsafe.Sizeof((*C.char)(nil))))
	list := unsafe.Slice((**C.char)(memory), len(texts))
	for i, text := range texts {
		list[i] = C.CString(text)
	}
	return list
}

func (s cStrings) first() **C.char { return unsafe.SliceData(s) }

func (s cStrings) free() {
	for _, text := range s {
		C.free(unsafe.Pointer(text))
	}
	C.free(unsafe.Pointer(s.first()))
}
