package commands

import (
	"runtime"
	"strings"

	"golang.org/x/sys/cpu"

	"datum/openvino"
)

// tellPrecision says where mixed precision is not what was expected of it: processors
// without bfloat16 compute in f32, and those that have it only by way of f32 are slower.
func (a *app) tellPrecision(core *openvino.Core, precision string) error {
	if precision != "mixed" {
		return nil
	}
	can, err := core.Property("CPU", "OPTIMIZATION_CAPABILITIES")
	if err != nil {
		return err
	}
	native := runtime.GOARCH != "amd64" || cpu.X86.HasAVX512BF16 || cpu.X86.HasAMXBF16
	if why := aboutMixed(can, native); why != "" {
		a.Warn("%s", why)
	}
	return nil
}

// aboutMixed says what is the matter with mixed precision on a processor, by what
// OpenVINO says that it can do there, and whether the processor itself multiplies in
// bfloat16.
func aboutMixed(can string, native bool) string {
	switch {
	case !strings.Contains(can, "BF16"):
		return "this processor has no bfloat16: everything is computed in f32, as with --precision f32"
	case !native:
		return "this processor multiplies in bfloat16 by way of f32: --precision f32 is faster, and more exact"
	}
	return ""
}
