//go:build cgo && linux

package capi

/*
#include <stdlib.h>
#include "forward.h"

// What belongs to one input of a preprocessor.
struct prepared_input {
	ov_preprocess_input_info_t* info;
	ov_preprocess_input_tensor_info_t* tensor;
	ov_preprocess_preprocess_steps_t* steps;
	ov_preprocess_input_model_info_t* model;
};

static void input_free(struct prepared_input* input) {
	if (input->model) ov_preprocess_input_model_info_free(input->model);
	if (input->steps) ov_preprocess_preprocess_steps_free(input->steps);
	if (input->tensor) ov_preprocess_input_tensor_info_free(input->tensor);
	if (input->info) ov_preprocess_input_info_free(input->info);
	free(input);
}

static ov_status_e input_create(ov_preprocess_prepostprocessor_t* p, size_t i, struct prepared_input** result) {
	struct prepared_input* input = calloc(1, sizeof *input);
	if (!input) return GENERAL_ERROR;
	ov_status_e status = ov_preprocess_prepostprocessor_get_input_info_by_index(p, i, &input->info);
	if (status == OK) status = ov_preprocess_input_info_get_tensor_info(input->info, &input->tensor);
	if (status == OK) status = ov_preprocess_input_info_get_preprocess_steps(input->info, &input->steps);
	if (status == OK) status = ov_preprocess_input_info_get_model_info(input->info, &input->model);
	if (status == OK) *result = input;
	else input_free(input);
	return status;
}

static ov_status_e output_element(ov_preprocess_prepostprocessor_t* p, size_t i, ov_element_type_e element) {
	ov_preprocess_output_info_t* info = NULL;
	ov_preprocess_output_tensor_info_t* tensor = NULL;
	ov_status_e status = ov_preprocess_prepostprocessor_get_output_info_by_index(p, i, &info);
	if (status == OK) status = ov_preprocess_output_info_get_tensor_info(info, &tensor);
	if (status == OK) status = ov_preprocess_output_set_element_type(tensor, element);
	if (tensor) ov_preprocess_output_tensor_info_free(tensor);
	if (info) ov_preprocess_output_info_free(info);
	return status;
}
*/
import "C"

import "unsafe"

// A Preprocessor puts steps before a model and behind it.
type Preprocessor = *C.ov_preprocess_prepostprocessor_t

// An Input is one input of a preprocessor.
type Input = *C.struct_prepared_input

// PreprocessorCreate makes a preprocessor for a model.
func PreprocessorCreate(model Model) (Preprocessor, Status) {
	var p Preprocessor
	status := C.ov_preprocess_prepostprocessor_create(model, &p)
	return p, Status(status)
}

// PreprocessorBuild returns the model with its steps.
func PreprocessorBuild(p Preprocessor) (Model, Status) {
	var model Model
	status := C.ov_preprocess_prepostprocessor_build(p, &model)
	return model, Status(status)
}

// PreprocessorFree frees a preprocessor.
func PreprocessorFree(p Preprocessor) { C.ov_preprocess_prepostprocessor_free(p) }

// OutputElement sets the element type in which the i-th output is given.
func OutputElement(p Preprocessor, i, element int) Status {
	return Status(C.output_element(p, C.size_t(i), C.ov_element_type_e(element)))
}

// InputCreate returns the i-th input.
func InputCreate(p Preprocessor, i int) (Input, Status) {
	var input Input
	status := C.input_create(p, C.size_t(i), &input)
	return input, Status(status)
}

// InputFree frees an input.
func InputFree(input Input) { C.input_free(input) }

// InputElement says of what the tensors consist.
func InputElement(input Input, element int) Status {
	return Status(C.ov_preprocess_input_tensor_info_set_element_type(input.tensor, C.ov_element_type_e(element)))
}

