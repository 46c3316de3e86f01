//go:build cgo && linux

package capi

/*
#cgo CFLAGS: -I${SRCDIR}/include
#cgo LDFLAGS: -ldl
#include <stdlib.h>
#include "forward.h"
*/
import "C"

import "unsafe"

// The objects of the runtime.
type (
	Core     = *C.ov_core_t
	Model    = *C.ov_model_t
	Compiled = *C.ov_compiled_model_t
	Request  = *C.ov_infer_request_t
	Tensor   = *C.ov_tensor_t
)

// Missing says why this build cannot use OpenVINO, or nothing.
const Missing = ""

// Open opens the library at path. It returns the name of a function that the
// library has not, or what the system says about a library that cannot be opened.
func Open(path string) (function, problem string) {
	cpath := C.CString(path)
	defer C.free(unsafe.Pointer(cpath))
	var text *C.char
	result := C.forward_open(cpath, &text)
	if result == 0 {
		return "", ""
	}
	defer C.free(unsafe.Pointer(text))
	if result > 0 {
		return C.GoString(text), ""
	}
	return "", C.GoString(text)
}

// Silence keeps the library from writing messages to standard output, where
// results are.
func Silence() { C.ov_util_set_log_callback(nil) }

// Version returns the version of the library, such as 2026.4.1-22982-….
func Version() (string, Status) {
	var version C.ov_version_t
	if status := C.ov_get_openvino_version(&version); status != C.OK {
		return "", Status(status)
	}
	defer C.ov_version_free(&version)
	return C.GoString(version.buildNumber), OK
}

// LastError returns the text of the last call that failed, in whatever thread that
// was.
func LastError() string { return take(C.ov_get_last_err_msg()) }

// take returns a string that the library has allocated, and frees it.
func take(text *C.char) string {
	if text == nil {
		return ""
	}
	defer C.ov_free(text)
	return C.GoString(text)
}
