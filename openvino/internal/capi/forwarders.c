// Code generated from the headers of OpenVINO's C API by generate. DO NOT EDIT.

//go:build cgo && linux

#include "forward.h"

static __typeof__(ov_available_devices_free)* to_ov_available_devices_free;
static __typeof__(ov_compiled_model_create_infer_request)* to_ov_compiled_model_create_infer_request;
static __typeof__(ov_compiled_model_export_model)* to_ov_compiled_model_export_model;
static __typeof__(ov_compiled_model_free)* to_ov_compiled_model_free;
static __typeof__(ov_compiled_model_get_context)* to_ov_compiled_model_get_context;
static __typeof__(ov_compiled_model_get_property)* to_ov_compiled_model_get_property;
static __typeof__(ov_compiled_model_get_runtime_model)* to_ov_compiled_model_get_runtime_model;
static __typeof__(ov_compiled_model_input)* to_ov_compiled_model_input;
static __typeof__(ov_compiled_model_input_by_index)* to_ov_compiled_model_input_by_index;
static __typeof__(ov_compiled_model_input_by_name)* to_ov_compiled_model_input_by_name;
static __typeof__(ov_compiled_model_inputs_size)* to_ov_compiled_model_inputs_size;
static __typeof__(ov_compiled_model_output)* to_ov_compiled_model_output;
static __typeof__(ov_compiled_model_output_by_index)* to_ov_compiled_model_output_by_index;
static __typeof__(ov_compiled_model_output_by_name)* to_ov_compiled_model_output_by_name;
static __typeof__(ov_compiled_model_outputs_size)* to_ov_compiled_model_outputs_size;
static __typeof__(ov_compiled_model_set_properties)* to_ov_compiled_model_set_properties;
static __typeof__(ov_const_port_get_shape)* to_ov_const_port_get_shape;
static __typeof__(ov_core_add_extension)* to_ov_core_add_extension;
static __typeof__(ov_core_compile_model_from_file_props)* to_ov_core_compile_model_from_file_props;
static __typeof__(ov_core_compile_model_props)* to_ov_core_compile_model_props;
static __typeof__(ov_core_compile_model_with_context_props)* to_ov_core_compile_model_with_context_props;
static __typeof__(ov_core_create)* to_ov_core_create;
static __typeof__(ov_core_create_context_props)* to_ov_core_create_context_props;
static __typeof__(ov_core_create_with_config)* to_ov_core_create_with_config;
static __typeof__(ov_core_free)* to_ov_core_free;
static __typeof__(ov_core_get_available_devices)* to_ov_core_get_available_devices;
static __typeof__(ov_core_get_default_context)* to_ov_core_get_default_context;
static __typeof__(ov_core_get_property)* to_ov_core_get_property;
static __typeof__(ov_core_get_versions_by_device_name)* to_ov_core_get_versions_by_device_name;
static __typeof__(ov_core_import_model)* to_ov_core_import_model;
static __typeof__(ov_core_read_model)* to_ov_core_read_model;
static __typeof__(ov_core_read_model_from_memory_buffer)* to_ov_core_read_model_from_memory_buffer;
static __typeof__(ov_core_set_properties)* to_ov_core_set_properties;
static __typeof__(ov_core_versions_free)* to_ov_core_versions_free;
static __typeof__(ov_dimension_is_dynamic)* to_ov_dimension_is_dynamic;
static __typeof__(ov_free)* to_ov_free;
static __typeof__(ov_get_error_info)* to_ov_get_error_info;
static __typeof__(ov_get_last_err_msg)* to_ov_get_last_err_msg;
static __typeof__(ov_get_openvino_version)* to_ov_get_openvino_version;
static __typeof__(ov_infer_request_cancel)* to_ov_infer_request_cancel;
static __typeof__(ov_infer_request_free)* to_ov_infer_request_free;
static __typeof__(ov_infer_request_get_input_tensor)* to_ov_infer_request_get_input_tensor;
static __typeof__(ov_infer_request_get_input_tensor_by_index)* to_ov_infer_request_get_input_tensor_by_index;
static __typeof__(ov_infer_request_get_output_tensor)* to_ov_infer_request_get_output_tensor;
static __typeof__(ov_infer_request_get_output_tensor_by_index)* to_ov_infer_request_get_output_tensor_by_index;
static __typeof__(ov_infer_request_get_profiling_info)* to_ov_infer_request_get_profiling_info;
static __typeof__(ov_infer_request_get_tensor)* to_ov_infer_request_get_tensor;
static __typeof__(ov_infer_request_get_tensor_by_const_port)* to_ov_infer_request_get_tensor_by_const_port;
static __typeof__(ov_infer_request_get_tensor_by_port)* to_ov_infer_request_get_tensor_by_port;
static __typeof__(ov_infer_request_infer)* to_ov_infer_request_infer;
static __typeof__(ov_infer_request_set_callback)* to_ov_infer_request_set_callback;
static __typeof__(ov_infer_request_set_input_tensor)* to_ov_infer_request_set_input_tensor;
static __typeof__(ov_infer_request_set_input_tensor_by_index)* to_ov_infer_request_set_input_tensor_by_index;
static __typeof__(ov_infer_request_set_output_tensor)* to_ov_infer_request_set_output_tensor;
static __typeof__(ov_infer_request_set_output_tensor_by_index)* to_ov_infer_request_set_output_tensor_by_index;
static __typeof__(ov_infer_request_set_tensor)* to_ov_infer_request_set_tensor;
static __typeof__(ov_infer_request_set_tensor_by_const_port)* to_ov_infer_request_set_tensor_by_const_port;
static __typeof__(ov_infer_request_set_tensor_by_port)* to_ov_infer_request_set_tensor_by_port;
static __typeof__(ov_infer_request_start_async)* to_ov_infer_request_start_async;
static __typeof__(ov_infer_request_wait)* to_ov_infer_request_wait;
static __typeof__(ov_infer_request_wait_for)* to_ov_infer_request_wait_for;
static __typeof__(ov_layout_create)* to_ov_layout_create;
static __typeof__(ov_layout_free)* to_ov_layout_free;
static __typeof__(ov_layout_to_string)* to_ov_layout_to_string;
static __typeof__(ov_model_const_input)* to_ov_model_const_input;
static __typeof__(ov_model_const_input_by_index)* to_ov_model_const_input_by_index;
static __typeof__(ov_model_const_input_by_name)* to_ov_model_const_input_by_name;
static __typeof__(ov_model_const_output)* to_ov_model_const_output;
static __typeof__(ov_model_const_output_by_index)* to_ov_model_const_output_by_index;
static __typeof__(ov_model_const_output_by_name)* to_ov_model_const_output_by_name;
static __typeof__(ov_model_free)* to_ov_model_free;
static __typeof__(ov_model_get_friendly_name)* to_ov_model_get_friendly_name;
static __typeof__(ov_model_input)* to_ov_model_input;
static __typeof__(ov_model_input_by_index)* to_ov_model_input_by_index;
static __typeof__(ov_model_input_by_name)* to_ov_model_input_by_name;
static __typeof__(ov_model_inputs_size)* to_ov_model_inputs_size;
static __typeof__(ov_model_is_dynamic)* to_ov_model_is_dynamic;
static __typeof__(ov_model_output)* to_ov_model_output;
static __typeof__(ov_model_output_by_index)* to_ov_model_output_by_index;
static __typeof__(ov_model_output_by_name)* to_ov_model_output_by_name;
static __typeof__(ov_model_outputs_size)* to_ov_model_outputs_size;
static __typeof__(ov_model_reshape)* to_ov_model_reshape;
static __typeof__(ov_model_reshape_by_port_indexes)* to_ov_model_reshape_by_port_indexes;
static __typeof__(ov_model_reshape_by_ports)* to_ov_model_reshape_by_ports;
static __typeof__(ov_model_reshape_input_by_name)* to_ov_model_reshape_input_by_name;
static __typeof__(ov_model_reshape_single_input)* to_ov_model_reshape_single_input;
static __typeof__(ov_output_const_port_free)* to_ov_output_const_port_free;
static __typeof__(ov_output_port_free)* to_ov_output_port_free;
static __typeof__(ov_partial_shape_create)* to_ov_partial_shape_create;
static __typeof__(ov_partial_shape_create_dynamic)* to_ov_partial_shape_create_dynamic;
static __typeof__(ov_partial_shape_create_static)* to_ov_partial_shape_create_static;
static __typeof__(ov_partial_shape_free)* to_ov_partial_shape_free;
static __typeof__(ov_partial_shape_is_dynamic)* to_ov_partial_shape_is_dynamic;
static __typeof__(ov_partial_shape_to_shape)* to_ov_partial_shape_to_shape;
static __typeof__(ov_partial_shape_to_string)* to_ov_partial_shape_to_string;
static __typeof__(ov_port_get_any_name)* to_ov_port_get_any_name;
static __typeof__(ov_port_get_element_type)* to_ov_port_get_element_type;
static __typeof__(ov_port_get_partial_shape)* to_ov_port_get_partial_shape;
static __typeof__(ov_port_get_shape)* to_ov_port_get_shape;
static __typeof__(ov_preprocess_input_info_free)* to_ov_preprocess_input_info_free;
static __typeof__(ov_preprocess_input_info_get_model_info)* to_ov_preprocess_input_info_get_model_info;
static __typeof__(ov_preprocess_input_info_get_preprocess_steps)* to_ov_preprocess_input_info_get_preprocess_steps;
static __typeof__(ov_preprocess_input_info_get_tensor_info)* to_ov_preprocess_input_info_get_tensor_info;
static __typeof__(ov_preprocess_input_model_info_free)* to_ov_preprocess_input_model_info_free;
static __typeof__(ov_preprocess_input_model_info_set_layout)* to_ov_preprocess_input_model_info_set_layout;
static __typeof__(ov_preprocess_input_tensor_info_free)* to_ov_preprocess_input_tensor_info_free;
static __typeof__(ov_preprocess_input_tensor_info_set_color_format)* to_ov_preprocess_input_tensor_info_set_color_format;
static __typeof__(ov_preprocess_input_tensor_info_set_color_format_with_subnames)* to_ov_preprocess_input_tensor_info_set_color_format_with_subnames;
static __typeof__(ov_preprocess_input_tensor_info_set_element_type)* to_ov_preprocess_input_tensor_info_set_element_type;
static __typeof__(ov_preprocess_input_tensor_info_set_from)* to_ov_preprocess_input_tensor_info_set_from;
static __typeof__(ov_preprocess_input_tensor_info_set_layout)* to_ov_preprocess_input_tensor_info_set_layout;
static __typeof__(ov_preprocess_input_tensor_info_set_memory_type)* to_ov_preprocess_input_tensor_info_set_memory_type;
static __typeof__(ov_preprocess_input_tensor_info_set_spatial_static_shape)* to_ov_preprocess_input_tensor_info_set_spatial_static_shape;
static __typeof__(ov_preprocess_output_info_free)* to_ov_preprocess_output_info_free;
static __typeof__(ov_preprocess_output_info_get_tensor_info)* to_ov_preprocess_output_info_get_tensor_info;
static __typeof__(ov_preprocess_output_set_element_type)* to_ov_preprocess_output_set_element_type;
static __typeof__(ov_preprocess_output_tensor_info_free)* to_ov_preprocess_output_tensor_info_free;
static __typeof__(ov_preprocess_prepostprocessor_build)* to_ov_preprocess_prepostprocessor_build;
static __typeof__(ov_preprocess_prepostprocessor_create)* to_ov_preprocess_prepostprocessor_create;
static __typeof__(ov_preprocess_prepostprocessor_free)* to_ov_preprocess_prepostprocessor_free;
static __typeof__(ov_preprocess_prepostprocessor_get_input_info)* to_ov_preprocess_prepostprocessor_get_input_info;
static __typeof__(ov_preprocess_prepostprocessor_get_input_info_by_index)* to_ov_preprocess_prepostprocessor_get_input_info_by_index;
static __typeof__(ov_preprocess_prepostprocessor_get_input_info_by_name)* to_ov_preprocess_prepostprocessor_get_input_info_by_name;
static __typeof__(ov_preprocess_prepostprocessor_get_output_info)* to_ov_preprocess_prepostprocessor_get_output_info;
static __typeof__(ov_preprocess_prepostprocessor_get_output_info_by_index)* to_ov_preprocess_prepostprocessor_get_output_info_by_index;
static __typeof__(ov_preprocess_prepostprocessor_get_output_info_by_name)* to_ov_preprocess_prepostprocessor_get_output_info_by_name;
static __typeof__(ov_preprocess_preprocess_steps_convert_color)* to_ov_preprocess_preprocess_steps_convert_color;
static __typeof__(ov_preprocess_preprocess_steps_convert_element_type)* to_ov_preprocess_preprocess_steps_convert_element_type;
static __typeof__(ov_preprocess_preprocess_steps_convert_layout)* to_ov_preprocess_preprocess_steps_convert_layout;
static __typeof__(ov_preprocess_preprocess_steps_crop)* to_ov_preprocess_preprocess_steps_crop;
static __typeof__(ov_preprocess_preprocess_steps_free)* to_ov_preprocess_preprocess_steps_free;
static __typeof__(ov_preprocess_preprocess_steps_mean)* to_ov_preprocess_preprocess_steps_mean;
static __typeof__(ov_preprocess_preprocess_steps_mean_multi_channels)* to_ov_preprocess_preprocess_steps_mean_multi_channels;
static __typeof__(ov_preprocess_preprocess_steps_pad)* to_ov_preprocess_preprocess_steps_pad;
static __typeof__(ov_preprocess_preprocess_steps_resize)* to_ov_preprocess_preprocess_steps_resize;
static __typeof__(ov_preprocess_preprocess_steps_reverse_channels)* to_ov_preprocess_preprocess_steps_reverse_channels;
static __typeof__(ov_preprocess_preprocess_steps_scale)* to_ov_preprocess_preprocess_steps_scale;
static __typeof__(ov_preprocess_preprocess_steps_scale_multi_channels)* to_ov_preprocess_preprocess_steps_scale_multi_channels;
static __typeof__(ov_profiling_info_list_free)* to_ov_profiling_info_list_free;
static __typeof__(ov_rank_is_dynamic)* to_ov_rank_is_dynamic;
static __typeof__(ov_remote_context_create_host_tensor)* to_ov_remote_context_create_host_tensor;
static __typeof__(ov_remote_context_create_tensor_props)* to_ov_remote_context_create_tensor_props;
static __typeof__(ov_remote_context_free)* to_ov_remote_context_free;
static __typeof__(ov_remote_context_get_device_name)* to_ov_remote_context_get_device_name;
static __typeof__(ov_remote_context_get_params)* to_ov_remote_context_get_params;
static __typeof__(ov_remote_tensor_get_device_name)* to_ov_remote_tensor_get_device_name;
static __typeof__(ov_remote_tensor_get_params)* to_ov_remote_tensor_get_params;
static __typeof__(ov_shape_create)* to_ov_shape_create;
static __typeof__(ov_shape_free)* to_ov_shape_free;
static __typeof__(ov_shape_to_partial_shape)* to_ov_shape_to_partial_shape;
static __typeof__(ov_shutdown)* to_ov_shutdown;
static __typeof__(ov_tensor_create)* to_ov_tensor_create;
static __typeof__(ov_tensor_create_from_host_ptr)* to_ov_tensor_create_from_host_ptr;
static __typeof__(ov_tensor_create_from_string_array)* to_ov_tensor_create_from_string_array;
static __typeof__(ov_tensor_data)* to_ov_tensor_data;
static __typeof__(ov_tensor_free)* to_ov_tensor_free;
static __typeof__(ov_tensor_get_byte_size)* to_ov_tensor_get_byte_size;
static __typeof__(ov_tensor_get_element_type)* to_ov_tensor_get_element_type;
static __typeof__(ov_tensor_get_shape)* to_ov_tensor_get_shape;
static __typeof__(ov_tensor_get_size)* to_ov_tensor_get_size;
static __typeof__(ov_tensor_set_shape)* to_ov_tensor_set_shape;
static __typeof__(ov_tensor_set_string_data)* to_ov_tensor_set_string_data;
static __typeof__(ov_util_reset_log_callback)* to_ov_util_reset_log_callback;
static __typeof__(ov_util_set_log_callback)* to_ov_util_set_log_callback;
static __typeof__(ov_version_free)* to_ov_version_free;

