//go:build cgo && linux

package capi

/*
#include <stdlib.h>
#include "forward.h"
*/
import "C"

import "unsafe"

// CoreCreate makes a core.
func CoreCreate() (Core, Status) {
	var core Core
	status := C.ov_core_create(&core)
	return core, Status(status)
}

// CoreFree frees a core. The program keeps its only one: this is for a core that
// turned out to be useless, and for tests.
func CoreFree(core Core) { C.ov_core_free(core) }

// CoreProperty returns a setting or a fact of a device.
func CoreProperty(core Core, device, key string) (string, Status) {
	cdevice, ckey := C.CString(device), C.CString(key)
	defer C.free(unsafe.Pointer(cdevice))
	defer C.free(unsafe.Pointer(ckey))
	var value *C.char
	status := C.ov_core_get_property(core, cdevice, ckey, &value)
	return take(value), Status(status)
}

// CoreSetProperties changes settings of a device.
func CoreSetProperties(core Core, device string, properties []Property) Status {
	cdevice := C.CString(device)
	defer C.free(unsafe.Pointer(cdevice))
	list := newProperties(properties)
	defer list.free()
	return Status(C.ov_core_set_properties(core, cdevice, list.size(), list.first()))
}

// CoreDevices returns the names of the devices.
func CoreDevices(core Core) ([]string, Status) {
	var devices C.ov_available_devices_t
	if status := C.ov_core_get_available_devices(core, &devices); status != C.OK {
		return nil, Status(status)
	}
	defer C.ov_available_devices_free(&devices)
	var names []string
	for _, name := range unsafe.Slice(devices.devices, devices.size) {
		names = append(names, C.GoString(name))
	}
	return names, OK
}

// CoreAddExtension loads a library of additional operations.
func CoreAddExtension(core Core, path string) Status {
	cpath := C.CString(path)
	defer C.free(unsafe.Pointer(cpath))
	return Status(C.ov_core_add_extension(core, cpath))
}

// CoreReadFile reads a model; its weights are looked for beside it.
func CoreReadFile(core Core, path string) (Model, Status) {
	cpath := C.CString(path)
	defer C.free(unsafe.Pointer(cpath))
	var model Model
	status := C.ov_core_read_model(core, cpath, nil, &model)
	return model, Status(status)
}

// CoreReadMemory reads a model from memory. The text is copied, the weights are
// not: the model holds a reference to their tensor, which may be nil.
func CoreReadMemory(core Core, text []byte, weights Tensor) (Model, Status) {
	var model Model
	status := C.ov_core_read_model_from_memory_buffer(core,
		(*C.char)(unsafe.Pointer(unsafe.SliceData(text))), C.size_t(len(text)), weights, &model)
	return model, Status(status)
}

// CoreCompile compiles a model for a device.
func CoreCompile(core Core, model Model, device string, properties []Property) (Compiled, Status) {
	cdevice := C.CString(device)
	defer C.free(unsafe.Pointer(cdevice))
	list := newProperties(properties)
	defer list.free()
	var compiled Compiled
	status := C.ov_core_compile_model_props(core, model, cdevice, list.size(), list.first(), &compiled)
	return compiled, Status(status)
}

// CoreImport makes a compiled model of what CompiledExport wrote, which is in the
// tensor's memory. The compiled model reads from there as long as it lives, without a
// reference to the tensor.
func CoreImport(core Core, blob Tensor, device string) (Compiled, Status) {
	cdevice := C.CString(device)
	defer C.free(unsafe.Pointer(cdevice))
	data, size := TensorData(blob)
	var compiled Compiled
	status := C.ov_core_import_model(core, (*C.char)(data), C.size_t(size), cdevice, &compiled)
	return compiled, Status(status)
}

// cProperties are properties in C's memory: an array that has pointers in it may not
// lie in Go's.
type cProperties []C.ov_property_t

func newProperties(properties []Property) cProperties {
	if len(properties) == 0 {
		return nil
	}
	memory := C.calloc(C.size_t(len(properties)), C.size_t(unsafe.Sizeof(C.ov_property_t{})))
	list := unsafe.Slice((*C.ov_property_t)(memory), len(properties))
	for i, property := range properties {
		list[i].key = C.CString(property.Key)
		list[i].value = unsafe.Pointer(C.CString(property.Value))
	}
	return list
}

func (p cProperties) size() C.size_t { return C.size_t(len(p)) }

func (p cProperties) first() *C.ov_property_t { return unsafe.SliceData(p) }

func (p cProperties) free() {
	for _, property := range p {
		C.free(unsafe.Pointer(property.key))
		C.free(unsafe.Pointer(property.value))
	}
	C.free(unsafe.Pointer(p.first()))
}