// InputLayout says what the dimensions of the tensors are.
func InputLayout(input Input, layout string) Status {
	return withLayout(layout, func(l *C.ov_layout_t) C.ov_status_e {
		return C.ov_preprocess_input_tensor_info_set_layout(input.tensor, l)
	})
}

// InputColor says what the channels of the tensors are.
func InputColor(input Input, color int) Status {
	return Status(C.ov_preprocess_input_tensor_info_set_color_format(input.tensor, C.ov_color_format_e(color)))
}

// InputSize says how large the pictures in the tensors are; -1 and -1 leave it open, which
// is what the runtime's own function for that does, and which C's interface lacks.
func InputSize(input Input, height, width int) Status {
	return Status(C.ov_preprocess_input_tensor_info_set_spatial_static_shape(input.tensor, C.size_t(height), C.size_t(width)))
}

// InputModelLayout says what the dimensions are that the model has.
func InputModelLayout(input Input, layout string) Status {
	return withLayout(layout, func(l *C.ov_layout_t) C.ov_status_e {
		return C.ov_preprocess_input_model_info_set_layout(input.model, l)
	})
}

// StepElement adds a conversion of the elements.
func StepElement(input Input, element int) Status {
	return Status(C.ov_preprocess_preprocess_steps_convert_element_type(input.steps, C.ov_element_type_e(element)))
}

// StepLayout adds a change of the order of dimensions.
func StepLayout(input Input, layout string) Status {
	return withLayout(layout, func(l *C.ov_layout_t) C.ov_status_e {
		return C.ov_preprocess_preprocess_steps_convert_layout(input.steps, l)
	})
}

// StepColor adds a conversion of the colours.
func StepColor(input Input, color int) Status {
	return Status(C.ov_preprocess_preprocess_steps_convert_color(input.steps, C.ov_color_format_e(color)))
}

// StepResize adds a change of size to what the model wants.
func StepResize(input Input, algorithm int) Status {
	return Status(C.ov_preprocess_preprocess_steps_resize(input.steps, C.ov_preprocess_resize_algorithm_e(algorithm)))
}

// StepMean adds a subtraction, of one value or one for each channel.
func StepMean(input Input, values []float32) Status {
	return Status(C.ov_preprocess_preprocess_steps_mean_multi_channels(input.steps, cFloats(values), C.int32_t(len(values))))
}

// StepScale adds a division, by one value or one for each channel.
func StepScale(input Input, values []float32) Status {
	return Status(C.ov_preprocess_preprocess_steps_scale_multi_channels(input.steps, cFloats(values), C.int32_t(len(values))))
}

// StepCrop adds a cut from begin to end, in all dimensions.
func StepCrop(input Input, begin, end []int32) Status {
	return Status(C.ov_preprocess_preprocess_steps_crop(input.steps, cInts(begin), C.int32_t(len(begin)), cInts(end), C.int32_t(len(end))))
}

// StepPad adds a border, in all dimensions.
func StepPad(input Input, begin, end []int32, value float32, mode int) Status {
	return Status(C.ov_preprocess_preprocess_steps_pad(input.steps, cInts(begin), C.size_t(len(begin)), cInts(end), C.size_t(len(end)),
		C.float(value), C.ov_padding_mode_e(mode)))
}

// StepReverseChannels adds an exchange of the first channel with the last.
func StepReverseChannels(input Input) Status {
	return Status(C.ov_preprocess_preprocess_steps_reverse_channels(input.steps))
}

func withLayout(layout string, use func(*C.ov_layout_t) C.ov_status_e) Status {
	text := C.CString(layout)
	defer C.free(unsafe.Pointer(text))
	var l *C.ov_layout_t
	if status := C.ov_layout_create(text, &l); status != C.OK {
		return Status(status)
	}
	defer C.ov_layout_free(l)
	return Status(use(l))
}

func cFloats(values []float32) *C.float { return (*C.float)(unsafe.SliceData(values)) }

func cInts(values []int32) *C.int32_t { return (*C.int32_t)(unsafe.SliceData(values)) }