void ov_available_devices_free(ov_available_devices_t* devices) { to_ov_available_devices_free(devices); }
ov_status_e ov_compiled_model_create_infer_request(const ov_compiled_model_t* compiled_model, ov_infer_request_t** infer_request) { return to_ov_compiled_model_create_infer_request(compiled_model, infer_request); }
ov_status_e ov_compiled_model_export_model(const ov_compiled_model_t* compiled_model, const char* export_model_path) { return to_ov_compiled_model_export_model(compiled_model, export_model_path); }
void ov_compiled_model_free(ov_compiled_model_t* compiled_model) { to_ov_compiled_model_free(compiled_model); }
ov_status_e ov_compiled_model_get_context(const ov_compiled_model_t* compiled_model, ov_remote_context_t** context) { return to_ov_compiled_model_get_context(compiled_model, context); }
ov_status_e ov_compiled_model_get_property(const ov_compiled_model_t* compiled_model, const char* property_key, char** property_value) { return to_ov_compiled_model_get_property(compiled_model, property_key, property_value); }
ov_status_e ov_compiled_model_get_runtime_model(const ov_compiled_model_t* compiled_model, ov_model_t** model) { return to_ov_compiled_model_get_runtime_model(compiled_model, model); }
ov_status_e ov_compiled_model_input(const ov_compiled_model_t* compiled_model, ov_output_const_port_t** input_port) { return to_ov_compiled_model_input(compiled_model, input_port); }
ov_status_e ov_compiled_model_input_by_index(const ov_compiled_model_t* compiled_model, const size_t index, ov_output_const_port_t** input_port) { return to_ov_compiled_model_input_by_index(compiled_model, index, input_port); }
ov_status_e ov_compiled_model_input_by_name(const ov_compiled_model_t* compiled_model, const char* name, ov_output_const_port_t** input_port) { return to_ov_compiled_model_input_by_name(compiled_model, name, input_port); }
ov_status_e ov_compiled_model_inputs_size(const ov_compiled_model_t* compiled_model, size_t* size) { return to_ov_compiled_model_inputs_size(compiled_model, size); }
ov_status_e ov_compiled_model_output(const ov_compiled_model_t* compiled_model, ov_output_const_port_t** output_port) { return to_ov_compiled_model_output(compiled_model, output_port); }
ov_status_e ov_compiled_model_output_by_index(const ov_compiled_model_t* compiled_model, const size_t index, ov_output_const_port_t** output_port) { return to_ov_compiled_model_output_by_index(compiled_model, index, output_port); }
ov_status_e ov_compiled_model_output_by_name(const ov_compiled_model_t* compiled_model, const char* name, ov_output_const_port_t** output_port) { return to_ov_compiled_model_output_by_name(compiled_model, name, output_port); }
ov_status_e ov_compiled_model_outputs_size(const ov_compiled_model_t* compiled_model, size_t* size) { return to_ov_compiled_model_outputs_size(compiled_model, size); }
ov_status_e ov_compiled_model_set_properties(const ov_compiled_model_t* compiled_model, const size_t num_properties, const ov_property_t* properties) { return to_ov_compiled_model_set_properties(compiled_model, num_properties, properties); }
ov_status_e ov_const_port_get_shape(const ov_output_const_port_t* port, ov_shape_t* tensor_shape) { return to_ov_const_port_get_shape(port, tensor_shape); }
ov_status_e ov_core_add_extension(const ov_core_t* core, const char* path) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_add_extension(core, path); return result; }
ov_status_e ov_core_compile_model_from_file_props(const ov_core_t* core, const char* model_path, const char* device_name, const size_t num_properties, const ov_property_t* properties, ov_compiled_model_t** compiled_model) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_compile_model_from_file_props(core, model_path, device_name, num_properties, properties, compiled_model); return result; }
ov_status_e ov_core_compile_model_props(const ov_core_t* core, const ov_model_t* model, const char* device_name, const size_t num_properties, const ov_property_t* properties, ov_compiled_model_t** compiled_model) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_compile_model_props(core, model, device_name, num_properties, properties, compiled_model); return result; }
ov_status_e ov_core_compile_model_with_context_props(const ov_core_t* core, const ov_model_t* model, const ov_remote_context_t* context, const size_t num_properties, const ov_property_t* properties, ov_compiled_model_t** compiled_model) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_compile_model_with_context_props(core, model, context, num_properties, properties, compiled_model); return result; }
ov_status_e ov_core_create(ov_core_t** core) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_create(core); return result; }
ov_status_e ov_core_create_context_props(const ov_core_t* core, const char* device_name, const size_t num_properties, const ov_property_t* properties, ov_remote_context_t** context) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_create_context_props(core, device_name, num_properties, properties, context); return result; }
ov_status_e ov_core_create_with_config(const char* xml_config_file, ov_core_t** core) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_create_with_config(xml_config_file, core); return result; }
void ov_core_free(ov_core_t* core) { KEEP_SIGNAL_STACK to_ov_core_free(core); }
ov_status_e ov_core_get_available_devices(const ov_core_t* core, ov_available_devices_t* devices) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_get_available_devices(core, devices); return result; }
ov_status_e ov_core_get_default_context(const ov_core_t* core, const char* device_name, ov_remote_context_t** context) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_get_default_context(core, device_name, context); return result; }
ov_status_e ov_core_get_property(const ov_core_t* core, const char* device_name, const char* property_key, char** property_value) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_get_property(core, device_name, property_key, property_value); return result; }
ov_status_e ov_core_get_versions_by_device_name(const ov_core_t* core, const char* device_name, ov_core_version_list_t* versions) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_get_versions_by_device_name(core, device_name, versions); return result; }
ov_status_e ov_core_import_model(const ov_core_t* core, const char* content, const size_t content_size, const char* device_name, ov_compiled_model_t** compiled_model) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_import_model(core, content, content_size, device_name, compiled_model); return result; }
ov_status_e ov_core_read_model(const ov_core_t* core, const char* model_path, const char* bin_path, ov_model_t** model) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_read_model(core, model_path, bin_path, model); return result; }
ov_status_e ov_core_read_model_from_memory_buffer(const ov_core_t* core, const char* model_str, const size_t str_len, const ov_tensor_t* weights, ov_model_t** model) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_read_model_from_memory_buffer(core, model_str, str_len, weights, model); return result; }
ov_status_e ov_core_set_properties(const ov_core_t* core, const char* device_name, const size_t num_properties, const ov_property_t* properties) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_set_properties(core, device_name, num_properties, properties); return result; }
void ov_core_versions_free(ov_core_version_list_t* versions) { KEEP_SIGNAL_STACK to_ov_core_versions_free(versions); }
bool ov_dimension_is_dynamic(const ov_dimension_t dim) { return to_ov_dimension_is_dynamic(dim); }
void ov_free(const char* content) { to_ov_free(content); }
const char* ov_get_error_info(ov_status_e status) { return to_ov_get_error_info(status); }
const char* ov_get_last_err_msg(void) { return to_ov_get_last_err_msg(); }
ov_status_e ov_get_openvino_version(ov_version_t* version) { return to_ov_get_openvino_version(version); }
ov_status_e ov_infer_request_cancel(ov_infer_request_t* infer_request) { return to_ov_infer_request_cancel(infer_request); }
void ov_infer_request_free(ov_infer_request_t* infer_request) { to_ov_infer_request_free(infer_request); }
ov_status_e ov_infer_request_get_input_tensor(const ov_infer_request_t* infer_request, ov_tensor_t** tensor) { return to_ov_infer_request_get_input_tensor(infer_request, tensor); }
ov_status_e ov_infer_request_get_input_tensor_by_index(const ov_infer_request_t* infer_request, const size_t idx, ov_tensor_t** tensor) { return to_ov_infer_request_get_input_tensor_by_index(infer_request, idx, tensor); }
ov_status_e ov_infer_request_get_output_tensor(const ov_infer_request_t* infer_request, ov_tensor_t** tensor) { return to_ov_infer_request_get_output_tensor(infer_request, tensor); }
ov_status_e ov_infer_request_get_output_tensor_by_index(const ov_infer_request_t* infer_request, const size_t idx, ov_tensor_t** tensor) { return to_ov_infer_request_get_output_tensor_by_index(infer_request, idx, tensor); }
ov_status_e ov_infer_request_get_profiling_info(const ov_infer_request_t* infer_request, ov_profiling_info_list_t* profiling_infos) { return to_ov_infer_request_get_profiling_info(infer_request, profiling_infos); }
ov_status_e ov_infer_request_get_tensor(const ov_infer_request_t* infer_request, const char* tensor_name, ov_tensor_t** tensor) { return to_ov_infer_request_get_tensor(infer_request, tensor_name, tensor); }
ov_status_e ov_infer_request_get_tensor_by_const_port(const ov_infer_request_t* infer_request, const ov_output_const_port_t* port, ov_tensor_t** tensor) { return to_ov_infer_request_get_tensor_by_const_port(infer_request, port, tensor); }
ov_status_e ov_infer_request_get_tensor_by_port(const ov_infer_request_t* infer_request, const ov_output_port_t* port, ov_tensor_t** tensor) { return to_ov_infer_request_get_tensor_by_port(infer_request, port, tensor); }
ov_status_e ov_infer_request_infer(ov_infer_request_t* infer_request) { return to_ov_infer_request_infer(infer_request); }
ov_status_e ov_infer_request_set_callback(ov_infer_request_t* infer_request, const ov_callback_t* callback) { return to_ov_infer_request_set_callback(infer_request, callback); }
ov_status_e ov_infer_request_set_input_tensor(ov_infer_request_t* infer_request, const ov_tensor_t* tensor) { return to_ov_infer_request_set_input_tensor(infer_request, tensor); }
ov_status_e ov_infer_request_set_input_tensor_by_index(ov_infer_request_t* infer_request, const size_t idx, const ov_tensor_t* tensor) { return to_ov_infer_request_set_input_tensor_by_index(infer_request, idx, tensor); }
ov_status_e ov_infer_request_set_output_tensor(ov_infer_request_t* infer_request, const ov_tensor_t* tensor) { return to_ov_infer_request_set_output_tensor(infer_request, tensor); }
ov_status_e ov_infer_request_set_output_tensor_by_index(ov_infer_request_t* infer_request, const size_t idx, const ov_tensor_t* tensor) { return to_ov_infer_request_set_output_tensor_by_index(infer_request, idx, tensor); }
ov_status_e ov_infer_request_set_tensor(ov_infer_request_t* infer_request, const char* tensor_name, const ov_tensor_t* tensor) { return to_ov_infer_request_set_tensor(infer_request, tensor_name, tensor); }
ov_status_e ov_infer_request_set_tensor_by_const_port(ov_infer_request_t* infer_request, const ov_output_const_port_t* port, const ov_tensor_t* tensor) { return to_ov_infer_request_set_tensor_by_const_port(infer_request, port, tensor); }
ov_status_e ov_infer_request_set_tensor_by_port(ov_infer_request_t* infer_request, const ov_output_port_t* port, const ov_tensor_t* tensor) { return to_ov_infer_request_set_tensor_by_port(infer_request, port, tensor); }
ov_status_e ov_infer_request_start_async(ov_infer_request_t* infer_request) { return to_ov_infer_request_start_async(infer_request); }
ov_status_e ov_infer_request_wait(ov_infer_request_t* infer_request) { return to_ov_infer_request_wait(infer_request); }
ov_status_e ov_infer_request_wait_for(ov_infer_request_t* infer_request, const int64_t timeout) { return to_ov_infer_request_wait_for(infer_request, timeout); }
ov_status_e ov_layout_create(const char* layout_desc, ov_layout_t** layout) { return to_ov_layout_create(layout_desc, layout); }
void ov_layout_free(ov_layout_t* layout) { to_ov_layout_free(layout); }
const char* ov_layout_to_string(const ov_layout_t* layout) { return to_ov_layout_to_string(layout); }
ov_status_e ov_model_const_input(const ov_model_t* model, ov_output_const_port_t** input_port) { return to_ov_model_const_input(model, input_port); }
ov_status_e ov_model_const_input_by_index(const ov_model_t* model, const size_t index, ov_output_const_port_t** input_port) { return to_ov_model_const_input_by_index(model, index, input_port); }
ov_status_e ov_model_const_input_by_name(const ov_model_t* model, const char* tensor_name, ov_output_const_port_t** input_port) { return to_ov_model_const_input_by_name(model, tensor_name, input_port); }
ov_status_e ov_model_const_output(const ov_model_t* model, ov_output_const_port_t** output_port) { return to_ov_model_const_output(model, output_port); }
ov_status_e ov_model_const_output_by_index(const ov_model_t* model, const size_t index, ov_output_const_port_t** output_port) { return to_ov_model_const_output_by_index(model, index, output_port); }
ov_status_e ov_model_const_output_by_name(const ov_model_t* model, const char* tensor_name, ov_output_const_port_t** output_port) { return to_ov_model_const_output_by_name(model, tensor_name, output_port); }
void ov_model_free(ov_model_t* model) { to_ov_model_free(model); }
ov_status_e ov_model_get_friendly_name(const ov_model_t* model, char** friendly_name) { return to_ov_model_get_friendly_name(model, friendly_name); }
ov_status_e ov_model_input(const ov_model_t* model, ov_output_port_t** input_port) { return to_ov_model_input(model, input_port); }
ov_status_e ov_model_input_by_index(const ov_model_t* model, const size_t index, ov_output_port_t** input_port) { return to_ov_model_input_by_index(model, index, input_port); }
ov_status_e ov_model_input_by_name(const ov_model_t* model, const char* tensor_name, ov_output_port_t** input_port) { return to_ov_model_input_by_name(model, tensor_name, input_port); }
ov_status_e ov_model_inputs_size(const ov_model_t* model, size_t* input_size) { return to_ov_model_inputs_size(model, input_size); }
bool ov_model_is_dynamic(const ov_model_t* model) { return to_ov_model_is_dynamic(model); }
ov_status_e ov_model_output(const ov_model_t* model, ov_output_port_t** output_port) { return to_ov_model_output(model, output_port); }
ov_status_e ov_model_output_by_index(const ov_model_t* model, const size_t index, ov_output_port_t** output_port) { return to_ov_model_output_by_index(model, index, output_port); }
ov_status_e ov_model_output_by_name(const ov_model_t* model, const char* tensor_name, ov_output_port_t** output_port) { return to_ov_model_output_by_name(model, tensor_name, output_port); }
ov_status_e ov_model_outputs_size(const ov_model_t* model, size_t* output_size) { return to_ov_model_outputs_size(model, output_size); }
ov_status_e ov_model_reshape(const ov_model_t* model, const char** tensor_names, const ov_partial_shape_t* partial_shapes, size_t size) { return to_ov_model_reshape(model, tensor_names, partial_shapes, size); }
ov_status_e ov_model_reshape_by_port_indexes(const ov_model_t* model, const size_t* port_indexes, const ov_partial_shape_t* partial_shape, size_t size) { return to_ov_model_reshape_by_port_indexes(model, port_indexes, partial_shape, size); }
ov_status_e ov_model_reshape_by_ports(const ov_model_t* model, const ov_output_port_t** output_ports, const ov_partial_shape_t* partial_shapes, size_t size) { return to_ov_model_reshape_by_ports(model, output_ports, partial_shapes, size); }
ov_status_e ov_model_reshape_input_by_name(const ov_model_t* model, const char* tensor_name, const ov_partial_shape_t partial_shape) { return to_ov_model_reshape_input_by_name(model, tensor_name, partial_shape); }
ov_status_e ov_model_reshape_single_input(const ov_model_t* model, const ov_partial_shape_t partial_shape) { return to_ov_model_reshape_single_input(model, partial_shape); }
void ov_output_const_port_free(ov_output_const_port_t* port) { to_ov_output_const_port_free(port); }
void ov_output_port_free(ov_output_port_t* port) { to_ov_output_port_free(port); }
ov_status_e ov_partial_shape_create(const int64_t rank, const ov_dimension_t* dims, ov_partial_shape_t* partial_shape_obj) { return to_ov_partial_shape_create(rank, dims, partial_shape_obj); }
ov_status_e ov_partial_shape_create_dynamic(const ov_rank_t rank, const ov_dimension_t* dims, ov_partial_shape_t* partial_shape_obj) { return to_ov_partial_shape_create_dynamic(rank, dims, partial_shape_obj); }
ov_status_e ov_partial_shape_create_static(const int64_t rank, const int64_t* dims, ov_partial_shape_t* partial_shape_obj) { return to_ov_partial_shape_create_static(rank, dims, partial_shape_obj); }
void ov_partial_shape_free(ov_partial_shape_t* partial_shape) { to_ov_partial_shape_free(partial_shape); }
bool ov_partial_shape_is_dynamic(const ov_partial_shape_t partial_shape) { return to_ov_partial_shape_is_dynamic(partial_shape); }
ov_status_e ov_partial_shape_to_shape(const ov_partial_shape_t partial_shape, ov_shape_t* shape) { return to_ov_partial_shape_to_shape(partial_shape, shape); }
const char* ov_partial_shape_to_string(const ov_partial_shape_t partial_shape) { return to_ov_partial_shape_to_string(partial_shape); }
ov_status_e ov_port_get_any_name(const ov_output_const_port_t* port, char** tensor_name) { return to_ov_port_get_any_name(port, tensor_name); }
ov_status_e ov_port_get_element_type(const ov_output_const_port_t* port, ov_element_type_e* tensor_type) { return to_ov_port_get_element_type(port, tensor_type); }
ov_status_e ov_port_get_partial_shape(const ov_output_const_port_t* port, ov_partial_shape_t* partial_shape) { return to_ov_port_get_partial_shape(port, partial_shape); }
ov_status_e ov_port_get_shape(const ov_output_port_t* port, ov_shape_t* tensor_shape) { return to_ov_port_get_shape(port, tensor_shape); }
void ov_preprocess_input_info_free(ov_preprocess_input_info_t* preprocess_input_info) { to_ov_preprocess_input_info_free(preprocess_input_info); }
ov_status_e ov_preprocess_input_info_get_model_info(const ov_preprocess_input_info_t* preprocess_input_info, ov_preprocess_input_model_info_t** preprocess_input_model_info) { return to_ov_preprocess_input_info_get_model_info(preprocess_input_info, preprocess_input_model_info); }
ov_status_e ov_preprocess_input_info_get_preprocess_steps(const ov_preprocess_input_info_t* preprocess_input_info, ov_preprocess_preprocess_steps_t** preprocess_input_steps) { return to_ov_preprocess_input_info_get_preprocess_steps(preprocess_input_info, preprocess_input_steps); }
ov_status_e ov_preprocess_input_info_get_tensor_info(const ov_preprocess_input_info_t* preprocess_input_info, ov_preprocess_input_tensor_info_t** preprocess_input_tensor_info) { return to_ov_preprocess_input_info_get_tensor_info(preprocess_input_info, preprocess_input_tensor_info); }
void ov_preprocess_input_model_info_free(ov_preprocess_input_model_info_t* preprocess_input_model_info) { to_ov_preprocess_input_model_info_free(preprocess_input_model_info); }
ov_status_e ov_preprocess_input_model_info_set_layout(ov_preprocess_input_model_info_t* preprocess_input_model_info, ov_layout_t* layout) { return to_ov_preprocess_input_model_info_set_layout(preprocess_input_model_info, layout); }
void ov_preprocess_input_tensor_info_free(ov_preprocess_input_tensor_info_t* preprocess_input_tensor_info) { to_ov_preprocess_input_tensor_info_free(preprocess_input_tensor_info); }
ov_status_e ov_preprocess_input_tensor_info_set_color_format(ov_preprocess_input_tensor_info_t* preprocess_input_tensor_info, const ov_color_format_e colorFormat) { return to_ov_preprocess_input_tensor_info_set_color_format(preprocess_input_tensor_info, colorFormat); }
ov_status_e ov_preprocess_input_tensor_info_set_color_format_with_subnames(ov_preprocess_input_tensor_info_t* preprocess_input_tensor_info, const ov_color_format_e colorFormat, const size_t sub_names_size, const char** sub_names) { return to_ov_preprocess_input_tensor_info_set_color_format_with_subnames(preprocess_input_tensor_info, colorFormat, sub_names_size, sub_names); }
ov_status_e ov_preprocess_input_tensor_info_set_element_type(ov_preprocess_input_tensor_info_t* preprocess_input_tensor_info, const ov_element_type_e element_type) { return to_ov_preprocess_input_tensor_info_set_element_type(preprocess_input_tensor_info, element_type); }
ov_status_e ov_preprocess_input_tensor_info_set_from(ov_preprocess_input_tensor_info_t* preprocess_input_tensor_info, const ov_tensor_t* tensor) { return to_ov_preprocess_input_tensor_info_set_from(preprocess_input_tensor_info, tensor); }
ov_status_e ov_preprocess_input_tensor_info_set_layout(ov_preprocess_input_tensor_info_t* preprocess_input_tensor_info, ov_layout_t* layout) { return to_ov_preprocess_input_tensor_info_set_layout(preprocess_input_tensor_info, layout); }
ov_status_e ov_preprocess_input_tensor_info_set_memory_type(ov_preprocess_input_tensor_info_t* preprocess_input_tensor_info, const char* mem_type) { return to_ov_preprocess_input_tensor_info_set_memory_type(preprocess_input_tensor_info, mem_type); }
ov_status_e ov_preprocess_input_tensor_info_set_spatial_static_shape(ov_preprocess_input_tensor_info_t* preprocess_input_tensor_info, const size_t input_height, const size_t input_width) { return to_ov_preprocess_input_tensor_info_set_spatial_static_shape(preprocess_input_tensor_info, input_height, input_width); }
void ov_preprocess_output_info_free(ov_preprocess_output_info_t* preprocess_output_info) { to_ov_preprocess_output_info_free(preprocess_output_info); }
ov_status_e ov_preprocess_output_info_get_tensor_info(const ov_preprocess_output_info_t* preprocess_output_info, ov_preprocess_output_tensor_info_t** preprocess_output_tensor_info) { return to_ov_preprocess_output_info_get_tensor_info(preprocess_output_info, preprocess_output_tensor_info); }
ov_status_e ov_preprocess_output_set_element_type(ov_preprocess_output_tensor_info_t* preprocess_output_tensor_info, const ov_element_type_e element_type) { return to_ov_preprocess_output_set_element_type(preprocess_output_tensor_info, element_type); }
void ov_preprocess_output_tensor_info_free(ov_preprocess_output_tensor_info_t* preprocess_output_tensor_info) { to_ov_preprocess_output_tensor_info_free(preprocess_output_tensor_info); }
ov_status_e ov_preprocess_prepostprocessor_build(const ov_preprocess_prepostprocessor_t* preprocess, ov_model_t** model) { return to_ov_preprocess_prepostprocessor_build(preprocess, model); }
ov_status_e ov_preprocess_prepostprocessor_create(const ov_model_t* model, ov_preprocess_prepostprocessor_t** preprocess) { return to_ov_preprocess_prepostprocessor_create(model, preprocess); }
void ov_preprocess_prepostprocessor_free(ov_preprocess_prepostprocessor_t* preprocess) { to_ov_preprocess_prepostprocessor_free(preprocess); }
ov_status_e ov_preprocess_prepostprocessor_get_input_info(const ov_preprocess_prepostprocessor_t* preprocess, ov_preprocess_input_info_t** preprocess_input_info) { return to_ov_preprocess_prepostprocessor_get_input_info(preprocess, preprocess_input_info); }
ov_status_e ov_preprocess_prepostprocessor_get_input_info_by_index(const ov_preprocess_prepostprocessor_t* preprocess, const size_t tensor_index, ov_preprocess_input_info_t** preprocess_input_info) { return to_ov_preprocess_prepostprocessor_get_input_info_by_index(preprocess, tensor_index, preprocess_input_info); }
ov_status_e ov_preprocess_prepostprocessor_get_input_info_by_name(const ov_preprocess_prepostprocessor_t* preprocess, const char* tensor_name, ov_preprocess_input_info_t** preprocess_input_info) { return to_ov_preprocess_prepostprocessor_get_input_info_by_name(preprocess, tensor_name, preprocess_input_info); }
ov_status_e ov_preprocess_prepostprocessor_get_output_info(const ov_preprocess_prepostprocessor_t* preprocess, ov_preprocess_output_info_t** preprocess_output_info) { return to_ov_preprocess_prepostprocessor_get_output_info(preprocess, preprocess_output_info); }
ov_status_e ov_preprocess_prepostprocessor_get_output_info_by_index(const ov_preprocess_prepostprocessor_t* preprocess, const size_t tensor_index, ov_preprocess_output_info_t** preprocess_output_info) { return to_ov_preprocess_prepostprocessor_get_output_info_by_index(preprocess, tensor_index, preprocess_output_info); }
ov_status_e ov_preprocess_prepostprocessor_get_output_info_by_name(const ov_preprocess_prepostprocessor_t* preprocess, const char* tensor_name, ov_preprocess_output_info_t** preprocess_output_info) { return to_ov_preprocess_prepostprocessor_get_output_info_by_name(preprocess, tensor_name, preprocess_output_info); }
ov_status_e ov_preprocess_preprocess_steps_convert_color(ov_preprocess_preprocess_steps_t* preprocess_input_process_steps, const ov_color_format_e colorFormat) { return to_ov_preprocess_preprocess_steps_convert_color(preprocess_input_process_steps, colorFormat); }
ov_status_e ov_preprocess_preprocess_steps_convert_element_type(ov_preprocess_preprocess_steps_t* preprocess_input_process_steps, const ov_element_type_e element_type) { return to_ov_preprocess_preprocess_steps_convert_element_type(preprocess_input_process_steps, element_type); }
ov_status_e ov_preprocess_preprocess_steps_convert_layout(ov_preprocess_preprocess_steps_t* preprocess_input_process_steps, ov_layout_t* layout) { return to_ov_preprocess_preprocess_steps_convert_layout(preprocess_input_process_steps, layout); }
ov_status_e ov_preprocess_preprocess_steps_crop(ov_preprocess_preprocess_steps_t* preprocess_input_process_steps, int32_t* begin, int32_t begin_size, int32_t* end, int32_t end_size) { return to_ov_preprocess_preprocess_steps_crop(preprocess_input_process_steps, begin, begin_size, end, end_size); }
void ov_preprocess_preprocess_steps_free(ov_preprocess_preprocess_steps_t* preprocess_input_process_steps) { to_ov_preprocess_preprocess_steps_free(preprocess_input_process_steps); }
ov_status_e ov_preprocess_preprocess_steps_mean(ov_preprocess_preprocess_steps_t* preprocess_input_process_steps, float value) { return to_ov_preprocess_preprocess_steps_mean(preprocess_input_process_steps, value); }
ov_status_e ov_preprocess_preprocess_steps_mean_multi_channels(ov_preprocess_preprocess_steps_t* preprocess_input_process_steps, const float* values, const int32_t value_size) { return to_ov_preprocess_preprocess_steps_mean_multi_channels(preprocess_input_process_steps, values, value_size); }
ov_status_e ov_preprocess_preprocess_steps_pad(const ov_preprocess_preprocess_steps_t* preprocess_input_process_steps, const int* const pads_begin, size_t pads_begin_size, const int* const pads_end, size_t pads_end_size, float value, ov_padding_mode_e mode) { return to_ov_preprocess_preprocess_steps_pad(preprocess_input_process_steps, pads_begin, pads_begin_size, pads_end, pads_end_size, value, mode); }
ov_status_e ov_preprocess_preprocess_steps_resize(ov_preprocess_preprocess_steps_t* preprocess_input_process_steps, const ov_preprocess_resize_algorithm_e resize_algorithm) { return to_ov_preprocess_preprocess_steps_resize(preprocess_input_process_steps, resize_algorithm); }
ov_status_e ov_preprocess_preprocess_steps_reverse_channels(ov_preprocess_preprocess_steps_t* preprocess_input_process_steps) { return to_ov_preprocess_preprocess_steps_reverse_channels(preprocess_input_process_steps); }
ov_status_e ov_preprocess_preprocess_steps_scale(ov_preprocess_preprocess_steps_t* preprocess_input_process_steps, float value) { return to_ov_preprocess_preprocess_steps_scale(preprocess_input_process_steps, value); }
ov_status_e ov_preprocess_preprocess_steps_scale_multi_channels(ov_preprocess_preprocess_steps_t* preprocess_input_process_steps, const float* values, const int32_t value_size) { return to_ov_preprocess_preprocess_steps_scale_multi_channels(preprocess_input_process_steps, values, value_size); }
void ov_profiling_info_list_free(ov_profiling_info_list_t* profiling_infos) { to_ov_profiling_info_list_free(profiling_infos); }
bool ov_rank_is_dynamic(const ov_rank_t rank) { return to_ov_rank_is_dynamic(rank); }
ov_status_e ov_remote_context_create_host_tensor(const ov_remote_context_t* context, const ov_element_type_e type, const ov_shape_t shape, ov_tensor_t** tensor) { return to_ov_remote_context_create_host_tensor(context, type, shape, tensor); }
ov_status_e ov_remote_context_create_tensor_props(const ov_remote_context_t* context, const ov_element_type_e type, const ov_shape_t shape, const size_t num_properties, const ov_property_t* properties, ov_tensor_t** remote_tensor) { return to_ov_remote_context_create_tensor_props(context, type, shape, num_properties, properties, remote_tensor); }
void ov_remote_context_free(ov_remote_context_t* context) { to_ov_remote_context_free(context); }
ov_status_e ov_remote_context_get_device_name(const ov_remote_context_t* context, char** device_name) { return to_ov_remote_context_get_device_name(context, device_name); }
ov_status_e ov_remote_context_get_params(const ov_remote_context_t* context, size_t* size, char** params) { return to_ov_remote_context_get_params(context, size, params); }
ov_status_e ov_remote_tensor_get_device_name(ov_tensor_t* remote_tensor, char** device_name) { return to_ov_remote_tensor_get_device_name(remote_tensor, device_name); }
ov_status_e ov_remote_tensor_get_params(ov_tensor_t* tensor, size_t* size, char** params) { return to_ov_remote_tensor_get_params(tensor, size, params); }
ov_status_e ov_shape_create(const int64_t rank, const int64_t* dims, ov_shape_t* shape) { return to_ov_shape_create(rank, dims, shape); }
ov_status_e ov_shape_free(ov_shape_t* shape) { return to_ov_shape_free(shape); }
ov_status_e ov_shape_to_partial_shape(const ov_shape_t shape, ov_partial_shape_t* partial_shape) { return to_ov_shape_to_partial_shape(shape, partial_shape); }
void ov_shutdown(void) { to_ov_shutdown(); }
ov_status_e ov_tensor_create(const ov_element_type_e type, const ov_shape_t shape, ov_tensor_t** tensor) { return to_ov_tensor_create(type, shape, tensor); }
ov_status_e ov_tensor_create_from_host_ptr(const ov_element_type_e type, const ov_shape_t shape, void* host_ptr, ov_tensor_t** tensor) { return to_ov_tensor_create_from_host_ptr(type, shape, host_ptr, tensor); }
ov_status_e ov_tensor_create_from_string_array(const char** string_array, const size_t array_size, const ov_shape_t shape, ov_tensor_t** tensor) { return to_ov_tensor_create_from_string_array(string_array, array_size, shape, tensor); }
ov_status_e ov_tensor_data(const ov_tensor_t* tensor, void** data) { return to_ov_tensor_data(tensor, data); }
void ov_tensor_free(ov_tensor_t* tensor) { to_ov_tensor_free(tensor); }
ov_status_e ov_tensor_get_byte_size(const ov_tensor_t* tensor, size_t* byte_size) { return to_ov_tensor_get_byte_size(tensor, byte_size); }
ov_status_e ov_tensor_get_element_type(const ov_tensor_t* tensor, ov_element_type_e* type) { return to_ov_tensor_get_element_type(tensor, type); }
ov_status_e ov_tensor_get_shape(const ov_tensor_t* tensor, ov_shape_t* shape) { return to_ov_tensor_get_shape(tensor, shape); }
ov_status_e ov_tensor_get_size(const ov_tensor_t* tensor, size_t* elements_size) { return to_ov_tensor_get_size(tensor, elements_size); }
ov_status_e ov_tensor_set_shape(ov_tensor_t* tensor, const ov_shape_t shape) { return to_ov_tensor_set_shape(tensor, shape); }
ov_status_e ov_tensor_set_string_data(ov_tensor_t* tensor, const char** string_array, const size_t array_size) { return to_ov_tensor_set_string_data(tensor, string_array, array_size); }
void ov_util_reset_log_callback(void) { to_ov_util_reset_log_callback(); }
void ov_util_set_log_callback(ov_util_log_callback_func func) { to_ov_util_set_log_callback(func); }
void ov_version_free(ov_version_t* version) { to_ov_version_free(version); }

