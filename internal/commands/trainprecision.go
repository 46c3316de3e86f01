package commands

import (
	"runtime"

	"golang.org/x/sys/cpu"

	"datum/openvino"
	"datum/train/step"
)

// tellPrecision says where mixed precision is not what was expected of it: processors
// without bfloat16 compute in f32, and those that have it only by way of f32 are slower.
func (a *app) tellPrecision(core *openvino.Core, precision string) error {
	if precision != "mixed" {
		return nil
	}
	can, err := step.Bfloat16(core)
	if err != nil {
		return err
	}
	native := runtime.GOARCH != "amd64" || cpu.X86.HasAVX512BF16 || cpu.X86.HasAMXBF16
	if why := aboutMixed(can, native); why != "" {
		a.Warn("%s", why)
	}
	return nil
}

// aboutMixed says what is the matter with mixed precision on a processor, by whether
// OpenVINO computes in bfloat16 there, and whether the processor itself multiplies in it.
func aboutMixed(can, native bool) string {
	switch {
	case !can:
		return "this processor has no bfloat16: everything is computed in f32, as with --precision f32"
	case !native:
		return "this processor multiplies in bfloat16 by way of f32: --precision f32 is faster, and more exact"
	}
	return ""
}
