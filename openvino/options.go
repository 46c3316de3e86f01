package openvino

import (
	"maps"
	"slices"
	"strconv"

	"datum/openvino/internal/capi"
)

// A Hint says what a compiled model is to be good at.
type Hint string

// The hints.
const (
	Latency    Hint = "LATENCY"    // one inference after the other, each as fast as possible
	Throughput Hint = "THROUGHPUT" // as many as possible, several at a time
)

// CompileOptions are choices of how a model is compiled. The zero value is good.
type CompileOptions struct {
	Device    string // "CPU" if empty
	Precision string // in which it computes: "f32" if empty, "bf16", "f16"
	Hint      Hint
	Streams   int  // how many inferences run at a time; the runtime's choice if 0
	Threads   int  // how many threads there are for all; the runtime's choice if 0
	Profile   bool // for Request.Profile
	// Properties are the runtime's own settings by name, and go before the above.
	Properties map[string]string
}

const precisionKey = "INFERENCE_PRECISION_HINT"

func (o *CompileOptions) device() string {
	if o.Device == "" {
		return cpu
	}
	return o.Device
}

// properties returns the options as the runtime wants them, in the order of their
// names.
func (o *CompileOptions) properties() []capi.Property {
	all := map[string]string{precisionKey: "f32"}
	if o.Precision != "" {
		all[precisionKey] = o.Precision
	}
	if o.Hint != "" {
		all["PERFORMANCE_HINT"] = string(o.Hint)
	}
	if o.Streams != 0 {
		all["NUM_STREAMS"] = strconv.Itoa(o.Streams)
	}
	if o.Threads != 0 {
		all["INFERENCE_NUM_THREADS"] = strconv.Itoa(o.Threads)
	}
	if o.Profile {
		all["PERF_COUNT"] = "YES"
	}
	maps.Copy(all, o.Properties)
	properties := make([]capi.Property, 0, len(all))
	for _, key := range slices.Sorted(maps.Keys(all)) {
		properties = append(properties, capi.Property{Key: key, Value: all[key]})
	}
	return properties
}