const struct forward forward_table[] = {
	{"ov_available_devices_free", (void**)&to_ov_available_devices_free},
	{"ov_compiled_model_create_infer_request", (void**)&to_ov_compiled_model_create_infer_request},
	{"ov_compiled_model_export_model", (void**)&to_ov_compiled_model_export_model},
	{"ov_compiled_model_free", (void**)&to_ov_compiled_model_free},
	{"ov_compiled_model_get_context", (void**)&to_ov_compiled_model_get_context},
	{"ov_compiled_model_get_property", (void**)&to_ov_compiled_model_get_property},
	{"ov_compiled_model_get_runtime_model", (void**)&to_ov_compiled_model_get_runtime_model},
	{"ov_compiled_model_input", (void**)&to_ov_compiled_model_input},
	{"ov_compiled_model_input_by_index", (void**)&to_ov_compiled_model_input_by_index},
	{"ov_compiled_model_input_by_name", (void**)&to_ov_compiled_model_input_by_name},
	{"ov_compiled_model_inputs_size", (void**)&to_ov_compiled_model_inputs_size},
	{"ov_compiled_model_output", (void**)&to_ov_compiled_model_output},
	{"ov_compiled_model_output_by_index", (void**)&to_ov_compiled_model_output_by_index},
	{"ov_compiled_model_output_by_name", (void**)&to_ov_compiled_model_output_by_name},
	{"ov_compiled_model_outputs_size", (void**)&to_ov_compiled_model_outputs_size},
	{"ov_compiled_model_set_properties", (void**)&to_ov_compiled_model_set_properties},
	{"ov_const_port_get_shape", (void**)&to_ov_const_port_get_shape},
	{"ov_core_add_extension", (void**)&to_ov_core_add_extension},
	{"ov_core_compile_model_from_file_props", (void**)&to_ov_core_compile_model_from_file_props},
	{"ov_core_compile_model_props", (void**)&to_ov_core_compile_model_props},
	{"ov_core_compile_model_with_context_props", (void**)&to_ov_core_compile_model_with_context_props},
	{"ov_core_create", (void**)&to_ov_core_create},
	{"ov_core_create_context_props", (void**)&to_ov_core_create_context_props},
	{"ov_core_create_with_config", (void**)&to_ov_core_create_with_config},
	{"ov_core_free", (void**)&to_ov_core_free},
	{"ov_core_get_available_devices", (void**)&to_ov_core_get_available_devices},
	{"ov_core_get_default_context", (void**)&to_ov_core_get_default_context},
	{"ov_core_get_property", (void**)&to_ov_core_get_property},
	{"ov_core_get_versions_by_device_name", (void**)&to_ov_core_get_versions_by_device_name},
	{"ov_core_import_model", (void**)&to_ov_core_import_model},
	{"ov_core_read_model", (void**)&to_ov_core_read_model},
	{"ov_core_read_model_from_memory_buffer", (void**)&to_ov_core_read_model_from_memory_buffer},
	{"ov_core_set_properties", (void**)&to_ov_core_set_properties},
	{"ov_core_versions_free", (void**)&to_ov_core_versions_free},
	{"ov_dimension_is_dynamic", (void**)&to_ov_dimension_is_dynamic},
	{"ov_free", (void**)&to_ov_free},
	{"ov_get_error_info", (void**)&to_ov_get_error_info},
	{"ov_get_last_err_msg", (void**)&to_ov_get_last_err_msg},
	{"ov_get_openvino_version", (void**)&to_ov_get_openvino_version},
	{"ov_infer_request_cancel", (void**)&to_ov_infer_request_cancel},
	{"ov_infer_request_free", (void**)&to_ov_infer_request_free},
	{"ov_infer_request_get_input_tensor", (void**)&to_ov_infer_request_get_input_tensor},
	{"ov_infer_request_get_input_tensor_by_index", (void**)&to_ov_infer_request_get_input_tensor_by_index},
	{"ov_infer_request_get_output_tensor", (void**)&to_ov_infer_request_get_output_tensor},
	{"ov_infer_request_get_output_tensor_by_index", (void**)&to_ov_infer_request_get_output_tensor_by_index},
	{"ov_infer_request_get_profiling_info", (void**)&to_ov_infer_request_get_profiling_info},
	{"ov_infer_request_get_tensor", (void**)&to_ov_infer_request_get_tensor},
	{"ov_infer_request_get_tensor_by_const_port", (void**)&to_ov_infer_request_get_tensor_by_const_port},
	{"ov_infer_request_get_tensor_by_port", (void**)&to_ov_infer_request_get_tensor_by_port},
	{"ov_infer_request_infer", (void**)&to_ov_infer_request_infer},
	{"ov_infer_request_set_callback", (void**)&to_ov_infer_request_set_callback},
	{"ov_infer_request_set_input_tensor", (void**)&to_ov_infer_request_set_input_tensor},
	{"ov_infer_request_set_input_tensor_by_index", (void**)&to_ov_infer_request_set_input_tensor_by_index},
	{"ov_infer_request_set_output_tensor", (void**)&to_ov_infer_request_set_output_tensor},
	{"ov_infer_request_set_output_tensor_by_index", (void**)&to_ov_infer_request_set_output_tensor_by_index},
	{"ov_infer_request_set_tensor", (void**)&to_ov_infer_request_set_tensor},
	{"ov_infer_request_set_tensor_by_const_port", (void**)&to_ov_infer_request_set_tensor_by_const_port},
	{"ov_infer_request_set_tensor_by_port", (void**)&to_ov_infer_request_set_tensor_by_port},
	{"ov_infer_request_start_async", (void**)&to_ov_infer_request_start_async},
	{"ov_infer_request_wait", (void**)&to_ov_infer_request_wait},
	{"ov_infer_request_wait_for", (void**)&to_ov_infer_request_wait_for},
	{"ov_layout_create", (void**)&to_ov_layout_create},
	{"ov_layout_free", (void**)&to_ov_layout_free},
	{"ov_layout_to_string", (void**)&to_ov_layout_to_string},
	{"ov_model_const_input", (void**)&to_ov_model_const_input},
	{"ov_model_const_input_by_index", (void**)&to_ov_model_const_input_by_index},
	{"ov_model_const_input_by_name", (void**)&to_ov_model_const_input_by_name},
	{"ov_model_const_output", (void**)&to_ov_model_const_output},
	{"ov_model_const_output_by_index", (void**)&to_ov_model_const_output_by_index},
	{"ov_model_const_output_by_name", (void**)&to_ov_model_const_output_by_name},
	{"ov_model_free", (void**)&to_ov_model_free},
	{"ov_model_get_friendly_name", (void**)&to_ov_model_get_friendly_name},
	{"ov_model_input", (void**)&to_ov_model_input},
	{"ov_model_input_by_index", (void**)&to_ov_model_input_by_index},
	{"ov_model_input_by_name", (void**)&to_ov_model_input_by_name},
	{"ov_model_inputs_size", (void**)&to_ov_model_inputs_size},
	{"ov_model_is_dynamic", (void**)&to_ov_model_is_dynamic},
	{"ov_model_output", (void**)&to_ov_model_output},
	{"ov_model_output_by_index", (void**)&to_ov_model_output_by_index},
	{"ov_model_output_by_name", (void**)&to_ov_model_output_by_name},
	{"ov_model_outputs_size", (void**)&to_ov_model_outputs_size},
	{"ov_model_reshape", (void**)&to_ov_model_reshape},
	{"ov_model_reshape_by_port_indexes", (void**)&to_ov_model_reshape_by_port_indexes},
	{"ov_model_reshape_by_ports", (void**)&to_ov_model_reshape_by_ports},
	{"ov_model_reshape_input_by_name", (void**)&to_ov_model_reshape_input_by_name},
	{"ov_model_reshape_single_input", (void**)&to_ov_model_reshape_single_input},
	{"ov_output_const_port_free", (void**)&to_ov_output_const_port_free},
	{"ov_output_port_free", (void**)&to_ov_output_port_free},
	{"ov_partial_shape_create", (void**)&to_ov_partial_shape_create},
	{"ov_partial_shape_create_dynamic", (void**)&to_ov_partial_shape_create_dynamic},
	{"ov_partial_shape_create_static", (void**)&to_ov_partial_shape_create_static},
	{"ov_partial_shape_free", (void**)&to_ov_partial_shape_free},
	{"ov_partial_shape_is_dynamic", (void**)&to_ov_partial_shape_is_dynamic},
	{"ov_partial_shape_to_shape", (void**)&to_ov_partial_shape_to_shape},
	{"ov_partial_shape_to_string", (void**)&to_ov_partial_shape_to_string},
	{"ov_port_get_any_name", (void**)&to_ov_port_get_any_name},
	{"ov_port_get_element_type", (void**)&to_ov_port_get_element_type},
	{"ov_port_get_partial_shape", (void**)&to_ov_port_get_partial_shape},
	{"ov_port_get_shape", (void**)&to_ov_port_get_shape},
	{"ov_preprocess_input_info_free", (void**)&to_ov_preprocess_input_info_free},
	{"ov_preprocess_input_info_get_model_info", (void**)&to_ov_preprocess_input_info_get_model_info},
	{"ov_preprocess_input_info_get_preprocess_steps", (void**)&to_ov_preprocess_input_info_get_preprocess_steps},
	{"ov_preprocess_input_info_get_tensor_info", (void**)&to_ov_preprocess_input_info_get_tensor_info},
	{"ov_preprocess_input_model_info_free", (void**)&to_ov_preprocess_input_model_info_free},
	{"ov_preprocess_input_model_info_set_layout", (void**)&to_ov_preprocess_input_model_info_set_layout},
	{"ov_preprocess_input_tensor_info_free", (void**)&to_ov_preprocess_input_tensor_info_free},
	{"ov_preprocess_input_tensor_info_set_color_format", (void**)&to_ov_preprocess_input_tensor_info_set_color_format},
	{"ov_preprocess_input_tensor_info_set_color_format_with_subnames", (void**)&to_ov_preprocess_input_tensor_info_set_color_format_with_subnames},
	{"ov_preprocess_input_tensor_info_set_element_type", (void**)&to_ov_preprocess_input_tensor_info_set_element_type},
	{"ov_preprocess_input_tensor_info_set_from", (void**)&to_ov_preprocess_input_tensor_info_set_from},
	{"ov_preprocess_input_tensor_info_set_layout", (void**)&to_ov_preprocess_input_tensor_info_set_layout},
	{"ov_preprocess_input_tensor_info_set_memory_type", (void**)&to_ov_preprocess_input_tensor_info_set_memory_type},
	{"ov_preprocess_input_tensor_info_set_spatial_static_shape", (void**)&to_ov_preprocess_input_tensor_info_set_spatial_static_shape},
	{"ov_preprocess_output_info_free", (void**)&to_ov_preprocess_output_info_free},
	{"ov_preprocess_output_info_get_tensor_info", (void**)&to_ov_preprocess_output_info_get_tensor_info},
	{"ov_preprocess_output_set_element_type", (void**)&to_ov_preprocess_output_set_element_type},
	{"ov_preprocess_output_tensor_info_free", (void**)&to_ov_preprocess_output_tensor_info_free},
	{"ov_preprocess_prepostprocessor_build", (void**)&to_ov_preprocess_prepostprocessor_build},
	{"ov_preprocess_prepostprocessor_create", (void**)&to_ov_preprocess_prepostprocessor_create},
	{"ov_preprocess_prepostprocessor_free", (void**)&to_ov_preprocess_prepostprocessor_free},
	{"ov_preprocess_prepostprocessor_get_input_info", (void**)&to_ov_preprocess_prepostprocessor_get_input_info},
	{"ov_preprocess_prepostprocessor_get_input_info_by_index", (void**)&to_ov_preprocess_prepostprocessor_get_input_info_by_index},
	{"ov_preprocess_prepostprocessor_get_input_info_by_name", (void**)&to_ov_preprocess_prepostprocessor_get_input_info_by_name},
	{"ov_preprocess_prepostprocessor_get_output_info", (void**)&to_ov_preprocess_prepostprocessor_get_output_info},
	{"ov_preprocess_prepostprocessor_get_output_info_by_index", (void**)&to_ov_preprocess_prepostprocessor_get_output_info_by_index},
	{"ov_preprocess_prepostprocessor_get_output_info_by_name", (void**)&to_ov_preprocess_prepostprocessor_get_output_info_by_name},
	{"ov_preprocess_preprocess_steps_convert_color", (void**)&to_ov_preprocess_preprocess_steps_convert_color},
	{"ov_preprocess_preprocess_steps_convert_element_type", (void**)&to_ov_preprocess_preprocess_steps_convert_element_type},
	{"ov_preprocess_preprocess_steps_convert_layout", (void**)&to_ov_preprocess_preprocess_steps_convert_layout},
	{"ov_preprocess_preprocess_steps_crop", (void**)&to_ov_preprocess_preprocess_steps_crop},
	{"ov_preprocess_preprocess_steps_free", (void**)&to_ov_preprocess_preprocess_steps_free},
	{"ov_preprocess_preprocess_steps_mean", (void**)&to_ov_preprocess_preprocess_steps_mean},
	{"ov_preprocess_preprocess_steps_mean_multi_channels", (void**)&to_ov_preprocess_preprocess_steps_mean_multi_channels},
	{"ov_preprocess_preprocess_steps_pad", (void**)&to_ov_preprocess_preprocess_steps_pad},
	{"ov_preprocess_preprocess_steps_resize", (void**)&to_ov_preprocess_preprocess_steps_resize},
	{"ov_preprocess_preprocess_steps_reverse_channels", (void**)&to_ov_preprocess_preprocess_steps_reverse_channels},
	{"ov_preprocess_preprocess_steps_scale", (void**)&to_ov_preprocess_preprocess_steps_scale},
	{"ov_preprocess_preprocess_steps_scale_multi_channels", (void**)&to_ov_preprocess_preprocess_steps_scale_multi_channels},
	{"ov_profiling_info_list_free", (void**)&to_ov_profiling_info_list_free},
	{"ov_rank_is_dynamic", (void**)&to_ov_rank_is_dynamic},
	{"ov_remote_context_create_host_tensor", (void**)&to_ov_remote_context_create_host_tensor},
	{"ov_remote_context_create_tensor_props", (void**)&to_ov_remote_context_create_tensor_props},
	{"ov_remote_context_free", (void**)&to_ov_remote_context_free},
	{"ov_remote_context_get_device_name", (void**)&to_ov_remote_context_get_device_name},
	{"ov_remote_context_get_params", (void**)&to_ov_remote_context_get_params},
	{"ov_remote_tensor_get_device_name", (void**)&to_ov_remote_tensor_get_device_name},
	{"ov_remote_tensor_get_params", (void**)&to_ov_remote_tensor_get_params},
	{"ov_shape_create", (void**)&to_ov_shape_create},
	{"ov_shape_free", (void**)&to_ov_shape_free},
	{"ov_shape_to_partial_shape", (void**)&to_ov_shape_to_partial_shape},
	{"ov_shutdown", (void**)&to_ov_shutdown},
	{"ov_tensor_create", (void**)&to_ov_tensor_create},
	{"ov_tensor_create_from_host_ptr", (void**)&to_ov_tensor_create_from_host_ptr},
	{"ov_tensor_create_from_string_array", (void**)&to_ov_tensor_create_from_string_array},
	{"ov_tensor_data", (void**)&to_ov_tensor_data},
	{"ov_tensor_free", (void**)&to_ov_tensor_free},
	{"ov_tensor_get_byte_size", (void**)&to_ov_tensor_get_byte_size},
	{"ov_tensor_get_element_type", (void**)&to_ov_tensor_get_element_type},
	{"ov_tensor_get_shape", (void**)&to_ov_tensor_get_shape},
	{"ov_tensor_get_size", (void**)&to_ov_tensor_get_size},
	{"ov_tensor_set_shape", (void**)&to_ov_tensor_set_shape},
	{"ov_tensor_set_string_data", (void**)&to_ov_tensor_set_string_data},
	{"ov_util_reset_log_callback", (void**)&to_ov_util_reset_log_callback},
	{"ov_util_set_log_callback", (void**)&to_ov_util_set_log_callback},
	{"ov_version_free", (void**)&to_ov_version_free},
};

const size_t forward_count = 165;
