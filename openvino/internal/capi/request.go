//go:build cgo && linux

package capi

/*
#cgo noescape infer
#cgo noescape wait_done
#cgo noescape ov_infer_request_get_output_tensor_by_index
#cgo noescape ov_infer_request_get_input_tensor_by_index
#include <stdlib.h>
#include "forward.h"

// The text of an error is the process's, and inferences run at the same time: the
// text is taken at once, so that another's error has hardly the time to come
// between.
static ov_status_e infer(ov_infer_request_t* request, char** text) {
	ov_status_e status = ov_infer_request_infer(request);
	if (status != OK) *text = (char*)ov_get_last_err_msg();
	return status;
}

static ov_status_e wait_done(ov_infer_request_t* request, char** text) {
	ov_status_e status = ov_infer_request_wait(request);
	if (status != OK) *text = (char*)ov_get_last_err_msg();
	return status;
}
*/
import "C"

import "unsafe"

// CompiledRequest makes an inference request.
func CompiledRequest(compiled Compiled) (Request, Status) {
	var request Request
	status := C.ov_compiled_model_create_infer_request(compiled, &request)
	return request, Status(status)
}

// RequestFree frees a request.
func RequestFree(request Request) { C.ov_infer_request_free(request) }

// RequestSetInput makes a tensor the i-th input.
func RequestSetInput(request Request, i int, tensor Tensor) Status {
	return Status(C.ov_infer_request_set_input_tensor_by_index(request, C.size_t(i), tensor))
}

// RequestSetOutput makes a tensor the i-th output.
func RequestSetOutput(request Request, i int, tensor Tensor) Status {
	return Status(C.ov_infer_request_set_output_tensor_by_index(request, C.size_t(i), tensor))
}

// RequestSetNamed makes a tensor the input or output of a name.
func RequestSetNamed(request Request, name string, tensor Tensor) Status {
	cname := C.CString(name)
	defer C.free(unsafe.Pointer(cname))
	return Status(C.ov_infer_request_set_tensor(request, cname, tensor))
}

// RequestInput returns a new reference to the tensor of the i-th input.
func RequestInput(request Request, i int) (Tensor, Status) {
	var tensor Tensor
	status := C.ov_infer_request_get_input_tensor_by_index(request, C.size_t(i), &tensor)
	return tensor, Status(status)
}

// RequestOutput returns a new reference to the tensor of the i-th output.
func RequestOutput(request Request, i int) (Tensor, Status) {
	var tensor Tensor
	status := C.ov_infer_request_get_output_tensor_by_index(request, C.size_t(i), &tensor)
	return tensor, Status(status)
}

// RequestInfer runs an inference; the text says why it failed.
func RequestInfer(request Request) (Status, string) {
	var text *C.char
	status := C.infer(request, &text)
	return Status(status), take(text)
}

// RequestStart starts an inference.
func RequestStart(request Request) Status { return Status(C.ov_infer_request_start_async(request)) }

// RequestWait waits for what RequestStart started; the text says why it failed.
func RequestWait(request Request) (Status, string) {
	var text *C.char
	status := C.wait_done(request, &text)
	return Status(status), take(text)
}

// RequestCancel ends an inference early, if one is running.
func RequestCancel(request Request) { C.ov_infer_request_cancel(request) }

// RequestProfile returns how long each layer took in the last inference.
func RequestProfile(request Request) ([]Layer, Status) {
	var list C.ov_profiling_info_list_t
	if status := C.ov_infer_request_get_profiling_info(request, &list); status != C.OK {
		return nil, Status(status)
	}
	defer C.ov_profiling_info_list_free(&list)
	layers := make([]Layer, 0, int(list.size))
	for _, info := range unsafe.Slice(list.profiling_infos, list.size) {
		layers = append(layers, Layer{
			Name: C.GoString(info.node_name), Type: C.GoString(info.node_type), Kernel: C.GoString(info.exec_type),
			Executed: info.status == C.EXECUTED, Real: int64(info.real_time), CPU: int64(info.cpu_time),
		})
	}
	return layers, OK
}
